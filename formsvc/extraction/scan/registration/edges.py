"""The lines around each cell of a form that was found, followed to where their ink really runs.

Works in the rectified picture of `tracing`. A line is first where the match says; along each cell it is then moved to
the ridge of ink nearest by, in stretches, so that bent paper and merged rules do not pull a cell off its own lines.
"""

from __future__ import annotations

import cv2
import numpy as np

from formsvc.extraction.scan.page import Grey, Matrix
from formsvc.extraction.scan.registered import PER_MM, PixelBox
from formsvc.extraction.scan.registration.rules import Floats, Rule
from formsvc.extraction.scan.registration.tracing import FINE, Traced, crossing

_INSIDE_MM = 0.25
"""White kept from a line."""
_REACH_MM = 1.4
"""How far from where it should be a line is looked for."""
_LOST_REACH_MM = 9.0
"""And how far when it is only known that it should be there."""
_RIDGE = 0.5
"""Part of a stretch that has to be inked for it to be a line."""
_STRETCH_MM = 24.0


def through(matrix: Matrix, points: Floats) -> Floats:
    """Return points, shape (n, 2), moved by a homography."""
    return np.asarray(cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0], dtype=np.float64)


class Edges:
    """The lines around each row and cell, in the rectified picture."""

    def __init__(self, traced: Traced) -> None:
        self._traced = traced
        self._frame = traced.match.frame
        grid = self._frame.form.grid
        self._across = [sum(grid.columns[:number]) for number in range(len(grid.columns) + 1)]
        self._down = [sum(grid.rows[:number]) for number in range(len(grid.rows) + 1)]
        self._levels: dict[tuple[int, bool], Rule | None] = {}
        self._uprights: dict[tuple[int, int], Rule | None] = {}

    def level(self, row: int, *, below: bool) -> Rule | None:
        """Return the line above or below a row; None when the row is not there."""
        if (row, below) not in self._levels:
            self._levels[row, below] = self._level(row, below=below)
        return self._levels[row, below]

    def upright(self, row: int, column: int) -> Rule | None:
        """Return the line left of a column in a row; None when it was lost or the row is not there."""
        if (row, column) not in self._uprights:
            self._uprights[row, column] = self._upright(row, column)
        return self._uprights[row, column]

    def crossings(self) -> tuple[Floats, Floats]:
        """Return crossings of lines in the rectified picture, and where the form prints them in millimetres."""
        found: dict[tuple[float, float], tuple[float, float]] = {}
        for row, separators in enumerate(self._frame.separators):
            for below in (False, True):
                level = self.level(row, below=below)
                for share in (0.0, *separators, 1.0):
                    column = self._column(share)
                    upright = self.upright(row, column)
                    if level is not None and upright is not None:
                        printed = (self._across[column], self._down[row + below])
                        found.setdefault(printed, crossing(level, upright))
        return np.array(list(found.values())), np.array(list(found))

    def cell(self, number: int, to_upright: Matrix, size: tuple[int, int]) -> PixelBox | None:
        """Return the inside of a cell on the upright picture of this size, or None when it was not found."""
        cell = self._frame.form.grid.cells[number]
        top = self.level(cell.row, below=False)
        bottom = self.level(cell.row + cell.rows - 1, below=True)
        left = self.upright(cell.row, cell.column)
        right = self.upright(cell.row, cell.column + cell.columns)
        if top is None or bottom is None or left is None or right is None:
            return None
        (x1, y1), (x2, y2) = crossing(top, left), crossing(bottom, right)
        x3, y4 = crossing(top, right)[0], crossing(bottom, left)[1]
        sides = (
            (left, y1, y4, False, 1),
            (top, x1, x3, True, 1),
            (right, y1, y2, False, -1),
            (bottom, x1, x2, True, -1),
        )
        ends = []
        for rule, start, end, is_level, inward in sides:
            own = follow(self._traced.mask, rule, (start, end), is_level=is_level, reach=_REACH_MM)
            places = [start + share * (end - start) for share in (0.15, 0.3, 0.5, 0.7, 0.85)]
            points = [(place, own.at(place)) if is_level else (own.at(place), place) for place in places]
            middle = float(np.median(through(to_upright, np.array(points))[:, int(is_level)]))
            ends.append(middle + inward * (own.thickness / FINE / 2 + _INSIDE_MM) * PER_MM)
        return boxed(ends, size)

    def _column(self, share: float) -> int:
        return min(range(len(self._across)), key=lambda number: abs(self._across[number] - share * self._across[-1]))

    def _level(self, row: int, *, below: bool) -> Rule | None:
        found, band = self._traced.match.levels[row], self._traced.match.rows[row]
        if found is None or band is None:
            return None
        top, right, bottom, left = self._traced.outer
        place, strand = band[below], found[below]
        if strand is not None:
            return max(self._traced.level[strand], key=lambda rule: rule.seen)
        if place in (0.0, 1.0):
            return bottom if place else top
        (x1, y1), (x2, y2) = crossing(top, left), crossing(top, right)
        (_, y4), (_, y3) = crossing(bottom, left), crossing(bottom, right)
        slope = ((1 - place) * (y2 - y1) + place * (y3 - y4)) / (x2 - x1)
        start = (1 - place) * y1 + place * y4
        guess = Rule(np.array([slope, start - slope * x1]), ((x1, x2),), 2.0)
        return follow(self._traced.mask, guess, (x1, x2), is_level=True, reach=_LOST_REACH_MM)

    def _upright(self, row: int, column: int) -> Rule | None:
        _, right, _, left = self._traced.outer
        if column in (0, len(self._across) - 1):
            return right if column else left
        share = self._across[column] / self._across[-1]
        near = [number for number, other in enumerate(self._frame.separators[row]) if abs(other - share) < 1e-6]
        columns = self._traced.match.columns[row]
        above, below = self.level(row, below=False), self.level(row, below=True)
        if not near or not columns or above is None or below is None:
            return None
        place = columns[near[0]]
        if place is None:
            return None
        (x1, y1), (x2, _) = crossing(above, left), crossing(above, right)
        (x4, y4), (x3, _) = crossing(below, left), crossing(below, right)
        start, end = (1 - place) * x1 + place * x2, (1 - place) * x4 + place * x3
        slope = (end - start) / max(y4 - y1, 1.0)
        guess = Rule(np.array([slope, start - slope * y1]), ((y1, max(y4, y1 + 1)),), 2.0)
        return follow(self._traced.mask, guess, (y1, y4), is_level=False, reach=_REACH_MM)


