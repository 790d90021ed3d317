"""Whether somebody signed: what is written in a signature box besides its printed label and its date.

The box is taken apart into pieces of ink. The label is the first printed line at the top left, as many characters
long as the form's label or one of its other names; the date is the last line; rules to write on are level and thin.
What is left is a signature when there is enough of it. What is left and looks set in type (as high as the label,
upright, level strokes) is a typed name: that is for a person to judge.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.registered import PER_MM, PixelBox

Ink = NDArray[np.uint8]
"""1 where there is ink."""
Floats = NDArray[np.float64]
Line = NDArray[np.bool_]
"""Which rows or columns hold ink."""

_INSET = 0.7
"""Millimetres left off at each side of a cell: rests of its lines."""
_LEAST_INK, _MOST_LEAST_INK = 0.13, 0.38
"""Absorbance from which something is ink: a share of what the darkest ink of the cell has, within these bounds."""
_SPECK = 0.9
"""Millimetres: what is smaller both ways is dirt or a dot."""
_RULE = 14.0
"""Millimetres from which a level thin stroke is a line to write on."""
_ARC, _ARC_RADII, _ARC_SWERVE = 10.0, (14.0, 60.0), 0.3
"""Millimetres: the least size of a piece that may be an arc, the radii of arcs, and how far they may swerve."""
_LABEL_HEIGHTS = (2.2, 7.0)
"""Millimetres of the characters of a label."""
_DATE_HEIGHT, _LEAST_DATE_HEIGHT = 1.7, 6.0
"""The height of the last line, with figures written by hand: in characters of the label, and at least so many mm."""
_TYPED, _TYPED_LEVEL = (0.85, 1.1), 0.2
"""The height of a typed line as a multiple of the label's, and the least part of its edges that is level or upright."""
ENOUGH = 14.0
"""Millimetres of strokes that make a signature: 丁一 written small has about 20."""
SOME = 5.0
"""Millimetres of strokes that are not nothing."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is written in a signature box."""

    strokes: float
    """Millimetres of strokes besides label, date and rules."""
    box: PixelBox | None
    """The smallest box around them, in pixels of the cell's picture."""
    height: float
    """Of that box, as a multiple of the height of the label's characters."""
    level: float
    """Which part of its edges is level or upright: near 1 for type, lower for handwriting."""
    level_label: float
    """The same of the label."""

    @property
    def is_typed(self) -> bool:
        """Whether it looks set in type: one line as high as the label, with level and upright strokes."""
        return _TYPED[0] < self.height < _TYPED[1] and self.level >= max(_TYPED_LEVEL, 0.95 * self.level_label)


@dataclass(frozen=True, slots=True)
class _Label:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def written_in(cell: Grey, lengths: tuple[int, ...], *, has_date: bool, hidden: Grey | None = None) -> Written:
    """Return what is written in the picture of a cell, at `PER_MM`, red ink dropped.

    `lengths` are the numbers of characters its printed label may have, `has_date` is whether its last line is a date,
    and what is not 0 in `hidden` (a seal without colour) is passed over.
    """
    ink = _ink(cell)
    if hidden is not None:
        ink[hidden > 0] = 0
    ink = _without_specks(_without_rules(_without_arcs(ink)))
    return _judged(cell, ink, lengths, has_date=has_date)


