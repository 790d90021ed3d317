"""Which JPEG 2000 images PDF/A-2 takes, told by their boxes."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

from formsvc.rendering.jpx import is_archivable
from tests.rendering.scan_files import a_sheet, as_file

MAGIC = b"\0\0\0\x0cjP  \r\n\x87\n"


def box(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", 8 + len(body), name) + body


def size(channels: int = 3, bits: int = 7) -> bytes:
    return box(b"ihdr", struct.pack(">IIHBBBB", 1, 1, channels, bits, 7, 0, 0))


def colour(method: int = 1, approximation: int = 0, meaning: int = 16) -> bytes:
    return box(b"colr", struct.pack(">BbBI", method, 0, approximation, meaning))


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_what_a_library_writes_is_taken(mode: str) -> None:
    assert is_archivable(as_file(a_sheet().convert(mode), "JPEG2000"))


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ((size(), colour()), True),
        ((size(1), colour(2)), True),
        ((size(3, 0xFF), box(b"bpcc", b"\x07\x07\x07"), colour()), True),
        ((size(3, 0xFF), box(b"bpcc", b"\x07\x07\x01"), colour()), False),
        ((size(), colour(approximation=1), colour(method=2)), True),
        ((size(), colour(approximation=1), colour(approximation=1)), False),
        ((size(), colour(meaning=19)), False),
        ((size(), colour(method=4)), False),
        ((size(2), colour()), False),
        ((size(bits=38), colour()), False),
        ((size(),), False),
        ((colour(),), False),
    ],
)
def test_channels_depths_and_colours_decide(inside: tuple[bytes, ...], *, expected: bool) -> None:
    assert is_archivable(MAGIC + box(b"ftyp", b"jp2 ") + box(b"jp2h", *inside)) is expected


def test_a_bare_codestream_is_not_taken() -> None:
    data = as_file(Image.new("L", (8, 8)), "JPEG2000", no_jp2=True)
    assert data.startswith(b"\xff\x4f")
    assert not is_archivable(data)


@pytest.mark.parametrize(
    "data", [b"", MAGIC, MAGIC + b"\0\0\0\1jp2h", MAGIC + b"\0\0\0\x02jp2h", MAGIC + b"\0\0\0\0jp2h"]
)
def test_boxes_that_are_not_whole_are_not_taken(data: bytes) -> None:
    assert not is_archivable(data)
