"""Whether PDF/A-2 takes a JPEG 2000 image, by its boxes alone. ISO 19005-2, 6.2.8.3; ISO 15444-1, annex I."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_MAGIC = b"\0\0\0\x0cjP  \r\n\x87\n"
_METHODS = frozenset({1, 2, 3})
_CIE_JAB = 19
_MOST_BITS = 38
_BOXES = 1000


def is_archivable(data: bytes) -> bool:
    """Whether the channels, their depth and what says their colours are those that PDF/A-2 allows."""
    header = next((body for name, body in _boxes(data) if name == b"jp2h"), b"") if data.startswith(_MAGIC) else b""
    inside = list(_boxes(header))
    sizes = [body for name, body in inside if name == b"ihdr" and len(body) == 14]
    colours = [body for name, body in inside if name == b"colr" and len(body) > 3]
    if len(sizes) != 1 or not colours:
        return False
    channels, bits = struct.unpack(">HB", sizes[0][8:11])
    depths = {bits} if bits != 0xFF else {depth for name, body in inside if name == b"bpcc" for depth in body}
    meant = colours if len(colours) == 1 else [body for body in colours if body[2] == 1]
    if channels not in (1, 3, 4) or len(depths) != 1 or (depths.pop() & 0x7F) >= _MOST_BITS or len(meant) != 1:
        return False
    return meant[0][0] in _METHODS and not (meant[0][0] == 1 and meant[0][3:7] == struct.pack(">I", _CIE_JAB))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the content of each box, as far as they are whole."""
    place = 0
    for _ in range(_BOXES):
        if place + 8 > len(data):
            return
        length, name = struct.unpack(">I4s", data[place : place + 8])
        head = 8
        if length == 1:
            (length,), head = struct.unpack(">Q", data[place + 8 : place + 16].ljust(8, b"\0")), 16
        end = place + length if length else len(data)
        if end < place + head or end > len(data):
            return
        yield name, data[place + head : end]
        place = end
