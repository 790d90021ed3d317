"""A date that was not found as a row of its own, looked for in every height where it may stand.

A seal without colour joins the rows it lies over into one thing that the detector takes for no text, and a date that
is wider than its cell runs over the cell's edge. So strips as high as a row are read one below the other, and what is
written as a date in several of them is likelier to be one than what only a single one says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from formsvc.chinese.dates import HAN_DIGITS
from formsvc.extraction.scan.recognition.alphabets import allowed
from formsvc.extraction.scan.recognition.choose import Choice, choose, lessened_by
from formsvc.extraction.scan.recognition.confidence import SOUGHT
from formsvc.extraction.scan.recognition.decode import Line, best_path
from formsvc.extraction.scan.recognition.inked import Inked
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import Row, read_strip
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.registered import PER_MM, PixelBox
from formsvc.forms.reading import Value
from formsvc.forms.spec import Field

_REACH = round(28 * PER_MM)
"""How far above the lower edge of a cell its date stands at most."""
_HEIGHTS = tuple(round(height * PER_MM) for height in (5.0, 6.5))
"""Of the strips, the usual one first."""
_STEP = round(1.6 * PER_MM)
_BESIDE = round(0.8 * PER_MM)
_LEAST_COLUMNS = round(4 * PER_MM)
"""Columns with ink in a strip in which a date may stand."""
_AGREE = 2
"""Strips of one height that have to say the same, and none another, for no other height to be asked."""
_NUMERALS = f"0-9〇○零十廿卅元{HAN_DIGITS}"
_DATE = re.compile(rf"[{_NUMERALS}]{{4}}[年./-][{_NUMERALS}]{{1,3}}[月./-][{_NUMERALS}]{{1,3}}(?:[日号]|$)")
_FIGURES = frozenset(f"0123456789〇○{HAN_DIGITS}")
_SOME_FIGURES = 5
"""Figures in a strip from which on a date is looked for that its likeliest signs do not say."""
_WHOLE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Sought:
    """A date that was found by looking for it."""

    choice: Choice
    row: Row


def sought(
    models: Models,
    field: Field,
    cell: Inked,
    first: Choice | None,
    *,
    beside: Sequence[PixelBox],
    within: range | None,
) -> Sought | None:
    """Return the date most strips of a cell say, with the doubt that it was looked for.

    `first` is what was read before; None is returned when nothing is likelier. `beside` are boxes of other text, in
    pixels of the page: what is read there is no date of the cell.
    """
    # Of each date only its surest strip is kept: what the recogniser says of a strip takes some 15 MB.
    surest: dict[str, Sought] = {}
    votes: dict[str, float] = defaultdict(float)
    for height in _HEIGHTS:
        count = 0
        for box in _strips(cell, height, beside):
            one = _date_in(models, field, cell, box, within)
            if one is not None:
                count += 1
                value = str(one.choice.normal.value)
                votes[value] += one.choice.score
                if value not in surest or surest[value].choice.score < one.choice.score:
                    surest[value] = one
        if len(votes) == 1 and count >= _AGREE:
            break
    known = None if first is None else str(first.normal.value)
    if first is not None and is_whole(first.normal.value):
        votes[str(known)] += first.score
    best = max(votes, key=lambda value: votes[value], default=known)
    if best is None or best == known:
        return None
    doubt = 2 - votes[best] / max(sum(votes.values()), 1e-6)
    found = surest[best]
    return Sought(lessened_by(found.choice, field, doubt, SOUGHT), found.row)


def _strips(cell: Inked, height: int, beside: Sequence[PixelBox]) -> Iterator[PixelBox]:
    """Yield strips of the lower part of a cell, in its pixels, each as wide as what is written there."""
    low = cell.ink.shape[0]
    for top in range(max(low - _REACH, 0), max(low - height, 0) + 1, _STEP):
        middle = cell.origin[1] + top + height // 2
        columns = np.flatnonzero(cell.ink[top : top + height].any(axis=0))
        if len(columns) >= _LEAST_COLUMNS and not any(box[1] < middle < box[3] for box in beside):
            yield (max(int(columns[0]) - _BESIDE, 0), top, int(columns[-1]) + 1 + _BESIDE, top + height)


def _date_in(models: Models, field: Field, cell: Inked, box: PixelBox, within: range | None) -> Sought | None:
    """Return the whole date that stands in a strip, whatever else does."""
    row = read_strip(models, cell, box, squeeze=1.0)
    line = best_path(models, row.steps, allowed(models, field))
    match = _DATE.search(line.text)
    if match is not None:
        row = _part(models, row, line, match)
    elif sum(sign in _FIGURES for sign in line.text) < _SOME_FIGURES:
        return None
    choice = choose(models, field, [row], lexicon=Lexicon(), within=within)
    return Sought(choice, row) if is_whole(choice.normal.value) else None


def _part(models: Models, row: Row, line: Line, match: re.Match[str]) -> Row:
    """Return the part of a row in which some signs of a reading of it stand."""
    begin, end = line.span(match.start(), match.end())
    steps, across = len(row.steps), row.strip.shape[1]
    part = slice(int(begin * steps), max(int(end * steps), 1))
    strip = row.strip[:, int(begin * across) : max(int(end * across), 1)]
    own = row.steps[part].copy()
    return Row(row.box, own, best_path(models, own), row.sure, row.ink[part], strip, row.features[part])


def is_whole(value: Value) -> bool:
    """Whether the value of a date has year, month and day."""
    return isinstance(value, str) and _WHOLE.fullmatch(value) is not None
