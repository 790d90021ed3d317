"""What stands between the characters of a paragraph: white, white to give or take, and where it may break.

All widths are in em, so that one measuring serves every size the paragraph is tried at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate, compress
from operator import add
from typing import Generic, TypeVar

from formsvc.rendering.punctuation import Kind, Traits, in_number, inseparable, touches_number, traits

Advance = Callable[[str], float]
"""Gives the advance of one character in em."""

HALF, QUARTER = 0.5, 0.25
_FULL_WIDTH = 0.95
"""From this advance on a mark has half an em of white to give up."""
_Fact = TypeVar("_Fact")
_MARKS = (Kind.OPEN, Kind.CLOSE)
_TURNING = frozenset('"\u2019')
"""Marks that open or close as their neighbours make them."""
_PAIRS = 50_000
"""Pairs of characters that are remembered, for each face of letters some 10 MB at most."""
_Pair = tuple[float, float, bool, bool | None]
"""Gap, white to give, whether white may be added, and whether a line may break between two characters; None when more
of their neighbours have to be seen."""
_PLAIN: _Pair = (0.0, 0.0, True, True)
"""What stands between two plain characters."""


class Spacing:
    """A paragraph measured: for every character its advance, and for every gap after one what it may become."""

    __slots__ = (
        "_breaks", "_ends", "_given", "_gives", "_leads", "_may", "_tails", "_turned", "advances", "even", "gaps",
        "text",
    )  # fmt: skip

    def __init__(self, text: str, advance: Advance) -> None:
        known = _pairs_of(advance)
        length = len(text)
        self.text = text
        self.advances = list(map(known.advances.__getitem__, text))
        self._turned = None if _TURNING.isdisjoint(text) else _turned(text)
        self.gaps = [0.0] * length
        """White after each character: a quarter of an em, or less than nothing between two marks."""
        self.even = [True] * length
        """Whether white may be added after each character to fill a line."""
        self._gives = [0.0] * length
        self._may: list[bool | None] = [True] * length
        self._tails, self._leads = known.tails, known.leads
        odd = list(compress(range(length), map(known.odd.__getitem__, text)))
        if odd:
            self._part(odd, known)
        self._ends: list[float] = list(accumulate(map(add, self.advances, self.gaps), initial=0.0))
        self._breaks: list[int] | None = None
        self._given: list[float] | None = None

    def _part(self, odd: list[int], known: _Pairs) -> None:
        """Note what stands before and after the characters at these places; between others stands nothing."""
        text, gaps, gives, even, may = self.text, self.gaps, self._gives, self.even, self._may
        last = len(text) - 1
        for at in sorted({*odd, *[place - 1 for place in odd]}):
            if 0 <= at < last:
                if self._turned is None:
                    gaps[at], gives[at], even[at], may[at] = known[text[at : at + 2]]
                else:
                    gaps[at], gives[at], even[at] = known.between(text[at : at + 2], *self._turned[at : at + 2])
                    may[at] = None

    @property
    def breaks(self) -> list[int]:
        """The places, counted in characters, where a line may end; the last is the end of the paragraph."""
        if self._breaks is None:
            length, may = len(self.text), self._may
            if None in may:
                may = [self._may_break(place) if found is None else found for place, found in enumerate(may, 1)]
            self._breaks = [*compress(range(1, length), may), length]
        return self._breaks

    @property
    def _giving(self) -> list[float]:
        """How much white all marks up to each character can give up."""
        if self._given is None:
            self._given = list(accumulate(self._gives, initial=0.0))
        return self._given

    def trait(self, place: int) -> Traits:
        """Return the traits of a character, those of straight and raised quotes as their neighbours make them."""
        return traits(self.text[place]) if self._turned is None else self._turned[place]

    @property
    def places(self) -> list[float]:
        """How far along the unbroken paragraph each character begins, and the end."""
        return self._ends

    def visible_end(self, start: int, end: int) -> int:
        """Return where the spaces that hang past the end of the line [start, end) begin."""
        while end > start and self.trait(end - 1).kind is Kind.SPACE:
            end -= 1
        return end

    def shown(self, start: int, end: int) -> tuple[int, float]:
        """Return where what is seen of the line [start, end) ends, and how wide it is to the eye."""
        if self._turned is not None or end <= start:
            end = self.visible_end(start, end)
            return end, self.natural(start, end) - self.tail(end)
        text, tails = self.text, self._tails
        while (tail := tails[text[end - 1]]) is None:
            end -= 1
            if end == start:
                return end, 0.0 - self.tail(end)
        width = self._ends[end] - self._ends[start] - self.gaps[end - 1]
        if start:
            width -= self._leads[text[start]]
        return end, width - tail

    def lead(self, start: int) -> float:
        """Return the white a line that begins at `start` can give up at its left edge; the first line keeps it."""
        return HALF if start and self._has_white(start, Kind.OPEN) else 0.0

    def tail(self, end: int) -> float:
        """Return the white a line whose last visible character is before `end` can give up at its right edge."""
        return HALF if end and self._has_white(end - 1, Kind.CLOSE) else 0.0

    def natural(self, start: int, end: int) -> float:
        """Return the width of the visible line [start, end), nothing given up at its right edge."""
        if end <= start:
            return 0.0
        return self._ends[end] - self._ends[start] - self.gaps[end - 1] - self.lead(start)

    def give(self, start: int, end: int) -> float:
        """Return how much white the marks inside the visible line [start, end) can give up."""
        return self._giving[end - 1] - self._giving[start] if end > start else 0.0

    def give_of(self, place: int) -> float:
        """Return how much white can be taken away after the character `place`."""
        return self._gives[place]

    def may_begin(self, place: int) -> bool:
        """Say whether the marks around `place` let a line begin there, words aside."""
        before = self.visible_end(0, place)
        last = before > 0 and self.trait(before - 1).never_last
        return not (last or self.trait(place).never_first or self.trait(place).kind is Kind.SPACE)

    def _may_break(self, place: int) -> bool:
        text = self.text
        if not self.may_begin(place) or inseparable(text[place - 1], text[place]):
            return False
        for mark in (place - 1, place):
            if 0 < mark < len(text) - 1 and in_number(text[mark - 1], text[mark], text[mark + 1]):
                return False
        return True

    def _has_white(self, place: int, kind: Kind) -> bool:
        return self.trait(place).kind is kind and self.advances[place] >= _FULL_WIDTH


@lru_cache(maxsize=256)
def measured(text: str, advance: Advance) -> Spacing:
    """Return a text measured; the same labels, names of offices and pledges come again and again."""
    return Spacing(text, advance)


class _Known(dict[str, _Fact], Generic[_Fact]):
    """Character -> a fact about it, found when it is first asked for."""

    def __init__(self, found: Callable[[str], _Fact]) -> None:
        super().__init__()
        self._find = found

    def __missing__(self, character: str) -> _Fact:
        fact = self[character] = self._find(character)
        return fact


class _Pairs(dict[str, _Pair]):
    """Two characters -> what stands between them, found when they first meet: most pairs come again and again."""

    def __init__(self, advance: Advance) -> None:
        super().__init__()
        self.advances = _Known(advance)
        self.odd = _Known(lambda character: not traits(character).is_plain)
        self.tails = _Known(self._tail)
        """The white a character gives up at the end of a line; None for a space, which hangs past it."""
        self.leads = _Known(lambda character: HALF * self._is_wide(character, Kind.OPEN))

    def __missing__(self, pair: str) -> _Pair:
        if len(self) >= _PAIRS:
            self.clear()
        left, right = traits(pair[0]), traits(pair[1])
        if left.is_plain and right.is_plain:
            found = _PLAIN
        else:
            gap, give, even = self.between(pair, left, right)
            may = not (left.never_last or right.never_first or right.kind is Kind.SPACE or inseparable(*pair))
            seen = left.kind is not Kind.SPACE and not touches_number(*pair)
            found = gap, give, even, may if seen or not may else None
        self[pair] = found
        return found

    def _tail(self, character: str) -> float | None:
        return None if traits(character).kind is Kind.SPACE else HALF * self._is_wide(character, Kind.CLOSE)

    def _is_wide(self, character: str, kind: Kind) -> bool:
        return traits(character).kind is kind and self.advances[character] >= _FULL_WIDTH

    def between(self, pair: str, left: Traits, right: Traits) -> tuple[float, float, bool]:
        """Return gap, white to give and whether white may be added between two characters."""
        even = not (left.never_last or right.never_first or inseparable(*pair))
        white = HALF * (left.kind is Kind.CLOSE and self.advances[pair[0]] >= _FULL_WIDTH)
        white += HALF * (right.kind is Kind.OPEN and self.advances[pair[1]] >= _FULL_WIDTH)
        if left.kind in _MARKS and right.kind in _MARKS and white:
            return -HALF, white - HALF, even
        if (left.is_ideograph and right.is_latin) or (left.is_latin and right.is_ideograph):
            return QUARTER, QUARTER / 2, even
        return 0.0, white, even


_pairs_of = lru_cache(maxsize=32)(_Pairs)


def _turned(text: str) -> list[Traits]:
    """Return the traits of every character of a text with straight or raised quotes, which turn by their neighbours."""
    found = list(map(traits, text))
    opening = True
    for place, character in enumerate(text):
        if character == '"':
            found[place] = replace(found[place], never_first=not opening, never_last=opening)
            opening = not opening
        elif character == "\u2019" and text[place - 1 : place].isascii() and text[place + 1 : place + 2].isalpha():
            found[place] = replace(traits("'"), never_first=True)
    return found
