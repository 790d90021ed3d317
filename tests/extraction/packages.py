"""Zips and pictures made for the tests, sound ones and bent ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
DOCUMENT = '<?xml version="1.0" encoding="UTF-8"?><document><p>承诺</p></document>'.encode()
PARTS: Mapping[str, bytes] = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": DOCUMENT}


def a_package(more: Mapping[str, bytes] | None = None, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a docx of two parts, with more parts or others in their place."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as package:
        for name, data in {**PARTS, **(more or {})}.items():
            package.writestr(zipfile.ZipInfo(name), data, method)
    return written.getvalue()


def a_png(width: int = 4, height: int = 4) -> bytes:
    """Make a PNG that claims a size and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def a_jpeg(width: int = 4, height: int = 4, thumbnail: bytes = b"") -> bytes:
    """Make a JPEG of headers and two bytes of scan, with a small picture in its EXIF data."""
    exif = b"\xff\xe1" + struct.pack(">H", 2 + len(thumbnail)) + thumbnail
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + exif + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\x34\xff\xd9"


def a_tiff(
    pages: list[tuple[int, int]],
    order: str = "<",
    *,
    is_big: bool = False,
    is_loop: bool = False,
    strip: tuple[int, int] = (8, 4),
) -> bytes:
    """Make a TIFF of pages with the sizes given, each with one strip at an offset and of a length."""
    start = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if is_big else 42)
    head = start + struct.pack(order + "HHQ", 8, 0, 16) if is_big else start + struct.pack(order + "I", 8)
    entry, count, following = ("HHQQ", "Q", "Q") if is_big else ("HHII", "H", "I")
    length = struct.calcsize("<" + count) + 4 * struct.calcsize("<" + entry) + struct.calcsize("<" + following)
    written = head
    for number, (width, height) in enumerate(pages):
        is_last = number == len(pages) - 1
        place = len(head) if is_last and is_loop else 0 if is_last else len(written) + length
        lines = ((256, width), (257, height), (273, strip[0]), (279, strip[1]))
        written += struct.pack(order + count, len(lines))
        written += b"".join(
            struct.pack(order + entry, tag, 4, 1, value if order == "<" else value << (32 * is_big))
            for tag, value in lines
        )
        written += struct.pack(order + following, place)
    return written


def a_pdf(body: bytes = b"", end: bytes = b"%%EOF\n") -> bytes:
    """Make what looks like a PDF from outside."""
    return b"%PDF-1.7\n" + body + b"\nstartxref\n0\n" + end
