"""From the codes of a PDF's strings to characters: ToUnicode maps, and the predefined maps that are an encoding.

A code that nothing explains becomes UNREADABLE, never a guess and never nothing: whoever reads the value sees that a
character stood there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from formsvc.chinese import fold
from formsvc.extraction.pdf.tokens import operations

UNREADABLE = "\ufffd"
"""Stands for a character whose code the file does not explain."""
_ENTRIES = 100_000
"""Codes one map may explain; a font has at most 65,536."""

_CODECS = {
    "GB": "gbk",
    "GBpc": "gbk",
    "GBK": "gbk",
    "GBKp": "gbk",
    "GBK2K": "gb18030",
    "B5pc": "cp950",
    "ETen": "cp950",
    "ETenms": "cp950",
    "HKscs": "big5hkscs",
    "90ms": "cp932",
    "90msp": "cp932",
    "KSC": "cp949",
    "KSCms": "cp949",
}
"""First word of a predefined CMap's name -> the codec that reads its codes."""
_UNICODE = {"UCS2": "utf-16-be", "UTF16": "utf-16-be", "UTF32": "utf-32-be", "UTF8": "utf-8"}
_LENGTHS: dict[str | None, Callable[[int], int]] = {
    None: lambda _: 2,
    "utf-16-be": lambda first: 4 if 0xD8 <= first <= 0xDB else 2,
    "utf-32-be": lambda _: 4,
    "utf-8": lambda first: 1 + (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0),
}
"""How long a code is, by its first byte; the Chinese codecs have two bytes from 0x81 on."""
_FOURTHS = frozenset(bytes((byte,)) for byte in range(0x30, 0x3A))


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a composite font's strings are cut into codes, and what a code says by itself."""

    codec: str | None
    """The codec that reads a code; None where codes number glyphs and only ToUnicode explains them."""
    vertical: bool
    spaces: tuple[tuple[int, bytes, bytes], ...] = ()
    """Codespace ranges of an embedded CMap: length in bytes, lowest and highest code."""
    glyphs: dict[int, int] = field(default_factory=dict)
    """Code -> glyph number, for an embedded CMap; a code that is missing is its own number."""
    half_width: bool = False
    """Whether single-byte codes select the collection's half-width Latin glyphs."""

    def codes(self, data: bytes) -> Iterator[bytes]:
        """Cut a string into its codes."""
        at = 0
        while at < len(data):
            length = self._length(data, at)
            yield data[at : at + length]
            at += length

    def _length(self, data: bytes, at: int) -> int:
        if self.spaces:
            return self._embedded_length(data, at)
        if self.codec in _LENGTHS:
            return _LENGTHS[self.codec](data[at])
        four = self.codec == "gb18030" and data[at] > 0x80 and data[at + 1 : at + 2] in _FOURTHS
        return 4 if four else 1 + (data[at] > 0x80)

    def _embedded_length(self, data: bytes, at: int) -> int:
        for length, low, high in self.spaces:
            code = data[at : at + length]
            if len(code) == length and all(a <= b <= c for a, b, c in zip(low, code, high, strict=True)):
                return length
        return self.spaces[0][0]

    def text(self, code: bytes) -> str:
        """Return the character a code says by itself; UNREADABLE when it says none."""
        if self.codec is None:
            return UNREADABLE
        try:
            return code.decode(self.codec) or UNREADABLE
        except UnicodeDecodeError:
            return UNREADABLE

    def glyph(self, code: bytes) -> int | None:
        """Return the number of the glyph whose width counts; None when the collection's table would be needed."""
        value = int.from_bytes(code, "big")
        if self.codec is None:
            return self.glyphs.get(value, value)
        character = self.text(code)
        if not " " <= character <= "~":
            return None
        # All four Adobe collections begin with ASCII at glyph 1; GB1 has its half-width Latin from 814 on.
        return ord(character) - 32 + (814 if self.half_width else 1)


def predefined(name: str) -> Encoding:
    """Return the encoding of this name; one that explains nothing for a name that is not known."""
    words = name.split("-")
    vertical = words[-1] == "V"
    if words[0].startswith("Uni"):
        return Encoding(_UNICODE.get(words[1] if len(words) > 1 else ""), vertical)
    return Encoding(_CODECS.get(words[0]), vertical, half_width=words[0] in {"GB", "GBK"})


