"""A JPEG without what is not the picture: its compressed data untouched, its metadata segments left out.

EXIF (with its place on the map), XMP, IPTC, thumbnails, comments, further pictures and whatever stands behind the end
go. What colour needs stays: Adobe's segment, and JFIF's as far as it speaks of the picture itself; the ICC profile is
handed out. ITU-T T.81, annex B; JFIF 1.02.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from formsvc.rendering.spans import Part, Span, joined

Data = bytes | mmap.mmap

_ENTROPY_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PLAIN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_JFIF, _ICC, _ADOBE, _SCAN, _END, _RESTARTS = 0xE0, 0xE2, 0xEE, 0xDA, 0xD9, 0xDD
_ICC_MARK, _ICC_HEAD = b"ICC_PROFILE\0", 14
_SEGMENTS = 100_000
_ADOBE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Jpeg:
    """A JPEG's picture."""

    width: int
    height: int
    bits: int
    components: int
    is_plain: bool
    """Whether it is of a kind a PDF may hold: Huffman-coded, baseline or progressive, 8 bits."""
    transform: int | None
    """What Adobe's segment says of its colours: 0 as they are, 1 YCbCr, 2 YCCK; None without one."""
    icc: bytes | None
    parts: tuple[Part, ...]
    """The bytes to keep; spans count from the beginning of the data that was looked at."""
    block: tuple[int, int]
    """Width and height in pixels of the blocks that are coded together."""
    scans: tuple[tuple[int, int, int], ...]
    """Where each scan begins, where its compressed data does, and where that ends."""
    frame: int
    """Where the frame's segment stands."""
    interval: int
    """After how many blocks coding starts afresh; 0 for never."""


