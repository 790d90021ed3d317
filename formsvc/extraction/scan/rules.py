"""Ruled lines in a picture that stands about level: runs of ink joined over gaps, each with its gentle curve.

`find_rules` looks for level ones; for upright ones it is given the picture transposed. A rule is broken by folds,
seals and faint toner, so that it remembers which stretches of it were seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Grey

Floats = NDArray[np.float64]

_RUN_MM, _RUN_SHARE = 6.5, 0.78
"""A stretch this long has to be inked, to this part, for its middle to be part of a line."""
_FAINT_RUN_MM, _FAINT_SHARE = 13.0, 0.45
"""The same where toner is so faint that lines are dotted."""
_PIECE_MM = 5.5
"""Shorter stretches are strokes of writing."""
_THICKEST_MM = 2.2
_AWAY_MM = (0.4, 0.8, 1.2)
_WRITING = 0.24
_CROWDED = 0.1
"""Ink at all these distances on both sides of a stretch, as a part of its length, that makes it a stroke of writing;
on one side it takes twice as much."""
_STRAIGHT_MM = 30.0
"""Paper is straight over this length."""
_BEND_FROM_MM = 60.0
"""A rule longer than this may be a curve; a shorter one is straight."""
_NEAR_MM = 0.7
"""How far a stretch may lie from the curve of the rule it belongs to."""
_FAR_SHARE = 0.012
"""And how much more for each millimetre of the gap before it."""
_GAP_MM = 90.0


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
        inside = np.clip(places, self.start, self.end)
        return np.asarray(
            np.polyval(self.curve, inside) + (places - inside) * np.polyval(np.polyder(self.curve), inside)
        )


def find_rules(mask: Grey, unit: float, *, is_faint: bool = False, most: int = 60) -> list[Rule]:
    """Return the longest level rules of a mask of ink (0 or 255); `unit` is pixels a millimetre.

    With `is_faint` rules may be dotted, and short ones are missed.
    """
    pieces = _pieces(mask, unit, *((_FAINT_RUN_MM, _FAINT_SHARE) if is_faint else (_RUN_MM, _RUN_SHARE)))
    if len(pieces) == 0:
        return []
    rules: list[Rule] = []
    free = np.ones(len(pieces), dtype=bool)
    for seed in np.argsort(pieces[:, 0] - pieces[:, 1]):
        if free[seed]:
            members = _grown(pieces, int(seed), free, unit)
            free[members] = False
            rule = _rule(pieces[members], unit)
            if not _is_writing(mask, rule, unit):
                rules.append(rule)
            if len(rules) == most:
                break
    return rules


def _pieces(mask: Grey, unit: float, run_mm: float, run_share: float) -> Floats:
    """Return stretches as rows of start, end, position at the start, at the end, thickness."""
    run = max(7, round(run_mm * unit) | 1)
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    share = cv2.boxFilter(thick, -1, (run, 1), borderType=cv2.BORDER_CONSTANT)
    core = cv2.bitwise_and(thick, cv2.threshold(share, 255 * run_share, 255, cv2.THRESH_BINARY)[1])
    ends = max(3, round(2 * max(run_share - 0.5, 0.0) * run) | 1)
    kept = cv2.bitwise_and(thick, cv2.dilate(core, np.ones((1, ends), np.uint8)))
    kept = cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((1, max(3, run // 4)), np.uint8))
    _, seen, boxes, _ = cv2.connectedComponentsWithStats(kept, connectivity=8)
    labels, stats = np.asarray(seen, dtype=np.int32), np.asarray(boxes, dtype=np.int32)
    long = np.flatnonzero(stats[1:, cv2.CC_STAT_WIDTH] >= _PIECE_MM * unit) + 1
    long = long[np.argsort(-stats[long, cv2.CC_STAT_WIDTH])][:400]
    found = [_piece(mask, labels, part, int(number), unit) for number in long for part in _parts(stats[number], unit)]
    return np.array([piece for piece in found if piece is not None], dtype=np.float64).reshape(-1, 5)


def _parts(stat: NDArray[np.int32], unit: float) -> Iterator[NDArray[np.int32]]:
    """Yield the box of a stretch cut into parts short enough for a bent line to be straight in each."""
    left, width = int(stat[cv2.CC_STAT_LEFT]), int(stat[cv2.CC_STAT_WIDTH])
    count = max(1, round(width / (_STRAIGHT_MM * unit)))
    for number in range(count):
        part = stat.copy()
        part[cv2.CC_STAT_LEFT] = left + number * width // count
        part[cv2.CC_STAT_WIDTH] = left + (number + 1) * width // count - part[cv2.CC_STAT_LEFT]
        yield part


def _piece(
    mask: Grey, labels: NDArray[np.int32], stat: NDArray[np.int32], number: int, unit: float
) -> tuple[float, ...] | None:
    left, top, width, height = (int(value) for value in stat[:4])
    inside = labels[top : top + height, left : left + width] == number
    counts = inside.sum(axis=0)
    along = np.flatnonzero(counts)
    if len(along) < 8 or float(counts.mean()) > _THICKEST_MM * unit + 2:
        return None
    across = (np.arange(height) @ inside)[along] / counts[along]
    slope, offset = _line(along.astype(np.float64), across)
    rest = np.abs(across - offset - slope * along)
    if float(np.median(rest)) > 0.5 * unit or abs(slope) > 0.25:
        return None
    thickness = max(1.0, float(np.median(counts[along])) - 2)
    if _is_crowded(mask, left + along, np.asarray(top + offset + slope * along, np.float64), thickness / 2 + 1.0, unit):
        return None
    return left, left + width, top + offset, top + offset + slope * width, thickness


def _is_crowded(mask: Grey, along: NDArray[np.intp], across: Floats, half: float, unit: float) -> bool:
    """Say whether a stretch has much ink at every distance above or below, as a row of writing has."""
    places = along[:: max(1, len(along) // 200)]
    middles = across[:: max(1, len(along) // 200)]
    sides = []
    for side in (-1, 1):
        shares = []
        for away in _AWAY_MM:
            rows = np.clip(np.round(middles + side * (half + away * unit)), 0, mask.shape[0] - 1).astype(np.intp)
            shares.append(float((mask[rows, places] > 0).mean()))
        sides.append(min(shares))
    return min(sides) > _CROWDED or max(sides) > 2 * _CROWDED


def _is_writing(mask: Grey, rule: Rule, unit: float) -> bool:
    """Say whether what is beside a rule is inked nearly as much as the rule: then it is a row of writing."""
    along = np.concatenate([np.arange(start, end, 2.0) for start, end in rule.pieces])
    across = np.polyval(rule.curve, along)
    columns = np.clip(np.round(along), 0, mask.shape[1] - 1).astype(np.intp)

    def inked(off: float) -> float:
        rows = np.clip(np.round(across + off), 0, mask.shape[0] - 1).astype(np.intp)
        return float((mask[rows, columns] > 0).mean())

    share = max(inked(off) for off in (-1.0, 0.0, 1.0))
    half = rule.thickness / 2 + 1.0
    beside = [inked(side * (half + away * unit)) for side in (-1, 1) for away in _AWAY_MM]
    return float(np.mean(beside)) > _WRITING * share


def _line(along: Floats, across: Floats) -> tuple[float, float]:
    """Fit a straight line, then again without what lies far from it."""
    slope, offset = _least_squares(along, across)
    rest = np.abs(across - offset - slope * along)
    near = rest <= max(1.0, 2 * float(np.median(rest)))
    if near.sum() >= 8 and not near.all():
        slope, offset = _least_squares(along[near], across[near])
    return slope, offset


def _least_squares(along: Floats, across: Floats) -> tuple[float, float]:
    middle, height = float(along.mean()), float(across.mean())
    apart = along - middle
    slope = float(apart @ (across - height)) / max(float(apart @ apart), 1e-9)
    return slope, height - slope * middle


def _grown(pieces: Floats, seed: int, free: NDArray[np.bool_], unit: float) -> NDArray[np.intp]:
    """Return the stretches that continue the seed, and the seed."""
    members = np.zeros(len(pieces), dtype=bool)
    members[seed] = True
    while True:
        curve = _curve(pieces[members], unit)
        start, end = pieces[members, 0].min(), pieces[members, 1].max()
        gap = np.maximum(np.maximum(start - pieces[:, 1], pieces[:, 0] - end), 0)
        slope = np.polyder(curve)
        tolerance = _NEAR_MM * unit + _FAR_SHARE * gap
        apart = np.zeros(len(pieces))
        for along, across in ((pieces[:, 0], pieces[:, 2]), (pieces[:, 1], pieces[:, 3])):
            held = np.clip(along, start, end)
            expected = np.polyval(curve, held) + (along - held) * np.polyval(slope, held)
            apart = np.maximum(apart, np.abs(across - expected))
        joined = members | (free & (apart <= tolerance) & (gap <= _GAP_MM * unit))
        if joined.sum() == members.sum():
            return np.flatnonzero(members)
        members = joined


def _curve(pieces: Floats, unit: float) -> Floats:
    along = np.concatenate([pieces[:, 0], pieces[:, :2].mean(axis=1), pieces[:, 1]])
    across = np.concatenate([pieces[:, 2], pieces[:, 2:4].mean(axis=1), pieces[:, 3]])
    weights = np.sqrt(np.tile(pieces[:, 1] - pieces[:, 0], 3))
    bends = len(pieces) >= 3 and float(np.ptp(along)) > _BEND_FROM_MM * unit
    return np.asarray(np.polyfit(along, across, 2 if bends else 1, w=weights), dtype=np.float64)


def _rule(pieces: Floats, unit: float) -> Rule:
    ordered = pieces[np.argsort(pieces[:, 0])]
    joined: list[tuple[float, float]] = []
    for start, end in ordered[:, :2]:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], float(end)))
        else:
            joined.append((float(start), float(end)))
    thickness = float(np.average(ordered[:, 4], weights=ordered[:, 1] - ordered[:, 0]))
    return Rule(_curve(pieces, unit), tuple(joined), thickness)
