"""Which form's grid a lattice is: rows and columns compared by how they follow each other, not by their sizes.

A form becomes a `Frame`: for each row the upright rules that cross it. A lattice is cut into bands by its level rules
and bands are given to rows in order, at the least cost: rules that should be there and are not, rules that should not
be there and are, and, weakly, rules far from where the form prints them. An office may have added a row or left one
out; a level rule may be lost under a fold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from formsvc.extraction.scan.registration.lattice import Lattice
from formsvc.extraction.scan.registration.rules import Floats
from formsvc.forms.spec import FormSpec

_LOST_RULE = 1.0
_STRANGE_RULE = 0.9
_EXTRA_ROW = 0.8
_FAR = 0.22
"""A rule farther than this (part of the table's width) from where the form prints it is another rule."""
_SHIFT = 1.2
"""What being off by the whole width would cost."""
_HEIGHT = 0.06
"""What a row of e times its height costs."""
_STRAY = 0.08
"""What a rule costs that runs through the table and beyond: most are folds, which are innocent."""
_LOOSE = 0.35
"""What it costs that an outer line goes on: the table may be a part of a larger one."""
_FAINT = 0.4
"""A rule seen on less of the band is none."""
_SAME = 0.012
_DOUBTFUL = 0.5
_ROW_RULE = 0.45
_MOST_ROWS, _MOST_COLUMNS = 18, 16
_NEVER = 1e9


@dataclass(frozen=True, slots=True)
class Frame:
    """The grid of a form as parts of its width and height."""

    form: FormSpec
    heights: tuple[float, ...]
    separators: tuple[tuple[float, ...], ...]
    """For each row, where upright rules cross it."""
    breadths: tuple[float, ...]
    """For each boundary between rows, on which part of the width there is a rule."""

    rules: int
    """How many stretches of rule it has inside its outer lines."""


@dataclass(frozen=True, slots=True)
class Match:
    """A form's frame laid over a lattice."""

    frame: Frame
    cost: float
    rows: tuple[tuple[float, float] | None, ...]
    """For each row of the form where its band begins and ends, as parts of the height; None for a row that is not
    there."""
    levels: tuple[tuple[int | None, int | None] | None, ...]
    """For each row the strands above and below it; None for an outer line or a lost one."""
    columns: tuple[tuple[float | None, ...], ...]
    """For each row where each separator stands halfway down; None for a lost one."""

    @property
    def score(self) -> float:
        """How well it fits: 1 is every rule in place and nothing else."""
        return 1 - self.cost / max(self.frame.rules, 1)

    @property
    def is_whole(self) -> bool:
        """Whether every row and every separator of the form is there."""
        return None not in self.rows and not any(None in row for row in self.columns)


def frame_of(form: FormSpec) -> Frame:
    """Return the frame of a form."""
    width, height = sum(form.grid.columns), sum(form.grid.rows)
    edges = [sum(form.grid.columns[:number]) / width for number in range(len(form.grid.columns) + 1)]
    separators = []
    for row in range(len(form.grid.rows)):
        cells = [cell for cell in form.grid.cells if cell.row <= row < cell.row + cell.rows]
        separators.append(tuple(sorted(edges[cell.column] for cell in cells if cell.column)))
    breadths = []
    for row in range(1, len(form.grid.rows)):
        spans = [(cell.column, cell.column + cell.columns) for cell in form.grid.cells if cell.row == row]
        breadths.append(sum(edges[end] - edges[start] for start, end in spans))
    rules = sum(map(len, separators)) + len(form.grid.rows) - 1
    return Frame(form, tuple(row / height for row in form.grid.rows), tuple(separators), tuple(breadths), rules)


def completed(match: Match) -> Match:
    """Return a match with the separators that were lost, if all that were seen stand where the form prints them."""
    wanted = [place for row in match.frame.separators for place in row]
    seen = [place for row in match.columns for place in row]
    if len(seen) != len(wanted) or all(place is None for place in seen):
        return match
    if any(place is not None and abs(place - other) > _SAME for place, other in zip(seen, wanted, strict=True)):
        return match
    rows = zip(match.columns, match.frame.separators, strict=True)
    filled = tuple(tuple(b if a is None else a for a, b in zip(row, printed, strict=True)) for row, printed in rows)
    return replace(match, columns=filled)


def printed_match(frame: Frame) -> Match:
    """Return a frame laid over a table just as the form prints it, none of its inner lines having been seen."""
    edges = [min(sum(frame.heights[:number]), 1.0) for number in range(len(frame.heights))] + [1.0]
    none = (None, None)
    return Match(frame, 0.0, tuple(pairwise(edges)), (none,) * len(frame.heights), frame.separators)


@dataclass(frozen=True, slots=True)
class _Band:
    """The upright rules between two level ones: where, and how well seen."""

    places: tuple[float, ...]
    seen: tuple[float, ...]
    strange: tuple[float, ...]
    """What each costs if the form wants none there."""


Look = Callable[[float, float], tuple[Floats, Floats]]
"""Looks into the picture itself for upright rules between two heights (parts of the square): where, how well seen."""


class Matcher:
    """One lattice, and what frames cost on it."""

    def __init__(self, lattice: Lattice, look: Look | None = None) -> None:
        self._look = look
        level = lattice.level
        whole = level.coverage(0, 1)
        numbers = np.flatnonzero(whole >= _ROW_RULE)
        self._numbers = np.sort(numbers[np.argsort(-whole[numbers])][:_MOST_ROWS])
        whole = whole[self._numbers]
        self._lattice = lattice
        self._places: list[float] = [0.0, *level.at[self._numbers].tolist(), 1.0]
        self._breadths: list[float] = [1.0, *whole.tolist(), 1.0]
        self._skipped: list[float] = [0.0, 0.0, *np.cumsum(np.clip(2.2 * whole - 1.1, 0.0, 1.0)).tolist()]
        self._bands: dict[tuple[float, float], _Band] = {}
        self._rows: dict[tuple[tuple[float, ...], float, float], float] = {}

    def match(self, frame: Frame, *, lenient: bool = False, worst: float = 0.3) -> Match:
        """Return the cheapest way to lay a frame over the lattice; if lenient, a rule between two rows may be lost.

        What scores worse than `worst` is not looked for; what is returned then scores still less.
        """
        rows, last = len(frame.heights), len(self._places) - 1
        dearest = (1 - worst) * frame.rules + 1
        costs = [[_NEVER] * (last + 1) for _ in range(rows + 1)]
        steps: dict[tuple[int, int], tuple[int, int, tuple[float, ...]]] = {}
        costs[0][0] = 0.0
        for row in range(rows + 1):
            for start in range(last + 1):
                so_far = costs[row][start]
                if so_far > dearest:
                    continue
                for to_row, end, cost, cuts in self._moves(frame, row, start, dearest - so_far, lenient=lenient):
                    if so_far + cost < costs[to_row][end] - 1e-9:
                        costs[to_row][end] = so_far + cost
                        steps[to_row, end] = (row, start, cuts)
        astray = _STRAY * self._lattice.strays + _LOOSE * self._lattice.loose
        return self._traced(frame, costs[rows][last] + astray, steps)

    def _moves(
        self, frame: Frame, row: int, start: int, dearest: float, *, lenient: bool
    ) -> Iterator[tuple[int, int, float, tuple[float, ...]]]:
        """Yield the next steps from a boundary: to which row and rule, at which cost, cutting the band where.

        Bands over rules that make them dearer than `dearest` are left out.
        """
        rows, last = len(frame.heights), len(self._places) - 1
        top = self._places[start]
        for end in range(start + 1, last + 1):
            bottom = self._places[end]
            inner = (self._skipped[end] - self._skipped[start + 1]) * _STRANGE_RULE
            if inner > dearest:
                break
            yield row, end, _EXTRA_ROW + inner + 1.0 - self._breadths[end], ()
            if row < rows:
                cost = inner + self._edge(frame, row + 1, end) + self._row(frame, row, top, bottom)
                yield row + 1, end, cost, (top, bottom)
            if lenient and row + 1 < rows:
                share = frame.heights[row] / (frame.heights[row] + frame.heights[row + 1])
                cut = top + share * (bottom - top)
                cost = self._row(frame, row, top, cut) + self._row(frame, row + 1, cut, bottom)
                yield (
                    row + 2,
                    end,
                    1.5 * _LOST_RULE + inner + self._edge(frame, row + 2, end) + cost,
                    (top, cut, bottom),
                )
        if row < rows:
            yield row + 1, start, _LOST_RULE * (1 + len(frame.separators[row])), ()

    def _edge(self, frame: Frame, boundary: int, end: int) -> float:
        """Return what it costs that a rule is broader or narrower than the boundary below a row should be."""
        if boundary == len(frame.heights):
            return 0.0
        if end == len(self._places) - 1:
            return _LOST_RULE
        return 0.8 * max(0.0, abs(self._breadths[end] - frame.breadths[boundary - 1]) - 0.1)

    def _row(self, frame: Frame, row: int, top: float, bottom: float) -> float:
        key = (frame.separators[row], top, bottom)
        if key not in self._rows:
            band = self._band(top, bottom)
            self._rows[key] = _align(frame.separators[row], band)[0]
        height = abs(math.log(max(bottom - top, 1e-3) / frame.heights[row]))
        return _HEIGHT * min(height, 3.0) + self._rows[key]

    def _band(self, top: float, bottom: float) -> _Band:
        """Return the upright rules of a band."""
        if (top, bottom) not in self._bands:
            inset = min(0.004, (bottom - top) / 8)
            upright = self._lattice.upright
            seen = upright.coverage(top + inset, bottom - inset)
            places = upright.places((top + bottom) / 2)
            strange = seen
            if self._look is not None:
                places, seen, strange = _united(places, seen, *self._look(top, bottom))
            chosen = np.flatnonzero(seen >= _FAINT)
            chosen = chosen[np.argsort(-seen[chosen])][:_MOST_COLUMNS]
            chosen = chosen[np.argsort(places[chosen])]
            found = (places, seen.round(2), (strange * _STRANGE_RULE).round(2))
            self._bands[top, bottom] = _Band(*(tuple(values[chosen].tolist()) for values in found))
        return self._bands[top, bottom]

    def _columns(self, expected: tuple[float, ...], top: float, bottom: float) -> tuple[float | None, ...]:
        band = self._band(top, bottom)
        pairs = _align(expected, band)[1]
        return tuple(None if pair is None else band.places[pair] for pair in pairs)

    def _traced(
        self, frame: Frame, cost: float, steps: dict[tuple[int, int], tuple[int, int, tuple[float, ...]]]
    ) -> Match:
        count = len(frame.heights)
        rows: list[tuple[float, float] | None] = [None] * count
        levels: list[tuple[int | None, int | None] | None] = [None] * count
        columns: list[tuple[float | None, ...]] = [()] * count
        at = (count, len(self._places) - 1)
        while at in steps and at != (0, 0):
            row, start, cuts = steps[at]
            strands = (self._strand(start), *((None,) * (len(cuts) - 2)), self._strand(at[1]))
            for number in range(len(cuts) - 1):
                rows[row + number] = (cuts[number], cuts[number + 1])
                levels[row + number] = (strands[number], strands[number + 1])
                columns[row + number] = self._columns(frame.separators[row + number], *cuts[number : number + 2])
            at = (row, start)
        return Match(frame, cost, tuple(rows), tuple(levels), tuple(columns))

    def _strand(self, number: int) -> int | None:
        return int(self._numbers[number - 1]) if 0 < number < len(self._places) - 1 else None


def _united(places: Floats, seen: Floats, more: Floats, seen_more: Floats) -> tuple[Floats, Floats, Floats]:
    """Return rules found in two ways as one list, and how much each counts if it is not wanted.

    Where both found one it is as well seen as the better saw it. What the sums of columns show may be the rim of a
    seal or a column of writing, so that what is not wanted counts less against a form than it did without them.
    """
    places, seen = places.copy(), seen.copy()
    fresh = np.ones(len(more), dtype=bool)
    for number, place in enumerate(more):
        near = np.flatnonzero((np.abs(places - place) < _SAME) & (seen >= _FAINT / 2))
        if len(near):
            fresh[number] = False
            seen[near] = np.maximum(seen[near], seen_more[number])
            places[near] = place
    rest = seen_more[fresh]
    strange = np.concatenate([seen, np.clip(2.5 * rest - 1.5, 0.0, 1.0)])
    return np.concatenate([places, more[fresh]]), np.concatenate([seen, rest]), _DOUBTFUL * strange


def _align(expected: tuple[float, ...], band: _Band) -> tuple[float, tuple[int | None, ...]]:
    """Return the least cost of giving rules that were seen to rules that are expected, and which each one gets."""
    width = len(band.places)
    costs = [[0.0] * (width + 1) for _ in range(len(expected) + 1)]
    for j in range(width):
        costs[0][j + 1] = costs[0][j] + band.strange[j]
    for i, wanted in enumerate(expected):
        costs[i + 1][0] = costs[i][0] + _LOST_RULE
        for j in range(width):
            costs[i + 1][j + 1] = min(
                costs[i][j] + _paired(wanted, band, j),
                costs[i][j + 1] + _LOST_RULE,
                costs[i + 1][j] + band.strange[j],
            )
    pairs: list[int | None] = [None] * len(expected)
    i, j = len(expected), width
    while i and j:
        if costs[i][j] == costs[i - 1][j - 1] + _paired(expected[i - 1], band, j - 1):
            i, j = i - 1, j - 1
            pairs[i] = j
        elif costs[i][j] == costs[i - 1][j] + _LOST_RULE:
            i -= 1
        else:
            j -= 1
    return costs[-1][-1], tuple(pairs)


def _paired(wanted: float, band: _Band, number: int) -> float:
    """Return what it costs that this rule of a band is the one wanted here."""
    apart = abs(wanted - band.places[number])
    return _SHIFT * apart + 0.4 * (1 - band.seen[number]) if apart <= _FAR else _NEVER
