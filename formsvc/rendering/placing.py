"""Where things go on a page: pictures turned as they are to be seen, layers over pages that are turned themselves.

Matrices are PDF's [a b c d e f]; lengths are points.
"""

from __future__ import annotations

from collections.abc import Sequence

from formsvc.rendering.images import Sheet
from formsvc.rendering.marks import POINTS_A_MM

Matrix = tuple[float, float, float, float, float, float]
Size = tuple[float, float]
_POINTS_AN_INCH = 72
_TURNED_FROM = 5
"""From this orientation on a picture's rows stand upright."""


def page_size(sheet: Sheet, paper: Size) -> Size:
    """Return the size of a sheet's page: by its dots an inch, else as large as the paper, upright or not, allows."""
    width, height = (sheet.width, sheet.height) if sheet.orientation < _TURNED_FROM else (sheet.height, sheet.width)
    if sheet.dpi is not None:
        across, down = sheet.dpi if sheet.orientation < _TURNED_FROM else sheet.dpi[::-1]
        return (width * _POINTS_AN_INCH / across, height * _POINTS_AN_INCH / down)
    room = sorted(paper) if width <= height else sorted(paper, reverse=True)
    scale = min(room[0] / width, room[1] / height)
    return (width * scale, height * scale)


def turned(orientation: int, size: Size) -> Matrix:
    """Return the matrix that lays a picture of this orientation on a page of this size, seen upright."""
    width, height = size
    return {
        1: (width, 0, 0, height, 0, 0),
        2: (-width, 0, 0, height, width, 0),
        3: (-width, 0, 0, -height, width, height),
        4: (width, 0, 0, -height, 0, height),
        5: (0, -height, -width, 0, width, height),
        6: (0, -height, width, 0, 0, height),
        7: (0, height, width, 0, 0, 0),
        8: (0, height, -width, 0, width, 0),
    }[orientation]


def seen(box: Sequence[float], rotation: int) -> tuple[Matrix, Size]:
    """Return how to draw on a page as it is seen, and how large that is.

    `box` is the part of the page that is shown: left, bottom, right, top; `rotation` is clockwise.
    """
    left, bottom, right, top = box
    across, up = right - left, top - bottom
    match rotation % 360:
        case 90:
            return (0, 1, -1, 0, right, bottom), (up, across)
        case 180:
            return (-1, 0, 0, -1, right, top), (across, up)
        case 270:
            return (0, -1, 1, 0, left, top), (up, across)
        case _:
            return (1, 0, 0, 1, left, bottom), (across, up)


def times(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does one thing and then the other."""
    a, b, c, d, e, f = first
    k, m, n, p, x, y = then
    return (a * k + b * n, a * m + b * p, c * k + d * n, c * m + d * p, e * k + f * n + x, e * m + f * p + y)


def at_top_left(size: Size, paper: Size, scale: float) -> Matrix:
    """Return how a layer drawn for the paper goes on a page of this size, their top left corners together."""
    return (scale, 0, 0, scale, 0, size[1] - scale * paper[1])


def at_top_right(size: Size, paper: Size) -> Matrix:
    """Return how a layer drawn for the paper goes on a page of this size, as large as both sides allow."""
    scale = min(size[0] / paper[0], size[1] / paper[1])
    return (scale, 0, 0, scale, size[0] - scale * paper[0], size[1] - scale * paper[1])


def in_points(width: float, height: float) -> Size:
    """Return millimetres as points."""
    return (width * POINTS_A_MM, height * POINTS_A_MM)


def written(matrix: Matrix) -> bytes:
    """Return the operator that sets a matrix."""
    numbers = (f"{number:.6f}".rstrip("0").rstrip(".") for number in matrix)
    return " ".join("0" if number == "-0" else number for number in numbers).encode("ascii") + b" cm"
