"""What is ink and which colour it has: paper made white, red ink told from blue and black.

Each colour is divided by the paper's own, place by place, so that shadows and the tint of a lamp are gone first.
What is left is taken as absorbance, where inks that lie on each other add up: red ink swallows green and blue and
little of red, black swallows all three alike. How much of red the red ink of this very page swallows is measured
on it; so much is given back where there is red, which the bare red channel does not do. On pages without colour
all three are alike, nothing is red, and what remains is the grey.

Not promised: red writing is dropped with the seals, and brown stains are told from red only roughly.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Grey, Pixels

Mask = NDArray[np.bool_]
"""Rows of yes and no: shape (height, width)."""
Plane = NDArray[np.float32]
"""Rows of absorbance, 0 is paper: shape (height, width)."""

_SMALL = 300
"""Pixels of the longer side of the picture on which the paper's brightness is found."""
_CLOSED = 17
"""Small pixels: what is dark and narrower (on A4 about 17 mm) is ink, what is wider is shadow."""
_DARKEST_PAPER = 40
"""Paper darker than this is no paper (a desk, a black border) and is not made white."""
_DARK = 32
"""Added to each colour before the logarithm: differences between dark pixels are noise."""
_LEAST_RED = 0.10
"""The absorbance of the faintest red ink that is told from noise."""
_LEAST_COLD = 0.10
"""The same of blue, violet and green ink."""
_WARM = 0.35
"""How much more than of red, as a part of that, a warm colour swallows of blue."""
_RED_SHARE = 0.20
"""What red ink swallows of red for each part of green, where the page has too little red to measure it."""
_RED_SHARES = (0.08, 0.5)
_BROWN = 0.45
"""What swallows more of red than this part of green is brown."""
_BLACK, _WHITE, _EVEN = 40, 215, 60
"""What is darker is black, what is lighter white; and how much what is between may differ from what is around it."""
_TONES = 0.01
"""Which part of all that is neither black nor white is no edge, where there are tones at all."""
_DARKEST, _EACH, _DARK_FROM = 0.002, 3, 140
"""The part of a page that is darkest, which pixels are asked for it, and up to which grey it is dark."""
_ENOUGH_RED = 400
"""Pixels of strong red from which its share is measured."""
_STRONG_RED = 0.5


@dataclass(frozen=True, slots=True)
class Inks:
    """The inks of a page (or a part of one), each as large as the picture it was found on."""

    grey: Grey
    """All ink on white paper."""
    red_free: Grey
    """Black and blue ink on white paper, as well as red can be dropped."""
    red: Plane
    """The absorbance of red ink; 0 where there is none."""

    @property
    def red_mask(self) -> Mask:
        """Where there is red ink."""
        return np.asarray(self.red > _LEAST_RED)

    def part(self, rows: slice, columns: slice) -> Inks:
        """Return the inks of a part of the picture."""
        return Inks(self.grey[rows, columns], self.red_free[rows, columns], self.red[rows, columns])


def inks_of(pixels: Pixels) -> Inks:
    """Return the inks of a picture of paper."""
    if is_grey(pixels):
        grey = flattened(np.ascontiguousarray(pixels[:, :, 0]))
        return Inks(grey, grey, np.zeros(grey.shape, np.float32))
    red, green, blue = (flattened(np.ascontiguousarray(pixels[:, :, channel])) for channel in range(3))
    grey = np.asarray(cv2.cvtColor(cv2.merge((red, green, blue)), cv2.COLOR_RGB2GRAY))
    of_red, of_green, of_blue = _absorbance(red), _absorbance(green), _absorbance(blue)
    redness = _redness(of_red, of_green, of_blue)
    share = _share(of_red, of_green, redness)
    rest = of_red - np.float32(share / (1 - share)) * np.maximum(redness, 0)
    brown = cv2.blur(of_red - np.float32(_BROWN) * of_green, (3, 3))
    kept = np.clip(cv2.exp(-np.maximum(rest, 0)) * (255 + _DARK) - _DARK, 0, 255)
    return Inks(grey, kept.astype(np.uint8), np.maximum(redness - 1.5 * np.maximum(brown, 0), 0))


