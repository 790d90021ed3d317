"""What a line says, out of what the recogniser makes of each of its steps (connectionist temporal classification).

Two readings are made of every line: one free, which is kept as the raw text, and one that may use only the signs its
field allows. Where they disagree somebody should look. `likelihood` tells how well a whole text fits, which is how a
list of known names is asked: all texts of one length at once.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.recognition.models import Probabilities, Reads

Logs = NDArray[np.float64]
_FLOOR = 1e-9
_BEAM = 12
"""Beginnings kept at each step."""
_WORTH = 2e-4
"""A sign less likely than this at a step is not followed there."""
NEVER = -1e30


@dataclass(frozen=True, slots=True)
class Line:
    """One reading of a line."""

    text: str
    confidences: tuple[float, ...]
    """For each sign how sure the recogniser is, 0 to 1."""
    places: tuple[float, ...] = ()
    """For each sign where it stands, as a part of the line's width from 0 to 1."""

    def span(self, start: int, end: int) -> tuple[float, float]:
        """Return from where to where some signs stand, as parts of the line's width: halfway to those beside them."""
        places = self.places
        begin = (places[start] + places[start - 1]) / 2 if start else 0.0
        return begin, (places[end] + places[end - 1]) / 2 if end < len(places) else 1.0

    @property
    def lowest(self) -> float:
        """The confidence of the sign it is least sure of; 1 for an empty line."""
        return min(self.confidences, default=1.0)

    @property
    def mean(self) -> float:
        """The geometric mean of the signs' confidences; 1 for an empty line."""
        if not self.confidences:
            return 1.0
        return math.exp(sum(math.log(max(one, _FLOOR)) for one in self.confidences) / len(self.confidences))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text a line may say, with the logarithm of its likelihood."""

    text: str
    score: float


def best_path(models: Reads, steps: Probabilities, allowed: Sequence[int] | None = None) -> Line:
    """Return the reading of the most likely sign at each step, of the allowed columns if they are given."""
    if not len(steps):
        return Line("", ())
    columns = None if allowed is None else np.array([0, *allowed])
    kept = steps if columns is None else steps[:, columns]
    best = kept.argmax(axis=1)
    found: list[tuple[int, float, float]] = []
    step = 0
    for index, run in itertools.groupby(best.tolist()):
        length = len(list(run))
        if index:
            sure = float(kept[step : step + length, index].max())
            found.append((index, sure, (step + length / 2) / len(steps)))
        step += length
    signs = [models.signs[index if columns is None else int(columns[index])] for index, _, _ in found]
    return Line("".join(signs), tuple(one[1] for one in found), tuple(one[2] for one in found))


def columns_of(models: Reads, signs: Iterable[str]) -> tuple[int, ...]:
    """Return the columns of some signs; one the recogniser does not know has none."""
    return tuple(sorted({models.columns[sign] for sign in signs if sign in models.columns}))


def candidates(models: Reads, steps: Probabilities, allowed: Sequence[int], count: int = 8) -> list[Candidate]:
    """Return the likeliest texts of allowed signs, best first: a search over common beginnings."""
    columns = [0, *allowed]
    kept = steps[:, columns].astype(np.float64)
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    logs = 0.0
    for row in kept:
        beams = _followed(beams, row)
        total = max(sum(pair) for pair in beams.values())
        if total <= 0:
            return []
        logs += math.log(total)
        beams = {text: (blank / total, sign / total) for text, (blank, sign) in beams.items()}
    ranked = sorted(beams.items(), key=lambda item: -sum(item[1]))[:count]
    found = [
        Candidate("".join(models.signs[columns[index]] for index in text), logs + math.log(max(sum(pair), 1e-300)))
        for text, pair in ranked
    ]
    told = likelihoods_of(models, steps, [one.text for one in found])
    exact = [Candidate(one.text, max(told[one.text], one.score)) for one in found]
    return sorted(exact, key=lambda one: -one.score)


def _followed(
    beams: dict[tuple[int, ...], tuple[float, float]], row: NDArray[np.float64]
) -> dict[tuple[int, ...], tuple[float, float]]:
    """Return the beginnings one step on: (likelihood ending in a blank, likelihood ending in a sign) of each."""
    blank_now = max(float(row[0]), _FLOOR)
    worth = [index for index in np.flatnonzero(row > _WORTH).tolist() if index]
    grown: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for text, (blank, sign) in beams.items():
        both = blank + sign
        stays = grown[text]
        stays[0] += both * blank_now
        if text:
            stays[1] += sign * max(float(row[text[-1]]), _FLOOR)
        for index in worth:
            likely = float(row[index])
            longer = grown[(*text, index)]
            longer[1] += (blank if text and text[-1] == index else both) * likely
    best = sorted(grown.items(), key=lambda item: -(item[1][0] + item[1][1]))[:_BEAM]
    return {text: (pair[0], pair[1]) for text, pair in best}


def likelihoods(steps: Probabilities, texts: NDArray[np.intp]) -> Logs:
    """Return the logarithm of how well each text of a table fits the steps; shape (texts, signs) of columns.

    All texts of the table have one length.
    """
    count, length = texts.shape
    if not len(steps) or not length:
        return np.full(count, NEVER)
    needed, inverse = np.unique(texts, return_inverse=True)
    logs = np.log(np.maximum(steps[:, [0, *needed.tolist()]].astype(np.float64), _FLOOR))
    labels = np.zeros((count, 2 * length + 1), dtype=np.intp)
    labels[:, 1::2] = inverse.reshape(texts.shape) + 1
    skips = np.zeros(labels.shape, dtype=np.bool_)
    skips[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    state = np.full(labels.shape, NEVER)
    state[:, 0] = logs[0, 0]
    state[:, 1] = logs[0][labels[:, 1]]
    for row in logs[1:]:
        before = np.full_like(state, NEVER)
        before[:, 1:] = state[:, :-1]
        skipped = np.full_like(state, NEVER)
        skipped[:, 2:] = np.where(skips[:, 2:], state[:, :-2], NEVER)
        state = np.logaddexp(np.logaddexp(state, before), skipped) + row[labels]
    return np.asarray(np.logaddexp(state[:, -1], state[:, -2]))


def likelihood(models: Reads, steps: Probabilities, text: str) -> float:
    """Return the logarithm of how well one text fits the steps; NEVER when it has a sign the recogniser lacks."""
    if not text or any(sign not in models.columns for sign in text):
        return NEVER
    return float(likelihoods(steps, np.array([[models.columns[sign] for sign in text]], dtype=np.intp))[0])


def likelihoods_of(models: Reads, steps: Probabilities, texts: Iterable[str]) -> dict[str, float]:
    """Return the same of several texts, those of one length together."""
    every = dict.fromkeys(texts)
    told = dict.fromkeys(every, NEVER)
    alike: dict[int, list[str]] = defaultdict(list)
    for text in every:
        if text and all(sign in models.columns for sign in text):
            alike[len(text)].append(text)
    for found in alike.values():
        table = np.array([[models.columns[sign] for sign in text] for text in found], dtype=np.intp)
        told |= dict(zip(found, likelihoods(steps, table).tolist(), strict=True))
    return told
