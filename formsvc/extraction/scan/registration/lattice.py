"""The rules seen inside a quadrilateral, drawn into a unit square: what a form's grid is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Matrix
from formsvc.extraction.scan.registration.rules import Floats, Rule

BINS = 200
"""Steps of the unit square in which is noted whether a rule was seen."""
_SAME_SHARE = 0.009
"""Rules nearer to each other, as a part of the side, are one: a double line."""
_STEEPEST = 0.04
_EDGE = 0.02
_BEYOND = (0.014, 0.045)
"""Where, beyond the square, a rule is looked for that runs on: a fold, or the outer line of something larger."""
_RUNS_ON = 0.6


@dataclass(frozen=True)
class Strands:
    """The rules of one direction."""

    at: Floats
    """Where each stands across, halfway; ascending."""
    slope: Floats
    """How much that changes from one end of the square to the other."""
    seen: Floats
    """Shape (rules, BINS): 0 to 1, whether it was seen at each step along it."""
    sources: tuple[tuple[int, ...], ...]
    """Which of the rules it was made of."""

    @cached_property
    def summed(self) -> Floats:
        """Return the running sum of `seen`, from 0."""
        return np.concatenate([np.zeros((len(self.seen), 1)), np.cumsum(self.seen, axis=1)], axis=1)

    def coverage(self, start: float, end: float) -> Floats:
        """Return which part of the way from start to end each rule was seen on."""
        low = min(max(round(start * BINS), 0), BINS - 1)
        high = min(max(round(end * BINS), low + 1), BINS)
        return np.asarray((self.summed[:, high] - self.summed[:, low]) / (high - low))

    def places(self, along: float) -> Floats:
        """Return where each rule stands across at a place along it."""
        return self.at + self.slope * (along - 0.5)

    def mirrored(self) -> Strands:
        """Return them with what lies across reversed."""
        return Strands(1 - self.at[::-1], -self.slope[::-1], self.seen[::-1], self.sources[::-1])

    def reversed(self) -> Strands:
        """Return them with what lies along them reversed."""
        return Strands(self.at, -self.slope, self.seen[:, ::-1], self.sources)


@dataclass(frozen=True)
class Lattice:
    """Level and upright rules in a unit square."""

    level: Strands
    upright: Strands
    aspect: float
    """Height by width of the quadrilateral it was."""
    strays: int = 0
    """How many rules inside run on beyond it: folds, strokes, or the lines of a larger table."""
    loose: int = 0
    """How many ends of its own sides run on beyond its corners."""

    def quarter_turned(self) -> Lattice:
        """Return it turned a quarter clockwise."""
        return Lattice(self.upright.reversed(), self.level.mirrored(), 1 / self.aspect, self.strays, self.loose)

    def mirror_image(self) -> Lattice:
        """Return it as it shows through from the back of the paper."""
        return Lattice(self.level.reversed(), self.upright.mirrored(), self.aspect, self.strays, self.loose)


def to_unit_square(corners: Floats) -> Matrix:
    """Return the homography from a quadrilateral to the unit square."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), square), dtype=np.float64)


def aspect_of(corners: Floats) -> float:
    """Return the height of a quadrilateral by its width, from the means of opposite sides."""
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    return float((sides[1] + sides[3]) / max(sides[0] + sides[2], 1e-6))


@dataclass(frozen=True, slots=True)
class Stretches:
    """What was seen of the rules of one direction, as arrays."""

    count: int
    """How many rules."""
    owners: NDArray[np.intp]
    """Which rule each stretch is of."""
    ends: Floats
    """Shape (stretches, 2, 2): x and y where each begins and ends."""

    @staticmethod
    def of(rules: Sequence[Rule], *, is_level: bool) -> Stretches:
        """Return the stretches of rules that are level, or upright."""
        owners = np.array([number for number, rule in enumerate(rules) for _ in rule.pieces], dtype=np.intp)
        along = np.array([piece for rule in rules for piece in rule.pieces], dtype=np.float64).reshape(-1, 2)
        bends = np.array([np.pad(rule.curve, (3 - len(rule.curve), 0)) for rule in rules]).reshape(-1, 3)[owners]
        across = (bends[:, :1] * along + bends[:, 1:2]) * along + bends[:, 2:]
        return Stretches(len(rules), owners, np.stack([along, across] if is_level else [across, along], axis=-1))


def lattice_in(corners: Floats, level: Stretches, upright: Stretches) -> Lattice:
    """Return the lattice a quadrilateral holds."""
    matrix = to_unit_square(corners)
    across, strays, loose = _strands(level, matrix, is_level=True)
    down, more_strays, more_loose = _strands(upright, matrix, is_level=False)
    return Lattice(across, down, aspect_of(corners), strays + more_strays, loose + more_loose)


