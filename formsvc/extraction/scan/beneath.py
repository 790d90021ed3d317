"""What was read through a seal whose ink is not red, read once more without that ink.

Red ink is dropped before anything is read. A seal without colour is taken out as far as it is paler than the writing;
a blue one is taken out whole where the writing around it is not blue too. That is done only in the picture that is
read again: of two readings that say the same the surer one counts, and the raw reading stays what was read of the page
itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from formsvc.errors import Code
from formsvc.extraction.scan.ink import Mask, blue_free, cold_and_warm
from formsvc.extraction.scan.marks.disc import Disc
from formsvc.extraction.scan.marks.marks import MarkReading
from formsvc.extraction.scan.marks.seal_ink import SealInk, seal_ink
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition.confidence import OTHERWISE, confidence_of, with_doubt
from formsvc.extraction.scan.recognition.fields import FieldsRead, read_cells
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.registered import PixelBox, Registered
from formsvc.forms.reading import MarkState, Value
from formsvc.forms.spec import Kind

_OTHERWISE = 0.9
"""How sure a text is at most that says something else than what was read at first."""
_APART = 0.25
"""The part of the ink of a text's signs that is darker than a seal at least, for none of them to be lost with it."""
_PALE_WRITING = 2.0
"""The doubt where it is not, which is twice that of a text that is not what is left of the first reading."""
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
    registered: Registered,
    models: Models,
    lexicon: Lexicon,
    page: Grey,
    text: FieldsRead,
    marks: Mapping[str, MarkReading],
) -> FieldsRead:
    """Return the fields, those of cells under seals read anew without their ink; `page` is what they were read of."""
    seals = [(one, one.ring) for one in marks.values() if one.ring is not None and one.state is MarkState.PRESENT]
    reader = _Again(registered, models, lexicon, page, text)
    if registered.page.has_colour:
        others = [ring for one, ring in seals if any(note.code is Code.MARK_OTHER for note in one.notes)]
        return reader.without_blue(others) if others else text
    inks = [ink for ink in (seal_ink(page, ring) for _, ring in seals) if ink is not None]
    return reader.without_pale(inks) if inks else text


