"""Setting a page straight once a form was found on it.

The crossings of the lines that belong to the form give the homography, so that paper that is not quite flat is met on
the average. A table laid out as the form prints it is brought to the form's own millimetres; any other keeps the
proportions that were seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from formsvc.extraction.scan.page import Matrix, Pixels
from formsvc.extraction.scan.registered import PER_MM, PixelBox
from formsvc.extraction.scan.registration.edges import Edges, boxed, through
from formsvc.extraction.scan.registration.rules import Floats
from formsvc.extraction.scan.registration.tracing import FINE, Traced, crossing
from formsvc.forms.spec import FormSpec

_AS_PRINTED_MM = 1.3
"""Crossings this near to where the form prints them say that it is our own layout."""
_STRAY_MM = 1.2
"""Crossings farther than this from where the others say they are were wrongly found."""
_TOP_MM, _BOTTOM_MM = 62.0, 30.0
"""Paper shown above and below a table at the least."""
_TALLEST_MM = 420.0
_RULE_MM = 0.5


@dataclass(frozen=True, slots=True)
class Straight:
    """Where everything lies on the upright picture."""

    to_page: Matrix
    size: tuple[int, int]
    """Width and height."""
    cells: dict[int, PixelBox]
    table: PixelBox
    is_as_printed: bool = True
    """Whether the table is laid out as the form prints it."""


def straighten(traced: Traced) -> Straight:
    """Return where everything lies once the lines that were followed are level and upright."""
    edges = Edges(traced)
    points, printed = edges.crossings()
    form = traced.match.frame.form
    as_printed = _as_printed(points, printed)
    to_mm = _levelled(points, printed, sum(form.grid.columns)) if as_printed is None else as_printed
    outer = traced.outer
    corners = np.array([crossing(outer[0], outer[3]), crossing(outer[2], outer[1])])
    placed, size = place(form, through(to_mm, corners))
    to_upright = placed @ to_mm
    cells = {}
    for number in range(len(form.grid.cells)):
        box = edges.cell(number, to_upright, size)
        if box is None and as_printed is not None:
            box = printed_cell(form, number, placed, size)
        if box is not None:
            cells[number] = box
    left, top, right, bottom = (round(float(value)) for value in through(to_upright, corners).ravel())
    to_page = np.linalg.inv(to_upright @ traced.from_page)
    return Straight(to_page / to_page[2, 2], size, cells, (left, top, right, bottom), as_printed is not None)


def drawn_upright(pixels: Pixels, straight: Straight) -> Pixels:
    """Return the page set straight; white where it shows nothing."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    white = (255, 255, 255)
    picture = cv2.warpPerspective(pixels, straight.to_page, straight.size, flags=flags, borderValue=white)
    return np.asarray(picture, dtype=np.uint8)


def place(form: FormSpec, table: Floats) -> tuple[Matrix, tuple[int, int]]:
    """Return what moves millimetres onto the upright picture, and its size; `table` is two opposite corners in mm."""
    tall = float(table[1, 1] - table[0, 1])
    top = float(np.clip(form.page.height - form.page.bottom - 8 - tall, _TOP_MM, 120))
    left = (form.page.width - float(table[1, 0] - table[0, 0])) / 2
    shift = np.array([[1, 0, left - table[0, 0]], [0, 1, top - table[0, 1]], [0, 0, 1]])
    height = min(max(form.page.height, top + tall + _BOTTOM_MM), _TALLEST_MM)
    return np.diag([PER_MM, PER_MM, 1.0]) @ shift, (round(form.page.width * PER_MM), round(height * PER_MM))


def printed_cell(form: FormSpec, number: int, placed: Matrix, size: tuple[int, int]) -> PixelBox | None:
    """Return where the form prints the inside of a cell, by what moves its millimetres onto the upright picture."""
    cell, grid = form.grid.cells[number], form.grid
    x, y = sum(grid.columns[: cell.column]), sum(grid.rows[: cell.row])
    width = sum(grid.columns[cell.column : cell.column + cell.columns])
    height = sum(grid.rows[cell.row : cell.row + cell.rows])
    box = np.array([[x + _RULE_MM, y + _RULE_MM], [x + width - _RULE_MM, y + height - _RULE_MM]])
    return boxed([float(value) for value in through(placed, box).ravel()], size)


def _as_printed(points: Floats, printed: Floats) -> Matrix | None:
    """Return the homography to millimetres of the form's own layout, or None when the table is laid out otherwise."""
    if len(points) < 4:
        return None
    matrix = _fitted(points, printed)
    apart = np.hypot(*(through(matrix, points) - printed).T)
    return matrix if float(np.quantile(apart, 0.85)) <= _AS_PRINTED_MM else None


def _fitted(points: Floats, wanted: Floats) -> Matrix:
    """Return the homography that brings points nearest to where they are wanted, strays left aside."""
    if len(points) >= 4:
        matrix = cv2.findHomography(points, wanted, cv2.RANSAC, _STRAY_MM)[0]
        if np.shape(matrix) == (3, 3):
            return np.asarray(matrix, dtype=np.float64)
    return np.diag([1 / FINE, 1 / FINE, 1.0])


def _levelled(points: Floats, printed: Floats, width: float) -> Matrix:
    """Return the homography to millimetres after which lines are level and upright, sizes as they were seen."""
    wanted = points / FINE
    for axis in (0, 1):
        for line in np.unique(printed[:, axis]):
            same = printed[:, axis] == line
            wanted[same, axis] = np.median(wanted[same, axis])
    left, right = wanted[printed[:, 0] == 0, 0], wanted[printed[:, 0] == printed[:, 0].max(), 0]
    scale = width / max(float(right.mean() - left.mean()), 1.0)
    return np.diag([scale, scale, 1.0]) @ _fitted(points, wanted)
