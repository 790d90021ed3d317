"""How characters are read: every reading with its tone, and the same as it is typed and as it is sorted.

The readings are data: `pinyin.txt` says where they come from. It is searched as it lies, since a table of all its
characters takes fifty times the memory, and whoever asks needs few of them.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
"""The marks over vowels: macron, acute, caron, grave."""
_DIAERESIS = "u\u0308"
_NEUTRAL = "5"
_VOWELS = frozenset("aeiouv")
_LONGEST = 6
"""Letters of a syllable."""


@cache
def sounds_of(character: str) -> tuple[str, ...]:
    """Return the readings of a character with their tone marks, the likelier first; empty if it has none."""
    table = _table()
    found = []
    place = -1 if character.isascii() else table.find(character)
    while place >= 0:
        start = table.rfind("\n", 0, place) + 1
        end = table.index(" ", start)
        if end < place:
            found.append(table[start:end])
        place = table.find(character, place + 1)
    return tuple(found)


def toneless(sound: str) -> str:
    """Return a reading without its tone, in small letters, ü as v."""
    return _parts(sound)[0]


def numbered(sound: str) -> str:
    """Return a reading with its tone as a figure behind it, the neutral one as 5."""
    return "".join(_parts(sound))


@lru_cache(maxsize=4096)
def is_pinyin(letters: str) -> bool:
    """Whether some small letters are nothing but syllables, written together without tones, ü as v."""
    known, ends = _syllables(), [0]
    for end in range(1, len(letters) + 1):
        if any(letters[start:end] in known for start in ends if end - start <= _LONGEST):
            ends.append(end)
    return ends[-1] == len(letters)


def _parts(sound: str) -> tuple[str, str]:
    apart = unicodedata.normalize("NFD", sound)
    bare = "".join(sign for sign in apart if sign not in _TONES).replace(_DIAERESIS, "v")
    return unicodedata.normalize("NFC", bare), next((_TONES[sign] for sign in apart if sign in _TONES), _NEUTRAL)


@cache
def _syllables() -> frozenset[str]:
    """Return every syllable without its tone; a sound without a vowel is none."""
    sounds = (toneless(line.partition(" ")[0]) for line in _table().splitlines())
    return frozenset(sound for sound in sounds if set(sound) & _VOWELS)


@cache
def _table() -> str:
    """Return the lines of readings, without what is said of them."""
    text = (files(__package__) / "pinyin.txt").read_text(encoding="utf-8")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
