"""Pictures out of submissions made into plain ones, inside the sandbox: what leaves it needs no picture decoder.

A plain picture is a PNG of 8-bit RGB rows without filters, at most `LONGEST` pixels a side. Its pixels are a zlib
stream and nothing else, see `rendering.pictures`.
"""

from __future__ import annotations

import dataclasses
import io
import struct
import warnings
import zlib

from formsvc.forms.reading import Picture, Reading

LONGEST = 800
"""Pixels of the longer side: 300 dpi on a seal of 60 mm."""
_MOST_PIXELS = 30_000_000
"""Pixels of a picture that is decoded at all."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def with_plain_pictures(reading: Reading) -> Reading:
    """Return the reading with its pictures made plain; one that cannot be decoded is left out."""
    if not reading.pictures:
        return reading
    plain = [plain_picture(picture) for picture in reading.pictures]
    return dataclasses.replace(reading, pictures=tuple(picture for picture in plain if picture is not None))


def plain_picture(picture: Picture) -> Picture | None:
    """Return the picture as a plain PNG on white, or None when it is no PNG or JPEG of a bearable size."""
    from PIL import Image  # noqa: PLC0415 - only forms with pictures need a decoder

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(picture.data), formats=("PNG", "JPEG"))
            if image.width * image.height > _MOST_PIXELS:
                return None
            image.thumbnail((LONGEST, LONGEST))
            shown = Image.new("RGB", image.size, "white")
            rgba = image.convert("RGBA")
            shown.paste(rgba, mask=rgba)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    data = plain_png(shown.width, shown.height, shown.tobytes())
    return dataclasses.replace(picture, media_type="image/png", data=data)


def plain_png(width: int, height: int, rgb: bytes) -> bytes:
    """Return rows of 8-bit RGB as a PNG without filters."""
    stride = width * 3
    rows = b"".join(b"\0" + rgb[row * stride : (row + 1) * stride] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
