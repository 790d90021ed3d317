"""Which characters may begin or end a line, which stay together, and which carry white that can be taken away.

The rules are those of GB/T 15834 (position of marks) and of the W3C's "Requirements for Chinese Text Layout"
(adjusting their width), for marks as the mainland prints them: stops and closing marks have their ink in the left
half of the em, opening marks in the right half.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache

_OPENING = "（「『“‘【〔《〈〖［｛｟〝﹁﹃"
_CLOSING = "、。，．：；！？）」』”’】〕》〉〗］｝｠〞﹂﹄"
_NEVER_FIRST = ",.:;!?)]}-/%％‰℃℉°·・•‧～〜~–‐／－﹐﹑﹒﹔﹕﹖﹗々ー"
_NEVER_LAST = "([{/／￥¥＄$£￡€№#＃"
_WORD_SIGNS = "°℃℉№‰–‐‑‒′″¹²³¼½¾\u00a0"
_UNIT_SIGNS = "%‰℃℉°+#&@$€£¥"
_IN_NUMBERS = "．，－：／＋％"
_WORD_CATEGORIES = frozenset({"Nd", "Sm", "Sc"})
_WIDE = frozenset({"W", "F"})
DOUBLED = frozenset("—…‥─―⸺")
"""Marks of which two are one: they touch each other."""


class Kind(IntEnum):
    """What a character is to a line of Chinese text."""

    SOLE = 0
    """An ideograph or a sign that stands by itself: a line may break on both sides of it."""
    OPEN = 1
    """An opening mark, its white to the left."""
    CLOSE = 2
    """A stop or a closing mark, its white to the right."""
    WORD = 3
    """A letter, a digit or a sign among them: neighbours of this kind are one word or number and stay whole."""
    SPACE = 4
    """White that a line may break after; it hangs past the end of the line."""
    ATTACHED = 5
    """A combining mark or an invisible control: it belongs to the character before it."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What the rules ask about one character, whatever stands beside it."""

    kind: Kind
    never_first: bool
    """A line must not begin with it."""
    never_last: bool
    """A line must not end with it."""
    is_ideograph: bool
    """A quarter of an em separates it from Latin letters and digits."""
    is_latin: bool
    """A quarter of an em separates it from ideographs."""
    is_plain: bool
    """No rule says anything about it and another such character beside it: most characters are so."""


@cache
def traits(character: str) -> Traits:
    """Return the traits of one character."""
    kind = _kind(character)
    wide = unicodedata.east_asian_width(character) in _WIDE
    never_first = kind in {Kind.CLOSE, Kind.ATTACHED} or character in _NEVER_FIRST
    never_last = kind is Kind.OPEN or character in _NEVER_LAST
    return Traits(
        kind=kind,
        never_first=never_first,
        never_last=never_last,
        is_ideograph=kind is Kind.SOLE and wide and unicodedata.category(character)[0] in "LN",
        is_latin=kind is Kind.WORD and not wide and (character.isalnum() or character in _UNIT_SIGNS),
        is_plain=kind is Kind.SOLE and not never_first and not never_last and character not in DOUBLED,
    )


@lru_cache(maxsize=1 << 16)
def inseparable(before: str, after: str) -> bool:
    """Say whether two neighbours belong to one word, one number or one mark."""
    kinds = traits(before).kind, traits(after).kind
    if kinds[1] is Kind.ATTACHED or kinds == (Kind.WORD, Kind.WORD):
        return True
    return before == after and before in DOUBLED


def in_number(before: str, mark: str, after: str) -> bool:
    """Say whether a full-width mark stands between full-width digits, so that nothing around it may break."""
    return mark in _IN_NUMBERS and _is_wide_digit(before) and _is_wide_digit(after)


def touches_number(first: str, second: str) -> bool:
    """Say whether one of two neighbours is such a mark and the other a full-width digit."""
    return (first in _IN_NUMBERS and _is_wide_digit(second)) or (second in _IN_NUMBERS and _is_wide_digit(first))


def _is_wide_digit(character: str) -> bool:
    return character.isdigit() and unicodedata.east_asian_width(character) in _WIDE


def _kind(character: str) -> Kind:
    if character in _OPENING:
        return Kind.OPEN
    if character in _CLOSING:
        return Kind.CLOSE
    category = unicodedata.category(character)
    if category == "Zs" and character not in _WORD_SIGNS:
        return Kind.SPACE
    if category in {"Mn", "Me", "Cf"}:
        return Kind.ATTACHED
    if unicodedata.east_asian_width(character) in _WIDE:
        # Full-width letters and digits make words and numbers as the narrow ones do.
        in_word = category in {"Lu", "Ll", "Nd"}
    else:
        in_word = (
            character in _WORD_SIGNS or "!" <= character <= "~" or category[0] == "L" or category in _WORD_CATEGORIES
        )
    return Kind.WORD if in_word else Kind.SOLE
