"""The colour profile every page is declared in: sRGB, made here because a whole one would be most of a small file.

A matrix profile of version 4 (ICC.1:2010 with the chromaticities and the curve of IEC 61966-2-1): white, the three
primaries adapted to D50, and one exact curve for all three.
"""

from __future__ import annotations

import struct
from functools import cache

_WHITE = (0.9642, 1.0, 0.8249)
_PRIMARIES = {
    b"rXYZ": (0.43606567, 0.22248840, 0.01391602),
    b"gXYZ": (0.38514709, 0.71687317, 0.09707642),
    b"bXYZ": (0.14306641, 0.06060791, 0.71409607),
}
_ADAPTATION = (
    1.04788208,
    0.02291870,
    -0.05021667,
    0.02958679,
    0.99047852,
    -0.01707458,
    -0.00923157,
    0.01507568,
    0.75167847,
)
"""Bradford, from D65 to D50, row by row."""
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""Exponent g and a, b, c, d of y = (a x + b)^g from d on, c x below."""


@cache
def profile() -> bytes:
    """Return the profile; it is the same bytes for ever."""
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(*_CURVE)
    tags = {
        b"desc": _words("sRGB"),
        b"cprt": _words("CC0"),
        b"wtpt": _xyz(_WHITE),
        b"chad": b"sf32" + bytes(4) + _fixed(*_ADAPTATION),
        **{tag: _xyz(primary) for tag, primary in _PRIMARIES.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    start = 128 + 4 + 12 * len(tags)
    places: dict[bytes, int] = {}
    body = b""
    for data in tags.values():
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
    table = b"".join(tag + struct.pack(">II", places[data], len(data)) for tag, data in tags.items())
    return _header(start + len(body)) + struct.pack(">I", len(tags)) + table + body


def _header(size: int) -> bytes:
    made = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    kind = b"mntrRGB XYZ " + made + b"acsp" + bytes(4 + 4 + 4 + 4 + 8 + 4)
    return struct.pack(">I4xI", size, 0x04200000) + kind + _fixed(*_WHITE) + bytes(4 + 16 + 28)


def _words(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*values)


def _fixed(*values: float) -> bytes:
    """Return numbers as ICC writes them, in 65,536ths."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