def _judged(cell: Grey, ink: Ink, lengths: tuple[int, ...], *, has_date: bool) -> Written:
    label = _label_of(ink, lengths)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    pieces = boxes[1:count].astype(np.float64)
    left, top, width, height = (pieces[:, column] for column in range(4))
    right, bottom = left + width, top + height
    free = np.ones(len(pieces), dtype=bool)
    if label is not None:
        free &= ~_within(label, left, top, right, bottom)
        second = _second_line(label, pieces[free], lengths)
        if second is not None:
            free &= ~_within(second, left, top, right, bottom)
    em = label.height if label is not None else 4.5 * PER_MM
    if has_date and len(pieces):
        high = max(_DATE_HEIGHT * em, _LEAST_DATE_HEIGHT * PER_MM)
        ends = float(np.quantile(bottom, 0.97)) if len(pieces) > 20 else float(bottom.max())
        free &= ~(top > max(ends, ink.shape[0] - 1.2 * high) - high)
    if not free.any():
        return Written(0.0, None, 0.0, 0.0, 0.0)
    chosen = np.isin(labels, 1 + np.flatnonzero(free)).astype(np.uint8)
    box = (int(left[free].min()), int(top[free].min()), int(right[free].max()), int(bottom[free].max()))
    return Written(
        strokes=_strokes(chosen),
        box=box,
        height=(box[3] - box[1]) / em,
        level=_level(cell, chosen),
        level_label=_level(cell, _part(ink, label)) if label is not None else 0.0,
    )


def _within(label: _Label, left: Floats, top: Floats, right: Floats, bottom: Floats) -> NDArray[np.bool_]:
    slack = 0.25 * label.height
    inside = (top > label.top - slack) & (bottom < label.bottom + slack)
    return np.asarray(inside & (left > label.left - slack) & (right < label.right + slack))


def _second_line(label: _Label, pieces: Floats, lengths: tuple[int, ...]) -> _Label | None:
    """Return the second line of a label that is broken into two, or None when what is below is none.

    It begins where the first one does, right below it, is as high, and both are not longer than the label may be.
    """
    em = label.height
    below = pieces[(pieces[:, 1] > label.bottom - 0.1 * em) & (pieces[:, 1] < label.bottom + 1.6 * em)]
    if not len(below):
        return None
    left, top = float(below[:, 0].min()), float(below[:, 1].min())
    right, bottom = float((below[:, 0] + below[:, 2]).max()), float((below[:, 1] + below[:, 3]).max())
    is_alike = abs(left - label.left) < 0.6 * em and 0.7 * em < bottom - top < 1.2 * em
    length = (label.right - label.left + right - left) / em
    is_near = top < label.bottom + 0.9 * em
    return (
        _Label(left, top, right, bottom) if is_alike and is_near and length <= max(lengths, default=0) * 1.15 else None
    )


def _without_arcs(ink: Ink) -> Ink:
    """Return the ink without pieces that are parts of large circles: the feet of cups, seals that lie beside."""
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = np.maximum(boxes[:count, cv2.CC_STAT_WIDTH], boxes[:count, cv2.CC_STAT_HEIGHT]) >= _ARC * PER_MM
    arcs = [number for number in range(1, count) if large[number] and _is_arc(labels == number)]
    return np.asarray(np.where(np.isin(labels, arcs), 0, ink), dtype=np.uint8)


def _is_arc(piece: NDArray[np.bool_]) -> bool:
    """Whether a piece is a part of one large circle."""
    y, x = np.nonzero(piece)
    terms = np.stack([2.0 * x, 2.0 * y, np.ones(len(x))], axis=1)
    (across, down, rest), *_ = np.linalg.lstsq(terms, (x**2 + y**2).astype(np.float64), rcond=None)
    radius = float(np.sqrt(max(rest + across**2 + down**2, 0.0)))
    if not _ARC_RADII[0] * PER_MM <= radius <= _ARC_RADII[1] * PER_MM:
        return False
    off = np.abs(np.hypot(x - across, y - down) - radius)
    thick = float(cv2.distanceTransform(piece.astype(np.uint8), cv2.DIST_L2, 3).max())
    return float(np.quantile(off, 0.9)) < 1.2 * thick + _ARC_SWERVE * PER_MM


def _ink(cell: Grey) -> Ink:
    """Return where there is ink, its darkest taken as the measure."""
    edge = round(_INSET * PER_MM)
    absorbance = -np.log((cell.astype(np.float32) + 4) / 259)
    dark = absorbance[absorbance > _LEAST_INK]
    darkest = float(np.quantile(dark, 0.9)) if dark.size > 50 else 1.0
    ink = (absorbance > min(max(0.2 * darkest, _LEAST_INK), _MOST_LEAST_INK)).astype(np.uint8)
    ink[:edge] = ink[-edge:] = 0
    ink[:, :edge] = ink[:, -edge:] = 0
    return np.asarray(ink, dtype=np.uint8)


