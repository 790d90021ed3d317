"""What stands between the characters of a paragraph: white, white to give or take, and where it may break.

All widths are in em, so that one measuring serves every size the paragraph is tried at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import accumulate, compress
from operator import add

from formsvc.rendering.punctuation import Kind, Traits, in_number, inseparable, touches_number, traits

Advance = Callable[[str], float]
"""Gives the advance of one character in em."""

HALF, QUARTER = 0.5, 0.25
_FULL_WIDTH = 0.95
"""From this advance on a mark has half an em of white to give up."""
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

    def __init__(self, text: str, advance: Advance) -> None:
        known = _pairs_of(advance)
        self.text = text
        self.advances = list(map(known.advances.__getitem__, text))
        self.traits = _traits_of(text)
        if _TURNING.isdisjoint(text):
            self._pairs = [known[text[place - 1 : place + 1]] for place in range(1, len(text))]
        else:
            self._pairs = [
                (*known.between(text[place - 1 : place + 1], *self.traits[place - 1 : place + 1]), None)
                for place in range(1, len(text))
            ]
        self.gaps: list[float] = [gap for gap, _give, _even, _may in self._pairs] + [0.0] * bool(text)
        """White after each character: a quarter of an em, or less than nothing between two marks."""
        self._ends: list[float] = list(accumulate(map(add, self.advances, self.gaps), initial=0.0))

    @cached_property
    def even(self) -> list[bool]:
        """Whether white may be added after each character to fill a line."""
        return [even for _gap, _give, even, _may in self._pairs] + [False] * bool(self.text)

    @cached_property
    def breaks(self) -> list[int]:
        """The places, counted in characters, where a line may end; the last is the end of the paragraph."""
        length = len(self.text)
        may = [may for _gap, _give, _even, may in self._pairs]
        if None in may:
            may = [self._may_break(place) if found is None else found for place, found in enumerate(may, 1)]
        return [*compress(range(1, length), may), length]

    @cached_property
    def _gives(self) -> list[float]:
        """How much white all marks up to each character can give up."""
        return list(accumulate([give for _gap, give, _even, _may in self._pairs], initial=0.0))

    @property
    def places(self) -> list[float]:
        """How far along the unbroken paragraph each character begins, and the end."""
        return self._ends

    def visible_end(self, start: int, end: int) -> int:
        """Return where the spaces that hang past the end of the line [start, end) begin."""
        while end > start and self.traits[end - 1].kind is Kind.SPACE:
            end -= 1
        return end

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
        return self._gives[end - 1] - self._gives[start] if end > start else 0.0

    def give_of(self, place: int) -> float:
        """Return how much white can be taken away after the character `place`."""
        return self._gives[place + 1] - self._gives[place]

    def may_begin(self, place: int) -> bool:
        """Say whether the marks around `place` let a line begin there, words aside."""
        before = self.visible_end(0, place)
        last = before > 0 and self.traits[before - 1].never_last
        return not (last or self.traits[place].never_first or self.traits[place].kind is Kind.SPACE)

    def _may_break(self, place: int) -> bool:
        text = self.text
        if not self.may_begin(place) or inseparable(text[place - 1], text[place]):
            return False
        for mark in (place - 1, place):
            if 0 < mark < len(text) - 1 and in_number(text[mark - 1], text[mark], text[mark + 1]):
                return False
        return True

    def _has_white(self, place: int, kind: Kind) -> bool:
        return self.traits[place].kind is kind and self.advances[place] >= _FULL_WIDTH


@lru_cache(maxsize=256)
def measured(text: str, advance: Advance) -> Spacing:
    """Return a text measured; the same labels, names of offices and pledges come again and again."""
    return Spacing(text, advance)


class _Advances(dict[str, float]):
    """Character -> advance in em."""

    def __init__(self, advance: Advance) -> None:
        super().__init__()
        self._advance = advance

    def __missing__(self, character: str) -> float:
        found = self[character] = self._advance(character)
        return found


class _Pairs(dict[str, _Pair]):
    """Two characters -> what stands between them, found when they first meet: most pairs come again and again."""

    def __init__(self, advance: Advance) -> None:
        super().__init__()
        self.advances = _Advances(advance)

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


def _traits_of(text: str) -> list[Traits]:
    """Return the traits of every character, those of straight and raised quotes as their neighbours make them."""
    found = list(map(traits, text))
    if _TURNING.isdisjoint(text):
        return found
    opening = True
    for place, character in enumerate(text):
        if character == '"':
            found[place] = replace(found[place], never_first=not opening, never_last=opening)
            opening = not opening
        elif character == "\u2019" and text[place - 1 : place].isascii() and text[place + 1 : place + 2].isalpha():
            found[place] = replace(traits("'"), never_first=True)
    return found
