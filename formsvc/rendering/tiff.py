"""Pages of a TIFF as PDF images, as far as their strips can go in as they are: fax codes, JPEG, deflate.

TIFF 6.0 with its technical notes on JPEG (TTN2) and deflate. What is stored otherwise is None here and is packed anew
from its pixels. Strips of one page become images one below the other: what was coded by itself stays so.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from formsvc.rendering.images import Image, usable_profile
from formsvc.rendering.jpeg import Data, Jpeg, stacked, stripped
from formsvc.rendering.spans import Part, Span

_FORMATS = {1: "B", 3: "H", 4: "I", 7: "B", 13: "I", 16: "Q"}
_WIDTH, _HEIGHT, BITS, _PACKING, _MEANING, _ORDER = 256, 257, 258, 259, 262, 266
_OFFSETS, _SAMPLES, _ROWS, _COUNTS, _PLANES, _T4 = 273, 277, 278, 279, 284, 292
_PREDICTOR, _TILE, _EXTRA, _TABLES, _ICC = 317, 322, 338, 347, 34675
_WANTED = frozenset(
    {_WIDTH, _HEIGHT, BITS, _PACKING, _MEANING, _ORDER, _OFFSETS, _SAMPLES, _ROWS, _COUNTS, _PLANES, _T4}
    | {_PREDICTOR, _TILE, _EXTRA, _TABLES, _ICC}
)
_NONE, _RLE, _G3, _G4, _JPEG, _DEFLATE = 1, 2, 3, 4, 7, (8, 32946)
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _YCBCR = 0, 1, 2, 6
_MOST_STRIPS = 64
_LARGE = 64 << 20
"""Bytes from which on plain pixels stay as they are: packed, they would still be too much to hand over."""
_BLOCK = 0xFFFF
"""Bytes of a deflate block that is not packed."""
_PAGES = 100_000
_MOST_VALUES = 1 << 22
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

Tags = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of a page's rows."""

    span: Span
    rows: int


def directories(data: Data, wanted: frozenset[int]) -> dict[int, Tags]:
    """Return the tags of the wanted pages, counted from 1; raises ValueError when the chain of pages is broken."""
    order = "<" if data[:2] == b"II" else ">"
    is_big = data[2:4] in {b"+\0", b"\0+"}
    try:
        (place,) = struct.unpack(order + ("Q" if is_big else "I"), data[8:16] if is_big else data[4:8])
        found: dict[int, Tags] = {}
        for number in range(1, _PAGES):
            if not place or len(found) == len(wanted):
                break
            tags, place = _directory(data, order, place, is_big=is_big)
            if number in wanted:
                found[number] = tags
    except struct.error as error:
        raise ValueError("a TIFF cut off") from error
    return found


def images_of(data: Data, tags: Tags, large: int = _LARGE) -> tuple[Image, ...] | None:
    """Return a page's strips as images, or None when they cannot go in as they are.

    Strips that are not packed go in as they are when they are `large` bytes or more.
    """
    strips = _strips(data, tags)
    packing = tags.get(_PACKING, (1,))[0]
    if not strips or _TILE in tags or tags.get(_PLANES, (1,))[0] != 1:
        return None
    if packing in (_RLE, _G3, _G4):
        return _faxes(data, tags, strips, packing) if len(strips) <= _MOST_STRIPS else None
    if packing == _JPEG:
        return _jpegs(data, tags, strips)
    if packing in _DEFLATE and len(strips) == 1:
        return _plain(tags, strips, (strips[0].span,))
    if packing == _NONE and sum(strip.span.length for strip in strips) >= large:
        return _plain(tags, strips, _stored(data, strips))
    return None


def _directory(data: Data, order: str, place: int, *, is_big: bool) -> tuple[Tags, int]:
    counting, entry, following = ("Q", "HHQ8s", "Q") if is_big else ("H", "HHI4s", "I")
    size, count_size = struct.calcsize(order + entry), struct.calcsize(order + counting)
    (count,) = struct.unpack(order + counting, data[place : place + count_size])
    if not 0 < count < 4096:
        raise ValueError("TIFF tags out of shape")
    place += count_size
    tags: dict[int, tuple[int, ...]] = {}
    for tag, form, values, inline in struct.iter_unpack(order + entry, data[place : place + size * count]):
        if tag not in _WANTED or form not in _FORMATS or not 0 < values <= _MOST_VALUES:
            continue
        width = struct.calcsize(order + _FORMATS[form]) * values
        raw = inline
        if width > len(inline):
            (offset,) = struct.unpack(order + following, inline)
            raw = data[offset : offset + width]
        tags[tag] = struct.unpack(f"{order}{values}{_FORMATS[form]}", raw[:width])
    place += size * count
    (after,) = struct.unpack(order + following, data[place : place + struct.calcsize(order + following)])
    return tags, after


