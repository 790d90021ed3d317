"""How wide the columns of a table are, by what stands in them.

Pure arithmetic in em: no column is narrower than what should stay whole in it while there is room for that, none wider
than its longest cell needs, and the columns that have to be broken are broken into about as many lines each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formsvc.rendering.spacing import Advance, measured

_WHOLE = 7.0
"""What is no longer than this is not broken: a name, a date, a status."""
_WORD = 12.0
"""The longest word or number a column is made wide for; a longer one may be cut."""
_EASE = 0.05
"""What a column is wider than its longest cell, so that rounding breaks nothing."""
_COMMON = 0.9
"""The part of a column's cells that settles how wide it should be; the odd endless one does not."""
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Extent:
    """How much room a text takes."""

    whole: float
    """On one line."""
    word: float
    """The longest part of it that stays whole."""


def extent_of(text: str, advance: Advance) -> Extent:
    """Measure a text."""
    spacing = measured(text, advance)
    word, start = 0.0, 0
    for place in spacing.breaks:
        end = spacing.visible_end(start, place)
        word = max(word, spacing.natural(start, end) - spacing.tail(end))
        start = place
    end = spacing.visible_end(0, len(text))
    return Extent(spacing.natural(0, end) - spacing.tail(end), word)


def column_widths(columns: Sequence[Sequence[Extent]], total: float) -> list[float]:
    """Return the width of each column of at least one cell; together they are `total`."""
    most = [max(cell.whole for cell in column) + _EASE for column in columns]
    if sum(most) <= total:
        return [width * total / sum(most) for width in most]
    words = [max(min(cell.word, _WORD) for cell in column) + _EASE for column in columns]
    least = [min(width, max(word, _WHOLE)) for width, word in zip(most, words, strict=True)]
    if sum(least) >= total:
        return [width * total / sum(least) for width in least]
    usual = [_usual([cell.whole for cell in column]) for column in columns]
    low, high = 0.0, 1.0 + max(most) / min(usual)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if sum(_between(usual, least, most, middle)) <= total:
            low = middle
        else:
            high = middle
    found = _between(usual, least, most, low)
    return [width * total / sum(found) for width in found]


def _usual(widths: list[float]) -> float:
    """Return the width that most cells of a column need."""
    return max(sorted(widths)[int(_COMMON * (len(widths) - 1))], 1.0)


def _between(usual: list[float], least: list[float], most: list[float], scale: float) -> list[float]:
    return [max(low, min(high, scale * width)) for width, low, high in zip(usual, least, most, strict=True)]
