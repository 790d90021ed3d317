"""Numbers within longer texts, as both recognisers read them together.

Between Chinese characters the first one loses figures, most of all a thin 1 beside another, and is sure of what is
left: twelve becomes two. The second one knows figures and nothing else; it is shown what stands between the two signs
around a number. What both hold of a number makes how sure its figures are.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import string

import numpy as np

from formsvc.chinese import is_han
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition.decode import Line, candidates, columns_of, likelihoods_of
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.models import Models, Probabilities
from formsvc.extraction.scan.recognition.witness import Witness, weighed_with
from formsvc.forms.spec import Kind

_NUMBER = re.compile("(?<!^)[0-9Il|]*[0-9][0-9Il|]*(?!$)")
"""A number with signs on both sides; strokes beside a figure are figures too."""
_WIDTH, _WIDEST = 0.8, 1.1
"""How wide a Chinese character is where there are too few to tell, and at most, as parts of the row's height."""
_HALF, _OWN = 0.5, 0.3
"""Widths of a character from the middle of a sign to where it ends, and of a figure at least."""


def with_numbers(models: Models, row: Row, line: Line) -> Line:
    """Return a reading of a row with its numbers as both recognisers read them; without the second one as it is."""
    if models.figures is None or not row.strip.size:
        return line
    for match in reversed(list(_NUMBER.finditer(line.text))):
        line = _with_number(models, row, line, *match.span())
    return line


def _with_number(models: Models, row: Row, line: Line, start: int, end: int) -> Line:
    told = _told(models, row, line, start, end)
    if not told:
        return line
    text, sure = max(told.items(), key=lambda one: one[1])
    if text == line.text[start:end]:
        kept = (min(one, sure) for one in line.confidences[start:end])
        return dataclasses.replace(line, confidences=_put(line.confidences, start, end, tuple(kept)))
    places = np.linspace(line.places[start - 1], line.places[end], len(text) + 2)[1:-1].tolist()
    return Line(
        line.text[:start] + text + line.text[end:],
        _put(line.confidences, start, end, (sure,) * len(text)),
        _put(line.places, start, end, tuple(places)),
    )


def _put(all_of: tuple[float, ...], start: int, end: int, part: tuple[float, ...]) -> tuple[float, ...]:
    return all_of[:start] + part + all_of[end:]


def _told(models: Models, row: Row, line: Line, start: int, end: int) -> dict[str, float]:
    """Return how likely each number is, 0 to 1, by what both recognisers see between the signs around it."""
    witness = Witness.of(models, Kind.INTEGER, [_shown(row.strip, line, start, end)], signs=string.digits)
    steps = _between(row.steps, line.places[start - 1], line.places[end])
    if witness is None or not len(steps):
        return {}
    found = [*candidates(models, steps, columns_of(models, string.digits)), *witness.found]
    texts = dict.fromkeys([*(one.text for one in found), line.text[start:end]])
    readings = [text for text in texts if text and text.isdecimal()]
    told = likelihoods_of(models, steps, readings)
    both = weighed_with(witness, [dataclasses.replace(found[0], text=text, score=told[text]) for text in readings])
    likely = np.exp(np.array([one.score for one in both]) - max(one.score for one in both))
    return {one.text: float(share) for one, share in zip(both, likely / likely.sum(), strict=True)}


def _shown(strip: Grey, line: Line, start: int, end: int) -> Grey:
    """Return what stands between the signs around a number."""
    height, width = strip.shape
    own = [place for sign, place in zip(line.text, line.places, strict=True) if is_han(sign)]
    apart = [(after - before) * width for before, after in itertools.pairwise(own)]
    sign = min(float(np.median(apart)) if len(apart) > 1 else _WIDTH * height, _WIDEST * height)
    places = [place * width for place in line.places]
    left = min(places[start - 1] + _HALF * sign, places[start] - _OWN * sign)
    right = max(places[end] - _HALF * sign, places[end - 1] + _OWN * sign)
    return strip[:, max(int(left), 0) : int(right)]


def _between(steps: Probabilities, before: float, after: float) -> Probabilities:
    """Return the steps between two places."""
    return steps[int(before * len(steps)) + 1 : int(after * len(steps))]
