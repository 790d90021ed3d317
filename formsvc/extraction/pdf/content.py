"""What a page shows: characters with their places, ruling lines, pictures.

The content stream is run as far as text, straight lines, thin filled rectangles and images go (ISO 32000-1, 8 and 9);
colours matter only where they are white, clipping and blending not at all. All places are mm from the visible page's
top left corner, y downwards. Text that shows nothing (rendering mode 3, a layer switched off) is counted, not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from pypdf.generic import DictionaryObject, StreamObject

from formsvc.extraction.pdf.cmaps import UNREADABLE
from formsvc.extraction.pdf.errors import (
    CONTENT_BYTES,
    FORM_DEPTH,
    GLYPHS,
    OPERATORS,
    RULES,
    UNSEEN_GLYPHS,
    Budget,
    TooComplexError,
)
from formsvc.extraction.pdf.fonts import Font, read_font
from formsvc.extraction.pdf.layers import Layers
from formsvc.extraction.pdf.matrix import IDENTITY, Matrix, box_of, page_view, place, times
from formsvc.extraction.pdf.objects import as_dict, as_name, entry, numbers, page_content, stream_data, text_string
from formsvc.extraction.pdf.paths import Path
from formsvc.extraction.pdf.shown import Image, Shown
from formsvc.extraction.pdf.text import State, shown_text
from formsvc.extraction.pdf.tokens import Name, operations

_UNSEEN_MODES = frozenset({3.0, 7.0})
"""Text rendering modes that paint nothing (9.3.6)."""
_STATES = 2_000
"""Saved graphics states; viewers allow 28 and more."""


class _Mark(NamedTuple):
    """An open marked-content sequence."""

    hides: bool
    actual: str
    begins: int
    """How many strings were shown before it."""


class PageReader:
    """Runs the content of one file's pages; fonts and the limits are shared between them."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._operators = Budget("operators", OPERATORS)
        self._bytes = Budget("content", CONTENT_BYTES)
        self._signs = Budget("characters", GLYPHS)
        self._unseen = Budget("characters", UNSEEN_GLYPHS)
        self._fonts: dict[int, tuple[object, Font]] = {}

    def read(self, page: DictionaryObject) -> Shown:
        """Return what the page's own content shows; its annotations are not part of that."""
        view, width, height = page_view(page)
        shown = Shown(width, height, view)
        run = _Run(self, shown, State(view))
        run.run(page_content(page), as_dict(page.get("/Resources")))
        return shown

    def counted(self, data: bytes) -> Iterator[tuple[bytes, list[object]]]:
        """Yield a stream's operations and count them; raises TooComplexError."""
        self._bytes.spend(len(data))
        for count, operation in enumerate(operations(data)):
            if not count & 255:
                self._operators.spend(256)
            yield operation

    def count_signs(self, count: int, *, seen: bool) -> None:
        """Count characters; raises TooComplexError."""
        (self._signs if seen else self._unseen).spend(count)

    def font(self, value: object) -> Font:
        """Return a font, read once."""
        dictionary = as_dict(value)
        known = self._fonts.get(id(dictionary))
        if known is None:
            # the dictionary is kept with it, so that its id stays its own
            known = self._fonts[id(dictionary)] = (dictionary, read_font(dictionary))
        return known[1]

    def is_hidden(self, holder: DictionaryObject) -> bool:
        """Whether what belongs to `holder` lies on a layer that is switched off."""
        return self._layers.hides(holder.get("/OC"))

    def hides(self, layer: object) -> bool:
        """Whether a layer is switched off."""
        return self._layers.hides(layer)


