"""Names that are known, as evidence for what a line says: never in place of what was read.

Every known name of fitting length is scored under the recogniser's own steps. One is chosen over the free reading only
when it fits nearly as well, differs in few signs, and no other known name fits nearly as well as it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from formsvc.chinese import fold_name
from formsvc.extraction.scan.recognition.decode import NEVER, likelihoods
from formsvc.extraction.scan.recognition.matching import distance
from formsvc.extraction.scan.recognition.models import Models, Probabilities
from formsvc.forms.spec import Kind

_SPAN = 1
"""How much longer or shorter than the free reading a known name may be."""
_MOST = 200_000
"""Names scored; a longer list is no roster of one office."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The known names that fit a line best."""

    best: str
    score: float
    """The logarithm of its likelihood."""
    second: str
    gap: float
    """How much likelier the best is than the second; 30 when there is none."""


class Lexicon:
    """The names of people, and those of organisations, that a form may hold."""

    def __init__(self, names: Iterable[str] = (), organisations: Iterable[str] = ()) -> None:
        self.names = Names(names)
        self.organisations = Names(organisations)

    def of(self, kind: Kind) -> Names:
        """Return the names that are known of what fields of a kind hold; none of most kinds."""
        return {Kind.NAME: self.names, Kind.ORGANISATION: self.organisations}.get(kind, _NONE)


class Names:
    """Names by their length, ready to be scored."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for name in sorted({fold_name(one) for one in names} - {""})[:_MOST]:
            self._by_length[len(name)].append(name)

    def __bool__(self) -> bool:
        return bool(self._by_length)

    def __contains__(self, text: str) -> bool:
        name = fold_name(text)
        return name in self._by_length.get(len(name), ())

    def fit(self, models: Models, steps: Probabilities, read: str) -> Fit | None:
        """Return which name fits the steps of a line best, given what was read freely; None when none is near."""
        scored: list[tuple[float, str]] = []
        for length in range(max(1, len(read) - _SPAN), len(read) + _SPAN + 1):
            near = self._near(models, read, length)
            if near:
                table = np.array([[models.columns[sign] for sign in name] for name in near], dtype=np.intp)
                scored += zip(likelihoods(steps, table).tolist(), near, strict=True)
        ranked = sorted(scored, key=lambda one: (-one[0], one[1]))[:2]
        if not ranked or ranked[0][0] <= NEVER:
            return None
        second = ranked[1] if len(ranked) > 1 else (ranked[0][0] - 30.0, "")
        return Fit(ranked[0][1], ranked[0][0], second[1], ranked[0][0] - second[0])

    def _near(self, models: Models, read: str, length: int) -> Sequence[str]:
        """Return the names of a length that share enough signs with what was read and can be recognised."""
        signs = set(read)
        names = self._by_length.get(length, ())
        if length > 4:
            names = [name for name in names if len(signs & set(name)) >= length // 2]
        return [name for name in names if all(sign in models.columns for sign in name)]


_NONE = Names(())


def differs_little(read: str, name: str) -> bool:
    """Whether a known name could be what was read: one sign differs, or two of a long one."""
    return distance(fold_name(read), name) <= (1 if len(name) <= 4 else max(2, len(name) // 6))
