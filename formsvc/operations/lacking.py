"""Characters of filed records that no face has: every paper shows the mark for them, and each is named beforehand.

A person has confirmed such a value when the form was filed, and the record cannot be changed for the sake of a paper;
so the paper is made, and whoever makes it is told where it says less than the record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from formsvc.rendering.copies import LACKING
from formsvc.rendering.fonts import Fonts, Role


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a paper does not show of one field of a record."""

    record: str
    form: str
    """The name of the form."""
    field: str
    """Its label, or the head of its column."""
    characters: tuple[str, ...]

    def named(self) -> str:
        """Return the characters with their code points: what no font has may be seen nowhere."""
        return ", ".join(f"{character} U+{ord(character):04X}" for character in self.characters)


class Shown:
    """Makes the texts of a record such that all of them can be drawn in any role, and remembers what had to be left."""

    def __init__(self, fonts: Fonts, record: str, form: str) -> None:
        self._fonts = fonts
        self._record, self._form = record, form
        self._lacking: dict[Lacking, None] = {}

    @property
    def lacking(self) -> tuple[Lacking, ...]:
        """What was left out so far, in the order it was met, each once."""
        return tuple(self._lacking)

    def lines(self, field: str, lines: Iterable[str]) -> tuple[str, ...]:
        """Return lines with the mark for every character that some role has no face for."""
        found = tuple(lines)
        signs = set("".join(found))
        missing = {sign for role in Role for sign in self._fonts.missing(signs, role)}
        if not missing:
            return found
        self._lacking[Lacking(self._record, self._form, field, tuple(sorted(missing)))] = None
        return tuple("".join(LACKING if sign in missing else sign for sign in line) for line in found)
