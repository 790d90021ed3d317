"""Which of several likely signs makes a word: a small vocabulary of official Chinese, as evidence between readings.

Each place keeps the recogniser's own alternatives; a pair of signs that stands in a word of the vocabulary counts
for more. A sign the recogniser is sure of stays, whatever the vocabulary says, and one that gave way is never sure.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from formsvc.chinese import fold
from formsvc.extraction.scan.recognition.decode import Line
from formsvc.extraction.scan.recognition.models import Models, Probabilities

PAIR = 2.6
"""What a pair of signs that is found in a word counts, as a logarithm of likelihood, when a reading is judged."""
_CHOSEN_FOR = 4.2
"""The same when signs are chosen: bold, since one that is chosen for its word alone is told as doubtful."""
_LONG, _LONG_WORD = 3, 3.0
"""From how many signs on a word is a longer one, and what it counts beside its pairs."""
_OTHERS = 8
_WORTH = 0.003
"""How many alternatives a place has at most, and how likely one is, as a part of the best sign's likelihood."""
_RIVALS, _RIVAL = 4, 0.01
"""The same of those that make a sign less sure."""
_PAIRS = (("于", "干"), ("未", "末"), ("土", "士"), ("村", "忖"), ("己", "已"))
_TWINS = {**dict(_PAIRS), **{twin: sign for sign, twin in _PAIRS}}
"""Signs of print that differ by a hair, which the recogniser takes for each other and is sure of."""
_GAVE_WAY = 0.98
"""How sure a sign can be that only the word it stands in tells from its twin."""
_STOPS = "，。；、,;."
_HAN = "[\u3400-\u9fff]"
_SUPPOSED = (
    (re.compile(f"(?<=[0-9%]|人|户|次|件|名)([^0-9%\u3400-\u9fff{_STOPS}]?)(?=[上下](?:[{_STOPS}]|$))"), "以"),
    (re.compile(f"(?<={_HAN}{{4}})([·•・])(?={_HAN}{{2}})"), "，"),
)
"""Where signs are meant that were read as others or not at all, and which; a name of two parts has shorter ones."""
_HARDLY = 0.1
"""How sure such a sign is, and at most one chosen for its word though another is likelier: a person is asked."""
_VOCABULARY = "vocabulary.txt"


@cache
def pairs() -> frozenset[str]:
    """Return all pairs of signs that stand beside each other in a word."""
    return frozenset(word[place : place + 2] for word in _words() for place in range(len(word) - 1))


def familiarity(text: str) -> float:
    """Return what the pairs and the longer words of a text count, as a logarithm of likelihood."""
    found = sum(text[place : place + 2] in pairs() for place in range(len(text) - 1))
    return PAIR * found + _LONG_WORD * sum(word in _words() for _, word in _parts(text))


def mended(text: str) -> frozenset[str]:
    """Return a text with each longer word, or two, of which all signs but one stand in it."""
    once = _mended(text)
    return frozenset(once.union(*map(_mended, once)) - {text})


def _mended(text: str) -> set[str]:
    return {
        text[:start] + word + text[start + len(part) :]
        for start, part in _parts(text)
        for place in range(len(part))
        for word in _words_but_one().get((place, part[:place] + part[place + 1 :]), ())
        if word != part
    }


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield every part of a text that is as long as a longer word may be, with where it begins."""
    for length in range(_LONG, min(len(text), _longest()) + 1):
        yield from ((start, text[start : start + length]) for start in range(len(text) - length + 1))


@cache
def _words() -> frozenset[str]:
    return frozenset(resources.files(__package__).joinpath(_VOCABULARY).read_text(encoding="utf-8").split())


@cache
def _longest() -> int:
    return max(map(len, _words()))


@cache
def _words_but_one() -> Mapping[tuple[int, str], Sequence[str]]:
    """Return the longer words by the place of a sign and all others of their signs."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for word in _words():
        for place in range(len(word) if len(word) >= _LONG else 0):
            found[place, word[:place] + word[place + 1 :]].append(word)
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """The signs one place of a line may hold, the recogniser's best first."""

    signs: tuple[str, ...]
    likely: tuple[float, ...]
    where: float

    def likely_of(self, sign: str) -> float:
        """Return how likely a sign is here, 0 if it is none of the alternatives."""
        return dict(zip(self.signs, self.likely, strict=True)).get(sign, 0.0)


