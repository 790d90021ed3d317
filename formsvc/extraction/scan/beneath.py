"""What was read through a seal whose ink is not red, read once more without that ink.

Red ink is dropped before anything is read. Of a seal without colour the letters that were read into a text are taken
out, as far as their tone and place tell them; a blue one is taken out whole where the writing around it is not blue
too. That is done only in the picture that is read again: of the two readings the surer one counts, and the raw
reading stays what was read of the page itself.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import cv2
import numpy as np

from formsvc.errors import Code
from formsvc.extraction.scan.ink import Mask, blue_free, cold_and_warm
from formsvc.extraction.scan.marks.disc import Disc
from formsvc.extraction.scan.marks.marks import MarkReading
from formsvc.extraction.scan.marks.seal_ink import SealInk, seal_ink
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition.fields import FieldsRead, read_fields
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.registered import PixelBox, Registered
from formsvc.forms.reading import MarkState
from formsvc.forms.spec import Kind

_ROUNDS = 3
"""How often a text is read again at most: what is left of a seal's writing may be read then."""
_OTHERWISE = 0.9
"""How sure a text is at most that says something else than what was read at first."""
_AROUND = 4
"""Pixels around a letter that are taken out with it."""
_RING = (0.9, 1.08)
"""Where a seal's ring lies, as parts of its radius."""
_IS_BLUE = 0.3
"""The part of a blue seal's ring that shows blue ink at least: it may be pressed unevenly."""
_BEYOND = 1.12
"""How far around its middle a seal's ink goes, as a part of its radius."""
_DARK = 160
"""What is darker on white paper is writing."""
_PALE = 170
"""What is lighter where blue ink was is the edge of that ink, and no writing."""
_BLUE_WRITING = 0.02
"""The part of a cell's writing beside seals from which on the writing is blue too."""


def read_beneath(
    registered: Registered, models: Models, page: Grey, text: FieldsRead, marks: Mapping[str, MarkReading]
) -> FieldsRead:
    """Return the fields, texts with letters of seals in them read anew; `page` is what they were read of."""
    seals = [(one, one.ring) for one in marks.values() if one.ring is not None and one.state is MarkState.PRESENT]
    if registered.page.has_colour:
        others = [ring for one, ring in seals if any(note.code is Code.MARK_OTHER for note in one.notes)]
        return _read_beneath_blue(registered, models, page, text, others) if others else text
    inks = [ink for ink in (seal_ink(page, ring) for _, ring in seals) if ink is not None]
    best, last, clean = text, text, page
    for _ in range(_ROUNDS):
        keys = []
        for key in _texts(registered, last):
            before, signs = clean, _signs(last, key)
            for ink in inks:
                clean = _without_letters(clean, ink, signs)
            if clean is not before:
                keys.append(key)
        if not keys:
            break
        numbers = {number for key in keys for number in _cells(registered, key)}
        few = MappingProxyType({number: registered.cells[number] for number in numbers})
        last = read_fields(dataclasses.replace(registered, cells=few), models, Lexicon(), page=clean)
        sure = [key for key in keys if not any(ink.may_hold_letters(clean, _signs(last, key)) for ink in inks)]
        best = _surer(text, best, last, sure)
    return best


def _read_beneath_blue(
    registered: Registered, models: Models, page: Grey, text: FieldsRead, rings: Sequence[Disc]
) -> FieldsRead:
    """Return the fields, those of cells under a blue seal read anew where their writing is of another colour."""
    cold = cold_and_warm(registered.upright)[0] > 0
    under = np.zeros(page.shape, bool)
    for ring in rings:
        low, high = (_within(page, ring, part) for part in _RING)
        if (cold & high & ~low).sum() > _IS_BLUE * (high & ~low).sum():
            under |= _within(page, ring, _BEYOND)
    numbers = [
        number
        for number, (left, top, right, bottom) in registered.cells.items()
        if under[top:bottom, left:right].any()
        and not _is_blue(page[top:bottom, left:right], cold[top:bottom, left:right], ~under[top:bottom, left:right])
    ]
    if not numbers:
        return text
    ink = cold & under
    clean = np.where(under, np.maximum(page, blue_free(registered.upright)), page)
    clean[cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & (clean > _PALE)] = 255
    few = MappingProxyType({number: registered.cells[number] for number in numbers})
    found = read_fields(dataclasses.replace(registered, cells=few), models, Lexicon(), page=clean)
    keys = (key for key in _keys(registered, numbers) if found.fields[key].value is not None)
    return _mended(text, found, [key for key in keys if _is_touched(text, key, ink) or _is_touched(found, key, ink)])


def _is_touched(text: FieldsRead, key: str, ink: Mask) -> bool:
    """Whether a field was read where there is such ink."""
    left, top, right, bottom = text.boxes.get(key, (0, 0, 0, 0))
    return bool(ink[top:bottom, left:right].any())


