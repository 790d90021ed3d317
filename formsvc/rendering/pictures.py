"""Plain pictures, as the sandbox hands them out, turned into pixels without a picture decoder."""

from __future__ import annotations

import struct
import zlib

from formsvc.forms.reading import Picture
from formsvc.rendering.marks import Raster

_SIDE = 4000
"""Pixels; a longer side is no plain picture of ours."""
_HEADER = 33
"""Bytes of signature and IHDR."""


def raster_of(picture: Picture) -> Raster:
    """Return the pixels of a plain PNG (8-bit RGB, no filters); raises ValueError for any other picture."""
    data = picture.data
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < _HEADER + 12:
        raise ValueError("not a plain picture")
    width, height, bits, colour, packing, filters, lacing = struct.unpack(">IIBBBBB", data[16:29])
    if (bits, colour, packing, filters, lacing) != (8, 2, 0, 0, 0) or not (0 < width <= _SIDE and 0 < height <= _SIDE):
        raise ValueError("not a plain picture")
    (length,) = struct.unpack(">I", data[_HEADER : _HEADER + 4])
    if data[_HEADER + 4 : _HEADER + 8] != b"IDAT":
        raise ValueError("not a plain picture")
    stride = width * 3 + 1
    unpacker = zlib.decompressobj()
    rows = unpacker.decompress(data[_HEADER + 8 : _HEADER + 8 + length], stride * height)
    if len(rows) != stride * height or any(rows[row * stride] for row in range(height)):
        raise ValueError("not a plain picture")
    samples = b"".join(rows[row * stride + 1 : (row + 1) * stride] for row in range(height))
    return Raster(width, height, 8, 3, samples)
