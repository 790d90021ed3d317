"""CFF font programs: read glyphs out of one, put glyphs together into another.

Only what an embedded CID-keyed font needs (Adobe Technical Note 5176, "The Compact Font Format Specification"):
one font dictionary, no subroutines, no hints, a charset of our own. HarfBuzz does the hard part, turning glyphs into
charstrings without subroutine calls; this file takes those out, makes each of them independent of the font it came
from, and assembles any set of them within a fraction of a millisecond.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

DEFAULT_WIDTH = 1000
"""The advance, in thousandths of an em, that a charstring need not mention."""

_ENDCHAR = 14
_MOVES = {21: 2, 22: 1, 4: 1, _ENDCHAR: 0}
"""Arguments of the operators a charstring without hints can begin with: rmoveto, hmoveto, vmoveto, endchar."""
_NOTDEF = bytes([_ENDCHAR])
_ADOBE, _IDENTITY = 391, 392
"""String numbers of the first two strings of our own: the standard ones end at 390."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a font program to be assembled."""

    cid: int
    """The code that selects it, 1 to 65535."""
    charstring: bytes
    """Its outline as `independent` returned it."""


def charstrings(table: bytes) -> list[bytes]:
    """Return the charstrings of a CFF table in glyph order.

    The table comes from HarfBuzz, not from a stranger: it is taken to be well formed.
    """
    position = _skip_index(table, table[2])
    tops, _end = _read_index(table, position)
    return _read_index(table, _offset_of_charstrings(tops[0]))[0]


def independent(charstring: bytes, advance: int) -> bytes:
    """Return a charstring whose width counts from `DEFAULT_WIDTH` instead of from its old font's private dictionary.

    `advance` is in thousandths of an em. The charstring has no subroutine calls and no hints.
    """
    operands: list[int] = []
    position = 0
    while charstring[position] >= 32 or charstring[position] == 28:
        operands.append(position)
        position += _operand_length(charstring[position])
    has_width = len(operands) > _MOVES[charstring[position]]
    start = [*operands, position][1] if has_width else 0
    width = b"" if advance == DEFAULT_WIDTH else number(advance)
    return width + charstring[start:]


def empty(advance: int) -> bytes:
    """Return the charstring of a glyph without ink."""
    return independent(_NOTDEF, advance)


def bar(left: int, bottom: int, right: int, top: int) -> bytes:
    """Return the charstring of a filled rectangle, given in thousandths of an em, of the default width."""
    width, height = right - left, top - bottom
    lines = number(width) + number(height) + number(-width) + bytes([6])  # hlineto closes by itself
    return number(left) + number(bottom) + bytes([21]) + lines + _NOTDEF


def assemble(name: str, glyphs: Sequence[Glyph], box: tuple[int, int, int, int]) -> bytes:
    """Return a CID-keyed CFF font program of `glyphs`, which are in the order of their codes.

    `name` is the PostScript name; `box` is the font's bounding box in thousandths of an em.
    """
    head = bytes([1, 0, 4, 4]) + _index([name.encode("ascii")])
    strings = _index([b"Adobe", b"Identity"]) + _index([])
    charset = b"\0" + struct.pack(f">{len(glyphs)}H", *(glyph.cid for glyph in glyphs))
    one_dictionary = struct.pack(">BHHBH", 3, 1, 0, 0, len(glyphs) + 1)
    outlines = _index([_NOTDEF, *(glyph.charstring for glyph in glyphs)])
    private = number(DEFAULT_WIDTH) + bytes([20])

    start = len(head) + len(_index([_top((0, 0, 0, 0), box)])) + len(strings)
    sizes = (len(charset), len(one_dictionary), len(outlines), len(private))
    at_charset, at_select, at_outlines, at_private, at_fonts = accumulate(sizes, initial=start)
    fonts = _index([_long(len(private)) + _long(at_private) + bytes([18])])
    top = _top((at_charset, at_select, at_outlines, at_fonts), box)
    return b"".join((head, _index([top]), strings, charset, one_dictionary, outlines, private, fonts))


def _top(offsets: tuple[int, int, int, int], box: tuple[int, int, int, int]) -> bytes:
    charset, select, outlines, fonts = map(_long, offsets)
    registry = number(_ADOBE) + number(_IDENTITY) + number(0) + bytes([12, 30])
    bounds = b"".join(map(number, box)) + bytes([5])
    count = _long(0x10000) + bytes([12, 34])
    where = charset + bytes([15]) + outlines + bytes([17]) + fonts + bytes([12, 36]) + select + bytes([12, 37])
    return registry + bounds + count + where


def number(value: int) -> bytes:
    """Return an integer as both dictionaries and charstrings write it, as short as it goes."""
    if -107 <= value <= 107:
        return bytes([value + 139])
    if 108 <= value <= 1131:
        return bytes([((value - 108) >> 8) + 247, (value - 108) & 0xFF])
    if -1131 <= value <= -108:
        return bytes([((-value - 108) >> 8) + 251, (-value - 108) & 0xFF])
    return bytes([28]) + struct.pack(">h", value)


def _long(value: int) -> bytes:
    """Return an integer of a dictionary in five bytes whatever its value, so that offsets do not move."""
    return bytes([29]) + struct.pack(">i", value)


def _index(items: Sequence[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    ends = list(accumulate(map(len, items), initial=1))
    size = (ends[-1].bit_length() + 7) // 8
    if size == 1:
        offsets = bytes(ends)
    elif size == 2:
        offsets = struct.pack(f">{len(ends)}H", *ends)
    else:
        offsets = b"".join(end.to_bytes(size, "big") for end in ends)
    return struct.pack(">HB", len(items), size) + offsets + b"".join(items)


def _read_index(table: bytes, position: int) -> tuple[list[bytes], int]:
    """Return the items of an INDEX and the position after it."""
    count = int.from_bytes(table[position : position + 2], "big")
    if count == 0:
        return [], position + 2
    size = table[position + 2]
    offsets = table[position + 3 : position + 3 + (count + 1) * size]
    ends = [int.from_bytes(offsets[at : at + size], "big") for at in range(0, len(offsets), size)]
    base = position + 2 + len(offsets)
    return [table[base + start : base + end] for start, end in pairwise(ends)], base + ends[-1]


def _skip_index(table: bytes, position: int) -> int:
    return _read_index(table, position)[1]


def _offset_of_charstrings(top: bytes) -> int:
    position = operand = 0
    while position < len(top):
        first = top[position]
        if first == 17:
            return operand
        if first <= 21:
            position += 2 if first == 12 else 1
            continue
        length, operand = _dictionary_operand(top, position)
        position += length
    raise ValueError("no charstrings")


def _dictionary_operand(data: bytes, position: int) -> tuple[int, int]:
    """Return the length of a dictionary's operand and its value; that of a real number does not matter here."""
    first = data[position]
    if first == 30:
        end = position + 1
        while data[end] & 0x0F != 0x0F:
            end += 1
        return end - position + 1, 0
    if first == 29:
        return 5, int.from_bytes(data[position + 1 : position + 5], "big", signed=True)
    if first == 28:
        return 3, int.from_bytes(data[position + 1 : position + 3], "big", signed=True)
    if first <= 246:
        return 1, first - 139
    sign, base = (1, 247) if first <= 250 else (-1, 251)
    return 2, sign * ((first - base) * 256 + data[position + 1] + 108)


def _operand_length(first: int) -> int:
    """Return how many bytes a charstring's number takes, given its first byte."""
    if first == 28:
        return 3
    if first == 255:
        return 5
    return 1 if first <= 246 else 2
