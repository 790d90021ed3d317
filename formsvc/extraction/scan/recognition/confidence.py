"""How likely a reading is right, given all that speaks against it.

What was seen of a reading (its least sure sign, its nearest rival, a second reading that says something else) is
weighed into one score from 0 to 1, which grows with how sure it is and means nothing else. Points then turn the score
into how often readings of this kind with such a score were right, by straight lines between them. Weights and points
are fitted on generated scans and stand in `calibration.json`.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from formsvc.forms.spec import Kind

WORD, NUMBER, EMAIL, PASSAGE = "word", "number", "email", "passage"
_FAMILIES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.CHOICE: NUMBER,
        Kind.INTEGER: NUMBER,
        Kind.MONTH: NUMBER,
        Kind.DATE: NUMBER,
        Kind.PHONE: NUMBER,
        Kind.EMAIL: EMAIL,
        Kind.ITEMS: PASSAGE,
    }
)
"""Kinds whose evidence is weighed alike; every other kind is a word or two, a text in lines of its own is a passage."""
THROUGH = "through"
"""The doubt about what was read through a seal without colour."""
UNLABELLED = "unlabelled"
"""The doubt about what was read in a cell in which its printed label was not found."""
UNREAD = "unread"
"""The doubt about a text beside which, or below whose last row, dark ink was not read, on a page without colour."""
CUT = "cut"
"""The doubt about what runs on where its cell ends."""
SOUGHT = "sought"
"""The doubt about a date that was not found as a row of its own: 1, and more when strips disagree."""
BY_HAND = "by hand"
"""The doubt about what was written by hand, 0 to 1, as far as that can be told."""
AMONG_HANDS = "among hands"
"""The doubt about what stands on a page on which all else was written by hand, 0 to 1."""
OTHERWISE = "otherwise"
"""The doubt about what was read without the ink of a seal and says something else than with it, 0 to 2."""
AGAINST = "against "
"""What the names of those scores begin with that are weighed into one."""
FOR = "for"
"""The weight of what speaks for a reading against which nothing speaks."""
_TABLE = "calibration.json"
_ANY = "any"
Points = tuple[tuple[float, float], ...]


def weighed(family: str, against: Mapping[str, float]) -> float:
    """Return one score, 0 to 1, of what speaks against a reading, each doubt by its weight."""
    weights = _weights()[family]
    total = weights[FOR] - sum(weights.get(doubt, 0.0) * value for doubt, value in against.items())
    return 1 / (1 + math.exp(-min(max(total, -30.0), 30.0)))


def family_of(kind: Kind, scores: Mapping[str, float]) -> str:
    """Return with which weights the scores of a reading of a kind are weighed."""
    if kind is Kind.TEXT:
        return WORD if "margin" in scores else PASSAGE
    return _FAMILIES.get(kind, WORD)


def lessened(family: str, score: float, doubt: str, value: float) -> float:
    """Return a score with one more doubt in it."""
    if not 0 < score < 1:
        return score
    odds = math.log(score / (1 - score)) - _weights()[family].get(doubt, 0.0) * value
    return 1 / (1 + math.exp(-odds))


def confidence_of(kind: Kind, scores: Mapping[str, float]) -> float:
    """Return how likely a reading of a kind is right, 0 to 1, by all that was seen of it."""
    return calibrated(calibrated_as(kind, scores), scores["score"])


def calibrated_as(kind: Kind, scores: Mapping[str, float]) -> Kind:
    """Return as which kind a reading is calibrated: a text in a line of its own as an organisation."""
    return Kind.ORGANISATION if kind is Kind.TEXT and "margin" in scores else kind


def with_doubt(kind: Kind, scores: Mapping[str, float], doubt: str, value: float) -> Mapping[str, float]:
    """Return what was seen of a reading with one more doubt in it, such as that of a seal that lies over it."""
    score = lessened(family_of(kind, scores), scores["score"], doubt, value)
    return MappingProxyType({**scores, f"{AGAINST}{doubt}": value, "score": score})


def calibrated(kind: Kind, score: float) -> float:
    """Return how likely a reading of a kind is right, 0 to 1, for its score."""
    table = _points()
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
def _weights() -> Mapping[str, Mapping[str, float]]:
    """Return the weights of each family."""
    return MappingProxyType({family: MappingProxyType(one) for family, one in _content()["weights"].items()})


@cache
def _points() -> Mapping[str, Points]:
    """Return the points of each kind, in the order of their scores."""
    return MappingProxyType(
        {
            kind: tuple((float(score), float(right)) for score, right in points)
            for kind, points in _content()["points"].items()
        }
    )


def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(resources.files(__package__).joinpath(_TABLE).read_text(encoding="utf-8"))
    return content
