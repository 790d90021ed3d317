"""The pictures lines are looked for in: one grey plane of a page, and how much darker than its surroundings it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from formsvc.extraction.scan.page import Grey, Matrix, ScanPage

LONG_SIDE = 1500
"""Pixels of the longer side of the picture candidates are looked for in; smaller pages stay as they are."""
_AROUND = 21
"""Places of a projection over which its peaks are told from what lies around them."""
_RIVAL_PEAK = 0.5
"""Part of the highest peak another skew has to reach to be tried."""
_PROJECTED = 12_000
"""How many inked places are projected: of 40,000 the same directions were found, in three times the time."""
_DARKEST = np.uint8(90)
"""Paper darker than this is taken for this dark: what it bears is noise."""
_SHEET_SHARE, _WHOLE_SHARE = 0.08, 0.85
"""How much of a picture a sheet on a desk covers, at the least and at the most."""
_HIGHEST_FLOOR = 40
"""A desk's grain does not raise what counts as faint ink above this."""
_STROKE_MM = 2.4
"""Anything wider than this is no line: a shadow, a desk, a scanner's black border."""
_EDGE_MM = 12.0
"""What is this near to the edge of a page is left aside: shadows, holes."""
_TWO_VALUED = 0.999
"""The part of a page's pixels that are black or white where it has no shades."""
_CRUMBS_MM, _SIGNS_MM = (0.2, 1.0), (1.5, 10.0)
"""How large bits of broken strokes are, and whole signs or parts of them."""
_DUST = 2
"""Pixels: what is no larger is dust."""
_SOME_SIGNS, _MOST_CRUMBS = 20, 1.5
"""How many signs make a page written on, and how many crumbs to a sign whole strokes leave: clear print up to 0.9."""


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
    """Return how much darker thin strokes are than what surrounds them, as a part of its light; `unit` is pixels a mm.

    A line in the shadow stands out as much as one in the light.
    """
    size = max(3, round(_STROKE_MM * unit) | 1)
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    return np.asarray(cv2.divide(cv2.subtract(paper, grey), np.maximum(paper, _DARKEST), scale=255), dtype=np.uint8)


def reduced(grey: Grey) -> Plane:
    """Return the plane candidates are looked for in."""
    longest = max(grey.shape)
    scale = min(1.0, LONG_SIDE / longest)
    if scale < 1.0:
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    unit = max(grey.shape) / 297
    return Plane(thin_dark(grey, unit), scale, unit)


def is_too_faint(page: ScanPage) -> bool:
    """Say whether what stands on a page without shades was so faint that its strokes are broken into crumbs.

    Faint pages with shades are none of these: their lines are found, however light.
    """
    grey = luminance(page)
    unit = max(grey.shape) / 297
    edge = max(4, round(_EDGE_MM * unit))
    inner = grey[edge:-edge, edge:-edge]
    levels = np.bincount(inner.ravel(), minlength=256)
    if levels[0] + levels[255] < _TWO_VALUED * inner.size:
        return False
    count, _, places, _ = cv2.connectedComponentsWithStats((inner < 128).astype(np.uint8), connectivity=8)
    pieces = places[1:count]
    pieces = pieces[pieces[:, cv2.CC_STAT_AREA] > _DUST]
    sizes = np.maximum(pieces[:, cv2.CC_STAT_WIDTH], pieces[:, cv2.CC_STAT_HEIGHT]) / unit
    crumbs, signs = (int(((sizes >= low) & (sizes < high)).sum()) for low, high in (_CRUMBS_MM, _SIGNS_MM))
    return signs >= _SOME_SIGNS and crumbs > _MOST_CRUMBS * signs


def sheet_on_desk(page: ScanPage, grey: Grey) -> tuple[Plane, tuple[int, int]] | None:
    """Return the plane of the one light sheet on a darker ground, and where on the page it begins; None without one.

    What lies around the sheet is taken for white.
    """
    shrink = max(1, max(grey.shape) // 400)
    colours = cv2.resize(page.pixels, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    small = np.asarray(colours, dtype=np.uint8).min(axis=2)  # a coloured ground is dark in one of its planes
    bright = cv2.threshold(cv2.GaussianBlur(small, (0, 0), 3), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
    outlines = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea)) if outlines else np.zeros((0, 1, 2), np.int32)
    left, top, width, height = cv2.boundingRect(hull) if len(hull) else (0, 0, 0, 0)
    if not _SHEET_SHARE * small.size < width * height < _WHOLE_SHARE * small.size:
        return None
    corner = (left * shrink, top * shrink)
    part = grey[corner[1] : corner[1] + height * shrink, corner[0] : corner[0] + width * shrink]
    plane = reduced(np.ascontiguousarray(part))
    scale = shrink * plane.scale
    outline = np.round((hull - np.array([left, top])) * scale).astype(np.int32)
    inside = cv2.fillConvexPoly(np.zeros(plane.dark.shape, np.uint8), outline, (255,))
    edge = max(3, round(2 * plane.unit))
    inside = cv2.erode(inside, np.ones((edge, edge), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=(0,))
    dark = np.asarray(cv2.bitwise_and(plane.dark, inside), dtype=np.uint8)
    return Plane(dark, plane.scale, plane.unit), corner


def thresholds(dark: Grey) -> tuple[int, ...]:
    """Return from where on a place counts as ink: a middling choice, one for faint toner, one for grainy pictures."""
    counts = np.bincount(dark[::2, ::2].ravel(), minlength=256).astype(np.float64)
    shares = np.cumsum(counts) / max(counts.sum(), 1.0)
    median = int(np.searchsorted(shares, 0.5))
    spread = max(1, int(np.searchsorted(shares, 0.75)) - median)
    noise = max(10, median + 4 * spread)
    floor = min(noise, _HIGHEST_FLOOR)
    strong = counts[floor:]
    if strong.sum() == 0:
        return (floor,)
    mean = float((np.arange(floor, 256) * strong).sum() / strong.sum())
    middle = round(0.45 * mean + 0.55 * floor)
    capped = max(floor, min(middle, 2 * _HIGHEST_FLOOR))
    return tuple(dict.fromkeys((capped, floor, max(noise, middle))))


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
    step = max(1, len(rows) // _PROJECTED)
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
        places = ((along - along.min()) * np.float32(0.7)).astype(np.intp)
        counts = np.bincount(places, minlength=_AROUND).astype(np.float64)  # a single line may be all there is
        total += float(((counts - np.convolve(counts, np.full(_AROUND, 1 / _AROUND), "same")) ** 2).sum())
    return total
