"""Ruling lines become the cells of tables.

Lines that touch belong to one table. Its grid has a column between any two neighbouring upright lines and a row
between any two level ones; where no line parts two fields of the grid they are one cell, so merged cells come out
with their spans. A table's outer edge counts as closed, since many forms leave the sides open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from formsvc.extraction.document import Box
from formsvc.extraction.pdf.errors import TooComplexError
from formsvc.extraction.pdf.shown import Rule

TOUCH = 1.0
"""How far a line may stop short of another and still touch it, mm; text keeps further away from its borders."""
_SAME = 1.2
"""Lines closer than this are one: the two strokes of a double border, borders of neighbours that do not quite meet."""
_COVERED = 0.7
"""The share of a field's side that has to be drawn for the side to part two cells."""
_LONG = 3.0
"""A rule shorter than this, after all its pieces were put together, is no border, mm."""
_WIDTH, _HEIGHT = 20.0, 5.0
"""The smallest table, mm; barcodes and check boxes are smaller."""
_FIELDS = 5_000
"""The most fields of a grid; more is a drawing or squared paper."""
_PAIRS = 1_000_000
_SLIVER = 2.0


@dataclass(frozen=True, slots=True)
class Span:
    """A cell's place in its grid."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One table's lines and cells."""

    xs: tuple[float, ...]
    """Its upright lines from left to right, mm."""
    ys: tuple[float, ...]
    """Its level lines from top to bottom, mm."""
    spans: tuple[Span, ...]
    """Its cells in reading order."""
    owner: tuple[int, ...]
    """For each field of the grid, row by row, the number of its cell in `spans`; -1 for a gap between lines."""

    @property
    def area(self) -> float:
        """Its size in mm²."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    def cell_at(self, x: float, y: float) -> int | None:
        """Return the number of the cell at a point; None outside of the table."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if not (0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1):
            return None
        found = self.owner[row * (len(self.xs) - 1) + column]
        return found if found >= 0 else None

    def box(self, cell: int) -> Box:
        """Return a cell's box."""
        span = self.spans[cell]
        left, top = self.xs[span.column], self.ys[span.row]
        return left, top, self.xs[span.column + span.columns] - left, self.ys[span.row + span.rows] - top


def grids_of(rules: Sequence[Rule]) -> list[Grid]:
    """Return the tables a page's rules draw, smallest first, so that a table inside another one is found first.

    Raises TooComplexError when there are more lines than any form has.
    """
    level = _put_together(rule for rule in rules if rule.level)
    upright = _put_together(rule for rule in rules if not rule.level)
    if len(level) * len(upright) > _PAIRS:
        raise TooComplexError("rules")
    grids = [grid for group in _touching(level, upright) if (grid := _grid(group)) is not None]
    return sorted(grids, key=lambda grid: grid.area)


def _put_together(rules: Iterable[Rule]) -> list[Rule]:
    """Join the pieces a line was drawn in."""
    joined: list[Rule] = []
    lane: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (rule.at, rule.start)):
        if lane and rule.at - lane[0].at > 0.5:
            joined += _lane_joined(lane)
            lane = []
        lane.append(rule)
    joined += _lane_joined(lane)
    return [rule for rule in joined if rule.end - rule.start >= _LONG]


def _lane_joined(lane: list[Rule]) -> list[Rule]:
    """Join rules that lie in one line and touch."""
    joined: list[Rule] = []
    for rule in sorted(lane, key=lambda rule: rule.start):
        if joined and rule.start - joined[-1].end <= TOUCH:
            last = joined[-1]
            joined[-1] = last._replace(end=max(last.end, rule.end))
        else:
            joined.append(rule)
    return joined


