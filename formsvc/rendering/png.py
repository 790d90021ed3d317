"""A PNG as a PDF image: its compressed rows are what a PDF calls Flate with a PNG predictor, and stay as they are."""

from __future__ import annotations

import struct
import zlib
from types import MappingProxyType

from formsvc.rendering.images import Image, usable_profile
from formsvc.rendering.jpeg import Data
from formsvc.rendering.spans import Part, Span, joined

_COMPONENTS = {0: 1, 2: 3, 3: 1}
"""Of the kinds without transparency: grey, colour, palette."""
_CHUNKS = 200_000
_PROFILE_BYTES = 4 << 20


def image_of(data: Data) -> Image | None:
    """Return a PNG as an image, or None when it cannot go in as it is (interlaced, or not wholly opaque).

    Raises ValueError when its chunks cannot be walked.
    """
    width, height, bits, colour, _, _, lacing = struct.unpack(">IIBBBBB", data[16:29])
    palette: bytes | None = None
    icc: bytes | None = None
    parts: list[Part] = []
    place = 8
    for _ in range(_CHUNKS):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        start, place = place + 8, place + 12 + length
        if place > len(data):
            raise ValueError("a PNG cut off")
        if name == b"IDAT":
            parts.append(Span(start, length))
        elif name == b"PLTE":
            palette = bytes(data[start : start + length])
        elif name == b"iCCP":
            icc = _profile(bytes(data[start : start + length]))
        elif name == b"tRNS":
            return None
        elif name == b"IEND":
            break
    if lacing or colour not in _COMPONENTS or (colour == 3 and not palette):
        return None
    components = _COMPONENTS[colour]
    return Image(
        width=width,
        height=height,
        bits=bits,
        components=components,
        filter="FlateDecode",
        parts=joined(parts),
        parms=MappingProxyType({"Predictor": 15, "Colors": components, "BitsPerComponent": bits, "Columns": width}),
        palette=palette if colour == 3 else None,
        icc=usable_profile(icc, 3 if colour == 3 else components),
    )


def _profile(chunk: bytes) -> bytes | None:
    """Return the profile of an iCCP chunk, or None when it cannot be unpacked."""
    try:
        return zlib.decompressobj().decompress(chunk[chunk.index(0) + 2 :], _PROFILE_BYTES)
    except (ValueError, zlib.error):
        return None
