"""Transformations of the plane as PDF writes them: six numbers (a, b, c, d, e, f), points as row vectors."""

from __future__ import annotations

import math

from pypdf.generic import DictionaryObject

from formsvc.extraction.document import Box
from formsvc.extraction.pdf.objects import integer, number, numbers

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_MM = 25.4 / 72
_A4 = (0.0, 0.0, 595.28, 841.89)


def times(first: Matrix, then: Matrix) -> Matrix:
    """Return the transformation that does `first`, then `then`."""
    a, b, c, d, e, f = first
    m, n, o, p, q, r = then
    return (a * m + b * o, a * n + b * p, c * m + d * o, c * n + d * p, e * m + f * o + q, e * n + f * p + r)


def place(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Return where a point comes to lie."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def box_of(matrix: Matrix, corners: tuple[float, float, float, float]) -> Box:
    """Return the box (x, y, width, height) around a rectangle given by two corners, transformed."""
    x0, y0, x1, y1 = corners
    points = [place(matrix, x, y) for x in (x0, x1) for y in (y0, y1)]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    return left, top, max(x for x, _ in points) - left, max(y for _, y in points) - top


def page_view(page: DictionaryObject) -> tuple[Matrix, float, float]:
    """Return the matrix from a page's user space to mm from its visible top left corner, and its width and height.

    What is visible is the crop box within the media box, turned by /Rotate, in units of /UserUnit (14.11.2, 7.7.3.3).
    """
    media = _corners(page, "/MediaBox") or _A4
    crop = _corners(page, "/CropBox") or media
    x0, y0 = max(media[0], crop[0]), max(media[1], crop[1])
    x1, y1 = min(media[2], crop[2]), min(media[3], crop[3])
    if x1 - x0 < 1 or y1 - y0 < 1:
        x0, y0, x1, y1 = media
    scale = _MM * (number(page.get("/UserUnit")) or 1.0)
    width, height = (x1 - x0) * scale, (y1 - y0) * scale
    match integer(page.get("/Rotate")) % 360:
        case 90:
            return (0.0, scale, scale, 0.0, -y0 * scale, -x0 * scale), height, width
        case 180:
            return (-scale, 0.0, 0.0, scale, x1 * scale, -y0 * scale), width, height
        case 270:
            return (0.0, -scale, -scale, 0.0, y1 * scale, x1 * scale), height, width
        case _:
            return (scale, 0.0, 0.0, -scale, -x0 * scale, y1 * scale), width, height


def _corners(page: DictionaryObject, key: str) -> tuple[float, float, float, float] | None:
    """Return a rectangle with its corners in order; None when there is none worth the name."""
    found = numbers(page.get(key), 4)
    if found is None or not all(map(math.isfinite, found)):
        return None
    x0, x1 = sorted(found[::2])
    y0, y1 = sorted(found[1::2])
    return (x0, y0, x1, y1) if x1 - x0 >= 1 and y1 - y0 >= 1 else None