def _without_rules(ink: Ink) -> Ink:
    """Return the ink without level and upright lines that are long and thin."""
    long = round(_RULE * PER_MM)
    joined = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    level = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    upright = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    return np.asarray(np.where(np.maximum(level, upright) > 0, 0, ink), dtype=np.uint8)


def _without_specks(ink: Ink) -> Ink:
    """Return the ink without pieces that are small both ways."""
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sizes = np.maximum(boxes[:count, cv2.CC_STAT_WIDTH], boxes[:count, cv2.CC_STAT_HEIGHT])
    kept = sizes >= _SPECK * PER_MM
    kept[0] = False
    return np.asarray(kept[labels], dtype=np.uint8)


def _label_of(ink: Ink, lengths: tuple[int, ...]) -> _Label | None:
    """Return the first printed line at the top left, or None when there is none."""
    upper = ink[: max(1, round(0.5 * ink.shape[0]))]
    columns = np.flatnonzero(upper[:, : ink.shape[1] // 2].any(axis=0))
    if not columns.size:
        return None
    left = int(columns[0])
    rows: Line = np.asarray(upper[:, left : left + round(8 * PER_MM)].any(axis=1))
    low, high = (size * PER_MM for size in _LABEL_HEIGHTS)
    for start, stop in _runs(rows, round(0.5 * PER_MM)):
        if stop - start < low:
            continue
        top, bottom = start, min(stop, start + high)
        em = (bottom - top) / 0.92
        return _Label(left, top, _end_of(upper[start : int(bottom)], left, em, lengths), bottom)
    return None


def _end_of(band: Ink, left: int, em: float, lengths: tuple[int, ...]) -> float:
    """Return where the label ends: at the first wide gap, and not later than its longest form."""
    longest = left + (max(lengths, default=10) + 1.3) * em
    end = left + em
    columns: Line = np.asarray(band.any(axis=0))
    for start, stop in _runs(columns, 1):
        if start < left:
            continue
        if start - end > 1.3 * em and end - left > 1.9 * em:
            break
        end = max(end, stop)
    return float(min(end, longest))


def _runs(line: Line, bridge: int) -> list[tuple[int, int]]:
    """Return start and stop of each run of True; gaps up to `bridge` are bridged."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], line.astype(np.int8), [0]])))
    runs: list[tuple[int, int]] = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and start - runs[-1][1] <= bridge:
            runs[-1] = (runs[-1][0], stop)
        else:
            runs.append((start, stop))
    return runs


def _part(ink: Ink, label: _Label) -> Ink:
    part = np.zeros_like(ink)
    rows, columns = slice(int(label.top), int(label.bottom) + 1), slice(int(label.left), int(label.right) + 1)
    part[rows, columns] = ink[rows, columns]
    return part


def _strokes(ink: Ink) -> float:
    """Return how long the strokes are in mm: the area by the width of a stroke."""
    area = int(ink.sum())
    if not area:
        return 0.0
    depth = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    width = max(2.0, 4.0 * float(depth[ink > 0].mean()) - 1.0)
    return area / width / PER_MM


def _level(cell: Grey, ink: Ink) -> float:
    """Return which part of the edges of this ink is level or upright within 6 degrees."""
    smooth = cv2.GaussianBlur(cell, (0, 0), 1.0).astype(np.float32)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength, angle = cv2.cartToPolar(across, down, angleInDegrees=True)
    near = cv2.dilate(ink, np.ones((3, 3), np.uint8)) > 0
    off = np.abs((angle + 45) % 90 - 45)
    total = float(strength[near].sum())
    return float(strength[near & (off < 6)].sum()) / total if total else 0.0