def _strands(stretches: Stretches, matrix: Matrix, *, is_level: bool) -> tuple[Strands, int, int]:
    """Return the rules of one direction that belong inside, how many do not, and how many ends of sides run on."""
    owners, count = stretches.owners, stretches.count
    if count == 0:
        return Strands(np.zeros(0), np.zeros(0), np.zeros((0, BINS)), ()), 0, 0
    points = cv2.perspectiveTransform(stretches.ends.reshape(1, -1, 2), matrix)
    mapped = np.asarray(points, dtype=np.float64).reshape(-1, 2, 2)
    along, across = (mapped[..., 0], mapped[..., 1]) if is_level else (mapped[..., 1], mapped[..., 0])
    inside = (along[:, 1] > 0.0) & (along[:, 0] < 1.0)
    seen = np.zeros((count, BINS + 1))
    low = np.clip(np.round(along[:, 0] * BINS), 0, BINS).astype(np.intp)
    high = np.clip(np.round(along[:, 1] * BINS), 0, BINS).astype(np.intp)
    np.add.at(seen, (owners[inside], low[inside]), 1)
    np.add.at(seen, (owners[inside], high[inside]), -1)
    seen = np.clip(np.cumsum(seen, axis=1)[:, :BINS], 0, 1)
    middle, slope = _straight(along, across, owners, count)
    runs_on = np.stack([_runs_on(along, owners, count), _runs_on(1 - along[:, ::-1], owners, count)])
    inner = (seen.sum(axis=1) > 0) & (middle > _EDGE) & (middle < 1 - _EDGE)
    is_side = (seen.sum(axis=1) > 0.5 * BINS) & ((np.abs(middle) < _EDGE / 2) | (np.abs(middle - 1) < _EDGE / 2))
    is_stray = inner & runs_on.any(axis=0)
    kept = np.flatnonzero(inner & ~is_stray)
    return _joined(middle, slope, seen, kept), int(is_stray.sum()), int(runs_on[:, is_side].sum())


def _runs_on(along: Floats, owners: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    """Return for each rule whether it runs on before the beginning of the square, having been seen just inside."""
    near, far = _BEYOND

    def seen(start: float, end: float) -> Floats:
        lengths = np.clip(np.minimum(along[:, 1], end) - np.maximum(along[:, 0], start), 0, None)
        return np.asarray(np.bincount(owners, weights=lengths, minlength=count) / (end - start), dtype=np.float64)

    return np.asarray((seen(-far, -near) > _RUNS_ON) & (seen(0.0, far) > _RUNS_ON), dtype=np.bool_)


def _straight(along: Floats, across: Floats, owners: NDArray[np.intp], count: int) -> tuple[Floats, Floats]:
    """Return where the straight line through each rule's stretches stands halfway, and its slope."""
    weight = np.maximum(along[:, 1] - along[:, 0], 1e-6)

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(owners, weights=values, minlength=count), dtype=np.float64)

    whole = total(weight)
    centre = total(weight * along.mean(axis=1)) / whole
    height = total(weight * across.mean(axis=1)) / whole
    apart_along, apart_across = along - centre[owners][:, None], across - height[owners][:, None]
    products = total(weight * (apart_along * apart_across).sum(axis=1))
    squares = total(weight * (apart_along**2).sum(axis=1))
    slope = np.clip(products / np.maximum(squares, 1e-9), -_STEEPEST, _STEEPEST)
    slope = np.where(whole > 0.15, slope, 0.0)
    return height + slope * (0.5 - centre), slope


def _joined(middle: Floats, slope: Floats, seen: Floats, kept: NDArray[np.intp]) -> Strands:
    """Join rules that stand at about the same place across."""
    groups: list[list[int]] = []
    for number in kept[np.argsort(middle[kept])]:
        if groups and middle[number] - middle[groups[-1][0]] < _SAME_SHARE:
            groups[-1].append(int(number))
        else:
            groups.append([int(number)])
    weights = [seen[group].sum(axis=1) for group in groups]
    at = np.array([np.average(middle[group], weights=weight) for group, weight in zip(groups, weights, strict=True)])
    slopes = np.array([np.average(slope[group], weights=weight) for group, weight in zip(groups, weights, strict=True)])
    covered = np.array([seen[group].max(axis=0) for group in groups]).reshape(-1, BINS)
    return Strands(at, slopes, covered, tuple(tuple(group) for group in groups))
