"""A JPEG without what is not the picture: its compressed data untouched, its metadata segments left out.

EXIF (with its place on the map), XMP, IPTC, thumbnails, comments, further pictures and whatever stands behind the end
go. What colour needs stays: Adobe's segment, and JFIF's as far as it speaks of the picture itself; the ICC profile is
handed out. ITU-T T.81, annex B; JFIF 1.02.
"""

from __future__ import annotations

import mmap
import re
import struct
from dataclasses import dataclass

from formsvc.rendering.spans import Part, Span, joined

Data = bytes | mmap.mmap

_ENTROPY_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PLAIN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_JFIF, _ICC, _ADOBE, _SCAN, _END = 0xE0, 0xE2, 0xEE, 0xDA, 0xD9
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
    )


class _Walk:
    """Goes from segment to segment and notes what to keep."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.parts: list[Part] = []
        self.frame: tuple[int, int, int, int, int] | None = None
        self.transform: int | None = None
        self.profile: dict[int, bytes] = {}

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
        (length,) = struct.unpack(">H", self.data[place + 2 : place + 4])
        after = place + 2 + length
        body = self.data[place + 4 : after]
        if length < 2 or len(body) != length - 2:
            raise ValueError("a JPEG segment cut off")
        if code == _SCAN:
            found = _ENTROPY_END.search(self.data, after)
            after = found.start() if found else len(self.data)
            self.parts.append(Span(place, after - place))
            if found is None:
                raise ValueError("a JPEG without an end")
        elif code in _FRAMES:
            self.frame = (*struct.unpack(">BHHB", body[:6]), code)
            self.parts.append(Span(place, after - place))
        elif code in _TABLES:
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