class _Run:
    """One run over a page's content, with the state it needs."""

    def __init__(self, reader: PageReader, shown: Shown, state: State) -> None:
        self.reader = reader
        self.shown = shown
        self.state = state
        self.saved: list[State] = []
        self.text: Matrix = IDENTITY
        self.line: Matrix = IDENTITY
        self.path = Path()
        self.marks: list[_Mark] = []
        self.hidden = 0
        self.inside: list[int] = []
        self.resources = DictionaryObject()

    def run(self, data: bytes, resources: DictionaryObject) -> None:
        """Run one stream with its resources."""
        outer, self.resources = self.resources, resources
        for operator, operands in self.reader.counted(data):
            known = _OPERATORS.get(operator)
            if known is None:
                continue
            count, action = known
            if count < 0:
                action(self, operands)
            elif len(operands) >= count:
                given = operands[len(operands) - count :]
                if all(type(item) is float for item in given):
                    action(self, given)
        self.resources = outer

    def resource(self, kind: str, name: object) -> object:
        """Return a named resource, references not followed."""
        if not isinstance(name, Name):
            return None
        return as_dict(self.resources.get(kind)).get("/" + name)

    # graphics state

    def save(self, _: list[float]) -> None:
        if len(self.saved) >= _STATES:
            raise TooComplexError("states")
        self.saved.append(replace(self.state))

    def restore(self, _: list[float]) -> None:
        if self.saved:
            self.state = self.saved.pop()

    def transform(self, given: list[float]) -> None:
        a, b, c, d, e, f = given
        self.state.ctm = times((a, b, c, d, e, f), self.state.ctm)

    def fill_colour(self, operands: list[object]) -> None:
        self.state.white_fill = _is_white(operands)

    def stroke_colour(self, operands: list[object]) -> None:
        self.state.white_stroke = _is_white(operands)

    # paths

    def paint(self, *, fill: bool, stroke: bool) -> None:
        state, path = self.state, self.path
        if not self.hidden:
            if stroke and not state.white_stroke:
                a, b, c, d, _, _ = state.ctm
                width = state.line_width * abs(a * d - b * c) ** 0.5
                self.shown.rules += path.stroked(width)
            if fill and not state.white_fill:
                self.shown.rules += path.filled()
            self.shown.curves += path.is_curved
            if len(self.shown.rules) > RULES:
                raise TooComplexError("rules")
        self.path = Path()

    # text

    def begin_text(self, _: list[float]) -> None:
        self.text = self.line = IDENTITY

    def set_font(self, operands: list[object]) -> None:
        if len(operands) >= 2 and isinstance(operands[-1], float):
            found = self.resource("/Font", operands[-2])
            self.state.font = None if found is None else self.reader.font(found)
            self.state.size = operands[-1]

    def set_matrix(self, given: list[float]) -> None:
        a, b, c, d, e, f = given
        self.text = self.line = (a, b, c, d, e, f)

    def move(self, given: list[float]) -> None:
        a, b, c, d, e, f = self.line
        x, y = given
        self.text = self.line = (a, b, c, d, a * x + c * y + e, b * x + d * y + f)

    def move_and_lead(self, given: list[float]) -> None:
        self.state.leading = -given[1]
        self.move(given)

    def next_line(self, _: list[float]) -> None:
        self.move([0.0, -self.state.leading])

    def show(self, operands: list[object]) -> None:
        if operands:
            last = operands[-1]
            self.show_parts(last if isinstance(last, list) else [last])

    def show_next(self, operands: list[object]) -> None:
        self.next_line([])
        self.show(operands)

    def show_spaced(self, operands: list[object]) -> None:
        if len(operands) >= 3 and isinstance(operands[-3], float) and isinstance(operands[-2], float):
            self.state.word_space, self.state.char_space = operands[-3], operands[-2]
        self.show_next(operands)

    def show_parts(self, parts: list[object]) -> None:
        glyphs, self.text = shown_text(parts, self.state, self.text)
        is_unseen = bool(self.hidden) or self.state.mode in _UNSEEN_MODES
        self.reader.count_signs(len(glyphs), seen=not is_unseen)
        if is_unseen:
            self.shown.unseen += len(glyphs)
        elif glyphs:
            self.shown.strings.append(glyphs)

    # marked content, XObjects

    def open_mark(self, operands: list[object]) -> None:
        kind = operands[0] if operands else None
        given = operands[1] if len(operands) > 1 else None
        hides, actual = False, ""
        if kind == "OC":
            hides = self.reader.hides(self.resource("/Properties", given))
        elif isinstance(given, dict) and isinstance(given.get("ActualText"), bytes):
            actual = text_string(given["ActualText"])
        self.hidden += hides
        self.marks.append(_Mark(hides, actual, len(self.shown.strings)))

    def close_mark(self, _: list[float]) -> None:
        if not self.marks:
            return
        mark = self.marks.pop()
        self.hidden -= mark.hides
        if mark.actual:
            self._explain(mark)

    def _explain(self, mark: _Mark) -> None:
        """Take the text a mark gives for characters that the font leaves unexplained."""
        strings = self.shown.strings
        glyphs = [glyph for string in strings[mark.begins :] for glyph in string]
        if not any(UNREADABLE in glyph.text for glyph in glyphs):
            return
        even = len(mark.actual) == len(glyphs)
        texts = list(mark.actual) if even else [mark.actual, *[""] * (len(glyphs) - 1)]
        strings[mark.begins :] = [
            [glyph._replace(text=text) for glyph, text in zip(glyphs, texts, strict=True) if text]
        ]

    def draw(self, operands: list[object]) -> None:
        found = as_dict(self.resource("/XObject", operands[-1] if operands else None))
        if not isinstance(found, StreamObject) or self.hidden or self.reader.is_hidden(found):
            return
        kind = as_name(found.get("/Subtype"))
        if kind == "Image":
            self.shown.images.append(Image(found, box_of(self.state.ctm, (0, 0, 1, 1))))
        elif kind == "Form" and id(found) not in self.inside:
            if len(self.inside) >= FORM_DEPTH:
                raise TooComplexError("forms")
            self._draw_form(found)

    def _draw_form(self, form: StreamObject) -> None:
        given = numbers(form.get("/Matrix"), 6)
        own = as_dict(entry(form, "/Resources"))
        kept = replace(self.state), self.saved, self.text, self.line, self.marks, self.hidden
        self.saved, self.marks = [], []
        if given is not None:
            a, b, c, d, e, f = given
            self.state.ctm = times((a, b, c, d, e, f), self.state.ctm)
        self.inside.append(id(form))
        self.run(stream_data(form, "form"), own or self.resources)
        self.inside.pop()
        self.state, self.saved, self.text, self.line, self.marks, self.hidden = kept

    def inline_image(self, _: list[object]) -> None:
        if not self.hidden:
            self.shown.images.append(Image(None, box_of(self.state.ctm, (0, 0, 1, 1))))


