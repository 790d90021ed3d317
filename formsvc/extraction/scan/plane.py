"""The pictures lines are looked for in: one grey plane of a page, and how much darker than its surroundings it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from formsvc.extraction.scan.page import Grey, Matrix, ScanPage

LONG_SIDE = 1500
"""Pixels of the longer side of the picture candidates are looked for in; smaller pages stay as they are."""
_RIVAL_PEAK = 0.5
"""Part of the highest peak another skew has to reach to be tried."""
_STROKE_MM = 2.4
"""Anything wider than this is no line: a shadow, a desk, a scanner's black border."""


@dataclass(frozen=True, slots=True)
class Plane:
    """A page reduced to how much darker each place is than what surrounds it."""

    dark: Grey
    """0 where nothing stands; high on thin dark strokes, whatever the light."""
    scale: float
    """Pixels of this picture to a pixel of the page."""
    unit: float
    """Pixels of this picture to a millimetre of paper, were the page a sheet of A4 that fills it."""


def red_free(page: ScanPage) -> Grey:
    """Return the plane of a page in which red ink is as light as paper, and blue and black are dark."""
    return np.ascontiguousarray(page.pixels[:, :, 0]) if page.has_colour else luminance(page)


def luminance(page: ScanPage) -> Grey:
    """Return the plane of a page in which ink of every colour is dark."""
    return np.asarray(cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def thin_dark(grey: Grey, unit: float) -> Grey:
    """Return how much darker thin strokes are than what surrounds them; `unit` is pixels a millimetre."""
    size = max(3, round(_STROKE_MM * unit) | 1)
    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((size, size), np.uint8)), dtype=np.uint8)


def reduced(grey: Grey) -> Plane:
    """Return the plane candidates are looked for in."""
    longest = max(grey.shape)
    scale = min(1.0, LONG_SIDE / longest)
    if scale < 1.0:
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    unit = max(grey.shape) / 297
    return Plane(thin_dark(grey, unit), scale, unit)


def thresholds(dark: Grey) -> tuple[int, ...]:
    """Return from where on a place counts as ink: a middling choice first, then a low one for faint toner."""
    counts = np.bincount(dark.ravel(), minlength=256).astype(np.float64)
    shares = np.cumsum(counts) / max(counts.sum(), 1.0)
    median = int(np.searchsorted(shares, 0.5))
    spread = max(1, int(np.searchsorted(shares, 0.75)) - median)
    floor = max(10, median + 4 * spread)
    strong = counts[floor:]
    if strong.sum() == 0:
        return (floor,)
    mean = float((np.arange(floor, 256) * strong).sum() / strong.sum())
    middle = max(floor, round(0.45 * mean + 0.55 * floor))
    return tuple(dict.fromkeys((middle, floor)))


def turned(dark: Grey, degrees: float) -> tuple[Grey, Matrix]:
    """Return a picture turned about its middle on a canvas that holds it all, and the matrix that turned it."""
    height, width = dark.shape
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), [0, 0, 1]])
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], dtype=np.float64) @ matrix.T
    low, high = corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
    matrix = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ matrix
    size = (int(np.ceil(high[0] - low[0])), int(np.ceil(high[1] - low[1])))
    return np.asarray(cv2.warpAffine(dark, matrix[:2], size, flags=cv2.INTER_LINEAR), dtype=np.uint8), matrix


def skews(mask: Grey, *, most: int = 2) -> list[float]:
    """Return by how many degrees the lines of a mask are turned from level or upright, from -45 to 45, likeliest first.

    Ink is projected along many directions: where lines run, the projection has peaks.
    """
    rows, columns = np.nonzero(mask)
    if len(rows) < 200:
        return [0.0]
    step = max(1, len(rows) // 40_000)
    x, y = columns[::step].astype(np.float32), rows[::step].astype(np.float32)
    coarse = [(_peakedness(x, y, angle), angle) for angle in np.arange(-45.0, 45.0, 1.5)]
    coarse.sort(reverse=True)
    found: list[float] = []
    for peak, angle in coarse[:12]:
        if peak < _RIVAL_PEAK * coarse[0][0]:
            break
        if all(min(abs(angle - other), 90 - abs(angle - other)) > 6 for other in found):
            near = [(_peakedness(x, y, angle + delta), angle + delta) for delta in np.arange(-1.25, 1.3, 0.25)]
            found.append(float(max(near)[1]))
        if len(found) == most:
            break
    return found


def _peakedness(x: np.ndarray, y: np.ndarray, degrees: float) -> float:
    cosine, sine = np.float32(np.cos(np.radians(degrees))), np.float32(np.sin(np.radians(degrees)))
    total = 0.0
    for along in (x * cosine + y * sine, y * cosine - x * sine):
        counts = np.bincount(((along - along.min()) * np.float32(0.7)).astype(np.intp)).astype(np.float64)
        total += float(((counts - np.convolve(counts, np.full(21, 1 / 21), "same")) ** 2).sum())
    return total
