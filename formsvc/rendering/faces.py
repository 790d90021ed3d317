"""One face: a font file mapped into memory, its advances, and its glyphs ready to be embedded.

A face costs nothing until it is first asked; then its file is mapped, not read, and every glyph that was ever drawn
is kept as a charstring (some 200 bytes), so that a long-running process makes a subset by joining bytes.
Glyphs of the bundled faces are taken out of the file as they are. Those of a face found on the system, of whatever kind
of outlines, are drawn again as charstrings, so that one kind of font program holds them all.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

import uharfbuzz as hb

from formsvc.errors import FontRefusedError
from formsvc.rendering import cff
from formsvc.rendering.outlines import CharstringPen

UNITS = 1000
"""Units an em: what PDF counts glyph widths in."""

_DASH = "\u2014"
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_RESTRICTED, _NO_SUBSETTING, _BITMAP_ONLY = 0x0002, 0x0100, 0x0200
"""Bits of fsType in the table OS/2 (OpenType 1.9): each of them forbids the embedding that is done here."""
_ALLOWING = 0x000C
"""Bits of fsType that allow embedding; the least restrictive counts where an old font sets several."""
_OUTLINES = ("glyf", "CFF ", "CFF2")
_HEAD_LENGTH, _HEAD_MAGIC = 54, b"\x5f\x0f\x3c\xf5"
_LONGEST_NAME = 60
_BLANK = 0x20
_SAMPLE = 16
"""About so many characters are tried before a face is said to be empty."""

_FLAGS = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NO_LAYOUT_CLOSURE
_KEPT_TABLES = frozenset({"CFF ", "head", "hhea", "hmtx", "maxp"})


def is_invisible(character: str) -> bool:
    """Say whether a character is a control or a variation selector, which no printed text shows."""
    return unicodedata.category(character) == "Cf" or character in _SELECTORS


def may_embed(face: hb.Face) -> bool:
    """Say whether a face's licence lets a subset of it stand in a document; without the table nothing forbids it."""
    rights = int.from_bytes(face.reference_table("OS/2").data[8:10], "big")
    is_restricted = rights & _RESTRICTED and not rights & _ALLOWING
    return not (is_restricted or rights & (_NO_SUBSETTING | _BITMAP_ONLY))


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
    def title(self) -> str:
        """The full name, as people see it in their programs: in Chinese where the face says it so."""
        names = (self._face.get_name(4, language) for language in ("zh-cn", "zh", "en"))
        return str(next(filter(None, names), self.path.name))

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
        if not may_embed(face):
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


class SystemFace(Face):
    """A face found on the system, the one of this number in its file: any outlines, any units, and maybe flaws.

    It has a character only if there is something to draw: some faces of offices map characters to empty glyphs.
    """

    def __init__(self, path: Path, *, serif: bool, number: int = 0, name: str = "") -> None:
        super().__init__(path, serif=serif)
        self._number = number
        self._given_name = name

    @cached_property
    def name(self) -> str:
        """The name in documents: the one given, else the PostScript name as far as PDF can write it."""
        if self._given_name:
            return self._given_name
        bare = "".join(
            sign for sign in str(self._face.get_name(6)) if sign.isascii() and (sign.isalnum() or sign == "-")
        )
        return bare[:_LONGEST_NAME] or f"Face-{hashlib.sha256(self.path.name.encode()).hexdigest()[:8]}-{self._number}"

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """The bounding box of all glyphs: left, bottom, right, top in thousandths of an em."""
        left, bottom, right, top = (round(bound * UNITS / self._face.upem) for bound in super().box)
        return left, bottom, right, top

    def check(self) -> None:
        """Open the face and look at a few glyphs.

        Raises FontRefusedError when it cannot be embedded or nothing can be drawn with it, OSError when unreadable.
        """
        points = sorted(point for point in self._face.unicodes if point > _BLANK)
        if not any(self.has(chr(point)) for point in points[:: max(1, len(points) // _SAMPLE)]):
            raise FontRefusedError(font=self.title, reason="broken-font")

    def has(self, character: str) -> bool:
        """Say whether the face can draw the character: a glyph with ink in it, or a blank for a blank."""
        if not super().has(character):
            return False
        if is_invisible(character) or character.isspace():
            return True
        return self.outlines([character])[0] != cff.empty(self.advance(character))

    def _extract(self, characters: Collection[str]) -> dict[str, bytes]:
        outlines = {character: self._drawn(character) for character in characters if not is_invisible(character)}
        if outlines.get(_DASH, b"") not in (b"", cff.empty(UNITS)):
            outlines[_DASH] = self._full_dash()
        return outlines | {character: cff.empty(0) for character in characters if character not in outlines}

    def _drawn(self, character: str) -> bytes:
        pen = CharstringPen()
        self._font.draw_glyph_with_pen(self._glyph(character), pen)
        return pen.charstring(self.advance(character))

    @cached_property
    def _face(self) -> hb.Face:
        face = hb.Face(hb.Blob.from_file_path(str(self.path)), self._number)
        name = str(face.get_name(4) or self.path.name)
        if not may_embed(face):
            raise FontRefusedError(font=name, reason="licence")
        head = face.reference_table("head").data
        if not face.glyph_count or len(head) < _HEAD_LENGTH or head[12:16] != _HEAD_MAGIC:
            raise FontRefusedError(font=name, reason="broken-font")
        if not any(tag in face.table_tags for tag in _OUTLINES):
            raise FontRefusedError(font=name, reason="outlines")
        return face

    @cached_property
    def _font(self) -> hb.Font:
        font = hb.Font(self._face)
        font.scale = (UNITS, UNITS)
        return font
