"""Texts into which the letters of a seal without colour were read, read once more without those letters.

Only what is told to be the seal's by its tone and place is taken out, and only in the picture that is read again. Of
the two readings the surer one counts; the raw reading stays what was read of the page itself.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

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


def read_beneath(
    registered: Registered, models: Models, page: Grey, text: FieldsRead, marks: Mapping[str, MarkReading]
) -> FieldsRead:
    """Return the fields, texts with letters of seals in them read anew; `page` is what they were read of."""
    if registered.page.has_colour:
        return text
    rings = (one.ring for one in marks.values() if one.ring is not None and one.state is MarkState.PRESENT)
    inks = [ink for ink in (seal_ink(page, ring) for ring in rings) if ink is not None]
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
