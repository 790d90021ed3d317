"""The marks of our own blanks on a page as it came: four corner squares and the DataMatrix, before any line is sought.

Four black squares that stand to each other as a form's blank has them say how the page lies, whatever the camera did
to it; the DataMatrix, read where it must then be, says which form it is and which way up. Nothing here is trusted by
itself: whoever registers looks for the form's grid where the marks say it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from formsvc.extraction.scan.page import Grey, Matrix
from formsvc.extraction.scan.registration.rules import Floats
from formsvc.forms.mark import SQUARE_SIDE, BlankMark, ClosingMarks, closing_marks, parse_mark
from formsvc.forms.spec import FormSpec

_LONG_SIDE = 900
"""Pixels of the longer side of the picture squares are looked for in: a square is 12 wide on a page of A4."""
_LONG_MM = 297
_SHEET_SHARE = (0.55, 1.2)
"""Which part of a picture's longer side a sheet of A4 may take."""
_FILLED = 0.78
"""How much of the least rectangle around it a square fills."""
_SQUARE = 1.45
"""How much longer than wide the picture of a square may be."""
_SOLID = 0.28
"""How dark a square is at the least, from its surroundings (0) to black (1)."""
_DARKEST = np.uint8(60)
"""Paper darker than this is taken for this dark."""
_MOST_SQUARES = 10
_ALIKE = 1.25
"""How much longer a side of the page may be than the one opposite, as a camera sees it."""
_PROPORTION = 1.15
"""How far the page's height by its width may be from the form's."""
_SIZE = 1.4
"""How far the squares' own size may be from what their distance makes it."""
_PATCH_PER_MM = 12.0
_AROUND_MM = 3.5
"""Looked at around the DataMatrix."""


@dataclass(frozen=True, slots=True)
class Marked:
    """How a page with the marks of a blank lies."""

    forms: tuple[FormSpec, ...]
    """What it may be: one form if its DataMatrix was read."""
    mark: BlankMark | None
    """What the DataMatrix says."""
    to_page: Matrix
    """From millimetres of the form's paper to pixels of the page."""


def corner_marks(grey: Grey, forms: Sequence[FormSpec]) -> list[Marked]:
    """Return how a page lies by its marks, and which form they say it is; nothing where they are not all seen.

    `grey` is a plane of the page as it came. Where the DataMatrix cannot be read it may stand in several ways.
    """
    found: list[Marked] = []
    squares = _squares(grey)
    if len(squares) < 4:
        return found
    for places, blanks in _by_places(forms):
        printed = _middles(places)
        for corners in _rectangles(squares, places):
            for half_turns in (0, 2):
                seen = np.roll(corners, half_turns, axis=0).astype(np.float32)
                to_page = np.asarray(cv2.getPerspectiveTransform(printed, seen), dtype=np.float64)
                mark = _read(grey, to_page, places)
                named = tuple(form for form in blanks if mark is not None and form.id == mark.form)
                if named:
                    return [Marked(named, mark, to_page)]
                found.append(Marked(blanks, None, to_page))
    return found


def _by_places(forms: Sequence[FormSpec]) -> Iterator[tuple[ClosingMarks, tuple[FormSpec, ...]]]:
    """Yield the different places of marks, and the forms whose blanks have them there."""
    places = {form.id: closing_marks(form) for form in forms}
    for one in dict.fromkeys(places.values()):
        if one is not None:
            yield one, tuple(form for form in forms if places[form.id] == one)


def _middles(places: ClosingMarks) -> np.ndarray:
    """Return the middles of the squares in mm, clockwise from the one at the top left."""
    top_left, top_right, bottom_left, bottom_right = places.squares
    around = (top_left, top_right, bottom_right, bottom_left)
    return np.array([[spot.x + spot.side / 2, spot.y + spot.side / 2] for spot in around], dtype=np.float32)


