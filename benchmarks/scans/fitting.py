"""From what was seen of readings and whether they were right: weights of doubts, and points that never fall."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from formsvc.extraction.scan.recognition.confidence import FOR

BIN = 25
"""The fewest readings of which a share is taken."""
_BOUND = 0.84
"""How many standard errors below the share its lower bound lies: one in five is lower still."""
_STEP = 1e-6
"""Points rise by at least this, so that a surer reading is told as surer."""
_HOLD, _ROUNDS, _CAUTION = 1.5, 400, 0.2
"""How strongly weights stay what they were, and how they are sought: rounds, and the part taken of a step."""
Observed = tuple[float, bool]
Points = list[tuple[float, float]]


def fit(observed: Sequence[Observed]) -> Points:
    """Return points (score, probability right) that never fall, each a lower bound; see Zadrozny and Elkan 2002."""
    points: Points = [(0.0, 0.0)]
    for block in _blocks(sorted(observed)):
        bound = max(_lower_bound(block.right, block.count), points[-1][1])
        points += [(middle, bound) for middle in dict.fromkeys((block.first, block.last)) if middle > points[-1][0]]
    last = points[-1]
    if last[0] < 1.0:
        points.append((1.0, last[1]))
    return [(round(score, 6), round(min(p, 0.9999) + number * _STEP, 6)) for number, (score, p) in enumerate(points)]


@dataclass(frozen=True)
class _Block:
    """Readings of neighbouring scores."""

    count: int
    right: int
    first: float
    """The middle of its lowest bin: from there to that of its highest one the share is the same."""
    last: float
    highest: float
    """The highest of their scores."""

    def __add__(self, other: _Block) -> _Block:
        return _Block(self.count + other.count, self.right + other.right, self.first, other.last, other.highest)


def _blocks(observed: Sequence[Observed]) -> list[_Block]:
    """Return blocks of ever higher scores, pooled until the share right never falls."""
    pooled: list[_Block] = []
    for start in range(0, len(observed), BIN):
        part = observed[start : start + BIN]
        scores = [score for score, _ in part]
        middle = sum(scores) / len(scores)
        block = _Block(len(part), sum(right for _, right in part), middle, middle, scores[-1])
        if pooled and (len(part) < BIN or scores[0] <= pooled[-1].highest):
            block = pooled.pop() + block
        while pooled and pooled[-1].right * block.count >= block.right * pooled[-1].count:
            block = pooled.pop() + block
        pooled.append(block)
    return pooled


def _lower_bound(right: int, count: int) -> float:
    """Return the lower end of Wilson's interval for a share."""
    share, z = right / count, _BOUND
    middle = share + z * z / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, (middle - reach) / (1 + z * z / count))


def weights_of(observed: Sequence[tuple[Mapping[str, float], bool]], before: Mapping[str, float]) -> dict[str, float]:
    """Return what each doubt weighs (logistic regression), near to what it weighed before and never less than nothing.

    `before` names the doubts; the one called `for` is what speaks for a reading against which nothing speaks. A doubt
    that few readings showed keeps about its weight.
    """
    names = [name for name, weight in before.items() if weight > 0]
    start = np.array([before[name] for name in names])
    signs = np.array([1.0 if name == FOR else -1.0 for name in names])
    seen = np.array([[1.0 if name == FOR else one.get(name, 0.0) for name in names] for one, _ in observed])
    right = np.array([one for _, one in observed], dtype=np.float64)
    shown, parts = seen.reshape(-1, len(names)) * signs * start, np.ones(len(names))
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(shown @ parts, -30, 30)))
        slope = shown.T @ (right - likely) - _HOLD * (parts - 1)
        curve = (shown**2).T @ (likely * (1 - likely)) + _HOLD
        parts = np.maximum(parts + _CAUTION * slope / curve, 0.0)
    fitted = dict(zip(names, (parts * start).tolist(), strict=True))
    return {name: round(fitted.get(name, 0.0), 3) for name in before}
