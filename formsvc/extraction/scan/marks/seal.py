"""Round organisation seals: where they are on a page, and their writing as a straight strip.

A seal is a ring of 38 to 45 mm. Candidates are the places where much ink lies on a circle and little beside it; of
each, the ring is unrolled, followed as it swerves (presses tilt, paper bends), and judged by how much of its way is
inked: text and lines cross a circle, only a ring runs along it. A ring with nothing in it is the foot of a cup.

Not promised: without colour a printed or photocopied ring looks the same as one of ink.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.ink import Inks, Plane
from formsvc.extraction.scan.marks.disc import Disc
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.registered import PER_MM

Floats = NDArray[np.float64]

_RADII = tuple(range(16, 26))
"""Millimetres: of seals of 38 to 45 mm, and some more for photos whose scale is off."""
_CANDIDATES = 8
_MOST_RINGS = 4
_LEAST_SCORE = 0.4
_STRONG = 0.35
"""Absorbance beyond which more counts no more: a faint seal stands up to black text and to a strong one."""
_FINE = 4.0
"""Pixels a millimetre of the picture on which candidates are judged."""
_ANGLES = 240
_LONG, _DARK = 25.0, 195
"""Millimetres and greatest brightness of a line of the form."""
_REACH = 30.0
"""Millimetres from the centre that are unrolled."""
_SWERVE = (2.0, 1.2, 0.8)
"""Millimetres the ring may lie off the circle found so far, each time it is followed."""

_TURN = np.arange(_ANGLES) * 2 * np.pi / _ANGLES
_TERMS = np.stack([np.ones(_ANGLES), np.cos(_TURN), np.sin(_TURN), np.cos(2 * _TURN), np.sin(2 * _TURN)], axis=1)
"""What a way round is made of: a circle, moved aside and drawn long."""
_NEAR = np.arange(-0.5, 0.51, 0.25)
_STEPS = np.linspace(0, 1, 7)
_WRITING = np.linspace(0.55, 0.9, 15)
"""The parts of the radius between which a seal has its writing."""


@dataclass(frozen=True, slots=True)
class Ring(Disc):
    """A ring that may be a seal, in pixels of the picture it was found on."""

    coverage: float
    """Which part of its way, as far as it is on the picture, is inked: 0 to 1."""
    visible: float
    """Which part of its way is on the picture."""
    half: float
    """The same of the best half of its way."""
    content: float
    """In how many directions there is ink between the ring and the star: 0 to 1."""
    darkness: float
    """The mean absorbance of the ring."""

    @property
    def score(self) -> float:
        """How much it is a ring, 0 to 1: of one pressed unevenly at least a half is there, of text only bits."""
        return (self.coverage + self.half) / 2


def ring_ink(inks: Inks, *, has_colour: bool) -> Plane:
    """Return the absorbance in which rings are looked for: red ink, or all ink without long lines."""
    if has_colour:
        return inks.red
    long = np.ones((1, round(_LONG * PER_MM)), np.uint8)
    dark = (inks.grey < _DARK).astype(np.uint8)
    lines = np.maximum(cv2.morphologyEx(dark, cv2.MORPH_OPEN, long), cv2.morphologyEx(dark, cv2.MORPH_OPEN, long.T))
    plane = np.minimum(-np.log((inks.grey.astype(np.float32) + 4) / 259), 1.0)
    plane[cv2.dilate(lines, np.ones((5, 5), np.uint8)) > 0] = 0
    return np.asarray(np.maximum(plane, 0), dtype=np.float32)


def rings_of(plane: Plane, visible: Grey) -> tuple[Ring, ...]:
    """Return the rings on a plane of absorbance at `PER_MM`, the surest first.

    `visible` is 0 where the picture shows no paper. What lies under a ring that was found is not looked at again.
    """
    size = (round(plane.shape[1] * _FINE / PER_MM), round(plane.shape[0] * _FINE / PER_MM))
    fine = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    shown = np.asarray(cv2.resize(visible, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    found: list[Ring] = []
    for _ in range(_MOST_RINGS):
        judged = [_judged(fine, shown, *place) for place in _candidates(fine)]
        ring = max(judged, key=lambda one: one.score, default=None)
        if ring is None or ring.score < _LEAST_SCORE:
            break
        found.append(ring)
        scale = _FINE / PER_MM
        cv2.circle(fine, (round(ring.x * scale), round(ring.y * scale)), round(ring.radius * scale + _FINE), 0.0, -1)
    return tuple(found)


def _candidates(fine: Plane) -> Iterator[tuple[float, float, float]]:
    """Yield x, y and radius in mm of the places with the most ink on a circle and the least beside it."""
    small = cv2.resize(np.minimum(fine, _STRONG), None, fx=1 / _FINE, fy=1 / _FINE, interpolation=cv2.INTER_AREA)
    edge = _RADII[-1] + 4
    padded = cv2.copyMakeBorder(small, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=0)
    size = (-(-padded.shape[0] // 60) * 60, -(-padded.shape[1] // 60) * 60)
    spectrum = np.fft.rfft2(padded, size)
    scores = np.stack([np.fft.irfft2(spectrum * kernel, size) for kernel in _kernels(size)])
    best = scores.max(axis=0)[: padded.shape[0], : padded.shape[1]].astype(np.float32)
    for _ in range(_CANDIDATES):
        _, score, _, (x, y) = cv2.minMaxLoc(best)
        if score <= 0:
            return
        radius = _RADII[int(scores[:, y, x].argmax())]
        yield x - edge + 0.5, y - edge + 0.5, float(radius)
        cv2.circle(best, (x, y), 4, 0.0, -1)


@lru_cache(maxsize=4)
def _kernels(size: tuple[int, int]) -> tuple[NDArray[np.complex128], ...]:
    """Return the spectra of rings of each radius: 1 along the ring, less than 0 beside it."""
    rows = np.fft.fftfreq(size[0], 1 / size[0])[:, None]
    columns = np.fft.fftfreq(size[1], 1 / size[1])[None, :]
    distance = np.hypot(rows, columns)
    kernels = []
    for radius in _RADII:
        ring = np.exp(-(((distance - radius) / 0.8) ** 2))
        beside = np.exp(-(((distance - radius - 2.5) / 0.8) ** 2)) + 0.4 * np.exp(
            -(((distance - radius + 2.2) / 0.8) ** 2)
        )
        kernels.append(np.conj(np.fft.rfft2(ring / ring.sum() - beside / beside.sum())))
    return tuple(kernels)


def _judged(fine: Plane, shown: Grey, x: float, y: float, radius: float) -> Ring:
    """Return the ring at about this place (mm), followed as it swerves."""
    way = np.full(_ANGLES, radius)
    centre = (x * _FINE, y * _FINE)
    rolled = _unrolled(fine, centre)
    ridge = _ridge(rolled)
    for swerve in _SWERVE:
        way = _followed(ridge, way, swerve)
    inked = _along(rolled, way)
    outside = _mean_between(rolled, way + 1.5, way + 2.7)
    inside = _mean_between(rolled, way - 2.4, way - 1.4)
    contrast = inked - np.maximum(outside, 0.5 * inside)
    on_paper = _along(_unrolled(shown.astype(np.float32), centre), way + 0.5) > 200
    typical = float(np.quantile(inked[on_paper], 0.6)) if on_paper.any() else 0.0
    threshold = max(0.04, 0.22 * typical)
    covered = contrast > threshold
    content = _at(rolled, way * _WRITING[:, None]).max(axis=0)
    return Ring(
        x=(x + float((way * np.cos(_TURN)).mean()) * 2) * PER_MM,
        y=(y + float((way * np.sin(_TURN)).mean()) * 2) * PER_MM,
        radius=float(way.mean()) * PER_MM,
        coverage=float(covered[on_paper].mean()) if on_paper.any() else 0.0,
        half=_best_half(covered, on_paper),
        visible=float(on_paper.mean()),
        content=float((content > max(0.04, 0.4 * typical)).mean()),
        darkness=typical,
    )


def _best_half(covered: NDArray[np.bool_], on_paper: NDArray[np.bool_]) -> float:
    """Return the most that is covered of half the way round, as far as it is on paper."""
    half = _ANGLES // 2
    window = np.ones(half)
    inked = np.convolve(np.concatenate([covered & on_paper] * 2).astype(np.float64), window, "valid")
    seen = np.convolve(np.concatenate([on_paper] * 2).astype(np.float64), window, "valid")
    return float((inked / np.maximum(seen, half / 2)).max())


def _unrolled(plane: Plane, centre: tuple[float, float]) -> Plane:
    """Return rows of angles and columns of distance, `_FINE` pixels a millimetre, smoothed along the angle."""
    size = (round(_REACH * _FINE), _ANGLES)
    flags = cv2.INTER_LINEAR | cv2.WARP_POLAR_LINEAR | cv2.WARP_FILL_OUTLIERS
    rolled = cv2.warpPolar(plane, size, centre, _REACH * _FINE, flags)
    around = cv2.copyMakeBorder(rolled, 4, 4, 0, 0, cv2.BORDER_WRAP)
    return np.asarray(cv2.blur(around, (1, 5))[4:-4], dtype=np.float32)


def _ridge(rolled: Plane) -> Plane:
    """Return how much more ink there is at each distance than 1.5 to 2.5 mm farther out."""
    near = cv2.dilate(rolled, np.ones((1, 3), np.uint8))
    beyond = cv2.blur(rolled, (5, 1), borderType=cv2.BORDER_REPLICATE)
    shift = round(2.0 * _FINE)
    farther = np.concatenate([beyond[:, shift:], np.repeat(beyond[:, -1:], shift, axis=1)], axis=1)
    return np.asarray(near - 0.8 * farther, dtype=np.float32)


def _followed(ridge: Plane, way: Floats, swerve: float) -> Floats:
    """Return the smooth way nearest to the most ink within `swerve` mm of this one."""
    offsets = np.arange(-swerve, swerve + 0.01, 0.25)
    seen = _at(ridge, way + offsets[:, None])
    best = seen.argmax(axis=0)
    weight = np.maximum(seen.max(axis=0), 0) + 1e-6
    weight = np.minimum(weight, np.median(weight) * 3 + 1e-6)
    target = way + offsets[best]
    shape, *_ = np.linalg.lstsq(
        np.vstack([_TERMS * weight[:, None], np.diag([0, 0, 0, 0.7, 0.7]) * weight.sum() * 0.3]),
        np.concatenate([target * weight, np.zeros(5)]),
        rcond=None,
    )
    return np.asarray(np.clip(_TERMS @ shape, _RADII[0] - 2, _RADII[-1] + 2), dtype=np.float64)


def _along(rolled: Plane, way: Floats) -> Floats:
    """Return the most ink at each angle within half a millimetre of a way."""
    return np.asarray(_at(rolled, way + _NEAR[:, None]).max(axis=0))


def _mean_between(rolled: Plane, low: Floats, high: Floats) -> Floats:
    """Return the mean ink at each angle between two ways."""
    return np.asarray(_at(rolled, low + (high - low) * _STEPS[:, None]).mean(axis=0))


def _at(rolled: Plane, ways: Floats) -> Floats:
    """Return the ink at each angle of one way, or of several below each other."""
    columns = np.rint(ways * _FINE).astype(np.intp)
    return np.asarray(rolled[np.arange(_ANGLES), np.clip(columns, 0, rolled.shape[1] - 1)], dtype=np.float64)
