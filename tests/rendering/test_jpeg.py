"""JPEGs walked segment by segment: what is kept, what is left, and strips that become one picture."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from formsvc.rendering.jpeg import stripped
from formsvc.rendering.spans import Part, Span
from tests.rendering.scan_files import SECRET, a_jpeg, a_sheet, as_file


def joined(parts: tuple[Part, ...], data: bytes) -> bytes:
    return b"".join(data[part.start : part.start + part.length] if isinstance(part, Span) else part for part in parts)


def segment(code: int, body: bytes) -> bytes:
    return bytes([0xFF, code]) + (len(body) + 2).to_bytes(2, "big") + body


def with_segments(data: bytes, *segments: bytes) -> bytes:
    return data[:2] + b"".join(segments) + data[2:]


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 4}, {"subsampling": 2}])
def test_the_pixels_are_those_of_before(options: dict[str, Any]) -> None:
    data = a_jpeg(**options)
    kept = joined(stripped(data).parts, data)
    assert SECRET in data
    assert SECRET not in kept
    assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(io.BytesIO(data)).tobytes()
    assert joined(stripped(kept).parts, kept) == kept


@pytest.mark.parametrize("code", [*range(0xE0, 0xF0), 0xF0, 0xFD, 0xFE])
def test_no_segment_of_a_program_is_kept(code: int) -> None:
    data = with_segments(a_jpeg(), segment(code, b"Photoshop 3.0\0" + SECRET))
    assert SECRET not in joined(stripped(data).parts, data)


def test_a_thumbnail_inside_the_jfif_segment_is_left_out() -> None:
    plain = as_file(a_sheet(), "JPEG")
    data = plain[:2] + segment(0xE0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\x02\x01" + b"faceme") + plain[20:]
    kept = joined(stripped(data).parts, data)
    assert b"faceme" not in kept
    assert kept.count(b"JFIF") == 1
    assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(io.BytesIO(plain)).tobytes()


def test_what_stands_behind_the_end_is_left_out() -> None:
    data = a_jpeg() + a_jpeg() + SECRET
    kept = joined(stripped(data).parts, data)
    assert kept.count(b"\xff\xd9") == 1
    assert kept.endswith(b"\xff\xd9")


def test_an_adobe_segment_is_kept_as_far_as_it_speaks_of_colour() -> None:
    adobe = b"Adobe\0\x64\0\0\0\0\x01"
    data = with_segments(a_jpeg(), segment(0xEE, adobe + SECRET))
    found = stripped(data)
    kept = joined(found.parts, data)
    assert found.transform == 1
    assert segment(0xEE, adobe) in kept
    assert SECRET not in kept


def test_a_profile_in_several_segments_is_put_together() -> None:
    parts = [segment(0xE2, b"ICC_PROFILE\0" + bytes([number, 2]) + body) for number, body in ((2, b"two"), (1, b"one"))]
    assert stripped(with_segments(a_jpeg(), *parts)).icc == b"onetwo"


@pytest.mark.parametrize("code", [0xC3, 0xC5, 0xC9, 0xCB])
def test_a_kind_that_no_viewer_of_pdf_knows_is_told(code: int) -> None:
    data = a_jpeg()
    assert stripped(data).is_plain
    assert not stripped(data.replace(b"\xff\xc0", bytes([0xFF, code]), 1)).is_plain


@given(st.integers(0, len(a_jpeg())), st.binary(max_size=3))
def test_a_damaged_jpeg_is_kept_whole_or_refused(place: int, junk: bytes) -> None:
    data = a_jpeg()
    data = data[:place] + junk
    try:
        found = stripped(data)
    except ValueError:
        return
    assert found.parts