def cold_and_warm(pixels: Pixels) -> tuple[Plane, Mask]:
    """Return the absorbance of blue, violet and green ink, and where there is red, yellow or brown."""
    of_red, of_green, of_blue = (
        _absorbance(flattened(np.ascontiguousarray(pixels[:, :, channel]))) for channel in range(3)
    )
    coldness = cv2.blur(of_red - np.minimum(of_green, of_blue), (3, 3))
    warmth = cv2.blur(of_blue - of_red, (3, 3)) - np.float32(_WARM) * cv2.blur(of_red, (3, 3))
    return np.asarray(np.where(coldness > _LEAST_COLD, coldness, 0), dtype=np.float32), np.asarray(warmth > 0)


def red_free(pixels: Pixels) -> Grey:
    """Return black and blue ink on white paper, seals and other red ink dropped; on grey pages all ink."""
    return inks_of(pixels).red_free


def blue_free(pixels: Pixels) -> Grey:
    """Return the same of black and red ink, blue and violet dropped: red's own way with the ends of light changed."""
    return inks_of(np.ascontiguousarray(pixels[:, :, ::-1])).red_free


def red_mask(pixels: Pixels) -> Mask:
    """Return where there is red ink; nowhere on grey pages."""
    return inks_of(pixels).red_mask


def is_grey(pixels: Pixels) -> bool:
    """Whether the three colours are alike everywhere."""
    first = pixels[:, :, 0]
    return bool((pixels[:, :, 1] == first).all() and (pixels[:, :, 2] == first).all())


def darker(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture with all ink twice as dark as on white paper; its shape stays."""
    return np.asarray(255 - cv2.add(255 - picture, 255 - picture), dtype=np.uint8)


def lighter(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture with all ink half as dark: what `darker` made of ink that was no darker than that."""
    return np.asarray(255 - (255 - picture) // 2, dtype=np.uint8)


def has_dark(pixels: Pixels) -> bool:
    """Whether anything on a page is dark; what is not can be made twice as dark without loss."""
    return float(np.quantile(pixels[::_EACH, ::_EACH].min(axis=2), _DARKEST)) <= _DARK_FROM


def has_tones(grey: Grey) -> bool:
    """Whether a picture has places that are neither black nor white, other than the edges of what is black."""
    between = (grey > _BLACK) & (grey < _WHITE)
    around = np.ones((3, 3), np.uint8)
    is_even = cv2.subtract(cv2.dilate(grey, around), cv2.erode(grey, around)) < _EVEN
    return int((between & is_even).sum()) > _TONES * int(between.sum())


def flattened(plane: Grey) -> Grey:
    """Return a plane with its paper made white: shadows, vignettes and yellow paper are gone."""
    return np.asarray(cv2.divide(plane, np.maximum(paper_of(plane), _DARKEST_PAPER), scale=255))


def paper_of(plane: Grey) -> Grey:
    """Return how bright the bare paper would be at each pixel of one plane."""
    height, width = plane.shape
    shrink = max(1.0, max(height, width) / _SMALL)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    half = cv2.resize(plane, (max(size[0], width // 2), max(size[1], height // 2)), interpolation=cv2.INTER_AREA)
    bright = cv2.dilate(cv2.blur(half, (3, 3)), np.ones((5, 5), np.uint8))
    small = cv2.resize(bright, size, interpolation=cv2.INTER_AREA)
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_CLOSED, _CLOSED))
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, window, borderType=cv2.BORDER_REPLICATE)
    smooth = cv2.GaussianBlur(closed, (0, 0), 3)
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR))


_ABSORBANCE = -np.log((np.arange(256, dtype=np.float32) + _DARK) / (255 + _DARK)).astype(np.float32)


def _absorbance(plane: Grey) -> Plane:
    return np.asarray(cv2.LUT(plane, _ABSORBANCE), dtype=np.float32)


def _redness(of_red: Plane, of_green: Plane, of_blue: Plane) -> Plane:
    """Return how much more a pixel swallows of green than of red; 0 for what is brown, yellow or violet.

    It is signed and taken over 3 by 3 pixels: the red fringe of a black stroke has a green one on its other side.
    """
    green, blue = of_green - of_red, of_blue - of_red
    least = np.minimum(np.minimum(green, 2 * blue), 3 * green - blue)
    return np.asarray(cv2.blur(least, (3, 3)), dtype=np.float32)


def _share(of_red: Plane, of_green: Plane, redness: Plane) -> float:
    """Return what this page's red ink swallows of red for each part of green."""
    strong = redness > _STRONG_RED
    if int(strong.sum()) < _ENOUGH_RED:
        return _RED_SHARE
    share = float(np.median(of_red[strong] / np.maximum(of_green[strong], 0.1)))
    return min(max(share, _RED_SHARES[0]), _RED_SHARES[1])
