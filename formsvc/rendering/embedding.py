"""Embedding faces in a PDF: one Type 0 font per face, subset to the characters that are drawn.

The code of a character on the page is its code point, so that a page's bytes do not depend on what else the document
holds, and the embedded font tells which characters it draws but never in which order they came. A long document may
have codes of its own (`Codes`), by how often each character is drawn: its pages are smaller then. Characters past
U+FFFF have fonts of their own, one for each 32,768 of them, because a code has two bytes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Protocol

from formsvc.rendering import cff
from formsvc.rendering.faces import Face
from formsvc.rendering.fonts import Chain

_HALF_PLANE = 0x8000
_ESCAPED = frozenset(b"\n\r()\\")
_SURROGATES = 0xD8, 0xDF


@dataclass(frozen=True, slots=True)
class Font:
    """A font of the document: a face and the block of code points it draws."""

    face: Face
    block: int
    """0 for all code points up to U+FFFF, else the code point divided by 32,768."""

    @property
    def resource(self) -> str:
        """What names it and no other font."""
        return f"{self.face.name}-{self.block}"


_NONE: Mapping[str, Font] = MappingProxyType({})


class Codes:
    """The codes of one document: those of frequent characters differ in their second byte alone, which packs well.

    Characters as frequent as each other are in the order of their code points: nothing is told of the text's order.
    """

    def __init__(self, drawn: Mapping[Font, Mapping[str, int]], alone: Mapping[str, Font] = _NONE) -> None:
        """Give a code to each character, `drawn` saying how often each font draws it.

        `alone` names, by role, the fonts that draw all there is of a role.
        """
        self.drawn, self.alone = drawn, alone
        self._tables: dict[Font, dict[int, int]] = {}
        for font, counts in drawn.items():
            ranked = sorted(counts, key=lambda character: (-counts[character], character))
            self._tables[font] = dict(zip(map(ord, ranked), _free_codes(), strict=False))

    def of(self, font: Font, character: str) -> int:
        """Return the code of a character that was counted."""
        return self._tables[font][ord(character)]

    def written(self, font: Font, text: str) -> bytes:
        """Return the codes of a text, two bytes each."""
        return text.translate(self._tables[font]).encode("utf-16-be")


def _free_codes() -> Iterator[int]:
    """Yield codes of two bytes, none of which has to be escaped in a string of PDF or is half of a pair of UTF-16."""
    for high in range(1, 0x100):
        if high not in _ESCAPED and not _SURROGATES[0] <= high <= _SURROGATES[1]:
            yield from (high << 8 | low for low in range(0x100) if low not in _ESCAPED)


def code_of(character: str) -> int:
    """Return the two-byte code of a character in its font; it is never 0, which draws nothing."""
    point = ord(character)
    return point if point <= 0xFFFF else point % _HALF_PLANE + 1


def font_of(face: Face, character: str) -> Font:
    """Return the font that draws a character of the face."""
    point = ord(character)
    return Font(face, 0 if point <= 0xFFFF else point // _HALF_PLANE)


def fonts_of(chain: Chain, text: Iterable[str]) -> dict[Font, set[str]]:
    """Sort the characters of a text by the font that draws each; raise NoGlyphError for one that none draws."""
    needed: dict[Font, set[str]] = {}
    for character in set(text):
        needed.setdefault(font_of(chain.face(character), character), set()).add(character)
    return needed


class Objects(Protocol):
    """Whatever takes the objects of a file: each is given a reference by which others name it."""

    def add(self, content: bytes) -> bytes:
        """Add an object that is no stream and return its reference."""

    def add_stream(self, entries: bytes, data: bytes) -> bytes:
        """Add a stream, `entries` being those of its dictionary but the length, and return its reference."""


@dataclass(frozen=True, slots=True)
class Subset:
    """The parts of an embedded font that depend on its characters, ready to be written."""

    name: str
    program: bytes
    widths: bytes
    to_unicode: bytes


@lru_cache(maxsize=8)
def subset(font: Font, characters: frozenset[str], codes: Codes | None = None) -> Subset:
    """Make the subset of a font for exactly these characters; the same ones give the same bytes."""
    coded = sorted((code_of(one) if codes is None else codes.of(font, one), one) for one in characters)
    ordered = [character for _code, character in coded]
    digest = hashlib.sha256(f"{font.resource} {''.join(ordered)}".encode()).digest()
    tag = "".join(chr(ord("A") + byte % 26) for byte in digest[:6])
    name = f"{tag}+{font.face.name}"
    outlines = font.face.outlines(ordered)
    glyphs = [cff.Glyph(code, outline) for (code, _), outline in zip(coded, outlines, strict=True)]
    program = cff.assemble(name, glyphs, font.face.box)
    return Subset(
        name=name,
        program=zlib.compress(program, 6),
        widths=_widths(font.face, coded),
        to_unicode=zlib.compress(_to_unicode(coded)),
    )


def embed(objects: Objects, needed: Mapping[Font, Iterable[str]], codes: Codes | None = None) -> dict[Font, bytes]:
    """Add fonts to the objects of a file and return their references."""
    fonts = sorted(needed, key=lambda font: font.resource)
    return {font: _add(objects, font, subset(font, frozenset(needed[font]), codes)) for font in fonts}


def _add(objects: Objects, font: Font, made: Subset) -> bytes:
    name = made.name.encode("ascii")
    program = objects.add_stream(b"/Subtype /CIDFontType0C /Filter /FlateDecode", made.program)
    descriptor = objects.add(
        b"<< /Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent 880 "
        b"/Descent -120 /CapHeight 733 /StemV 80 /FontFile3 %s >>"
        % (name, 6 if font.face.serif else 4, *font.face.box, program)
    )
    descendant = objects.add(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) "
        b"/Ordering (Identity) /Supplement 0 >> /FontDescriptor %s /DW %d /W [%s] >>"
        % (name, descriptor, cff.DEFAULT_WIDTH, made.widths)
    )
    to_unicode = objects.add_stream(b"/Filter /FlateDecode", made.to_unicode)
    return objects.add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /%s-Identity-H /Encoding /Identity-H /DescendantFonts [%s] "
        b"/ToUnicode %s >>" % (name, descendant, to_unicode)
    )


def _widths(face: Face, coded: list[tuple[int, str]]) -> bytes:
    """Return the entries of W: runs of neighbouring codes whose width is not the default."""
    odd = [(code, face.advance(character)) for code, character in coded]
    odd = [(code, width) for code, width in odd if width != cff.DEFAULT_WIDTH]
    runs = groupby(enumerate(odd), key=lambda item: item[1][0] - item[0])
    parts = []
    for _distance, run in runs:
        members = [member for _number, member in run]
        parts.append(f"{members[0][0]} [{' '.join(str(width) for _code, width in members)}]")
    return " ".join(parts).encode("ascii")


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _to_unicode(coded: list[tuple[int, str]]) -> bytes:
    lines = [f"<{code:04X}> <{character.encode('utf-16-be').hex().upper()}>\n" for code, character in coded]
    blocks = (lines[start : start + 100] for start in range(0, len(lines), 100))
    return _CMAP.format("".join(f"{len(b)} beginbfchar\n{''.join(b)}endbfchar\n" for b in blocks)).encode("ascii")
