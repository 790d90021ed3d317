"""A page set straight, with every cell of the form's grid found on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from formsvc.extraction.scan.page import Matrix, Pixels, ScanPage
from formsvc.forms.spec import Cell, FormSpec

PER_MM = 8.0
"""Pixels a millimetre of the upright picture: about 203 an inch."""

PixelBox = tuple[int, int, int, int]
"""left, top, right, bottom in pixels of the upright picture; right and bottom are one past the last."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A page on which a form was found."""

    form: FormSpec
    page: ScanPage
    upright: Pixels
    """The whole page, turned and rectified so that the table's lines are level; `PER_MM` pixels a millimetre, its
    width being that of the form's paper. Where the page shows less, it is white."""
    to_page: Matrix
    """From pixels of `upright` to pixels of the page as it came."""
    cells: Mapping[int, PixelBox]
    """The inside of each cell by its number in `form.grid.cells`, the lines left out; of a layout with other widths
    and heights too, since cells are told by how they lie to each other. A cell that was not found is missing."""
    table: PixelBox
    """The outer lines of the table."""
    confidence: float
    """0 to 1: how sure it is that the page is this form, standing this way."""
    rivals: tuple[str, ...] = ()
    """Ids of other forms that it could nearly as well be."""

    def cell_box(self, cell: Cell) -> PixelBox | None:
        """Return where a cell of the grid lies, or None when it was not found."""
        return self.cells.get(self.form.grid.cells.index(cell))

    def in_mm(self, box: PixelBox) -> tuple[float, float, float, float]:
        """Return x, y, width, height in mm on the page as it came, of the smallest upright box around this one."""
        left, top, right, bottom = box
        corners = np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]], dtype=np.float64)
        points = corners @ self.to_page.T
        flat = points[:, :2] / points[:, 2:]
        scale = self.page.per_mm or self.page.pixels.shape[1] / self.form.page.width
        low, high = flat.min(axis=0) / scale, flat.max(axis=0) / scale
        return (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
