"""The typefaces of a document by role, with a fall-back for every single character.

A role is drawn with a chain of faces: the first that has a character draws it. The bundled faces are Song and Hei of
the wheel `pylopdf-fonts-zh-cn` (OFL); a clerk's own faces come before them once a setting names them.
Nothing is opened before the first character is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path

from formsvc.errors import NoGlyphError
from formsvc.rendering.faces import UNITS, Face


class Role(StrEnum):
    """What a piece of text is on the page."""

    BODY = "body"
    TITLE = "title"
    HEADS = "heads"
    NOTES = "notes"


class Chain:
    """The faces of one role in the order they are asked.

    `weight` is the thickness added to every stroke, in em: the bundled faces have no bold of their own.
    """

    def __init__(self, faces: Sequence[Face], *, weight: float = 0.0) -> None:
        self.faces = tuple(faces)
        self.weight = weight
        self._found: dict[str, Face | None] = {}
        self._advances: dict[str, float] = {}

    def find(self, character: str) -> Face | None:
        """Return the first face that has the character, or None."""
        if character not in self._found:
            self._found[character] = next((face for face in self.faces if face.has(character)), None)
        return self._found[character]

    def face(self, character: str) -> Face:
        """Return the first face that has the character; raise NoGlyphError when none has."""
        found = self.find(character)
        if found is None:
            raise NoGlyphError(character=character)
        return found

    def advance(self, character: str) -> float:
        """Return the advance of a character in em; raise NoGlyphError when no face has it."""
        known = self._advances.get(character)
        if known is None:
            known = self._advances[character] = self.face(character).advance(character) / UNITS
        return known


class Fonts:
    """The chains of all roles."""

    def __init__(self, chains: Mapping[Role, Chain]) -> None:
        self._chains = dict(chains)
        faces = dict.fromkeys(face for chain in self._chains.values() for face in chain.faces)
        self._numbers = {face: number for number, face in enumerate(faces)}

    def chain(self, role: Role) -> Chain:
        """Return the chain of faces that draws a role."""
        return self._chains[role]

    def advance(self, role: Role) -> Callable[[str], float]:
        """Return the function that gives the advance of a character of this role in em."""
        return self._chains[role].advance

    def number(self, face: Face) -> int:
        """Return the number of a face among those of all chains, in their order."""
        return self._numbers[face]

    def missing(self, text: Iterable[str], role: Role = Role.BODY) -> frozenset[str]:
        """Return the characters no face of the role has."""
        chain = self._chains[role]
        return frozenset(character for character in set(text) if chain.find(character) is None)


@cache
def bundled_fonts() -> Fonts:
    """Return the fonts that come with the installation.

    Titles are a heavier Song, as GB/T 9704 wants them (a small-title Song), heads a heavier Hei, the rest is Song.
    There is one such object in a process, so that what it has learnt about its faces serves every document.
    """
    folder = Path(str(files("pylopdf_fonts_zh_cn")))
    song = Face(folder / "NotoSerifSC-Regular.otf", serif=True)
    hei = Face(folder / "NotoSansSC-Regular.otf", serif=False)
    text = Chain((song, hei))
    return Fonts(
        {
            Role.BODY: text,
            Role.NOTES: text,
            Role.TITLE: Chain((song, hei), weight=0.03),
            Role.HEADS: Chain((hei, song), weight=0.02),
        }
    )
