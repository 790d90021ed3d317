"""Setting a page straight once a table was found on it, and hugging each cell with the lines that were really seen.

The table is first rectified by its outer corners. In that picture lines are followed anew, curves and all; the
crossings of those that belong to the form give the final homography, so that paper that is not quite flat is met on
the average, and each cell ends where its own lines run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from formsvc.extraction.scan.lattice import Lattice, aspect_of, lattice_in
from formsvc.extraction.scan.page import Grey, Matrix
from formsvc.extraction.scan.plane import thin_dark, thresholds
from formsvc.extraction.scan.registered import PER_MM, PixelBox
from formsvc.extraction.scan.rules import Floats, Rule, find_rules
from formsvc.extraction.scan.topology import Frame, Match, Matcher

_FINE = 6.0
"""Pixels a millimetre of the picture in which lines are followed."""
_MARGIN_MM = 7.0
_OUTER_WITHIN_MM = 4.0
_INSIDE_MM = 0.2
"""White kept from a line."""
_AS_PRINTED_MM = 1.3
"""Crossings this near to where the form prints them say that it is our own layout."""
_STRAY_MM = 1.2
"""Crossings farther than this from where the others say they are were wrongly found."""
_TOP_MM, _BOTTOM_MM = 62.0, 30.0
"""Paper shown above and below a table at the least."""
_TALLEST_MM = 420.0


@dataclass(frozen=True, slots=True)
class Traced:
    """A table rectified by its corners, with the form's lines followed in it."""

    match: Match
    from_page: Matrix
    """From the page to the rectified picture."""
    outer: tuple[Rule, Rule, Rule, Rule]
    """Its top, right, bottom and left."""
    level: tuple[Rule, ...]
    upright: tuple[Rule, ...]
    lattice: Lattice
    outer_seen: float
    """0 to 1: how much of the outer lines was seen."""


@dataclass(frozen=True, slots=True)
class Straight:
    """Where everything lies on the upright picture."""

    to_page: Matrix
    size: tuple[int, int]
    """Width and height."""
    cells: dict[int, PixelBox]
    table: PixelBox