@dataclass(frozen=True, slots=True)
class _Again:
    """What was read of a page, and what to read it with once more."""

    registered: Registered
    models: Models
    lexicon: Lexicon
    page: Grey
    text: FieldsRead

    def without_pale(self, inks: Sequence[SealInk]) -> FieldsRead:
        """Return the fields, those of cells under seals without colour read anew without what is as pale as these."""
        numbers = [number for number, box in self.registered.cells.items() if any(ink.touches(box) for ink in inks)]
        clean = self.page
        for ink in inks:
            clean = ink.without(clean)
        found = self._cells(clean, numbers)
        chosen = {}
        for key in self._keys(numbers):
            first, second = self.text.fields[key], found.fields[key]
            if second.value is None or key in self.text.faint:
                continue
            kind, seen = self.registered.form.fields[key].kind, found.scores[key]
            if second.value != first.value:
                # Thin strokes go with the seal, and a figure with a stroke less is another one.
                if first.value is not None and kind is not Kind.TEXT:
                    continue
                is_rest, is_pale = _is_part(second.value, first.value), not self._is_darker(inks, found, key)
                doubt = _PALE_WRITING if is_pale else 0.0 if is_rest else 1.0
                seen = with_doubt(kind, seen, OTHERWISE, doubt)
            confidence = confidence_of(kind, seen)
            if confidence > first.confidence:
                chosen[key] = dataclasses.replace(second, raw=first.raw, confidence=confidence), seen
        return self.text.with_chosen(found, chosen)

    def _is_darker(self, inks: Sequence[SealInk], found: FieldsRead, key: str) -> bool:
        """Whether the writing of a text is darker than every seal that reaches into it."""
        signs = list(_signs(found, key))
        near = [ink for ink in inks if ink.touches(found.boxes[key])]
        return all(ink.dark_part(self.page, signs) >= _APART for ink in near)

    def without_blue(self, rings: Sequence[Disc]) -> FieldsRead:
        """Return the fields, those of cells under a blue seal read anew where their writing is of another colour."""
        page, upright = self.page, self.registered.upright
        cold = cold_and_warm(upright)[0] > 0
        under = np.zeros(page.shape, bool)
        for ring in rings:
            low, high = (_within(page, ring, part) for part in _RING)
            if (cold & high & ~low).sum() > _IS_BLUE * (high & ~low).sum():
                under |= _within(page, ring, _BEYOND)
        numbers = [
            number
            for number, (left, top, right, bottom) in self.registered.cells.items()
            if under[top:bottom, left:right].any()
            and not _is_blue(page[top:bottom, left:right], cold[top:bottom, left:right], ~under[top:bottom, left:right])
        ]
        if not numbers:
            return self.text
        ink = cold & under
        clean = np.where(under, np.maximum(page, blue_free(upright)), page)
        clean[cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & (clean > _PALE)] = 255
        found = self._cells(clean, numbers)
        chosen = {}
        for key in self._keys(numbers):
            first, second = self.text.fields[key], found.fields[key]
            if second.value is None or not (_is_touched(self.text, key, ink) or _is_touched(found, key, ink)):
                continue
            if second.value != first.value and min(second.confidence, first.confidence) > _OTHERWISE:
                chosen[key] = dataclasses.replace(first, confidence=_OTHERWISE), self.text.scores[key]
            elif second.confidence > first.confidence:
                chosen[key] = dataclasses.replace(second, raw=first.raw), found.scores[key]
        return self.text.with_chosen(found, chosen)

    def _cells(self, page: Grey, numbers: Sequence[int]) -> FieldsRead:
        """Return what some cells say on another picture of the page."""
        return read_cells(self.registered, self.models, self.lexicon, page, self.text, numbers)

    def _keys(self, numbers: Sequence[int]) -> list[str]:
        """Return the fields some cells hold, marks left out."""
        cells = self.registered.form.grid.cells
        keys = dict.fromkeys(line.key for number in numbers for line in cells[number].lines if not line.is_label)
        return [key for key in keys if not self.registered.form.fields[key].kind.is_mark]


def _is_touched(text: FieldsRead, key: str, ink: Mask) -> bool:
    """Whether a field was read where there is such ink."""
    left, top, right, bottom = text.boxes.get(key, (0, 0, 0, 0))
    return bool(ink[top:bottom, left:right].any())


def _within(page: Grey, disc: Disc, part: float) -> Mask:
    """Return where on a page a disc of a part of its radius is."""
    return np.asarray(disc.distances(*(slice(0, side) for side in page.shape)) < part * disc.radius)


def _is_blue(page: Grey, cold: Mask, beside: Mask) -> bool:
    """Whether of what is written beside seals any part to speak of is blue."""
    writing = (page < _DARK) & beside
    return int((writing & cold).sum()) > _BLUE_WRITING * int(writing.sum())


def _is_part(text: Value, whole: Value) -> bool:
    """Whether a text is what is left of another one when signs are taken out of it."""
    signs = iter(str(whole))
    return whole is not None and all(sign in signs for sign in str(text))


def _signs(text: FieldsRead, key: str) -> Iterator[PixelBox]:
    """Yield where each sign of a text stands, marks of punctuation left out."""
    left, top, right, bottom = text.boxes[key]
    for row in text.rows:
        if row.box[0] >= left and row.box[1] >= top and row.box[2] <= right and row.box[3] <= bottom:
            yield from _signs_of(row)


def _signs_of(row: Row) -> Iterator[PixelBox]:
    left, top, right, bottom = row.box
    for place, sign in enumerate(row.line.text):
        if sign.isalnum():
            start, stop = row.line.span(place, place + 1)
            yield (round(left + start * (right - left)), top, round(left + stop * (right - left)), bottom)
