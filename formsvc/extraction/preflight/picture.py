"""A picture before a decoder sees it: how large it claims to be, and whether it is whole, by its headers alone.

Decoders reserve memory by what a header claims, so a claim beyond the limits ends here. PNG, JPEG and TIFF are walked
from end to end without decoding; of the other kinds only the claimed size is looked at.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from types import MappingProxyType

from formsvc.errors import Code, Param, Problem
from formsvc.extraction.preflight.sniff import TAIL_BYTES, Kind, is_whole
from formsvc.extraction.sandbox.limits import FileLimits

Fetch = Callable[[int, int], bytes]
"""Gives up to a number of bytes from a place in the file on."""

_CHUNK = 1 << 20
_SEGMENTS = 100_000
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_START_OF_SCAN = 0xDA


class _DamagedError(Exception):
    """The picture is not whole or not what it claims; holds the finding."""


def picture_problems(kind: Kind, fetch: Fetch, size: int, limits: FileLimits) -> tuple[Problem, ...]:
    """Find what forbids decoding this picture of `size` bytes; empty when nothing does."""
    walks = {Kind.PNG: _png, Kind.JPEG: _jpeg, Kind.TIFF: _tiff}
    walk = walks[kind](fetch, size, limits) if kind in walks else _claims(kind, fetch(_CHUNK, 0))
    try:
        for width, height in walk:
            if not (width and height):
                return (Problem(Code.DAMAGED_FILE, params=MappingProxyType({"finding": "no-size"})),)
            if max(width, height) > limits.side or width * height > limits.pixels:
                facts: dict[str, Param] = {"finding": "picture-size", "width": width, "height": height}
                return (Problem(Code.TOO_COMPLEX, params=MappingProxyType(facts)),)
    except (_DamagedError, struct.error) as error:
        finding = str(error) if isinstance(error, _DamagedError) else "cut-off"
        return (Problem(Code.DAMAGED_FILE, params=MappingProxyType({"finding": finding})),)
    return ()


def _png(fetch: Fetch, size: int, _: FileLimits) -> Iterator[tuple[int, int]]:
    """Yield the claimed size, then walk all chunks and their checksums up to IEND."""
    place = 8
    for number in range(_SEGMENTS):
        length, name = struct.unpack(">I4s", fetch(8, place))
        if place + 12 + length > size:
            raise _DamagedError("cut-off")
        if number == 0 and name == b"IHDR":
            yield struct.unpack(">II", fetch(8, place + 8))
        elif number == 0:
            raise _DamagedError("header")
        (promised,) = struct.unpack(">I", fetch(4, place + 8 + length))
        if _checksum(fetch, place + 4, length + 4) != promised:
            raise _DamagedError("checksum")
        if name == b"IEND":
            return
        place += 12 + length
    raise _DamagedError("segments")


def _checksum(fetch: Fetch, place: int, length: int) -> int:
    checksum = 0
    while length > 0:
        part = fetch(min(length, _CHUNK), place)
        if not part:
            raise _DamagedError("cut-off")
        checksum = zlib.crc32(part, checksum)
        place += len(part)
        length -= len(part)
    return checksum


def _jpeg(fetch: Fetch, size: int, _: FileLimits) -> Iterator[tuple[int, int]]:
    """Walk the segments up to the first scan and yield the size of every frame on the way."""
    place = 2
    frames = 0
    for _number in range(_SEGMENTS):
        mark, code, length = struct.unpack(">BBH", fetch(4, place))
        if mark != 0xFF or length < 2 or place + 2 + length > size:
            raise _DamagedError("segment")
        if code == 0xFF:  # padding before a mark
            place += 1
            continue
        if code in _FRAMES:
            height, width = struct.unpack(">HH", fetch(4, place + 5))
            frames += 1
            yield width, height
        if code == _START_OF_SCAN:
            if not frames:
                raise _DamagedError("no-frame")
            tail = fetch(TAIL_BYTES, max(0, size - TAIL_BYTES))
            if not is_whole(Kind.JPEG, tail):
                raise _DamagedError("cut-off")
            return
        place += 2 + length
    raise _DamagedError("segments")


def _tiff(fetch: Fetch, size: int, limits: FileLimits) -> Iterator[tuple[int, int]]:
    """Walk the chain of pages and yield the size of each; every page's data must lie inside the file."""
    head = fetch(16, 0)
    order = "<" if head.startswith(b"II") else ">"
    is_big = head[2:4] in {b"+\0", b"\0+"}
    (place,) = struct.unpack_from(order + ("Q" if is_big else "I"), head, 8 if is_big else 4)
    seen: set[int] = set()
    values = 0
    while place:
        if place in seen:
            raise _DamagedError("page-loop")
        if len(seen) >= limits.pictures:
            raise _DamagedError("pages")
        seen.add(place)
        tags, place = _page(fetch, order, place, is_big=is_big)
        values += sum(map(len, tags.values()))
        if values > _VALUES:
            raise _DamagedError("tags")
        yield tags.get(256, (0,))[0], tags.get(257, (0,))[0]
        for offsets, lengths in ((273, 279), (324, 325)):
            for offset, length in zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=False):
                if offset + length > size:
                    raise _DamagedError("cut-off")


_WANTED = frozenset({256, 257, 273, 279, 324, 325})
_INTEGERS = {3: "H", 4: "I", 13: "I", 16: "Q"}
_VALUES = 1 << 22


def _page(fetch: Fetch, order: str, place: int, *, is_big: bool) -> tuple[dict[int, tuple[int, ...]], int]:
    """Read one directory: the whole numbers of the tags wanted, and where the next directory stands."""
    count_form, entry_form, next_form = ("Q", "HHQ8s", "Q") if is_big else ("H", "HHI4s", "I")
    (count,) = struct.unpack(order + count_form, fetch(struct.calcsize(order + count_form), place))
    if not 0 < count < 4096:
        raise _DamagedError("tags")
    place += struct.calcsize(order + count_form)
    entry = struct.Struct(order + entry_form)
    lines = fetch(entry.size * count, place)
    tags: dict[int, tuple[int, ...]] = {}
    for tag, form, values, inline in entry.iter_unpack(lines):
        if not values or tag not in _WANTED or form not in _INTEGERS or values > 1 << 16:
            continue
        width = struct.calcsize(order + _INTEGERS[form])
        raw = inline if width * values <= len(inline) else None
        if raw is None:
            (offset,) = struct.unpack(order + ("Q" if is_big else "I"), inline)
            raw = fetch(width * values, offset)
        tags[tag] = struct.unpack_from(f"{order}{values}{_INTEGERS[form]}", raw)
    (next_place,) = struct.unpack(order + next_form, fetch(struct.calcsize(order + next_form), place + len(lines)))
    return tags, next_place


def _claims(kind: Kind, head: bytes) -> Iterator[tuple[int, int]]:
    """Yield the size that a GIF, BMP or WebP claims in its header."""
    if kind is Kind.GIF:
        yield struct.unpack_from("<HH", head, 6)
    elif kind is Kind.BMP:
        width, height = struct.unpack_from("<ii", head, 18)
        yield abs(width), abs(height)
    elif kind is Kind.WEBP and head[12:16] == b"VP8X":
        yield int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
