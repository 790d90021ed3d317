"""Pictures inside a PDF become JPEG or PNG files.

A JPEG stays as it is, unless parts of it are masked out. What is stored as plain samples (grey, RGB, a palette; one to
eight bits) becomes a PNG, with its soft mask as transparency. Nothing else is decoded: a picture that cannot be kept is
said not to be kept.
"""

from __future__ import annotations

import io
import struct
import zlib

from pypdf.generic import DictionaryObject, StreamObject

from formsvc.extraction.pdf.errors import PdfError
from formsvc.extraction.pdf.objects import (
    as_dict,
    as_list,
    as_name,
    encoded_data,
    integer,
    numbers,
    resolve,
    stream_data,
    string,
)

PIXELS = 4_000_000
"""The largest picture re-encoded; a seal or a signature at 600 dpi has about one million."""
ENCODED = 4 << 20
"""The largest picture kept, in bytes."""
_SIDE = 20_000
_DEVICE = {"DeviceGray": 1, "CalGray": 1, "G": 1, "DeviceRGB": 3, "CalRGB": 3, "RGB": 3}
_MODE = {1: 0, 3: 2, 2: 4, 4: 6}
"""Samples a pixel -> PNG's colour type."""


def picture_of(stream: StreamObject) -> tuple[str, bytes] | None:
    """Return a picture's media type and bytes; None when it cannot be kept."""
    width, height = integer(stream.get("/Width")), integer(stream.get("/Height"))
    if not (0 < width <= _SIDE and 0 < height <= _SIDE and width * height <= PIXELS):
        return None
    filters = [as_name(item) for item in as_list(stream.get("/Filter"))] or [as_name(stream.get("/Filter"))]
    if filters[-1] in {"JPXDecode", "JBIG2Decode", "CCITTFaxDecode"}:
        return None
    try:
        if filters[-1] == "DCTDecode":
            return _jpeg(stream, filters, width, height)
        data = _png(stream, width, height)
    except PdfError:
        return None
    return None if data is None or len(data) > ENCODED else ("image/png", data)


def _jpeg(stream: StreamObject, filters: list[str], width: int, height: int) -> tuple[str, bytes] | None:
    data = encoded_data(stream)
    try:
        if filters == ["FlateDecode", "DCTDecode"]:
            data = zlib.decompress(data)
    except zlib.error:
        return None
    plain = filters in (["DCTDecode"], ["FlateDecode", "DCTDecode"])
    if not plain or not data.startswith(b"\xff\xd8") or len(data) > ENCODED:
        return None
    mask = _mask(as_dict(stream.get("/SMask")), width, height)
    return ("image/jpeg", data) if mask is None else _masked(data, mask, width, height)


def _masked(data: bytes, mask: bytes, width: int, height: int) -> tuple[str, bytes] | None:
    """Return a JPEG as a PNG in which its mask is transparency; what a mask covers is often black below it."""
    from PIL import Image  # noqa: PLC0415 - only masked photographs need a decoder

    try:
        image = Image.open(io.BytesIO(data), formats=("JPEG",))
        if image.size != (width, height):
            return None
        colours = image.convert("RGB").tobytes()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    png = _written(_with_mask(colours, 3, mask), width, height, 4)
    return ("image/png", png) if len(png) <= ENCODED else None


def _png(stream: StreamObject, width: int, height: int) -> bytes | None:
    bits = 1 if resolve(stream.get("/ImageMask")) else integer(stream.get("/BitsPerComponent"), 8)
    samples, palette = _colours(stream)
    if samples == 0 or bits not in {1, 2, 4, 8} or (samples == 3 and bits != 8):
        return None
    stride = (width * samples * bits + 7) // 8
    data = stream_data(stream, "picture")
    if len(data) < stride * height:
        return None
    data = data[: stride * height]
    if _is_inverted(stream, palette):
        data = data.translate(bytes(range(255, -1, -1)))
    mask = _mask(as_dict(stream.get("/SMask")), width, height)
    if mask is not None and bits == 8 and palette is None:
        data, samples = _with_mask(data, samples, mask), samples + 1
    return _written(data, width, height, samples, bits=bits, palette=palette)


def _written(
    data: bytes, width: int, height: int, samples: int, *, bits: int = 8, palette: bytes | None = None
) -> bytes:
    """Write rows of samples as a PNG."""
    stride = (width * samples * bits + 7) // 8
    header = struct.pack(">IIBBBBB", width, height, bits, 3 if palette is not None else _MODE[samples], 0, 0, 0)
    rows = b"".join(b"\0" + data[at : at + stride] for at in range(0, stride * height, stride))
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")]
    if palette is not None:
        chunks.insert(1, (b"PLTE", palette))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _colours(stream: StreamObject) -> tuple[int, bytes | None]:
    """Return the samples a pixel has and its palette, if it has one; no samples for colours PNG does not have."""
    if resolve(stream.get("/ImageMask")):
        return 1, None
    space = resolve(stream.get("/ColorSpace"))
    parts = as_list(space)
    if parts and as_name(parts[0]) in {"Indexed", "I"} and len(parts) == 4:
        if _samples(parts[1]) != 3:
            return 0, None
        table = resolve(parts[3])
        raw = stream_data(table, "palette") if isinstance(table, StreamObject) else string(table) or b""
        used = min((integer(parts[2]) + 1) * 3, 768, len(raw) // 3 * 3)
        return (1, raw[:used]) if used > 0 else (0, None)
    return _samples(space), None


def _samples(space: object) -> int:
    parts = as_list(space)
    name = as_name(parts[0]) if parts else as_name(space)
    if name == "ICCBased" and len(parts) > 1:
        count = integer(as_dict(parts[1]).get("/N"))
        return count if count in {1, 3} else 0
    return _DEVICE.get(name, 0)


def _is_inverted(stream: StreamObject, palette: bytes | None) -> bool:
    """Whether 1 means black: by /Decode, while a stencil paints where its samples are 0."""
    decode = numbers(stream.get("/Decode"), 2)
    return palette is None and decode is not None and decode[0] > decode[1]


def _mask(mask: DictionaryObject, width: int, height: int) -> bytes | None:
    """Return a soft mask of the picture's own size; None for none."""
    if not isinstance(mask, StreamObject) or integer(mask.get("/BitsPerComponent")) != 8:
        return None
    if (integer(mask.get("/Width")), integer(mask.get("/Height"))) != (width, height) or _samples(
        mask.get("/ColorSpace")
    ) != 1:
        return None
    if as_name(mask.get("/Filter")) == "DCTDecode":
        return None
    data = stream_data(mask, "mask")
    return data[: width * height] if len(data) >= width * height else None


def _with_mask(data: bytes, samples: int, mask: bytes) -> bytes:
    """Put a mask's samples behind each pixel's own."""
    mixed = bytearray(len(data) // samples * (samples + 1))
    for sample in range(samples):
        mixed[sample :: samples + 1] = data[sample::samples]
    mixed[samples :: samples + 1] = mask
    return bytes(mixed)
