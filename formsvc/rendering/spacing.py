"""What stands between the characters of a paragraph: white, white to give or take, and where it may break.

All widths are in em, so that one measuring serves every size the paragraph is tried at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from operator import and_

from formsvc.rendering.punctuation import Kind, Traits, in_number, inseparable, traits

Advance = Callable[[str], float]
"""Gives the advance of one character in em."""

HALF, QUARTER = 0.5, 0.25
_FULL_WIDTH = 0.95
"""From this advance on a mark has half an em of white to give up."""
_PLAIN = (0.0, 0.0, True)
"""What stands between two plain characters, as `_between` gives it."""
_MARKS = (Kind.OPEN, Kind.CLOSE)


class Spacing:
    """A paragraph measured: for every character its advance, and for every gap after one what it may become."""

    def __init__(self, text: str, advance: Advance) -> None:
        self.text = text
        self.advances = [advance(character) for character in text]
        self.traits = _traits_of(text)
        plain = [traits.is_plain for traits in self.traits]
        self._both = both = [False, *map(and_, plain, plain[1:])]  # plain characters, after plain characters
        pairs = [_PLAIN if both[place] else self._between(place) for place in range(1, len(text))]
        self.gaps = [gap for gap, _give, _even in pairs] + [0.0] * bool(text)
        """White after each character: a quarter of an em, or less than nothing between two marks."""
        self.even = [even for _gap, _give, even in pairs] + [False] * bool(text)
        """Whether white may be added after each character to fill a line."""
        self._ends = list(accumulate(map(float.__add__, self.advances, self.gaps), initial=0.0))
        self._gives = list(accumulate((give for _gap, give, _even in pairs), initial=0.0))

    @cached_property
    def breaks(self) -> list[int]:
        """The places, counted in characters, where a line may end; the last is the end of the paragraph."""
        length = len(self.text)
        return [*(place for place in range(1, length) if self._both[place] or self._may_break(place)), length]

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

    def _between(self, place: int) -> tuple[float, float, bool]:
        """Return gap, white to give and whether white may be added, before the character `place`."""
        left, right = self.traits[place - 1], self.traits[place]
        even = not (inseparable(self.text[place - 1], self.text[place]) or left.never_last or right.never_first)
        white = HALF * self._has_white(place - 1, Kind.CLOSE) + HALF * self._has_white(place, Kind.OPEN)
        if left.kind in _MARKS and right.kind in _MARKS and white:
            return -HALF, white - HALF, even
        if (left.is_ideograph and right.is_latin) or (left.is_latin and right.is_ideograph):
            return QUARTER, QUARTER / 2, even
        return 0.0, white, even


def _traits_of(text: str) -> list[Traits]:
    """Return the traits of every character, those of straight and raised quotes as their neighbours make them."""
    found = [traits(character) for character in text]
    if '"' not in text and "\u2019" not in text:
        return found
    opening = True
    for place, character in enumerate(text):
        if character == '"':
            found[place] = replace(found[place], never_first=not opening, never_last=opening)
            opening = not opening
        elif character == "\u2019" and text[place - 1 : place].isascii() and text[place + 1 : place + 2].isalpha():
            found[place] = replace(traits("'"), never_first=True)
    return found