def _mended(text: FieldsRead, again: FieldsRead, keys: Sequence[str]) -> FieldsRead:
    """Return what was read with some fields as they were read without the ink over them.

    The surer reading counts; where both are sure of something else, a person is asked.
    """
    fields, scores, mended = dict(text.fields), dict(text.scores), set[str]()
    for key in keys:
        first, found = text.fields[key], again.fields[key]
        if found.value != first.value and min(found.confidence, first.confidence) > _OTHERWISE:
            fields[key] = dataclasses.replace(first, confidence=_OTHERWISE)
        elif found.confidence > first.confidence:
            fields[key], scores[key] = dataclasses.replace(found, raw=first.raw), again.scores[key]
            mended.add(key)
    problems = (
        *(one for one in text.problems if one.field not in mended),
        *(one for one in again.problems if one.field in mended),
    )
    return dataclasses.replace(
        text, fields=MappingProxyType(fields), scores=MappingProxyType(scores), problems=problems
    )


def _within(page: Grey, disc: Disc, part: float) -> Mask:
    """Return where on a page a disc of a part of its radius is."""
    y, x = np.ogrid[: page.shape[0], : page.shape[1]]
    return np.asarray((x - disc.x) ** 2 + (y - disc.y) ** 2 < (part * disc.radius) ** 2)


def _is_blue(page: Grey, cold: Mask, beside: Mask) -> bool:
    """Whether of what is written beside seals any part to speak of is blue."""
    writing = (page < _DARK) & beside
    return int((writing & cold).sum()) > _BLUE_WRITING * int(writing.sum())


def _keys(registered: Registered, numbers: Sequence[int]) -> list[str]:
    """Return the fields some cells hold, marks left out."""
    cells = registered.form.grid.cells
    keys = dict.fromkeys(line.key for number in numbers for line in cells[number].lines if not line.is_label)
    return [key for key in keys if not registered.form.fields[key].kind.is_mark]


def _surer(text: FieldsRead, best: FieldsRead, last: FieldsRead, keys: Sequence[str]) -> FieldsRead:
    """Return the best reading so far with those fields of the last one that are surer."""
    fields, scores = dict(best.fields), dict(best.scores)
    for key in keys:
        found = last.fields[key]
        first = text.fields[key]
        is_part = _is_part(str(found.value), str(first.value))
        confidence = found.confidence if is_part else min(found.confidence, _OTHERWISE)
        if found.value is not None and confidence > fields[key].confidence:
            fields[key] = dataclasses.replace(found, raw=first.raw, confidence=confidence)
            scores[key] = last.scores[key]
    return dataclasses.replace(best, fields=MappingProxyType(fields), scores=MappingProxyType(scores))


def _is_part(text: str, whole: str) -> bool:
    """Whether a text is what is left of another one when signs are taken out of it."""
    signs = iter(whole)
    return all(sign in signs for sign in text)


def _texts(registered: Registered, text: FieldsRead) -> Iterator[str]:
    """Yield each text that was read in a cell with other fields."""
    for cell in registered.form.grid.cells:
        keys = [line.key for line in cell.lines if not line.is_label]
        if len(keys) > 1:
            texts = (key for key in keys if registered.form.fields[key].kind is Kind.TEXT)
            yield from (key for key in texts if key in text.boxes and text.fields[key].value is not None)


def _cells(registered: Registered, key: str) -> Iterator[int]:
    for number, cell in enumerate(registered.form.grid.cells):
        if number in registered.cells and any(line.key == key and not line.is_label for line in cell.lines):
            yield number


def _signs(text: FieldsRead, key: str) -> list[list[PixelBox]]:
    """Return where each sign of each row of a text stands, marks of punctuation left out."""
    left, top, right, bottom = text.boxes[key]
    return [
        list(_signs_of(row)) for row in text.rows
        if row.box[0] >= left and row.box[1] >= top and row.box[2] <= right and row.box[3] <= bottom
    ]  # fmt: skip


def _signs_of(row: Row) -> Iterator[PixelBox]:
    left, top, right, bottom = row.box
    places: Sequence[float] = row.line.places
    edges = [0.0, *((one + other) / 2 for one, other in itertools.pairwise(places)), 1.0]
    for sign, (start, stop) in zip(row.line.text, itertools.pairwise(edges), strict=True):
        if sign.isalnum():
            yield (round(left + start * (right - left)), top, round(left + stop * (right - left)), bottom)


def _without_letters(page: Grey, ink: SealInk, signs: Sequence[Sequence[PixelBox]]) -> Grey:
    """Return a page without the signs that are a seal's letters; the page itself when none is."""
    for left, top, right, bottom in ink.letters(page, signs):
        page = ink.without(page, (left - _AROUND, top - _AROUND, right + _AROUND, bottom + _AROUND))
    return page
