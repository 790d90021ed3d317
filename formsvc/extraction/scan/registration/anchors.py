"""The fallback for pages on which no grid was found: the printed labels themselves say where the form lies.

Given the lines of text of a whole page, labels are looked for among them; where at least four of one form are found,
the homography of the form's printed layout through their middles places every cell. Only the form's own layout can be
placed so: what fits badly is no form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from formsvc.chinese.folding import fold_label
from formsvc.extraction.scan.page import Matrix, ScanPage
from formsvc.extraction.scan.registered import PixelBox, Registered
from formsvc.extraction.scan.registration.edges import through
from formsvc.extraction.scan.registration.register import Atlas, NotAForm
from formsvc.extraction.scan.registration.rules import Floats
from formsvc.extraction.scan.registration.upright import Straight, drawn_upright, place, printed_cell
from formsvc.extraction.scan.registration.witness import likeness, wordings_of
from formsvc.forms.spec import Cell, FormSpec

ReadLine = tuple[str, Floats]
"""What a line says, and its four corners on the page, clockwise from its beginning; shape (4, 2)."""

_ALIKE = 0.75
_LEAST = 4
_NEAR_MM = 5.0
"""How far from its place a label may stand."""
_MOST_SHARE = 0.8
"""How sure a form placed by labels alone can be."""
_LETTER_MM = 5.0


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A label found on a page."""

    key: str
    seen: tuple[float, float]
    printed: tuple[float, float]
    """Its middle in millimetres from the table's top left corner."""


@dataclass(frozen=True, slots=True)
class _Placed:
    form: FormSpec
    to_mm: Matrix
    share: float
    """Which part of the form's labels stand where they should."""


def register_by_labels(page: ScanPage, atlas: Atlas, lines: Sequence[ReadLine]) -> Registered | NotAForm:
    """Find which form a page is and where its cells lie by the labels among its lines of text."""
    placed = [one for frame in atlas.frames if (one := _placed(frame.form, lines)) is not None]
    placed.sort(key=lambda one: -one.share)
    if not placed:
        return NotAForm("no-labels")
    best = placed[0]
    rivals = tuple(other.form.id for other in placed[1:] if other.share > 0.7 * best.share)
    form, grid = best.form, best.form.grid
    corners = np.array([[0.0, 0.0], [sum(grid.columns), sum(grid.rows)]])
    to_upright, size = place(form, corners)
    found = ((number, printed_cell(form, number, to_upright, size)) for number in range(len(grid.cells)))
    cells: dict[int, PixelBox] = {number: box for number, box in found if box is not None}
    left, top, right, bottom = (round(float(value)) for value in through(to_upright, corners).ravel())
    to_page = np.linalg.inv(to_upright @ best.to_mm)
    straight = Straight(to_page / to_page[2, 2], size, cells, (left, top, right, bottom))
    return Registered(
        form=form,
        page=page,
        upright=drawn_upright(page.pixels, straight),
        to_page=straight.to_page,
        cells=cells,
        table=straight.table,
        confidence=_MOST_SHARE * best.share,
        rivals=rivals,
    )


def _placed(form: FormSpec, lines: Sequence[ReadLine]) -> _Placed | None:
    labels = [
        (cell, line.key)
        for cell in form.grid.cells
        for line in cell.lines[:1]
        if line.is_label and wordings_of(form, line.key)
    ]
    anchors = [anchor for cell, key in labels if (anchor := _anchor(form, cell, key, lines)) is not None]
    if len(anchors) < _LEAST:
        return None
    seen = np.array([anchor.seen for anchor in anchors])
    printed = np.array([anchor.printed for anchor in anchors])
    matrix, inliers = cv2.estimateAffine2D(seen, printed, method=cv2.RANSAC, ransacReprojThreshold=_NEAR_MM)
    if np.shape(matrix) != (2, 3) or int(inliers.sum()) < _LEAST:
        return None
    to_mm = np.vstack([np.asarray(matrix, dtype=np.float64), [0.0, 0.0, 1.0]])
    turn = to_mm[:2, :2]
    stretch = np.linalg.svd(turn, compute_uv=False)
    if np.linalg.det(turn) <= 0 or stretch[0] > 1.5 * stretch[1]:
        return None  # mirrored, or squeezed as no page is
    return _Placed(form, to_mm, float(inliers.sum()) / len(labels))


def _anchor(form: FormSpec, cell: Cell, key: str, lines: Sequence[ReadLine]) -> _Anchor | None:
    """Return where the line is that is most like a label, if any is like it at all."""
    wordings = wordings_of(form, key)
    best, most = None, _ALIKE
    for text, corners in lines:
        folded = fold_label(text)
        alike = likeness(folded, wordings) if len(folded) > 1 else 0.0
        if alike > most:
            best, most = (folded, corners), alike
    if best is None:
        return None
    folded, corners = best
    length = max((len(word) for word in wordings if folded.startswith(word)), default=len(folded))
    share = length / len(folded) / 2
    middle = ((corners[0] + corners[3]) * (1 - share) + (corners[1] + corners[2]) * share) / 2
    return _Anchor(key, (float(middle[0]), float(middle[1])), _middle(form, cell, length))


def _middle(form: FormSpec, cell: Cell, length: int) -> tuple[float, float]:
    """Return the middle of a label's first line in millimetres from the table's corner."""
    grid = form.grid
    x, y = sum(grid.columns[: cell.column]), sum(grid.rows[: cell.row])
    width = sum(grid.columns[cell.column : cell.column + cell.columns])
    height = sum(grid.rows[cell.row : cell.row + cell.rows])
    if len(cell.lines) == 1:
        return x + width / 2, y + height / 2
    return x + 2.2 + length * _LETTER_MM / 2, y + 5.9
