"""Quadrilaterals that may be the outer lines of a table: two level and two upright rules that bear each other out.

A page border, a fold or the edge of a desk gives further rules, so that every pair is tried; what counts is that a
rule is seen from corner to corner and ends there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from formsvc.extraction.scan.registration.rules import Floats, Rule

_OUTER_SHARE = 0.12
"""An outer line is at least this part of the picture's longer side."""
_SMALLEST_SHARE = 0.10
_MOST_LINES = 16
_BEYOND = 0.05
"""How far beyond a corner is looked for a rule that goes on, as a part of its side."""
_GOES_ON = 1.0
"""What it costs a side, for what is seen of it, that its rule goes on beyond its corners: there a table ends."""
_SAME_SHARE = 0.02
_MOST = 8


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners: top left, top right, bottom right, bottom left, as the picture stands."""

    corners: Floats
    """Shape (4, 2)."""
    support: float
    """0 to 1: how well its sides are seen, and end at the corners."""


def find_quads(level: Sequence[Rule], upright: Sequence[Rule], size: tuple[int, int]) -> list[Quad]:
    """Return the likeliest outer lines of a table in a picture of this width and height, best first."""
    longest = max(size)
    levels = _outer(level, longest)
    uprights = _outer(upright, longest)
    if len(levels) < 2 or len(uprights) < 2:
        return []
    crossings = np.array([[_crossing(one, other) for other in uprights] for one in levels])
    tops, bottoms = np.triu_indices(len(levels), 1)
    lefts, rights = np.triu_indices(len(uprights), 1)
    along = _sides(levels, crossings[:, :, 0], lefts, rights)
    down = _sides(uprights, crossings[:, :, 1].T, tops, bottoms)
    sides = np.stack(np.broadcast_arrays(along[tops][:, :], along[bottoms][:, :], down[lefts].T, down[rights].T))
    score = 0.75 * sides.mean(axis=0) + 0.25 * sides.min(axis=0)
    corners = np.stack(
        [
            crossings[tops[:, None], lefts[None, :]],
            crossings[tops[:, None], rights[None, :]],
            crossings[bottoms[:, None], rights[None, :]],
            crossings[bottoms[:, None], lefts[None, :]],
        ],
        axis=2,
    )
    width, height = np.ptp(corners[..., 0], axis=2), np.ptp(corners[..., 1], axis=2)
    score = score + 0.15 * width * height / (size[0] * size[1])
    score[(width < _SMALLEST_SHARE * longest) | (height < _SMALLEST_SHARE * longest)] = -1
    return _distinct(score.ravel(), corners.reshape(-1, 4, 2), _SAME_SHARE * longest)


def _outer(rules: Sequence[Rule], longest: int) -> list[Rule]:
    """Return the rules long enough for an outer line, in order across."""
    long = [rule for rule in rules if rule.seen >= _OUTER_SHARE * longest]
    long.sort(key=lambda rule: -rule.seen)
    return sorted(long[:_MOST_LINES], key=lambda rule: rule.at((rule.start + rule.end) / 2))


def _crossing(level: Rule, upright: Rule) -> tuple[float, float]:
    x = upright.at((upright.start + upright.end) / 2)
    for _ in range(3):
        y = level.at(x)
        x = upright.at(y)
    return x, level.at(x)


def _sides(rules: Sequence[Rule], ends: Floats, first: np.ndarray, second: np.ndarray) -> Floats:
    """Return how well each rule is seen between each pair of its crossings, less what goes on beyond them."""
    scores = np.zeros((len(rules), len(first)))
    for number, rule in enumerate(rules):
        starts, stops = np.array(rule.pieces).T
        before = np.concatenate([[0.0], np.cumsum(stops - starts)])

        def seen_up_to(
            place: Floats, starts: Floats = starts, stops: Floats = stops, before: Floats = before
        ) -> Floats:
            index = np.searchsorted(starts, place, side="right")
            inside = np.clip(place - starts[np.maximum(index - 1, 0)], 0, (stops - starts)[np.maximum(index - 1, 0)])
            return np.asarray(np.where(index > 0, before[np.maximum(index - 1, 0)] + inside, 0.0))

        low, high = ends[number][first], ends[number][second]
        length = np.maximum(high - low, 1.0)
        margin = _BEYOND * length
        inside = (seen_up_to(high) - seen_up_to(low)) / length
        skip = 0.2 * margin
        beyond = seen_up_to(low - skip) - seen_up_to(low - margin) + seen_up_to(high + margin) - seen_up_to(high + skip)
        scores[number] = inside - _GOES_ON * beyond / (1.6 * margin)
        scores[number][high <= low] = -1
    return scores


def _distinct(scores: Floats, corners: Floats, same: float) -> list[Quad]:
    found: list[Quad] = []
    for number in np.argsort(-scores)[:400]:
        if scores[number] < 0.3:
            break
        if all(float(np.abs(quad.corners - corners[number]).max()) > same for quad in found):
            found.append(Quad(corners[number], float(min(1.0, scores[number]))))
        if len(found) == _MOST:
            break
    return found