def boxed(ends: list[float], size: tuple[int, int]) -> PixelBox | None:
    """Return left, top, right and bottom as a box on a picture of this size, or None when nothing is left of it."""
    x1, y1, x2, y2 = (round(end) for end in ends)
    x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, size[0]), min(y2, size[1])
    return (x1, y1, x2, y2) if x2 - x1 >= 2 * PER_MM and y2 - y1 >= 2 * PER_MM else None


def follow(mask: Grey, rule: Rule, span: tuple[float, float], *, is_level: bool, reach: float) -> Rule:
    """Return a rule moved, between two places along it, to the ridge of ink within `reach` millimetres.

    Where no ridge is seen it stays where it was.
    """
    picture = mask if is_level else mask.T
    inset = min(0.7 * FINE, (span[1] - span[0]) / 6)
    count = int(np.clip((span[1] - span[0]) / 3, 8, 240))
    along = np.linspace(span[0] + inset, span[1] - inset, count)
    across = rule.along(along)
    offsets = np.arange(-round(reach * FINE), round(reach * FINE) + 1, dtype=np.float64)
    rows = np.clip(np.round(across[:, None] + offsets), 0, picture.shape[0] - 1).astype(np.intp)
    columns = np.clip(np.round(along), 0, picture.shape[1] - 1).astype(np.intp)
    inked = picture[rows, columns[:, None]] > 0
    parts = int(np.clip(round((span[1] - span[0]) / (_STRETCH_MM * FINE)), 1, 5))
    found = []
    for part in np.array_split(np.arange(count), parts):
        ridge = _ridge(inked[part].mean(axis=0), offsets)
        if ridge is not None:
            found.append((float(along[part].mean()), float(across[part].mean()) + ridge[0], ridge[1]))
    if not found:
        return rule
    places, heights, widths = np.array(found).T
    slope = (across[-1] - across[0]) / max(along[-1] - along[0], 1.0)
    if len(found) > 2:
        curve = np.polyfit(places, heights, 2 if len(found) > 3 else 1)
    else:
        curve = np.array([slope, float(np.median(heights - slope * places))])
    return Rule(curve, (span,), float(np.median(widths)))


def _ridge(shares: Floats, offsets: Floats) -> tuple[float, float] | None:
    """Return how far off the ridge of ink is, and its width, or None when there is none."""
    smooth = np.convolve(shares, (0.25, 0.5, 0.25), "same")
    wanted = smooth * (1 - 0.35 * np.abs(offsets) / max(float(offsets[-1]), 1.0))
    peak = int(np.argmax(wanted))
    if max(shares[max(peak - 1, 0) : peak + 2]) < _RIDGE:
        return None
    first = last = peak
    floor = 0.6 * smooth[peak]
    while first > 0 and smooth[first - 1] >= floor:
        first -= 1
    while last < len(smooth) - 1 and smooth[last + 1] >= floor:
        last += 1
    return float(offsets[first] + offsets[last]) / 2, float(last - first + 1)
