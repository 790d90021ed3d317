"""One face: a font file mapped into memory, its advances, and its glyphs ready to be embedded.

A face costs nothing until it is first asked; then its file is mapped, not read, and every glyph that was ever drawn
is kept as a charstring (some 200 bytes), so that a long-running process makes a subset by joining bytes.
Only faces with CFF outlines of 1,000 units an em can be embedded so far; TrueType faces of the office belong here too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

import uharfbuzz as hb

from formsvc.errors import FontRefusedError
from formsvc.rendering import cff

UNITS = 1000
"""Units an em: what PDF counts glyph widths in."""

_DASH = "\u2014"
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_RESTRICTED, _NO_SUBSETTING, _BITMAP_ONLY = 0x0002, 0x0100, 0x0200
"""Bits of fsType in the table OS/2 (OpenType 1.9): each of them forbids the embedding that is done here."""

_FLAGS = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NO_LAYOUT_CLOSURE
_KEPT_TABLES = frozenset({"CFF ", "head", "hhea", "hmtx", "maxp"})


def is_invisible(character: str) -> bool:
    """Say whether a character is a control or a variation selector, which no printed text shows."""
    return unicodedata.category(character) == "Cf" or character in _SELECTORS


class Face:
    """A face of the file `path`; `serif` tells a viewer what to put in its place if it must."""

    def __init__(self, path: Path, *, serif: bool) -> None:
        self.path = path
        self.serif = serif
        self._glyphs: dict[str, int] = {}
        self._outlines: dict[str, bytes] = {}

    @cached_property
    def name(self) -> str:
        """The PostScript name."""
        return str(self._face.get_name(6))

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """The bounding box of all glyphs: left, bottom, right, top in thousandths of an em."""
        head = self._face.reference_table("head").data
        left, bottom, right, top = (int.from_bytes(head[at : at + 2], "big", signed=True) for at in (36, 38, 40, 42))
        return left, bottom, right, top

    def has(self, character: str) -> bool:
        """Say whether the face can draw the character; one that is never seen is drawn as nothing by any face."""
        return self._glyph(character) != 0 or is_invisible(character)

    def advance(self, character: str) -> int:
        """Return the advance of a character the face has, in thousandths of an em."""
        if character == _DASH:
            return UNITS
        if is_invisible(character):
            return 0
        return int(self._font.get_glyph_h_advance(self._glyph(character)))

    def outlines(self, characters: Collection[str]) -> list[bytes]:
        """Return the charstrings of characters the face has, in the order given."""
        new = [character for character in characters if character not in self._outlines]
        if new:
            self._outlines.update(self._extract(new))
        return [self._outlines[character] for character in characters]

    def _extract(self, characters: Collection[str]) -> dict[str, bytes]:
        """Let HarfBuzz take glyphs out of the file; it costs about 1.5 ms however few they are."""
        seen = [character for character in characters if not is_invisible(character)]
        glyphs = sorted({self._glyph(character) for character in seen})
        wanted = hb.SubsetInput()
        wanted.flags = _FLAGS
        wanted.glyph_set.update(glyphs)
        wanted.drop_table_tag_set.update(self._dropped_tables)
        # The result holds .notdef first, then the glyphs in the order of their numbers.
        found = cff.charstrings(hb.subset(self._face, wanted).reference_table("CFF ").data)[1:]
        by_glyph = {
            glyph: cff.independent(charstring, int(self._font.get_glyph_h_advance(glyph)))
            for glyph, charstring in zip(glyphs, found, strict=True)
        }
        outlines = {character: by_glyph[self._glyph(character)] for character in seen}
        if _DASH in outlines:
            outlines[_DASH] = self._full_dash()
        return outlines | {character: cff.empty(0) for character in characters if character not in outlines}

    def _full_dash(self) -> bytes:
        """Return the dash drawn over its whole em, so that two of them join as GB/T 15834 has it."""
        extents = self._font.get_glyph_extents(self._glyph(_DASH))
        return cff.bar(0, extents.y_bearing + extents.height, UNITS, extents.y_bearing)

    def _glyph(self, character: str) -> int:
        glyph = self._glyphs.get(character)
        if glyph is None:
            glyph = self._glyphs[character] = int(self._font.get_nominal_glyph(ord(character)) or 0)
        return glyph

    @cached_property
    def _face(self) -> hb.Face:
        face = hb.Face(hb.Blob.from_file_path(str(self.path)))
        rights = int.from_bytes(face.reference_table("OS/2").data[8:10], "big")
        if rights & (_RESTRICTED | _NO_SUBSETTING | _BITMAP_ONLY):
            raise FontRefusedError(font=str(face.get_name(4) or self.path.name), reason="licence")
        if "CFF " not in face.table_tags or face.upem != UNITS:
            raise FontRefusedError(font=str(face.get_name(4) or self.path.name), reason="outlines")
        return face

    @cached_property
    def _font(self) -> hb.Font:
        return hb.Font(self._face)

    @cached_property
    def _dropped_tables(self) -> list[int]:
        return [int.from_bytes(tag.encode("ascii"), "big") for tag in self._face.table_tags if tag not in _KEPT_TABLES]