def _is_white(operands: list[object]) -> bool:
    """Whether a colour is white; one component alone may be a tint, whose 1 is dark, so it counts as a colour."""
    parts = [part for part in operands if isinstance(part, float)]
    if len(parts) != len(operands):
        return False
    return (len(parts) == 3 and min(parts) > 0.99) or (len(parts) == 4 and max(parts) < 0.01)


Action = Callable[[_Run, list[Any]], None]


def _on_path(action: Callable[[Path, tuple[float, float]], None]) -> Action:
    """Let a path operator act on its last point."""

    def act(run: _Run, given: list[float]) -> None:
        action(run.path, place(run.state.ctm, given[-2], given[-1]))

    return act


def _rectangle(run: _Run, given: list[float]) -> None:
    x, y, width, height = given
    ctm, path = run.state.ctm, run.path
    path.move(place(ctm, x, y))
    path.line(place(ctm, x + width, y))
    path.line(place(ctm, x + width, y + height))
    path.line(place(ctm, x, y + height))
    path.close()


def _paints(*, fill: bool = False, stroke: bool = False, close: bool = False) -> Action:
    def act(run: _Run, _: list[float]) -> None:
        if close:
            run.path.close()
        run.paint(fill=fill, stroke=stroke)

    return act


def _sets(name: str, factor: float = 1.0) -> Action:
    def act(run: _Run, given: list[float]) -> None:
        setattr(run.state, name, given[0] * factor)

    return act


def _gray(name: str) -> Action:
    def act(run: _Run, given: list[float]) -> None:
        setattr(run.state, name, given[0] > 0.99)

    return act


_ANY = -1
_OPERATORS: dict[bytes, tuple[int, Action]] = {
    b"q": (0, _Run.save),
    b"Q": (0, _Run.restore),
    b"cm": (6, _Run.transform),
    b"w": (1, _sets("line_width")),
    b"g": (1, _gray("white_fill")),
    b"G": (1, _gray("white_stroke")),
    **dict.fromkeys((b"rg", b"k", b"sc", b"scn", b"cs"), (_ANY, _Run.fill_colour)),
    **dict.fromkeys((b"RG", b"K", b"SC", b"SCN", b"CS"), (_ANY, _Run.stroke_colour)),
    b"m": (2, _on_path(Path.move)),
    b"l": (2, _on_path(Path.line)),
    b"c": (6, _on_path(Path.curve)),
    b"v": (4, _on_path(Path.curve)),
    b"y": (4, _on_path(Path.curve)),
    b"h": (0, lambda run, _: run.path.close()),
    b"re": (4, _rectangle),
    b"S": (0, _paints(stroke=True)),
    b"s": (0, _paints(stroke=True, close=True)),
    **dict.fromkeys((b"f", b"F", b"f*"), (0, _paints(fill=True))),
    **dict.fromkeys((b"B", b"B*"), (0, _paints(fill=True, stroke=True))),
    **dict.fromkeys((b"b", b"b*"), (0, _paints(fill=True, stroke=True, close=True))),
    b"n": (0, _paints()),
    b"BT": (0, _Run.begin_text),
    b"Tf": (_ANY, _Run.set_font),
    b"Tm": (6, _Run.set_matrix),
    b"Td": (2, _Run.move),
    b"TD": (2, _Run.move_and_lead),
    b"T*": (0, _Run.next_line),
    b"Tj": (_ANY, _Run.show),
    b"TJ": (_ANY, _Run.show),
    b"'": (_ANY, _Run.show_next),
    b'"': (_ANY, _Run.show_spaced),
    b"Tc": (1, _sets("char_space")),
    b"Tw": (1, _sets("word_space")),
    b"Tz": (1, _sets("stretch", 0.01)),
    b"TL": (1, _sets("leading")),
    b"Ts": (1, _sets("rise")),
    b"Tr": (1, _sets("mode")),
    b"BDC": (_ANY, _Run.open_mark),
    b"BMC": (_ANY, _Run.open_mark),
    b"EMC": (0, _Run.close_mark),
    b"Do": (_ANY, _Run.draw),
    b"BI": (_ANY, _Run.inline_image),
}
"""Operator -> how many numbers it takes (_ANY for other operands) and what it does."""