def _squares(grey: Grey) -> Floats:
    """Return what is solid, dark and square, as rows of x, y and side in pixels of the page."""
    scale = min(1.0, _LONG_SIDE / max(grey.shape))
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    smallest, largest = (SQUARE_SIDE * share * max(size) / _LONG_MM for share in _SHEET_SHARE)
    # Not the outermost alone: the desk goes around the whole page.
    outlines, nesting = cv2.findContours(_solid(small, smallest, largest), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    found = []
    for number, outline in enumerate(outlines):
        _, _, across, down = cv2.boundingRect(outline)
        if nesting[0, number, 3] >= 0 or min(across, down) < 0.7 * smallest or max(across, down) > 1.6 * largest:
            continue
        (x, y), turned, _ = cv2.minAreaRect(outline)
        narrow, wide = min(turned) + 1, max(turned) + 1  # outlines run through the middles of pixels
        filled = (cv2.contourArea(outline) + len(outline) / 2 + 1) / (narrow * wide)
        if smallest <= np.sqrt(narrow * wide) <= largest and filled >= _FILLED and wide <= _SQUARE * narrow:
            found.append(((x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5, np.sqrt(narrow * wide) / scale))
    return np.array(found, dtype=np.float64).reshape(-1, 3)


def _solid(small: Grey, smallest: float, largest: float) -> Grey:
    """Return what is darker than its surroundings, as wide as a square and no thin line: 0 or 255."""
    width = max(3, round(2.2 * largest) | 1)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((width, width), np.uint8))
    dark = cv2.divide(cv2.subtract(paper, small), np.maximum(paper, _DARKEST), scale=255)
    solid = cv2.threshold(dark, 255 * _SOLID, 255, cv2.THRESH_BINARY)[1]
    thin = max(3, round(smallest / 2) | 1)  # a line around the page runs through its corners
    return np.asarray(cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((thin, thin), np.uint8)), dtype=np.uint8)


def _rectangles(squares: Floats, places: ClosingMarks) -> list[Floats]:
    """Return fours of squares that lie as the form's do, the largest first: corners clockwise, the first top left.

    What is farther from the middle than most comes first: corner squares stand outside everything printed.
    """
    middle = (squares[:, :2].min(axis=0) + squares[:, :2].max(axis=0)) / 2
    away = np.abs(squares[:, :2] - middle).min(axis=1)
    squares = squares[np.argsort(-away)][:_MOST_SQUARES]
    printed = _middles(places)
    width, height = float(printed[1, 0] - printed[0, 0]), float(printed[2, 1] - printed[1, 1])
    found = []
    for chosen in itertools.combinations(range(len(squares)), 4):
        four = squares[list(chosen)]
        corners = _clockwise(four[:, :2])
        sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
        if max(sides[0], sides[2]) > _ALIKE * min(sides[0], sides[2]):
            continue
        if max(sides[1], sides[3]) > _ALIKE * min(sides[1], sides[3]) or not _is_convex(corners):
            continue
        across, down = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
        if across > down:
            across, down, corners = down, across, np.roll(corners, -1, axis=0)
        proportion = (down / across) / (height / width)
        size = float(four[:, 2].mean()) / (places.squares[0].side * across / width)
        if not (1 / _PROPORTION < proportion < _PROPORTION and 1 / _SIZE < size < _SIZE):
            continue
        found.append((across * down, corners))
    found.sort(key=lambda one: -one[0])
    return [corners for _, corners in found[:2]]


def _clockwise(points: Floats) -> Floats:
    """Return four points in order around their middle, clockwise as the page stands, the one nearest top left first."""
    apart = points - points.mean(axis=0)
    ordered = points[np.argsort(np.arctan2(apart[:, 1], apart[:, 0]))]
    return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)


def _is_convex(corners: Floats) -> bool:
    sides = np.roll(corners, -1, axis=0) - corners
    after = np.roll(sides, -1, axis=0)
    return bool(np.all(sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0] > 0))


def _read(grey: Grey, to_page: Matrix, places: ClosingMarks) -> BlankMark | None:
    """Return what the DataMatrix says if there is one of ours where it should be."""
    spot = places.matrix
    side = round((spot.side + 2 * _AROUND_MM) * _PATCH_PER_MM)
    scale, left, top = 1 / _PATCH_PER_MM, spot.x - _AROUND_MM, spot.y - _AROUND_MM
    to_mm = np.array([[scale, 0, left], [0, scale, top], [0, 0, 1]])
    patch = cv2.warpPerspective(
        grey, to_page @ to_mm, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=(255,)
    )
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.DataMatrix])
    read = zxingcpp.read_barcodes(np.asarray(patch, dtype=np.uint8), formats=formats)
    said = {mark for one in read if (mark := parse_mark(one.text)) is not None}
    return said.pop() if len(said) == 1 else None
