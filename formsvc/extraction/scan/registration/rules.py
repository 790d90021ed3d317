"""Ruled lines in a picture that stands about level: runs of ink joined over gaps, each with its gentle curve.

`find_rules` looks for level ones; for upright ones it is given the picture transposed. A rule is broken by folds,
seals and faint toner, so that it remembers which stretches of it were seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Grey

Floats = NDArray[np.float64]
_Box = tuple[int, int, int, int]
"""left, top, width, height"""

_RUN_MM, _RUN_SHARE = 6.5, 0.78
"""A stretch this long has to be inked, to this part, for its middle to be part of a line."""
_FAINT_RUN_MM, _FAINT_SHARE = 13.0, 0.45
"""The same where toner is so faint that lines are dotted."""
_PIECE_MM = 5.5
"""Shorter stretches are strokes of writing."""
_MOST_STRETCHES = 400
_THICKEST_MM = 2.2
_AWAY_MM = (0.4, 0.8, 1.2)
_WRITING = 0.24
_CROWDED = 0.1
"""Ink at all these distances on both sides of a stretch, as a part of its length, that makes it a stroke of writing;
on one side it takes twice as much."""
_ENDS_MM = 1.8
_STRAIGHT_MM = 30.0
"""Paper is straight over this length."""
_BEND_FROM_MM = 60.0
"""A rule longer than this may be a curve; a shorter one is straight."""
_NEAR_MM = 0.7
"""How far a stretch may lie from the curve of the rule it belongs to."""
_FAR_SHARE = 0.012
"""And how much more for each millimetre of the gap before it."""
_GAP_MM = 90.0
_CERTAIN_MM = 25.0
"""A rule of which this much was seen is one, and goes on under writing that touches it, as far as this."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line: where it stands across, as a function of where one is along it."""

    curve: Floats
    """Coefficients of a polynomial, highest power first."""
    pieces: tuple[tuple[float, float], ...]
    """From where to where it was seen, along it, in order and not overlapping."""
    thickness: float

    @property
    def start(self) -> float:
        """Where it begins."""
        return self.pieces[0][0]

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.pieces[-1][1]

    @property
    def seen(self) -> float:
        """How much of it was seen."""
        return sum(end - start for start, end in self.pieces)

    def at(self, along: float) -> float:
        """Return where it stands across; beyond its ends it goes on straight."""
        inside = min(max(along, self.start), self.end)
        value = slope = 0.0
        for coefficient in self.curve.tolist():
            slope = slope * inside + value
            value = value * inside + coefficient
        return value + (along - inside) * slope

    def along(self, places: Floats) -> Floats:
        """Return where it stands across at several places."""
        inside = np.minimum(np.maximum(places, self.start), self.end)
        value, slope = _valued(self.curve, inside)
        return value + (places - inside) * slope


def find_rules(mask: Grey, unit: float, *, is_faint: bool = False, most: int = 60) -> list[Rule]:
    """Return the longest level rules of a mask of ink (0 or 255); `unit` is pixels a millimetre.

    With `is_faint` rules may be dotted, and short ones are missed.
    """
    every = _pieces(mask, unit, *((_FAINT_RUN_MM, _FAINT_SHARE) if is_faint else (_RUN_MM, _RUN_SHARE)))
    pieces, crowded = every[every[:, 5] == 0], every[every[:, 5] == 1]
    rules: list[Rule] = []
    free = np.ones(len(pieces), dtype=bool)
    for seed in np.argsort(pieces[:, 0] - pieces[:, 1]):
        if free[seed]:
            members, curve = _grown(pieces, int(seed), free, unit)
            free[members] = False
            rule = _rule(pieces[members], curve)
            if not _is_writing(mask, rule, unit):
                rules.append(_under_writing(rule, pieces[members], crowded, unit))
            if len(rules) == most:
                break
    return rules


def _under_writing(rule: Rule, pieces: Floats, crowded: Floats, unit: float) -> Rule:
    """Return a rule with the stretches of it that writing touches: by themselves they might be writing."""
    if len(crowded) == 0 or rule.seen < _CERTAIN_MM * unit:
        return rule
    ends = crowded[:, :2]
    apart = np.abs(crowded[:, 2:4] - rule.along(ends)).max(axis=1)
    gap = np.maximum(np.maximum(rule.start - ends[:, 1], ends[:, 0] - rule.end), 0)
    touched = crowded[(apart <= _NEAR_MM * unit / 2) & (gap <= _CERTAIN_MM * unit)]
    return replace(rule, pieces=_rule(np.concatenate([pieces, touched]), rule.curve).pieces)


