"""Holes in a line of Chinese: where a sign must stand that the recogniser left out.

Print gives every Chinese sign the same width, and so nearly does a hand. Where two of them stand much farther apart
than the others do and there is ink between, a sign was swallowed, and the recogniser is sure of all it did read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from formsvc.chinese import is_han
from formsvc.extraction.scan.recognition.lines import Row

_WIDE = frozenset("，。、；：（）《》“”")
_FEWEST = 3
"""Pairs of neighbours from which the distance of a line's signs is known."""
_FAR = 1.62
"""Distances of neighbours from which two signs are no neighbours."""
_OWN = 0.62
"""Distances of neighbours on each side of a sign's middle that its own ink may take."""
_LEAST = 0.12
"""Distances of neighbours that the ink of a swallowed sign takes at least."""


def holes(row: Row, *, blanks: bool = False) -> int:
    """Return how many signs seem to be missing between the Chinese ones of a row.

    With `blanks` a gap with nothing in it counts too, for what is written without blanks: a fax loses thin strokes.
    """
    return sum(1 for _ in _holes(row, blanks=blanks))


def _holes(row: Row, *, blanks: bool) -> Iterator[int]:
    if not len(row.ink) or len(row.line.places) != len(row.line.text):
        return
    signs = [(sign, place * len(row.ink)) for sign, place in zip(row.line.text, row.line.places, strict=True)]
    signs = [(sign, place) for sign, place in signs if not (blanks and sign.isspace())]
    near = [right - left for (one, left), (other, right) in itertools.pairwise(signs) if is_han(one) and is_han(other)]
    if len(near) < _FEWEST:
        return
    pitch = float(np.median(near))
    for number, ((one, left), (other, right)) in enumerate(itertools.pairwise(signs)):
        if not (is_han(one) and (is_han(other) or other in _WIDE)) or right - left < _FAR * pitch:
            continue
        between = row.ink[round(left + _OWN * pitch) : round(right - _OWN * pitch) + 1]
        if blanks or float(between.sum()) >= max(_LEAST * pitch, 1):
            yield number
