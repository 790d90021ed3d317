"""The one token function: what a name or a place can be found by, and which tokens a question asks for.

Every back-end stores what `name_tokens` and `place_tokens` give and looks up what `asked_name` and `asked_place`
give; then finding is exact and complete by construction. The search key of a text is its letters, digits and
characters, folded; blanks, interpuncts and punctuation do not count. Tokens of a name:

- every run of one to three signs of the key, and the whole key (ASCII ones begin with an apostrophe, so that who
  looks for a Latin name does not walk through everybody whose pinyin has those letters);
- for names of up to six units (a character, a Latin word, a number), every run of units in pinyin, in every reading
  of each character, small letters; a longer name from its beginning on, and each part between interpuncts as a name;
- the initials of every such run of two or more units, in capitals.

A token that covers the name whole says so: whole matches come first. More than 128 readings of one run are cut to
the likelier ones; 16 in a longer name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from formsvc.chinese import fold_name, is_han

Readings = Callable[[str], tuple[str, ...]]
"""Gives the toneless pinyin readings of a character, the likelier first, in every way to type them; () if none."""

_GRAM = 3
_SHORT = 6
_DEEPEST = 12
_MOST_READINGS = 128
_MOST_READINGS_OF_LONG = 16
_INTERPUNCT = "·"
_PUNCTUATION = frozenset({"Cc", "Cf", "Cs", "Sk"})

_Unit = tuple[str, ...]
"""The readings of one character, Latin word or number; empty if it has none."""


class NameTokens(NamedTuple):
    """What one name can be found by."""

    whole: frozenset[str]
    """Tokens that cover the name from end to end."""
    partial: frozenset[str]
    """Tokens that cover a part of it; none stands in both sets."""
    syllables: frozenset[str]
    """Every reading of every unit: the ways in which a half-typed syllable may go on."""


class AskedName(NamedTuple):
    """Which tokens a question for a name asks for."""

    tokens: tuple[str, ...]
    """A name with one of these tokens is found; it is a whole match where the token is."""
    grams: tuple[str, ...]
    """A name that has all of these tokens, and `key` in its search key, is found too; empty for a short key."""
    key: str
    """The question's search key."""
    begun: str | None
    """The pinyin whose last syllable may be half typed, or None if the question is not pinyin."""


def search_key(text: str) -> str:
    """Reduce a text to what it is searched by: folded, small letters, without blanks and punctuation."""
    return _key_of(fold_name(text))


def _key_of(folded: str) -> str:
    small = folded.casefold()
    return small if small.isalnum() else "".join(sign for sign in small if not _is_punctuation(sign))


def _is_punctuation(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] in "PZ" or category in _PUNCTUATION


def name_tokens(name: str, readings: Readings) -> NameTokens:
    """Give everything a name can be found by."""
    parts = [key for key in map(_key_of, fold_name(name).split(_INTERPUNCT)) if key]
    if not parts:
        return NameTokens(frozenset(), frozenset(), frozenset())
    key = "".join(parts)
    whole = {_marked(key)}
    partial = {_marked(gram) for gram in _runs_of_signs(key, _GRAM)}
    cut = [list(_units(part, readings)) for part in parts]
    units = [unit for part in cut for unit in part]
    most = _MOST_READINGS if len(units) <= _SHORT else _MOST_READINGS_OF_LONG
    for start, stop in _runs(list(map(len, cut))):
        for end, tokens in enumerate(_growing(units[start:stop], most), start + 1):
            (whole if end - start == len(units) else partial).update(tokens)
    syllables = {reading for unit in units for reading in unit}
    return NameTokens(frozenset(whole), frozenset(partial - whole), frozenset(syllables))


def place_tokens(text: str) -> frozenset[str]:
    """Give the signs and pairs of signs that an organisation or a unit can be found by."""
    return frozenset(_runs_of_signs(search_key(text), 2))


def asked_name(text: str) -> AskedName | None:
    """Say which tokens a question for a name asks for; None if nothing in it can be searched for."""
    key = search_key(text)
    if not key:
        return None
    pinyin = _typed_pinyin(text)
    tokens = [_marked(key)]
    if pinyin is not None:
        tokens += [pinyin, pinyin.upper()] if len(pinyin) > 1 else [pinyin]
    grams = _grams_of(key, _GRAM) if len(key) > _GRAM else ()
    return AskedName(tuple(tokens), tuple(map(_marked, grams)), key, pinyin)


def asked_place(text: str) -> tuple[tuple[str, ...], str]:
    """Give the tokens a place must all have, and the key its search key must hold; both are empty if nothing counts."""
    key = search_key(text)
    return (_grams_of(key, 2) if len(key) > 1 else tuple(key)), key


def begun_syllables(pinyin: str) -> Iterator[tuple[str, str]]:
    """Cut typed pinyin into what precedes its last syllable and the beginning of that one, in every way."""
    for cut in range(len(pinyin) - 1, -1, -1):
        yield pinyin[:cut], pinyin[cut:]


def _marked(gram: str) -> str:
    return f"'{gram}" if gram.isascii() else gram


def _runs_of_signs(key: str, longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        yield from _grams_of(key, size)


def _grams_of(key: str, size: int) -> tuple[str, ...]:
    return tuple(key[start : start + size] for start in range(len(key) - size + 1))


def _units(key: str, readings: Readings) -> Iterator[_Unit]:
    """Cut a search key into units with their readings."""
    word = ""
    for sign in key:
        if word and not (sign.isascii() and sign.isdigit() == word[-1].isdigit()):
            yield (word,)
            word = ""
        if sign.isascii():
            word += sign
        else:
            yield readings(sign) if is_han(sign) else ()
    if word:
        yield (word,)


def _runs(lengths: list[int]) -> Iterator[tuple[int, int]]:
    """Say from which unit to which one pinyin runs: from every unit of a short name, else from the beginnings."""
    total = sum(lengths)
    if total <= _SHORT:
        yield from ((start, total) for start in range(total))
        return
    yield 0, min(total, _DEEPEST)
    begin = 0
    for length in lengths:
        starts = length if length <= _SHORT else 1
        yield from ((begin + start, begin + min(length, _DEEPEST)) for start in range(starts) if begin + start)
        begin += length


def _growing(units: list[_Unit], most: int) -> Iterator[set[str]]:
    """Give the pinyin and the initials of one unit, of two, of three, in up to `most` readings; stop where none is."""
    spelled, initials = {""}, {""}
    for place, unit in enumerate(units):
        if not unit:
            return
        if len(unit) == 1:
            (reading,) = unit
            spelled = {before + reading for before in spelled}
            initials = {before + reading[0].upper() for before in initials}
        else:
            kept = unit[: max(1, most // len(spelled))]
            spelled = {before + reading for before in spelled for reading in kept}
            firsts = {reading[0].upper() for reading in kept}
            initials = {before + first for before in initials for first in firsts}
        yield spelled | initials if place else spelled


def _typed_pinyin(text: str) -> str | None:
    """Read a question as pinyin: ASCII letters and digits once tone marks are off and ü is v; None if it is not."""
    apart = unicodedata.normalize("NFD", text).casefold().replace("u\u0308", "v").replace("u:", "v")
    bare = search_key("".join(sign for sign in apart if unicodedata.category(sign) != "Mn"))
    return bare if bare.isascii() and not bare.isdigit() and bare.isalnum() else None