def worded(models: Models, steps: Probabilities) -> Line:
    """Return a line with the signs that make words where the recogniser itself wavers."""
    places = _places(models, steps)
    if not places:
        return Line("", ())
    chosen = _best(places)
    texts = [place.signs[index] for place, index in zip(places, chosen, strict=True)]
    sure = [_sure(places, chosen, number) for number in range(len(places))]
    for number, sign in _twins(texts).items():
        if sign != places[number].signs[0]:
            of_both = sum(places[number].likely_of(one) for one in (sign, _TWINS[sign]))
            texts[number], sure[number] = sign, min(of_both, _GAVE_WAY)
    return _with_supposed(Line("".join(texts), tuple(sure), tuple(place.where for place in places)))


def _with_supposed(line: Line) -> Line:
    """Return a line with the signs that can only be meant where others, or none, were read; none of them is sure.

    Hands make the first sign of 以上 of strokes that are read as a mark or as nothing, behind an amount and where the
    clause ends with the second one; and commas without a tail.
    """
    text, sure, places = line.text, line.confidences, line.places
    for pattern, sign in _SUPPOSED:
        for match in reversed(list(pattern.finditer(text))):
            start, end = match.span(1)
            sure = (*sure[:start], _HARDLY, *sure[end:])
            places = (*places[:start], (places[start - 1] + places[end]) / 2, *places[end:])
            text = f"{text[:start]}{sign}{text[end:]}"
    return Line(text, sure, places)


def _twins(texts: Sequence[str]) -> dict[int, str]:
    """Return where one of two signs that look alike makes a word with its neighbours and the other none, and which."""
    found = {}
    for number, sign in enumerate(texts):
        around = texts[number - 1] if number else "", "".join(texts[number + 1 : number + 2])
        worded = [one for one in (sign, _TWINS.get(sign)) if one is not None and _is_worded(one, *around)]
        if sign in _TWINS and len(worded) == 1:
            found[number] = worded[0]
    return found


def _is_worded(sign: str, left: str, right: str) -> bool:
    return left + sign in pairs() or sign + right in pairs()


def _places(models: Models, steps: Probabilities) -> list[_Place]:
    best = steps.argmax(axis=1)
    edges = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), len(best)]
    found = []
    for start, end in itertools.pairwise(edges):
        if end <= start or not best[start]:
            continue
        likely = steps[start:end].max(axis=0)
        likely[0] = 0
        count = min(_OTHERS, len(likely))
        top = np.argpartition(likely, -count)[-count:]
        ranked = [int(index) for index in top[np.argsort(-likely[top])] if likely[index] >= _WORTH * likely[top].max()]
        alternatives = _without_widths([(models.signs[index], float(likely[index])) for index in ranked])
        found.append(_Place(tuple(alternatives), tuple(alternatives.values()), (start + end) / 2 / len(best)))
    return found


def _without_widths(ranked: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Return signs with how likely they are; of signs that differ in width alone the likeliest stands for all."""
    likely: dict[str, float] = {}
    kept: dict[str, str] = {}
    for sign, one in ranked:
        first = kept.setdefault(fold(sign), sign)
        likely[first] = likely.get(first, 0.0) + one
    return likely


def _best(places: Sequence[_Place]) -> list[int]:
    """Return which sign of each place makes the likeliest line (Viterbi)."""
    scores = [math.log(one) for one in places[0].likely]
    backs: list[list[int]] = []
    for before, place in itertools.pairwise(places):
        steps = [
            [score + _pair(left, right, _CHOSEN_FOR) for score, left in zip(scores, before.signs, strict=True)]
            for right in place.signs
        ]
        backs.append([max(range(len(row)), key=row.__getitem__) for row in steps])
        scores = [max(row) + math.log(likely) for row, likely in zip(steps, place.likely, strict=True)]
    chosen = [max(range(len(scores)), key=scores.__getitem__)]
    for back in reversed(backs):
        chosen.append(back[chosen[-1]])
    return chosen[::-1]


def _pair(left: str, right: str, counts: float = PAIR) -> float:
    return counts if left + right in pairs() else 0.0


def _sure(places: Sequence[_Place], chosen: Sequence[int], number: int) -> float:
    """Return how sure the sign of a place is among those that are not unlikely there, its neighbours given."""
    place = places[number]
    left = places[number - 1].signs[chosen[number - 1]] if number else ""
    right = places[number + 1].signs[chosen[number + 1]] if number + 1 < len(places) else ""
    weights = [
        likely * math.exp(_pair(left, sign) + _pair(sign, right))
        for sign, likely in zip(place.signs, place.likely, strict=True)
    ]
    near = [one for one, likely in enumerate(place.likely[:_RIVALS]) if likely >= _RIVAL * place.likely[0]]
    share = weights[chosen[number]] / sum(weights[one] for one in {*near, chosen[number]})
    is_bold = weights[chosen[number]] < max(weights[one] for one in near)
    return min(min(sum(place.likely), 1.0) * share, _HARDLY if is_bold else 1.0)
