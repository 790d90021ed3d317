"""What was filled in over a page: the values of fillable fields, typed notes, stamps.

A value is what the field's /V says, never its picture: programs that fill forms draw Chinese wrongly more often than
not, and store it rightly. Fields that are hidden are not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pypdf.generic import DictionaryObject, StreamObject

from formsvc.extraction.document import Box, Tagged
from formsvc.extraction.pdf.errors import Budget
from formsvc.extraction.pdf.layers import Layers
from formsvc.extraction.pdf.lines import HARD
from formsvc.extraction.pdf.matrix import Matrix, box_of
from formsvc.extraction.pdf.objects import (
    as_dict,
    as_list,
    as_name,
    entry,
    integer,
    numbers,
    resolve,
    stream_data,
    string,
    text_string,
)
from formsvc.extraction.pdf.shown import UPRIGHT, Glyph
from formsvc.forms.reading import Source

_HIDDEN = 2 | 32
"""Annotation flags Hidden and NoView (12.5.3)."""
_PASSWORD, _RADIO, _PUSH = 1 << 13, 1 << 15, 1 << 16
_ANCESTORS = 32
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_COPY = re.compile(r"(?:#\d+|\[\d+\])$")
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_ON, _OFF = "☑", "□"
_CHOSEN, _NOT_CHOSEN = "◉", "○"
_TALLEST = 5.0
"""The height of an em a value is given when its field is taller, mm."""


@dataclass(frozen=True, slots=True)
class Value:
    """What one field shows on a page."""

    key: str | None
    """The form field's key; None for a field of somebody else's making."""
    paragraphs: tuple[str, ...]
    box: Box

    @property
    def tagged(self) -> Tagged | None:
        """Return the value with its key, if it has one."""
        return None if self.key is None else Tagged(self.key, Source.FORM_FIELD, self.paragraphs)

    def glyphs(self) -> list[Glyph]:
        """Return the value as if it had been printed in its field, every paragraph one character."""
        x, y, width, height = self.box
        step = height / max(len(self.paragraphs), 1)
        size = min(0.7 * step, _TALLEST)
        return [
            Glyph(text + HARD, x, y + step * (index + 0.5) + 0.36 * size, min(width, size * len(text)), size, UPRIGHT)
            for index, text in enumerate(self.paragraphs)
            if text
        ]


@dataclass(frozen=True, slots=True)
class Filled:
    """Everything that was filled in over a page."""

    values: tuple[Value, ...] = ()
    has_marks: bool = False
    """Whether a stamp, ink or an electronic seal was put on the page."""


def filled_on(page: DictionaryObject, view: Matrix, layers: Layers, budget: Budget) -> Filled:
    """Return what was filled in over a page, in the order of the file; raises TooComplexError."""
    values: list[Value] = []
    has_marks = False
    for item in as_list(page.get("/Annots")):
        budget.spend(1)
        note = as_dict(item)
        if integer(note.get("/F")) & _HIDDEN or layers.hides(note.get("/OC")):
            continue
        kind = as_name(note.get("/Subtype"))
        corners = numbers(note.get("/Rect"), 4)
        if kind == "Widget" and as_name(_inherited(note, "/FT")) == "Sig":
            has_marks = has_marks or _inherited(note, "/V") is not None
        elif kind in {"Stamp", "Ink"}:
            has_marks = True
        elif kind in {"Widget", "FreeText"} and corners is not None:
            x0, y0, x1, y1 = corners
            found = (
                _value(note, box_of(view, (x0, y0, x1, y1)))
                if kind == "Widget"
                else _note(note, box_of(view, (x0, y0, x1, y1)))
            )
            values += [] if found is None else [found]
    return Filled(tuple(values), has_marks)


def _note(note: DictionaryObject, box: Box) -> Value | None:
    """Read text typed onto a page with a PDF program's typewriter."""
    found = string(note.get("/Contents"))
    return None if found is None else Value(None, _paragraphs(text_string(found)), box)


def _value(widget: DictionaryObject, box: Box) -> Value | None:
    key = _key(widget)
    flags = integer(_inherited(widget, "/Ff"))
    match as_name(_inherited(widget, "/FT")):
        case "Tx" if not flags & _PASSWORD:
            return Value(key, tuple(p for text in _texts(_inherited(widget, "/V")) for p in _paragraphs(text)), box)
        case "Ch":
            shown = _options(widget)
            chosen = [shown.get(text, text) for text in _texts(_inherited(widget, "/V"))]
            return Value(key, tuple(p for text in chosen for p in _paragraphs(text)), box)
        case "Btn" if not flags & _PUSH:
            state = as_name(widget.get("/AS")) or as_name(_inherited(widget, "/V"))
            is_on = state not in {"", "Off"}
            if flags & _RADIO:
                return Value(
                    key if is_on else None, (state if is_on and key else _CHOSEN if is_on else _NOT_CHOSEN,), box
                )
            return Value(None, (_ON if is_on else _OFF,), box)
        case _:
            return None


def _ancestry(widget: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield a widget and the fields above it."""
    at = widget
    for _ in range(_ANCESTORS):
        yield at
        parent = entry(at, "/Parent")
        if not isinstance(parent, DictionaryObject):
            return
        at = parent


def _inherited(widget: DictionaryObject, key: str) -> object:
    """Return an entry of a widget's field, which may stand with a field above it."""
    return next((found for field in _ancestry(widget) if (found := entry(field, key)) is not None), None)


def _key(widget: DictionaryObject) -> str | None:
    """Return the key a field's name holds: its last part that is no number, without `#2` or `[0]`."""
    for field in _ancestry(widget):
        raw = string(field.get("/T"))
        for part in reversed(text_string(raw).split(".") if raw is not None else []):
            bare = _COPY.sub("", part)
            if bare and not bare.isdigit():
                return bare if _KEY.fullmatch(bare) else None
    return None


def _texts(value: object) -> list[str]:
    """Return a value's texts: a string, a stream holding one, or an array of choices."""
    if isinstance(value, StreamObject):
        return [text_string(stream_data(value, "field"))]
    found = string(value)
    if found is not None:
        return [text_string(found)]
    return [text_string(item) for item in map(string, as_list(value)) if item is not None]


def _options(widget: DictionaryObject) -> dict[str, str]:
    """Return what a choice shows for the value it stores, where the two differ."""
    shown = {}
    for option in as_list(_inherited(widget, "/Opt")):
        pair = [string(item) for item in as_list(resolve(option))]
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None:
            shown[text_string(pair[0])] = text_string(pair[1])
    return shown


def _paragraphs(text: str) -> tuple[str, ...]:
    """Cut a value at its line ends; empty lines at its end go."""
    lines = [line.rstrip() for line in _LINE_END.split(text)]
    while lines and not lines[-1]:
        lines.pop()
    return tuple(lines)