def trace(grey: Grey, corners: Floats, frame: Frame) -> Traced:
    """Follow the lines of a table whose corners (top left first, clockwise, as it reads) are known roughly."""
    width = sum(frame.form.grid.columns) * _FINE
    height = float(np.clip(width * aspect_of(corners), 0.25 * width, 3 * width))
    margin = _MARGIN_MM * _FINE
    box = np.array([[0, 0], [width, 0], [width, height], [0, height]]) + margin
    from_page = np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), box.astype(np.float32)), np.float64)
    size = (round(width + 2 * margin), round(height + 2 * margin))
    picture = cv2.warpPerspective(grey, from_page, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    dark = thin_dark(np.asarray(picture, dtype=np.uint8), _FINE)
    mask = np.asarray(cv2.threshold(dark, thresholds(dark)[0], 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    level = find_rules(mask, _FINE)
    upright = find_rules(np.ascontiguousarray(mask.T), _FINE)
    sides = (
        _outer(level, margin, margin, margin + width),
        _outer(upright, margin + width, margin, margin + height),
        _outer(level, margin + height, margin, margin + width),
        _outer(upright, margin, margin, margin + height),
    )
    outer = (sides[0][0], sides[1][0], sides[2][0], sides[3][0])
    refined = np.array([_crossing(outer[row], outer[column]) for row, column in ((0, 3), (0, 1), (2, 1), (2, 3))])
    lattice = lattice_in(refined, level, upright)
    match = Matcher(lattice).match(frame, lenient=True)
    seen = sum(side[1] for side in sides) / 4
    return Traced(match, from_page, outer, tuple(level), tuple(upright), lattice, seen)


def _outer(rules: Sequence[Rule], across: float, start: float, end: float) -> tuple[Rule, float]:
    """Return the rule seen best near where an outer line should be, or a straight one, and how much was seen of it."""
    best = Rule(np.array([across]), ((start, end),), 2.0)
    most = 0.35
    for rule in rules:
        apart = max(abs(rule.at(start) - across), abs(rule.at(end) - across))
        seen = sum(max(0.0, min(high, end) - max(low, start)) for low, high in rule.pieces) / (end - start)
        if apart <= _OUTER_WITHIN_MM * _FINE and seen > most:
            best, most = rule, seen
    return best, most if most > 0.35 else 0.0


def _crossing(level: Rule, upright: Rule) -> tuple[float, float]:
    x = upright.at((upright.start + upright.end) / 2)
    for _ in range(3):
        x = upright.at(level.at(x))
    return x, level.at(x)


def straighten(traced: Traced) -> Straight:
    """Return where everything lies once the lines that were followed are level and upright."""
    edges = _Edges(traced)
    points, printed = edges.crossings()
    form = traced.match.frame.form
    own = _as_printed(points, printed)
    if own is None:
        own = _levelled(points, printed, sum(form.grid.columns))
    width_mm = form.page.width
    table = _through(
        own, np.array([_crossing(traced.outer[0], traced.outer[3]), _crossing(traced.outer[2], traced.outer[1])])
    )
    tall = float(table[1, 1] - table[0, 1])
    top = float(np.clip(form.page.height - form.page.bottom - 8 - tall, _TOP_MM, 120))
    left = (width_mm - float(table[1, 0] - table[0, 0])) / 2
    shift = np.array([[1, 0, left - table[0, 0]], [0, 1, top - table[0, 1]], [0, 0, 1]])
    to_upright = np.diag([PER_MM, PER_MM, 1.0]) @ shift @ own
    height_mm = min(max(form.page.height, top + tall + _BOTTOM_MM), _TALLEST_MM)
    size = (round(width_mm * PER_MM), round(height_mm * PER_MM))
    cells = {
        number: box
        for number in range(len(form.grid.cells))
        if (box := edges.cell(number, to_upright, size)) is not None
    }
    outer = _through(
        to_upright, np.array([_crossing(traced.outer[0], traced.outer[3]), _crossing(traced.outer[2], traced.outer[1])])
    )
    whole = tuple(round(float(value)) for value in outer.ravel())
    to_page = np.linalg.inv(to_upright @ traced.from_page)
    return Straight(to_page / to_page[2, 2], size, cells, (whole[0], whole[1], whole[2], whole[3]))


class _Edges:
    """The lines around each row and cell, in the rectified picture."""

    def __init__(self, traced: Traced) -> None:
        self._traced = traced
        self._frame = traced.match.frame
        form = self._frame.form
        self._across = [sum(form.grid.columns[:number]) for number in range(len(form.grid.columns) + 1)]
        self._down = [sum(form.grid.rows[:number]) for number in range(len(form.grid.rows) + 1)]

    def level(self, row: int, *, below: bool) -> Rule | None:
        """Return the line above or below a row; None when the row is not there."""
        found = self._traced.match.levels[row]
        band = self._traced.match.rows[row]
        if found is None or band is None:
            return None
        top, _, bottom, _ = self._traced.outer
        place, strand = band[below], found[below]
        if strand is None and place in (0.0, 1.0):
            return bottom if place else top
        if strand is None:
            share = np.array([top.at(0) * (1 - place) + bottom.at(0) * place])
            return Rule(share, ((0.0, 1.0),), 2.0)
        sources = self._traced.lattice.level.sources[strand]
        return max((self._traced.level[number] for number in sources), key=lambda rule: rule.seen)

    def upright(self, row: int, column: int) -> Rule | None:
        """Return the line left of a column in a row; None when it was lost or the row is not there."""
        _, right, _, left = self._traced.outer
        if column in (0, len(self._across) - 1):
            return right if column else left
        share = self._across[column] / self._across[-1]
        separators = self._frame.separators[row]
        columns = self._traced.match.columns[row]
        if not columns or share not in separators:
            return None
        strand = columns[separators.index(share)]
        if strand is None:
            return None
        sources = self._traced.lattice.upright.sources[strand]
        return max((self._traced.upright[number] for number in sources), key=lambda rule: rule.seen)

    def crossings(self) -> tuple[Floats, Floats]:
        """Return crossings of lines in the rectified picture, and where the form prints them in millimetres."""
        found: dict[tuple[float, float], tuple[float, float]] = {}
        for row, separators in enumerate(self._frame.separators):
            shares = (0.0, *separators, 1.0)
            for below in (False, True):
                level = self.level(row, below=below)
                for share in shares:
                    column = min(
                        range(len(self._across)),
                        key=lambda number: abs(self._across[number] - share * self._across[-1]),
                    )
                    upright = self.upright(row, column)
                    if level is not None and upright is not None:
                        found.setdefault((self._across[column], self._down[row + below]), _crossing(level, upright))
        return np.array(list(found.values())), np.array(list(found))

    def cell(self, number: int, to_upright: Matrix, size: tuple[int, int]) -> PixelBox | None:
        """Return the inside of a cell on the upright picture."""
        cell = self._frame.form.grid.cells[number]
        top = self.level(cell.row, below=False)
        bottom = self.level(cell.row + cell.rows - 1, below=True)
        left = self.upright(cell.row, cell.column)
        right = self.upright(cell.row, cell.column + cell.columns)
        if top is None or bottom is None or left is None or right is None:
            return None
        corners = [
            _crossing(level, side) for level, side in ((top, left), (top, right), (bottom, right), (bottom, left))
        ]
        shares = np.linspace(0.1, 0.9, 5)
        middles = []
        for rule, (start, end), is_level in (
            (left, (corners[0][1], corners[3][1]), False),
            (top, (corners[0][0], corners[1][0]), True),
            (right, (corners[1][1], corners[2][1]), False),
            (bottom, (corners[3][0], corners[2][0]), True),
        ):
            places = [start + share * (end - start) for share in shares]
            points = [(place, rule.at(place)) if is_level else (rule.at(place), place) for place in places]
            middle = float(np.median(_through(to_upright, np.array(points))[:, int(is_level)]))
            half = (rule.thickness / _FINE / 2 + _INSIDE_MM) * PER_MM
            middles.append((middle, half))
        x1, y1 = (round(middle + half) for middle, half in middles[:2])
        x2, y2 = (round(middle - half) for middle, half in middles[2:])
        x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, size[0]), min(y2, size[1])
        return (x1, y1, x2, y2) if x2 - x1 >= 2 * PER_MM and y2 - y1 >= 2 * PER_MM else None


def _through(matrix: Matrix, points: Floats) -> Floats:
    return np.asarray(cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0], dtype=np.float64)


def _as_printed(points: Floats, printed: Floats) -> Matrix | None:
    """Return the homography to millimetres of the form's own layout, or None when the table is laid out otherwise."""
    if len(points) < 4:
        return None
    matrix = _fitted(points, printed)
    apart = np.hypot(*(_through(matrix, points) - printed).T)
    return matrix if float(np.quantile(apart, 0.9)) <= _AS_PRINTED_MM else None


def _fitted(points: Floats, wanted: Floats) -> Matrix:
    """Return the homography that brings points nearest to where they are wanted."""
    if len(points) < 4:
        return np.diag([1 / _FINE, 1 / _FINE, 1.0])
    return np.asarray(cv2.findHomography(points, wanted, cv2.RANSAC, _STRAY_MM)[0], dtype=np.float64)


def _levelled(points: Floats, printed: Floats, width: float) -> Matrix:
    """Return the homography to millimetres after which lines are level and upright, sizes as they were seen."""
    wanted = points / _FINE
    for axis in (0, 1):
        for place in np.unique(printed[:, axis]):
            same = printed[:, axis] == place
            wanted[same, axis] = np.median(wanted[same, axis])
    found = _fitted(points, wanted)
    left, right = wanted[printed[:, 0] == 0, 0], wanted[printed[:, 0] == printed[:, 0].max(), 0]
    scale = width / max(float(right.mean() - left.mean()), 1.0)
    return np.diag([scale, scale, 1.0]) @ found
