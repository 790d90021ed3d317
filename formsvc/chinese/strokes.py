"""The order of names by strokes, as lists of people have it that are "in the order of the strokes of the surname".

Characters go by the number of their strokes, then by the kinds of their strokes as they are written: horizontal,
vertical, left-falling, dot, turning (GF 3003-1999). Names are compared character by character; between people of one
surname, those with a given name of one character come first, as at congresses and consultative conferences.

The counts and the order are data: `strokes.txt` says where they come from. A character it does not have comes after all
that it has, by its code point.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

from formsvc.chinese.folding import INTERPUNCT, fold_name
from formsvc.chinese.surnames import surname_of

StrokeKey = tuple[tuple[int, int], ...]
"""A character each: its strokes, and its place among those of so many strokes."""

_NOTHING = (0, 0)
"""Stands where others have the first of two characters of a given name."""
_UNKNOWN = 1000
"""More strokes than any character has."""


def stroke_key(name: str) -> StrokeKey:
    """Give the key that sorts names of people and organisations by strokes."""
    bare = unicodedata.normalize("NFC", fold_name(name)).replace(INTERPUNCT, "")
    key = [_places().get(character, (_UNKNOWN, ord(character))) for character in bare]
    surname = max(len(surname_of(bare)), 1)
    if len(bare) == surname + 1:
        key.insert(surname, _NOTHING)
    return tuple(key)


def strokes_of(character: str) -> int | None:
    """Count the strokes of a character; None for one without data."""
    found = _places().get(unicodedata.normalize("NFC", character))
    return None if found is None else found[0]


@cache
def _places() -> dict[str, tuple[int, int]]:
    """Return character -> strokes and place, those with a stroke count alone behind the others."""
    places: dict[str, tuple[int, int]] = {}
    for line in (files(__package__) / "strokes.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            head, characters = line.split(" ")
            strokes = int(head[:-1])
            for character in characters:
                places[character] = (strokes, len(places))
    return places