def stripped(data: Data, tables: bytes = b"") -> Jpeg:
    """Return what to keep of a JPEG; `tables` are put before its own (TIFF keeps them apart).

    Raises ValueError when its segments cannot be walked.
    """
    if data[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    walk = _Walk(data)
    walk.parts += [b"\xff\xd8" + tables]
    try:
        walk.run(2)
    except (struct.error, IndexError) as error:
        raise ValueError("a JPEG cut off") from error
    if walk.frame is None:
        raise ValueError("a JPEG without a frame")
    bits, height, width, components, code = walk.frame
    return Jpeg(
        width=width,
        height=height,
        bits=bits,
        components=components,
        is_plain=code in _PLAIN_FRAMES and bits == 8 and bool(width and height),
        transform=walk.transform,
        icc=b"".join(walk.profile[number] for number in sorted(walk.profile)) or None,
        parts=joined(walk.parts),
        block=walk.block,
        scans=tuple(walk.scans),
        frame=walk.frame_at,
        interval=walk.interval,
    )


class _Walk:
    """Goes from segment to segment and notes what to keep."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.parts: list[Part] = []
        self.frame: tuple[int, int, int, int, int] | None = None
        self.transform: int | None = None
        self.profile: dict[int, bytes] = {}
        self.block = (8, 8)
        self.scans: list[tuple[int, int, int]] = []
        self.frame_at = 0
        self.interval = 0

    def run(self, place: int) -> None:
        """Walk on from here to the end of the picture."""
        for _ in range(_SEGMENTS):
            mark, code = self.data[place], self.data[place + 1]
            if mark != 0xFF:
                raise ValueError("no JPEG segment")
            if code == 0xFF:  # padding before a mark
                place += 1
            elif code == _END:
                self.parts.append(b"\xff\xd9")
                return
            elif code in _ALONE:
                self.parts.append(Span(place, 2))
                place += 2
            else:
                place = self._segment(place, code)
        raise ValueError("too many JPEG segments")

    def _segment(self, place: int, code: int) -> int:
        """Keep or leave one segment, and the data behind it if it begins a scan; return where the next one stands."""
        length: int = struct.unpack(">H", self.data[place + 2 : place + 4])[0]
        after = place + 2 + length
        body = self.data[place + 4 : after]
        if length < 2 or len(body) != length - 2:
            raise ValueError("a JPEG segment cut off")
        if code == _SCAN:
            begin, found = after, _ENTROPY_END.search(self.data, after)
            after = found.start() if found else len(self.data)
            self.parts.append(Span(place, after - place))
            self.scans.append((place, begin, after))
            if found is None:
                raise ValueError("a JPEG without an end")
        elif code in _FRAMES:
            self.frame = (*struct.unpack(">BHHB", body[:6]), code)
            self.frame_at = place
            factors = body[7::3] if body[5] > 1 else b"\x11"
            self.block = (8 * max(factor >> 4 for factor in factors), 8 * max(factor & 15 for factor in factors))
            self.parts.append(Span(place, after - place))
        elif code in _TABLES:
            if code == _RESTARTS:
                self.interval = int.from_bytes(body[:2], "big")
            self.parts.append(Span(place, after - place))
        else:
            self._application(place, code, body)
        return after

    def _application(self, place: int, code: int, body: bytes) -> None:
        if code == _JFIF and body.startswith(b"JFIF\0") and len(body) >= 14:
            whole = Span(place, 18) if len(body) == 14 and body[12:14] == b"\0\0" else None
            self.parts.append(whole or b"\xff\xe0\0\x10" + body[:12] + b"\0\0")
        elif code == _ADOBE and body.startswith(b"Adobe") and len(body) >= _ADOBE_BYTES:
            self.transform = body[11]
            whole = Span(place, 4 + _ADOBE_BYTES) if len(body) == _ADOBE_BYTES else None
            self.parts.append(whole or b"\xff\xee\0\x0e" + body[:_ADOBE_BYTES])
        elif code == _ICC and body.startswith(_ICC_MARK) and len(body) > _ICC_HEAD:
            self.profile.setdefault(body[12], body[_ICC_HEAD:])


def stacked(strips: Sequence[tuple[Jpeg, bytes, int]]) -> tuple[Part, ...] | None:
    """Return strips that stand one below the other as one JPEG, their compressed data unchanged, or None.

    Each strip comes with its bytes and with where they stand in the file. It is possible where the strips are coded
    alike, in whole rows of blocks: coding then starts afresh at each strip, which is what restart marks are for.
    """
    first, data, _ = strips[0]
    heads = {_head(jpeg, own) for jpeg, own, _ in strips}
    whole = all(jpeg.height == first.height for jpeg, _, _ in strips[:-1]) and first.height % first.block[1] == 0
    blocks = -(-first.width // first.block[0]) * (first.height // first.block[1])
    single = all(len(jpeg.scans) == 1 and not jpeg.interval for jpeg, _, _ in strips)
    height = sum(jpeg.height for jpeg, _, _ in strips)
    if len(heads) != 1 or not (whole and single and blocks <= 0xFFFF and height <= 0xFFFF):
        return None
    begin, entropy, _ = first.scans[0]
    head = bytearray(_written(first.parts, data, begin))
    at = head.index(data[first.frame : first.frame + 5])
    head[at + 5 : at + 7] = height.to_bytes(2, "big")
    parts: list[Part] = [bytes(head) + b"\xff\xdd\0\4" + blocks.to_bytes(2, "big") + data[begin:entropy]]
    for number, (jpeg, _, place) in enumerate(strips):
        _, start, end = jpeg.scans[0]
        parts += [b"\xff" + bytes([0xD0 + (number - 1) % 8])] if number else []
        parts.append(Span(place + start, end - start))
    return joined([*parts, b"\xff\xd9"])


def _head(jpeg: Jpeg, data: bytes) -> bytes:
    """Return all that decides how a strip of one scan is coded, but for its height."""
    begin, entropy, _ = jpeg.scans[0]
    frame = jpeg.frame
    return _written(jpeg.parts, data[: frame + 5] + b"\0\0" + data[frame + 7 :], begin) + data[begin:entropy]


def _written(parts: Sequence[Part], data: bytes, end: int) -> bytes:
    """Return the kept bytes before a place."""
    found = b""
    for part in parts:
        if isinstance(part, Span):
            found += data[part.start : min(part.start + part.length, end)]
        elif part != b"\xff\xd9":
            found += part
    return found
