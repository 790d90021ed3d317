"""Where lines of text stand in a picture: the detector's map made into boxes, in reading order.

The map is cut at a threshold into connected parts; each part's smallest rectangle is grown again by what the detector
shrinks text by (Liao and others, Real-time Scene Text Detection with Differentiable Binarization, 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition.models import Models

LONGEST = 960
"""Pixels of the longer side as the detector sees it: 0.2 to 0.3 s on one thread."""
_SEEN, _SURE = 0.3, 0.5
_GROWTH = 1.7
_SMALLEST = 3.0
_MOST = 400
_LEVEL = 0.4
"""Degrees below which a box is taken as level."""
_SHORT = 1.8
"""A box less than this many heights wide says nothing of a slope."""
_STEP = 32

Quad = NDArray[np.float32]
"""Four corners (x, y), shape (4, 2): left top, right top, right bottom, left bottom."""


@dataclass(frozen=True, slots=True, eq=False)
class TextBox:
    """One piece of a line of text."""

    quad: Quad
    confidence: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """left, top, right, bottom of the upright box around it."""
        low, high = self.quad.min(axis=0), self.quad.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height along its own sides."""
        across, down = self.quad[1] - self.quad[0], self.quad[3] - self.quad[0]
        return float(np.hypot(*across)), float(np.hypot(*down))

    @property
    def slope(self) -> float:
        """The angle of its upper side in degrees; 0 for a box too short to have one."""
        across, down = self.size
        x, y = self.quad[1] - self.quad[0]
        return float(np.degrees(np.arctan2(y, x))) if across >= _SHORT * down else 0.0


def detect(models: Models, grey: Grey, *, longest: int = LONGEST, scale: float = 1.0) -> list[TextBox]:
    """Return the boxes of text in a picture, in its pixels.

    It is looked at `scale` times its size, and smaller if its longer side would be more than `longest`.
    """
    height, width = grey.shape
    if min(height, width) < 2:
        return []
    scale = min(scale, longest / max(height, width))
    size = [max(_STEP, round(side * scale / _STEP) * _STEP) for side in (width, height)]
    scaled = cv2.resize(grey, (size[0], size[1]), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    likely = models.text_map(scaled.astype(np.float32) / 127.5 - 1)
    contours, _ = cv2.findContours((likely > _SEEN).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    back = np.array([width / size[0], height / size[1]], dtype=np.float32)
    found = (_box(likely, np.asarray(contour, dtype=np.int32), back) for contour in contours[:_MOST])
    return [box for box in found if box is not None]


def _box(likely: NDArray[np.float32], contour: NDArray[np.int32], back: NDArray[np.float32]) -> TextBox | None:
    centre, (across, down), angle = cv2.minAreaRect(contour)
    if min(across, down) < _SMALLEST:
        return None
    confidence = _mean_inside(likely, contour)
    if confidence < _SURE:
        return None
    grown = across * down * _GROWTH / (2 * (across + down))
    corners = np.asarray(cv2.boxPoints((centre, (across + 2 * grown, down + 2 * grown), angle)), dtype=np.float32)
    return TextBox(_ordered(corners) * back, confidence)


def _mean_inside(likely: NDArray[np.float32], contour: NDArray[np.int32]) -> float:
    left, top, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(mask, [contour.reshape(-1, 2) - np.array([left, top], dtype=np.int32)], 1)
    return float(cv2.mean(likely[top : top + height, left : left + width], mask)[0])


def _ordered(corners: NDArray[np.float32]) -> Quad:
    """Return the corners from the left top one, clockwise."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1])]
    right = by_x[2:][np.argsort(by_x[2:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], dtype=np.float32)


def cut_out(grey: Grey, box: TextBox) -> Grey:
    """Return the picture inside a box, set level."""
    quad = box.quad
    width, height = (max(round(side), 1) for side in box.size)
    if abs(box.slope) < _LEVEL:
        left, top = np.maximum(quad.min(axis=0).astype(int), 0)
        right, bottom = np.ceil(quad.max(axis=0)).astype(int)
        return np.ascontiguousarray(grey[top:bottom, left:right])
    goal = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad, goal)
    return np.asarray(
        cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255), dtype=np.uint8
    )


def in_rows(boxes: Sequence[TextBox]) -> list[list[TextBox]]:
    """Return the boxes row by row from the top, each row from the left: boxes that share most of their height."""
    rows: list[list[TextBox]] = []
    for box in sorted(boxes, key=lambda one: one.bounds[1] + one.bounds[3]):
        row = next((row for row in reversed(rows[-3:]) if _share(row, box)), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    return [sorted(row, key=lambda one: one.bounds[0]) for row in rows]


def _share(row: Sequence[TextBox], box: TextBox) -> bool:
    """Whether a box stands in a row: beside its nearest box, and over more than half of the lower one's height."""
    _, top, _, bottom = box.bounds
    middle = (box.bounds[0] + box.bounds[2]) / 2
    nearest = min(row, key=lambda one: abs((one.bounds[0] + one.bounds[2]) / 2 - middle))
    _, other_top, _, other_bottom = nearest.bounds
    both = min(bottom, other_bottom) - max(top, other_top)
    return both > 0.55 * min(bottom - top, other_bottom - other_top)
