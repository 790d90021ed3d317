"""Figures as pens write them, stroke by stroke: what people write is more varied than typefaces are.

Typefaces close the top of a 4 and draw the bar of it boldly. By hand it is open as often as not; a broad pen leaves its
bar a hairline that a copier loses; a brush all but fills it. Each pen is one person's: the same way of writing each
figure, the same nib, a little other each time.
"""

from __future__ import annotations

import functools
import itertools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.faces import EM, Ink
from training.texts import Chance

Points = NDArray[np.float64]
"""Places a stroke goes through, shape (places, 2): the left top of a sign is (0, 0), its right bottom (1, 1)."""
Way = Sequence[Points]
"""The strokes of a sign."""
_WIDTHS = MappingProxyType({"1": 0.5, ".": 0.4, "-": 0.8, "/": 0.8})
"""The width of a sign beside that of others."""
_FINE, _STEPS = 4, 24
"""How many times larger a sign is drawn than it is kept, and the pieces of a stroke between two of its places."""


@functools.cache
def ways() -> Mapping[str, Sequence[Way]]:
    """Return how each sign is written, in the ways people write it."""
    table = tomllib.loads(Path(__file__).with_name("pens.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            sign: [
                [np.array([place.split() for place in stroke.split(",")], float) / 100 for stroke in way] for way in own
            ]
            for sign, own in table.items()
        }
    )


@dataclass(frozen=True, eq=False)
class Pen:
    """One hand with one pen; draws figures as a face does, but none twice the same."""

    chance: Chance
    own: Mapping[str, Way]
    """How each sign is written."""
    size: tuple[float, float]
    """Width and height of a figure in ems."""
    gap: float
    """Between two figures, in ems."""
    nib: Points
    """From the middle of the nib to its end, in ems: how broad strokes are across it."""
    least: float
    """How broad strokes along the nib are, in ems."""
    unrest: float
    """Standard deviation of each place of a stroke, in ems."""

    @classmethod
    def any(cls, chance: Chance) -> Pen:
        """Return somebody's pen."""
        broad, angle = _nib(chance)
        least = broad * float(chance.uniform(0.75, 1.0) if chance.random() < 0.5 else chance.uniform(0.1, 0.5))
        return cls(
            chance,
            {sign: some[int(chance.integers(len(some)))] for sign, some in ways().items()},
            (float(chance.uniform(0.3, 0.6)), float(chance.uniform(0.62, 0.8))),
            float(chance.uniform(0.04, 0.16)) + broad / 2,
            broad / 2 * np.array([np.cos(angle), np.sin(angle)]),
            least,
            float(chance.uniform(0.0, 0.03)),
        )

    def draws(self, text: str) -> bool:
        """Say whether it has every sign of a text."""
        return set(text) <= self.own.keys()

    def glyph(self, sign: str) -> tuple[Ink, float]:
        """Return a sign's ink and its advance, as `Face.glyph` does."""
        fine = EM * _FINE
        picture = np.zeros((2 * fine, 2 * fine), np.uint8)
        width = self.size[0] * _WIDTHS.get(sign, 1.0)
        scale, origin = np.array([width, self.size[1]]), np.array([0.5 + self.gap / 2, 1.4 - self.size[1]])
        for stroke in self.own[sign]:
            places = stroke * scale + origin + self.chance.normal(0, self.unrest, stroke.shape)
            self._drawn(picture, _curve(places) * fine, fine)
        ink = cv2.resize(picture, (2 * EM, 2 * EM), interpolation=cv2.INTER_AREA)
        return np.asarray(ink, np.uint8), (width + self.gap) * EM

    def _drawn(self, picture: Ink, line: Points, fine: int) -> None:
        """Draw a stroke as the nib sweeps over its places."""
        nib, least = self.nib * fine, max(1, round(self.least * fine))
        for begin, end in itertools.pairwise(line):
            swept = np.array([begin - nib, begin + nib, end + nib, end - nib])
            cv2.fillConvexPoly(picture, cv2.convexHull(swept.astype(np.int32)), 255, cv2.LINE_AA)
        cv2.polylines(picture, [line.astype(np.int32)], False, 255, least, cv2.LINE_AA)


def _nib(chance: Chance) -> tuple[float, float]:
    """Return how broad a nib is, in ems, and its angle: a ball, a brush, or a pen that makes level strokes thin."""
    kind = chance.random()
    if kind < 0.4:
        return float(chance.uniform(0.03, 0.09)), float(chance.uniform(0, np.pi))
    if kind < 0.7:
        return float(chance.uniform(0.09, 0.2)), float(chance.uniform(-0.2, 0.9))
    return float(chance.uniform(0.05, 0.13)), float(chance.normal(0, 0.12))


def _curve(places: Points) -> Points:
    """Return a smooth line through some places (Catmull and Rom's spline); two of them make a straight one."""
    if len(places) < 3:
        return np.linspace(places[0], places[-1], _STEPS)
    ends = np.vstack([2 * places[0] - places[1], places, 2 * places[-1] - places[-2]])
    parts: list[Any] = []
    along = np.linspace(0, 1, _STEPS)[:, None]
    for first, second, third, fourth in zip(ends[:-3], ends[1:-2], ends[2:-1], ends[3:], strict=True):
        parts.append(
            0.5
            * (
                2 * second
                + (third - first) * along
                + (2 * first - 5 * second + 4 * third - fourth) * along**2
                + (3 * second - first - 3 * third + fourth) * along**3
            )
        )
    return np.concatenate(parts)