def _strips(data: Data, tags: Tags) -> list[Strip]:
    """Return the strips of a page, or none when they do not cover it."""
    height = tags.get(_HEIGHT, (0,))[0]
    rows = min(tags.get(_ROWS, (height,))[0], height)
    offsets, counts = tags.get(_OFFSETS, ()), tags.get(_COUNTS, ())
    if not rows or not tags.get(_WIDTH, (0,))[0] or len(offsets) != len(counts) or len(offsets) != -(-height // rows):
        return []
    if any(start + length > len(data) for start, length in zip(offsets, counts, strict=True)):
        return []
    return [
        Strip(Span(start, length), min(rows, height - number * rows))
        for number, (start, length) in enumerate(zip(offsets, counts, strict=True))
    ]


def _faxes(data: Data, tags: Tags, strips: list[Strip], packing: int) -> tuple[Image, ...] | None:
    meaning, width = tags.get(_MEANING, (_WHITE_IS_ZERO,))[0], tags[_WIDTH][0]
    if meaning not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO) or (tags.get(BITS, (1,)), tags.get(_SAMPLES, (1,))) != (
        (1,),
        (1,),
    ):
        return None
    is_mixed = packing == _G3 and tags.get(_T4, (0,))[0] & 1
    parms: dict[str, int | bool] = {
        "K": -1 if packing == _G4 else 1 if is_mixed else 0,
        "Columns": width,
        "BlackIs1": meaning == _BLACK_IS_ZERO,
    }
    if packing != _G4:
        parms |= {"EndOfBlock": False, "EncodedByteAlign": packing == _RLE}
    images = []
    for strip in strips:
        part: Part = strip.span
        if tags.get(_ORDER, (1,))[0] == 2:  # the first pixel in the lowest bit
            part = bytes(data[strip.span.start : strip.span.start + strip.span.length]).translate(_REVERSED)
        own = MappingProxyType({**parms, "Rows": strip.rows})
        images.append(Image(width, strip.rows, 1, 1, "CCITTFaxDecode", (part,), own))
    return tuple(images)


def _jpegs(data: Data, tags: Tags, strips: list[Strip]) -> tuple[Image, ...] | None:
    meaning, width = tags.get(_MEANING, (0,))[0], tags[_WIDTH][0]
    tables = _tables(bytes(tags.get(_TABLES, ())))
    components = {_BLACK_IS_ZERO: 1, _RGB: 3, _YCBCR: 3}.get(meaning)
    if components is None:
        return None
    found = []
    for strip in strips:
        own = bytes(data[strip.span.start : strip.span.start + strip.span.length])
        jpeg = stripped(own, tables)
        if not jpeg.is_plain or (jpeg.components, jpeg.width, jpeg.height) != (components, width, strip.rows):
            return None
        found.append((jpeg, own, strip.span.start))
    is_told = components == 1 or found[0][0].transform is not None
    parms = MappingProxyType({} if is_told else {"ColorTransform": int(meaning == _YCBCR)})
    icc = usable_profile(bytes(tags.get(_ICC, ())), components)
    one = stacked(found) if len(found) > 1 else None
    if one is not None:
        return (Image(width, tags[_HEIGHT][0], 8, components, "DCTDecode", one, parms, icc=icc),)
    if len(found) > _MOST_STRIPS:
        return None
    return tuple(
        Image(width, jpeg.height, 8, components, "DCTDecode", _in_file(jpeg, start), parms, icc=icc)
        for jpeg, _, start in found
    )


def _in_file(jpeg: Jpeg, start: int) -> tuple[Part, ...]:
    return tuple(Span(start + part.start, part.length) if isinstance(part, Span) else part for part in jpeg.parts)


def _tables(tables: bytes) -> bytes:
    """Return the segments between the beginning and the end of a JPEG that holds nothing but tables."""
    is_framed = tables.startswith(b"\xff\xd8") and tables.endswith(b"\xff\xd9")
    return tables[2:-2] if is_framed and tables[3:4] in (b"\xdb", b"\xc4") else b""


def _plain(tags: Tags, strips: list[Strip], parts: tuple[Part, ...]) -> tuple[Image, ...] | None:
    """Return rows of samples, packed by deflate or wrapped as if they were, as one image."""
    meaning, width = tags.get(_MEANING, (0,))[0], tags[_WIDTH][0]
    samples, bits = tags.get(_SAMPLES, (1,))[0], set(tags.get(BITS, (1,)))
    predictor = tags.get(_PREDICTOR, (1,))[0] if tags.get(_PACKING, (1,))[0] in _DEFLATE else 1
    usual = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3}.get(meaning) == samples and bits in ({1}, {8})
    if not usual or predictor not in (1, 2) or (predictor == 2 and bits != {8}) or tags.get(_ORDER, (1,))[0] != 1:
        return None
    depth = bits.pop()
    parms = {"Predictor": 2, "Colors": samples, "BitsPerComponent": depth, "Columns": width} if predictor == 2 else {}
    image = Image(
        width=width,
        height=sum(strip.rows for strip in strips),
        bits=depth,
        components=samples,
        filter="FlateDecode",
        parts=parts,
        parms=MappingProxyType(parms),
        icc=usable_profile(bytes(tags.get(_ICC, ())), samples),
        inverted=meaning == _WHITE_IS_ZERO,
    )
    return (image,)


def _stored(data: Data, strips: list[Strip]) -> tuple[Part, ...]:
    """Return strips as a deflate stream of blocks that are not packed, so that their bytes stay in the file.

    RFC 1950 and RFC 1951, 3.2.4.
    """
    parts: list[Part] = [b"\x78\x01"]
    checksum = zlib.adler32(b"")
    for strip in strips:
        for start in range(strip.span.start, strip.span.start + strip.span.length, _BLOCK):
            length = min(_BLOCK, strip.span.start + strip.span.length - start)
            parts += [b"\0" + struct.pack("<HH", length, length ^ 0xFFFF), Span(start, length)]
            checksum = zlib.adler32(data[start : start + length], checksum)
    return (*parts, b"\x01\0\0\xff\xff" + struct.pack(">I", checksum))