def _pieces(mask: Grey, unit: float, run_mm: float, run_share: float) -> Floats:
    """Return stretches as rows of start, end, position at the start, at the end, thickness, and 1 if crowded."""
    run = max(7, round(run_mm * unit) | 1)
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    share = cv2.boxFilter(thick, -1, (run, 1), borderType=cv2.BORDER_CONSTANT)
    core = cv2.bitwise_and(thick, cv2.threshold(share, 255 * run_share, 255, cv2.THRESH_BINARY)[1])
    ends = max(3, round(2 * max(run_share - 0.5, 0.0) * run) | 1)
    kept = cv2.bitwise_and(thick, cv2.dilate(core, np.ones((1, ends), np.uint8)))
    kept = cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((1, max(3, run // 4)), np.uint8))
    found = [
        _piece(mask, labels, part, number, unit)
        for labels, number, box in _stretches(np.asarray(kept, dtype=np.uint8), _PIECE_MM * unit)
        for part in _parts(box, unit)
    ]
    return np.array([piece for piece in found if piece is not None], dtype=np.float64).reshape(-1, 6)


def _stretches(kept: Grey, shortest: float) -> Iterator[tuple[NDArray[np.int32], int, _Box]]:
    """Yield the widest connected parts of a mask: their labels, the label of each, and the box around it.

    Boxes are taken from outlines, and statistics of all parts never made, which takes a fifth of the time.
    """
    labels = np.asarray(cv2.connectedComponents(kept, connectivity=8, ltype=cv2.CV_32S)[1], dtype=np.int32)
    outlines, nesting = cv2.findContours(kept, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found: list[tuple[int, _Box]] = []
    for number, outline in enumerate(outlines):
        left, top, width, height = cv2.boundingRect(outline)
        if width >= shortest and nesting[0, number, 3] < 0:
            column, row = outline[0, 0].tolist()
            found.append((int(labels[row, column]), (left, top, width, height)))
    found.sort(key=lambda one: -one[1][2])
    for label, box in found[:_MOST_STRETCHES]:
        yield labels, label, box


def _parts(box: _Box, unit: float) -> Iterator[_Box]:
    """Yield the box of a stretch cut into parts short enough for a bent line to be straight in each."""
    left, top, width, height = box
    count = max(1, round(width / (_STRAIGHT_MM * unit)))
    edges = [left + number * width // count for number in range(count + 1)]
    yield from ((start, top, end - start, height) for start, end in pairwise(edges))


def _piece(mask: Grey, labels: NDArray[np.int32], box: _Box, number: int, unit: float) -> tuple[float, ...] | None:
    left, top, width, height = box
    inside = labels[top : top + height, left : left + width] == number
    counts = inside.sum(axis=0)
    along = np.flatnonzero(counts)
    if len(along) < 8 or int(counts.sum()) > (_THICKEST_MM * unit + 2) * width:
        return None
    across = (np.arange(height) @ inside)[along] / counts[along]
    slope, offset = _line(along.astype(np.float64), across)
    rest = np.abs(across - offset - slope * along)
    if _median(rest) > 0.5 * unit or abs(slope) > 0.25:
        return None
    thickness = max(1.0, _median(counts[along]) - 2)
    middle = np.asarray(top + offset + slope * along, dtype=np.float64)
    crowded = _is_crowded(mask, left + along, middle, thickness / 2 + 1.0, unit)
    return left, left + width, top + offset, top + offset + slope * width, thickness, float(crowded)


def _is_crowded(mask: Grey, along: NDArray[np.intp], across: Floats, half: float, unit: float) -> bool:
    """Say whether a stretch has much ink at every distance above or below, as a row of writing has.

    Its ends are left aside: there it meets the lines it stands between, which may be thick.
    """
    ends = min(round(_ENDS_MM * unit), len(along) // 7)
    along, across = along[ends : len(along) - ends], across[ends : len(along) - ends]
    step = max(1, len(along) // 200)
    away = half + np.array(_AWAY_MM) * unit
    shares = _inked(mask, along[::step], across[::step], np.concatenate([-away, away]))
    above, below = min(shares[: len(away)]), min(shares[len(away) :])
    return min(above, below) > _CROWDED or max(above, below) > 2 * _CROWDED


def _is_writing(mask: Grey, rule: Rule, unit: float) -> bool:
    """Say whether what is beside a rule is inked nearly as much as the rule: then it is a row of writing."""
    along = np.concatenate([np.arange(start, end, 2.0) for start, end in rule.pieces])
    across = _valued(rule.curve, along)[0]
    columns = np.minimum(np.maximum(np.rint(along), 0), mask.shape[1] - 1).astype(np.intp)
    away = rule.thickness / 2 + 1.0 + np.array(_AWAY_MM) * unit
    shares = _inked(mask, columns, across, np.concatenate([[-1.0, 0.0, 1.0], -away, away]))
    return sum(shares[3:]) / len(shares[3:]) > _WRITING * max(shares[:3])


def _inked(mask: Grey, columns: NDArray[np.intp], across: Floats, offsets: Floats) -> list[float]:
    """Return which part of a stretch is inked, moved across by each of these offsets."""
    rows = np.rint(across + offsets[:, None])
    rows = np.minimum(np.maximum(rows, 0), mask.shape[0] - 1).astype(np.intp)
    inked: list[int] = np.count_nonzero(mask[rows, columns], axis=1).tolist()
    return [count / len(columns) for count in inked]


def _median(values: NDArray[Any]) -> float:
    """Return the middle value; of an even number the higher of the two."""
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def _line(along: Floats, across: Floats) -> tuple[float, float]:
    """Fit a straight line, then again without what lies far from it."""
    slope, offset = _least_squares(along, across)
    rest = np.abs(across - offset - slope * along)
    near = rest <= max(1.0, 2 * _median(rest))
    if np.count_nonzero(near) >= 8 and not near.all():
        slope, offset = _least_squares(along[near], across[near])
    return slope, offset


def _least_squares(along: Floats, across: Floats) -> tuple[float, float]:
    middle, height = float(along.mean()), float(across.mean())
    apart = along - middle
    slope = float(apart @ (across - height)) / max(float(apart @ apart), 1e-9)
    return slope, height - slope * middle


def _grown(pieces: Floats, seed: int, free: NDArray[np.bool_], unit: float) -> tuple[NDArray[np.intp], Floats]:
    """Return the stretches that continue the seed, and the seed; and the curve through them."""
    members = np.zeros(len(pieces), dtype=bool)
    members[seed] = True
    size = 1
    while True:
        curve = _curve(pieces[members], unit)
        start, end = pieces[members, 0].min(), pieces[members, 1].max()
        gap = np.maximum(np.maximum(start - pieces[:, 1], pieces[:, 0] - end), 0)
        along = pieces[:, :2]
        held = np.minimum(np.maximum(along, start), end)
        values, slopes = _valued(curve, held)
        apart = np.abs(pieces[:, 2:4] - values - (along - held) * slopes).max(axis=1)
        near = (apart <= _NEAR_MM * unit + _FAR_SHARE * gap) & (gap <= _GAP_MM * unit)
        members = members | (free & near)
        grown = int(np.count_nonzero(members))
        if grown == size:
            return np.flatnonzero(members), curve
        size = grown


def _valued(curve: Floats, along: Floats) -> tuple[Floats, Floats]:
    """Return where a curve stands at places along it, and how steeply."""
    value, slope = np.zeros_like(along), np.zeros_like(along)
    for coefficient in curve.tolist():
        slope = slope * along + value
        value = value * along + coefficient
    return value, slope


def _curve(pieces: Floats, unit: float) -> Floats:
    """Fit a straight line, or a parabola where there are stretches enough, each stretch by its length."""
    along = np.concatenate([pieces[:, 0], pieces[:, :2].mean(axis=1), pieces[:, 1]])
    across = np.concatenate([pieces[:, 2], pieces[:, 2:4].mean(axis=1), pieces[:, 3]])
    weights = np.tile(pieces[:, 1] - pieces[:, 0], 3)
    middle, half = (along.max() + along.min()) / 2, max((along.max() - along.min()) / 2, 1.0)
    bends = len(pieces) >= 3 and 2 * half > _BEND_FROM_MM * unit
    powers = np.vander((along - middle) / half, 3 if bends else 2)
    weighted = powers.T * weights
    found = np.linalg.solve(weighted @ powers, weighted @ across)
    if not bends:
        return np.array([found[0] / half, found[1] - found[0] * middle / half])
    bend, slope = found[0] / half**2, found[1] / half
    return np.array([bend, slope - 2 * bend * middle, found[2] - slope * middle + bend * middle**2])


def _rule(pieces: Floats, curve: Floats) -> Rule:
    ordered = pieces[np.argsort(pieces[:, 0])]
    joined: list[tuple[float, float]] = []
    for start, end in ordered[:, :2].tolist():
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    lengths = ordered[:, 1] - ordered[:, 0]
    return Rule(curve, tuple(joined), float(ordered[:, 4] @ lengths / lengths.sum()))
