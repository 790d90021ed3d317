"""What a second recogniser says of figures and addresses, beside the first.

It knows their signs and no others, learnt from other faces, and errs elsewhere. Readings are weighed by what both hold
of them; either may be wrong altogether, so neither can rule out what the other is sure of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition.alphabets import signs_of
from formsvc.extraction.scan.recognition.decode import (
    Candidate,
    Line,
    best_path,
    candidates,
    columns_of,
    likelihoods_of,
)
from formsvc.extraction.scan.recognition.models import Figures, Models, Probabilities
from formsvc.forms.spec import Kind

HEIGHT = 32
_NARROWEST, _WIDEST = 16, 1600
"""Pixels at its height."""
_WIDTHS: Mapping[Kind, float] = MappingProxyType({Kind.EMAIL: 1.05})
_WIDTH = 1.2
"""How wide a line is shown, as a part of its width: narrow signs need a step each and one between them."""
_DEAF, _FIRST_DEAF = 12.0, 20.0
"""How much less likely than its likeliest reading, in logarithms, it and the first recogniser can hold any other."""
_WEIGHTS: Mapping[Kind, float] = MappingProxyType(
    {Kind.EMAIL: 0.35, **dict.fromkeys((Kind.DATE, Kind.MONTH, Kind.YEAR, Kind.PHONE, Kind.INTEGER), 0.6)}
)
"""What its word counts beside the first one's in the fields in which it is asked."""
_DARKEST = 255.0


@dataclass(frozen=True, slots=True)
class Witness:
    """What the second recogniser makes of the rows of a field."""

    figures: Figures
    weight: float
    """What its word counts when readings are ranked."""
    steps: Probabilities
    line: Line
    """Its own reading."""
    found: Sequence[Candidate]
    """The likeliest ones it can think of, best first."""

    @classmethod
    def of(cls, models: Models, kind: Kind, strips: Sequence[Grey], *, signs: str | None = None) -> Witness | None:
        """Show it the pictures of some rows; None when it knows nothing of such fields, or sees nothing.

        `signs` are those that may stand there, where they are fewer than a field of the kind can hold.
        """
        signs, weight = signs or signs_of(kind), _WEIGHTS.get(kind)
        if (
            models.figures is None
            or signs is None
            or weight is None
            or not strips
            or not all(strip.size for strip in strips)
        ):
            return None
        figures = models.figures
        steps = _joined([figures.probabilities(_prepared(strip, kind)) for strip in strips])
        columns = columns_of(figures, _spelt(signs))
        found = candidates(figures, steps, columns)
        return cls(figures, weight, steps, best_path(figures, steps, columns), found) if found else None

    def against(self, texts: Sequence[str]) -> Mapping[str, float]:
        """Return how much less likely than its own best reading it holds each of some texts, 0 to `_DEAF`."""
        spelt = {text: _spelt(text) for text in texts}
        told = likelihoods_of(self.figures, self.steps, spelt.values())
        return {text: -_heard(min(told[own] - self.found[0].score, 0.0)) for text, own in spelt.items()}


def weighed_with(witness: Witness, found: Sequence[Candidate]) -> list[Candidate]:
    """Return readings with scores of both recognisers together."""
    best = max((one.score for one in found), default=0.0)
    against = witness.against([one.text for one in found])
    return [
        Candidate(one.text, best + _heard(one.score - best, _FIRST_DEAF) - witness.weight * against[one.text])
        for one in found
    ]


def _heard(behind: float, deaf: float = _DEAF) -> float:
    """Return what is left of a difference of likelihoods when whoever tells it may be wrong altogether."""
    return float(np.logaddexp(behind, -deaf))


def _spelt(text: str) -> str:
    return "".join(text.split()).replace("○", "〇")


def _prepared(strip: Grey, kind: Kind) -> Probabilities:
    height, width = strip.shape
    wanted = round(width * HEIGHT / height * _WIDTHS.get(kind, _WIDTH))
    size = (min(max(wanted, _NARROWEST), _WIDEST), HEIGHT)
    scaled = cv2.resize(strip, size, interpolation=cv2.INTER_AREA if height > HEIGHT else cv2.INTER_CUBIC)
    return np.asarray(1 - scaled.astype(np.float32) / _DARKEST, dtype=np.float32)


def _joined(parts: Sequence[Probabilities]) -> Probabilities:
    blank = np.zeros((1, parts[0].shape[1]), dtype=np.float32)
    blank[0, 0] = 1
    return np.concatenate([one for part in parts for one in (part, blank)][:-1])