def _touching(level: list[Rule], upright: list[Rule]) -> list[list[Rule]]:
    """Group rules that meet, directly or by others."""
    rules = [*level, *upright]
    leader = list(range(len(rules)))

    def lead(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    for index, flat in enumerate(level):
        for other, steep in enumerate(upright, len(level)):
            if _meet(flat, steep):
                leader[lead(index)] = lead(other)
    groups: dict[int, list[Rule]] = {}
    for index, rule in enumerate(rules):
        groups.setdefault(lead(index), []).append(rule)
    return list(groups.values())


def _meet(flat: Rule, steep: Rule) -> bool:
    return flat.start - TOUCH <= steep.at <= flat.end + TOUCH and steep.start - TOUCH <= flat.at <= steep.end + TOUCH


def _grid(rules: list[Rule]) -> Grid | None:
    """Make the grid of one table; None for rules that are none."""
    level = [rule for rule in rules if rule.level]
    upright = [rule for rule in rules if not rule.level]
    if len(level) < 2 or not upright:
        return None
    xs = _lines([rule.at for rule in upright], [end for rule in level for end in (rule.start, rule.end)])
    ys = _lines([rule.at for rule in level], [end for rule in upright for end in (rule.start, rule.end)])
    columns, rows = len(xs) - 1, len(ys) - 1
    if not columns or not rows or columns * rows > _FIELDS:
        return None
    if xs[-1] - xs[0] < _WIDTH or ys[-1] - ys[0] < _HEIGHT:
        return None
    leader = _merged(xs, ys, level, upright)
    spans: list[Span] = []
    owner = [-1] * (rows * columns)
    fields: dict[int, list[int]] = {}
    for field, first in enumerate(leader):
        fields.setdefault(first, []).append(field)
    for members in fields.values():
        top, bottom = members[0] // columns, members[-1] // columns
        left, right = min(field % columns for field in members), max(field % columns for field in members)
        if min(xs[right + 1] - xs[left], ys[bottom + 1] - ys[top]) < _SLIVER:
            continue
        for field in members:
            owner[field] = len(spans)
        spans.append(Span(top, left, bottom - top + 1, right - left + 1))
    return Grid(tuple(xs), tuple(ys), tuple(spans), tuple(owner))


def _lines(places: list[float], ends: list[float]) -> list[float]:
    """Return the lines of one direction; the outermost ends of the other direction close the table."""
    lines: list[list[float]] = []
    for place in sorted(places):
        if lines and place - lines[-1][0] <= _SAME:
            lines[-1].append(place)
        else:
            lines.append([place])
    found = [sum(group) / len(group) for group in lines]
    first, last = min(ends), max(ends)
    if first < found[0] - _SLIVER:
        found.insert(0, first)
    if last > found[-1] + _SLIVER:
        found.append(last)
    return found


def _merged(xs: list[float], ys: list[float], level: list[Rule], upright: list[Rule]) -> list[int]:
    """Give each field of the grid the first field of its cell: fields without a line between them are one cell."""
    columns, rows = len(xs) - 1, len(ys) - 1
    leader = list(range(rows * columns))

    def lead(field: int) -> int:
        while leader[field] != field:
            leader[field] = leader[leader[field]]
            field = leader[field]
        return field

    def join(one: int, other: int) -> None:
        first, second = sorted((lead(one), lead(other)))
        leader[second] = first

    for line in range(1, columns):
        near = [rule for rule in upright if abs(rule.at - xs[line]) <= _SAME]
        for row in range(rows):
            if not _is_drawn(near, ys[row], ys[row + 1]):
                join(row * columns + line - 1, row * columns + line)
    for line in range(1, rows):
        near = [rule for rule in level if abs(rule.at - ys[line]) <= _SAME]
        for column in range(columns):
            if not _is_drawn(near, xs[column], xs[column + 1]):
                join((line - 1) * columns + column, line * columns + column)
    return [lead(field) for field in range(rows * columns)]


def _is_drawn(near: list[Rule], start: float, end: float) -> bool:
    """Whether rules in one line cover a side of a field."""
    covered, reached = 0.0, start
    for rule in sorted(near, key=lambda rule: rule.start):
        begin = max(rule.start, reached)
        stop = min(rule.end, end)
        if stop > begin:
            covered += stop - begin
            reached = stop
    return covered >= _COVERED * (end - start)