def embedded(data: bytes, name: str) -> Encoding:
    """Read a CMap that came with the font (9.7.5.3)."""
    spaces: list[tuple[int, bytes, bytes]] = []
    glyphs: dict[int, int] = {}
    vertical = name.endswith("-V")
    for operator, operands in operations(data):
        match operator, operands:
            case b"endcodespacerange", _:
                pairs = [pair for pair in _groups(operands, 2) if all(isinstance(end, bytes) and end for end in pair)]
                spaces += [(len(low), low, high) for low, high in pairs if len(low) == len(high)]
            case b"endcidchar", _:
                for code, glyph in _groups(operands, 2):
                    if isinstance(code, bytes) and isinstance(glyph, float):
                        glyphs[int.from_bytes(code, "big")] = int(glyph)
            case b"endcidrange", _:
                for low, high, glyph in _groups(operands, 3):
                    if isinstance(low, bytes) and isinstance(high, bytes) and isinstance(glyph, float):
                        glyphs.update(zip(_range(low, high, len(glyphs)), count(int(glyph)), strict=False))
            case b"def", ["WMode", mode]:
                vertical = mode == 1.0
            case _:
                pass
    return Encoding(None, vertical, tuple(sorted(spaces)), glyphs)


def to_unicode(data: bytes) -> dict[int, str]:
    """Read a ToUnicode map (9.10.3): code -> its characters, UNREADABLE where the map gives rubbish."""
    found: dict[int, str] = {}
    for operator, operands in operations(data):
        if operator == b"endbfchar":
            for code, target in _groups(operands, 2):
                if isinstance(code, bytes):
                    found[int.from_bytes(code, "big")] = _characters(target)
        elif operator == b"endbfrange":
            for low, high, target in _groups(operands, 3):
                if isinstance(low, bytes) and isinstance(high, bytes):
                    codes = _range(low, high, len(found))
                    if isinstance(target, list):
                        found.update((code, _characters(item)) for code, item in zip(codes, target, strict=False))
                    elif isinstance(target, bytes):
                        found.update((code, _characters(_counted_up(target, step))) for step, code in enumerate(codes))
    return found


def _groups(operands: list[Any], size: int) -> Iterator[list[Any]]:
    for at in range(0, len(operands) - size + 1, size):
        yield operands[at : at + size]


def _range(low: bytes, high: bytes, have: int) -> range:
    """Return the codes of a range, no more of them than a font can have."""
    first, last = int.from_bytes(low, "big"), int.from_bytes(high, "big")
    return range(first, min(last + 1, first + max(0, _ENTRIES - have)))


def _counted_up(target: bytes, step: int) -> bytes:
    if not step:
        return target
    value = int.from_bytes(target, "big") + step
    return value.to_bytes(max(len(target), 1), "big") if value < 1 << 8 * len(target) else b""


def _characters(target: object) -> str:
    """Return the characters of one entry, free of what fonts put in: radicals for characters, ligatures, odd blanks."""
    if not isinstance(target, bytes):
        return UNREADABLE
    text = (b"\0" + target if len(target) == 1 else target).decode("utf-16-be", "replace")
    return cleaned(text)


def cleaned(text: str) -> str:
    """Undo what fonts that share a glyph between characters do to text; UNREADABLE for no character at all."""
    if len(text) == 1 and ("!" <= text <= "~" or "\u3000" <= text <= "\ud7ff"):
        return text
    return "".join(map(_cleaned_sign, text)) or UNREADABLE


def _cleaned_sign(sign: str) -> str:
    code = ord(sign)
    if sign in "\t\n\r\u00a0":
        return " "
    if code < 0x20 or 0xD800 <= code < 0xE000 or code in {0xFFFE, 0xFFFF}:
        return UNREADABLE
    if code == 0xAD:
        return "-"
    return fold(sign) if 0x2E80 <= code < 0x2FE0 or 0xFB00 <= code < 0xFB07 else sign
