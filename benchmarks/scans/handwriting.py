"""Fits by what the reader tells a hand from print, and prints how well it does on seeds it was not fitted on.

`python -m benchmarks.scans.handwriting` makes the pages of development seeds, reads them, takes what the recogniser
makes of every text with the truth of who wrote it, fits a linear probe (logistic regression with a penalty) and writes
`handwriting.json`. What a probe makes of hands nobody showed it is printed too: each typeface is left out once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scans.calibrate import TABLE, read_on
from benchmarks.scans.fonts import CACHE
from benchmarks.scans.generate import DEVELOPMENT, Sample, clean_samples, samples
from formsvc.extraction.scan.recognition.handwriting import Probe, mean_features
from formsvc.extraction.scan.recognition.models import Features, Models, load_models

PROBE = TABLE.with_name("handwriting.json")
_PRINTED = "printed"
_PENALTY, _ROUNDS = 10.0, 30
"""How strongly the weights of standardised features are held to nothing, and how often they are bettered."""
_FEWEST = 20
"""Texts of a typeface from which on it is left out once."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Text:
    """One value on a page: what was made of it, and how it came there."""

    features: Features
    hand: str
    """printed, or the class of the hand."""
    font: str
    """The typeface of the hand that filled the page."""

    @property
    def is_by_hand(self) -> bool:
        """Whether a hand wrote it."""
        return self.hand != _PRINTED


def texts_on(made: Iterator[Sample], models: Models) -> Iterator[Text]:
    """Read pages and yield every value that has signs."""
    for _, text, truth in read_on(made, models):
        for key, wanted in truth["values"].items():
            left, top, right, bottom = text.boxes.get(key, (0, 0, 0, 0))
            rows = [
                row for row in text.rows
                if left <= (row.box[0] + row.box[2]) / 2 <= right and top <= (row.box[1] + row.box[3]) / 2 <= bottom
            ]  # fmt: skip
            features = mean_features(rows)
            if wanted is not None and features is not None:
                yield Text(features, truth["hands"].get(key, truth["hand"]), truth["font"])


def fitted(seen: Sequence[Text]) -> Probe:
    """Return the probe that tells these texts apart best, by Newton's method."""
    plain = np.array([one.features for one in seen], dtype=np.float64)
    by_hand = np.array([one.is_by_hand for one in seen], dtype=np.float64)
    middle, spread = plain.mean(axis=0), plain.std(axis=0) + 1e-6
    shown = np.c_[(plain - middle) / spread, np.ones(len(plain))]
    held = _PENALTY * np.r_[np.ones(plain.shape[1]), 0.0]
    weights = np.zeros(shown.shape[1])
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(shown @ weights, -30, 30)))
        slope = shown.T @ (likely - by_hand) + held * weights
        curve = (shown * (likely * (1 - likely) + 1e-6)[:, None]).T @ shown + np.diag(held)
        weights = weights - np.linalg.solve(curve, slope)
    own = weights[:-1] / spread
    return Probe(own, float(weights[-1] - own @ middle))


def told(probe: Probe, seen: Sequence[Text]) -> Floats:
    """Return for each text by how much a hand is likelier, in logarithms of the odds."""
    return np.array([one.features for one in seen], dtype=np.float64) @ probe.weights + probe.bias


def ranked_right(probe: Probe, seen: Sequence[Text]) -> float:
    """Return how often a text by hand is told likelier to be one than a printed one (the area under the curve)."""
    odds, by_hand = told(probe, seen), np.array([one.is_by_hand for one in seen])
    order = np.searchsorted(np.sort(odds[~by_hand]), odds[by_hand])
    return float(order.mean() / max(int((~by_hand).sum()), 1))


def write(probe: Probe, path: Path = PROBE) -> None:
    """Write a probe where the reader finds it."""
    weights = [round(float(one), 4) for one in probe.weights]
    path.write_text(json.dumps({"bias": round(probe.bias, 4), "weights": weights}) + "\n", encoding="utf-8")


def show(fit: Sequence[Text], check: Sequence[Text]) -> None:
    """Print how often print and hands are told as such, by a probe fitted on other texts."""
    probe = fitted(fit)
    is_hand = told(probe, check) > 0
    print(f"not fitted on: {len(check)} texts, {100 * ranked_right(probe, check):.1f} % ranked right")
    for hand in sorted({one.hand for one in check}):
        own = [one for one, text in zip(is_hand, check, strict=True) if text.hand == hand]
        print(f"  {hand:<8} {100 * float(np.mean(own)):5.1f} % told to be by hand, of {len(own)}")
    for font in sorted({one.font for one in fit if one.is_by_hand}):
        left_out = [one for one in (*fit, *check) if one.is_by_hand and one.font == font]
        if len(left_out) >= _FEWEST:
            others = fitted([one for one in fit if not (one.is_by_hand and one.font == font)])
            share = ranked_right(others, [*left_out, *(one for one in check if not one.is_by_hand)])
            print(f"  left out: {font:<14} {100 * share:5.1f} % ranked right, of {len(left_out)}")


def main() -> None:
    """Fit the probe, write it, and print what it tells."""
    parser = argparse.ArgumentParser(description="Fit by what a hand is told from print, on development seeds.")
    parser.add_argument("--seed", type=int, nargs="*", default=list(DEVELOPMENT), choices=DEVELOPMENT)
    parser.add_argument("--pages", type=int, default=20, help="of each seed and sort")
    given = parser.parse_args()
    cv2.setNumThreads(0)
    models = load_models()
    parts: tuple[list[Text], list[Text]] = ([], [])
    for seed in given.seed:
        for make in (samples, clean_samples):
            parts[seed % 2].extend(texts_on(make(seed, range(given.pages), CACHE / "pages" / str(seed)), models))
        print(f"seed {seed}: {len(parts[0]) + len(parts[1])} texts so far", flush=True)
    show(*parts)
    write(fitted([*parts[0], *parts[1]]))


if __name__ == "__main__":
    main()
