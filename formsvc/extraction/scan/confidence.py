"""How often a reading of this kind with this score was right: the table of calibration.

The score is what the reader makes of its own evidence, from 0 to 1; it grows with it and means nothing else. The table
`calibration.json`, fitted on generated scans, turns it into a probability by straight lines between its points.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from formsvc.forms.spec import Kind

_TABLE = "calibration.json"
_ANY = "any"
Points = tuple[tuple[float, float], ...]


def calibrated(kind: Kind, score: float) -> float:
    """Return how likely a reading of a kind is right, 0 to 1, for its score."""
    table = _tables()
    points = table.get(kind.value) or table.get(_ANY)
    if not points:
        return min(max(score, 0.0), 1.0)
    return _between(points, score)


def _between(points: Points, score: float) -> float:
    place = bisect_right([point[0] for point in points], score)
    if not place:
        return points[0][1]
    if place == len(points):
        return points[-1][1]
    (low, below), (high, above) = points[place - 1], points[place]
    return below + (above - below) * (score - low) / (high - low)


@cache
def _tables() -> Mapping[str, Points]:
    """Return the points of each kind, in the order of their scores."""
    file = resources.files(__package__).joinpath(_TABLE)
    if not file.is_file():
        return MappingProxyType({})
    content = json.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType(
        {kind: tuple((float(score), float(right)) for score, right in points) for kind, points in content.items()}
    )
