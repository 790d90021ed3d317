"""How likely a text was written by hand, told from what the recogniser makes of its lines.

The recogniser's last layer knows more of a sign than which it is. A linear probe of it (Alain and Bengio 2016,
"Understanding intermediate layers using linear classifier probes") costs nothing to ask. Print is read more surely
right than a hand at the same confidence, so that the answer is one of the doubts that are weighed, and nothing else.
Its weights are fitted on generated scans by `python -m benchmarks.scans.handwriting` and stand in `handwriting.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.models import Features

_TABLE = "handwriting.json"
_SIGN = 0.5
"""How likely a step is the blank of CTC from which on it belongs to no sign."""


def hand_odds(rows: Iterable[Row]) -> float | None:
    """Return by how much a hand is likelier to have written some rows than print, in logarithms of the odds."""
    seen = mean_features(rows)
    probe = _probe()
    return None if seen is None else float(probe.weights @ seen) + probe.bias


def by_hand(odds: Collection[float]) -> float:
    """Return how likely a hand wrote some texts, 0 to 1, by what is told of each; a half where nothing is."""
    mean = sum(odds) / len(odds) if odds else 0.0
    return 1 / (1 + math.exp(-min(max(mean, -30.0), 30.0)))


def mean_features(rows: Iterable[Row]) -> Features | None:
    """Return the mean of what the recogniser makes of each sign of some rows."""
    kept = [row.features[row.steps[:, 0] < _SIGN] for row in rows if len(row.features)]
    signs = np.concatenate(kept) if kept else np.zeros((0, 0), dtype=np.float32)
    return np.asarray(signs.mean(axis=0), dtype=np.float32) if len(signs) else None


@dataclass(frozen=True, slots=True)
class Probe:
    """What each feature says for a hand, in logarithms of the odds."""

    weights: NDArray[np.float64]
    bias: float


def probe_in(text: str) -> Probe:
    """Return the probe a table holds."""
    content = json.loads(text)
    return Probe(np.array(content["weights"]), float(content["bias"]))


@cache
def _probe() -> Probe:
    return probe_in(resources.files(__package__).joinpath(_TABLE).read_text(encoding="utf-8"))
