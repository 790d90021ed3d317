"""What is left of a seal without colour: arcs of its ring, after a fax or a photocopier lost the rest.

A fax makes each point black or white, and of a red ring it keeps spots, or one side of it. What is left still lies on
one circle and runs along it, which the strokes of text and lines do not: they cross a circle in any direction. So every
stroke as broad as a seal's ring votes for the places that lie a radius to its sides, and of the places with most votes
those count in how many directions a stroke runs along the circle, and in how many one only crosses it.

Not promised: a ring of which less than a quarter is left is not told from chance; one that a fax lost whole is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.ink import Plane
from formsvc.extraction.scan.marks.disc import Disc
from formsvc.extraction.scan.registered import PER_MM, PixelBox

Floats = NDArray[np.float32]
Shares = NDArray[np.float64]

_FINE = 3.0
"""Pixels a millimetre of the picture on which strokes are looked for."""
_STROKE = 0.5
"""Millimetres of the blur that joins the spots of a ring about 1.1 mm broad, and makes small text grey."""
_LEAST = 0.05
"""How much a stroke must stand out."""
_RADII = (15.3, 25.1)
"""Millimetres between which the ring of a seal lies."""
_REACH = 26.0
"""Millimetres from a middle in which its ring lies."""
_PLACES = 8
"""Places with most votes of which the strokes are counted."""
_REFINED, _NEAR = 2, (-0.6, 0.0, 0.6)
"""How many of these are looked at again, and how many millimetres beside them."""
_DIRECTIONS = 120
_ALONG = float(np.cos(np.deg2rad(18)))
_LANE, _LANES = 0.35, 4
"""Millimetres of a lane around a middle, and of how many lanes a ring may take: it is broad, and pressed askew."""
_PURE = 3
"""The power of the part of all strokes on the circle that run along it."""


@dataclass(frozen=True, slots=True)
class Arcs(Disc):
    """What is left of a ring, in pixels of the picture it was found on."""

    along: float
    """In which part of all directions a stroke runs along the circle: 0 to 1."""
    across: float
    """In which part of all directions there are only strokes that cross it."""

    @property
    def score(self) -> float:
        """How much of it is a ring: text has nearly as many strokes across a circle as along it."""
        return float(_score(np.array([self.along]), np.array([self.across]))[0])


@dataclass(frozen=True, slots=True)
class _Strokes:
    """Strokes as broad as a ring: where they are in mm, and the direction across them."""

    x: Floats
    y: Floats
    across_x: Floats
    across_y: Floats


def arcs_of(plane: Plane, boxes: Sequence[PixelBox]) -> list[Arcs]:
    """Return for each box the ring in whose middle it lies that most strokes run along; a plane of absorbance."""
    size = (round(plane.shape[1] * _FINE / PER_MM), round(plane.shape[0] * _FINE / PER_MM))
    fine = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    strokes = _strokes(fine)
    return [_best(strokes, tuple(side / PER_MM for side in box)) for box in boxes]


def _strokes(fine: Plane) -> _Strokes:
    """Return every place on the crest of a stroke: bent down across it, and hardly along it."""
    smooth = cv2.GaussianBlur(fine, (0, 0), _STROKE * _FINE)
    level, upright = cv2.Sobel(smooth, cv2.CV_32F, 2, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 2)
    askew = cv2.Sobel(smooth, cv2.CV_32F, 1, 1)
    mean, swing = (level + upright) / 2, cv2.magnitude((level - upright) / 2, askew)
    stands_out = swing - mean - np.abs(swing + mean)
    y, x = np.nonzero(stands_out > _LEAST)
    turn = np.arctan2(2 * askew[y, x], (level - upright)[y, x]) / 2 + np.pi / 2
    return _Strokes(
        ((x + 0.5) / _FINE).astype(np.float32),
        ((y + 0.5) / _FINE).astype(np.float32),
        np.cos(turn, dtype=np.float32),
        np.sin(turn, dtype=np.float32),
    )


def _best(strokes: _Strokes, box: tuple[float, ...]) -> Arcs:
    left, top, right, bottom = box
    near = (strokes.x > left - _REACH) & (strokes.x < right + _REACH)
    near &= (strokes.y > top - _REACH) & (strokes.y < bottom + _REACH)
    own = _Strokes(*(one[near] for one in (strokes.x, strokes.y, strokes.across_x, strokes.across_y)))
    votes = _votes(own, box)
    best = Arcs((left + right) / 2 * PER_MM, (top + bottom) / 2 * PER_MM, _RADII[0] * PER_MM, 0.0, 0.0)
    places: list[Arcs] = []
    for _ in range(_PLACES):
        _, most, _, (column, row) = cv2.minMaxLoc(votes)
        if most <= 0:
            break
        places.append(_counted(own, left + column + 0.5, top + row + 0.5))
        cv2.circle(votes, (column, row), 3, 0.0, -1)
    for place in sorted(places, key=lambda one: one.score)[-_REFINED:]:
        x, y = place.x / PER_MM, place.y / PER_MM
        found = (_counted(own, x + across, y + down) for across in _NEAR for down in _NEAR)
        best = max(best, place, *found, key=lambda one: one.score)
    return best


def _votes(strokes: _Strokes, box: tuple[float, ...]) -> Floats:
    """Return for each square millimetre of a box how many strokes lie around it at one radius."""
    left, top, right, bottom = box
    wide, high = max(int(right - left), 1), max(int(bottom - top), 1)
    best = np.zeros((high, wide), np.float32)
    for radius in np.arange(_RADII[0] + 0.7, _RADII[1], 1.0):
        counted = np.zeros(high * wide, np.float32)
        for side in (-float(radius), float(radius)):
            column = np.floor(strokes.x + side * strokes.across_x - left).astype(np.intp)
            row = np.floor(strokes.y + side * strokes.across_y - top).astype(np.intp)
            held = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
            counted += np.bincount(row[held] * wide + column[held], minlength=high * wide)
        best = np.maximum(best, cv2.GaussianBlur(counted.reshape(high, wide), (0, 0), 1.2))
    return best


def _counted(strokes: _Strokes, x: float, y: float) -> Arcs:
    """Return the ring of most strokes around a middle in mm."""
    right, down = strokes.x - x, strokes.y - y
    distance = np.hypot(right, down)
    near = (distance > _RADII[0]) & (distance < _RADII[1])
    right, down, distance = right[near], down[near], distance[near]
    runs = np.abs(strokes.across_x[near] * right + strokes.across_y[near] * down) > _ALONG * distance
    turn = ((np.arctan2(down, right) + np.pi) * (_DIRECTIONS / (2 * np.pi))).astype(np.intp) % _DIRECTIONS
    lanes = ((distance - _RADII[0]) / _LANE).astype(np.intp)
    along, there = (_on_rings(lanes[one], turn[one]) for one in (runs, np.ones_like(runs)))
    shares, others = along.mean(axis=1), (there & ~along).mean(axis=1)
    lane = int(_score(shares, others).argmax())
    radius = _RADII[0] + (lane + _LANES / 2) * _LANE
    return Arcs(x * PER_MM, y * PER_MM, radius * PER_MM, float(shares[lane]), float(others[lane]))


def _on_rings(lanes: NDArray[np.intp], turn: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return for each ring of some lanes in which directions it has strokes."""
    count = round((_RADII[1] - _RADII[0]) / _LANE) + 1
    strokes = np.bincount(lanes * _DIRECTIONS + turn, minlength=count * _DIRECTIONS).reshape(count, _DIRECTIONS)
    upto = np.concatenate([np.zeros((1, _DIRECTIONS), np.intp), strokes.cumsum(axis=0)])
    return np.asarray(upto[_LANES:] > upto[:-_LANES])


def _score(along: Shares, across: Shares) -> Shares:
    return np.asarray(along * (along / np.maximum(along + across, 1e-6)) ** _PURE)
