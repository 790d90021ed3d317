"""Pages of TIFFs as images: which strips go in as they are, and that broken directories are refused."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.rendering.spans import Span
from formsvc.rendering.tiff import directories, images_of
from tests.rendering.scan_files import a_sheet, as_file

FIRST = frozenset({1})


def unpacked(data: bytes, mode: str = "RGB") -> bytes:
    (image,) = images_of(data, directories(data, FIRST)[1], large=0) or ()
    assert image.filter == "FlateDecode"
    assert image.components == len(a_sheet().convert(mode).getbands())
    parts = (data[part.start : part.start + part.length] if isinstance(part, Span) else part for part in image.parts)
    return zlib.decompress(b"".join(parts))


@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
@pytest.mark.parametrize("strip_size", [10_000, 200_000, 1 << 24])
def test_large_plain_strips_stay_as_they_are(mode: str, strip_size: int) -> None:
    sheet = a_sheet().convert(mode)
    assert unpacked(as_file(sheet, "TIFF", strip_size=strip_size), mode) == sheet.tobytes()


def test_small_plain_strips_are_better_packed() -> None:
    data = as_file(a_sheet(), "TIFF")
    assert images_of(data, directories(data, FIRST)[1]) is None


@pytest.mark.parametrize("options", [{"compression": "tiff_lzw"}, {"compression": "packbits"}, {"tiffinfo": {284: 2}}])
def test_what_a_pdf_cannot_hold_is_not_taken_as_it_is(options: dict[str, object]) -> None:
    data = as_file(a_sheet(), "TIFF", **options)
    assert images_of(data, directories(data, FIRST)[1]) is None


def test_pages_are_found_by_their_numbers() -> None:
    sheets = [a_sheet((200 + number, 300)).convert("1") for number in range(4)]
    data = as_file(sheets[0], "TIFF", save_all=True, append_images=sheets[1:], compression="group4")
    found = directories(data, frozenset({2, 4, 9}))
    assert {number: tags[256] for number, tags in found.items()} == {2: (201,), 4: (203,)}


def test_a_chain_of_pages_that_never_ends_is_left_after_a_while() -> None:
    data = bytearray(as_file(a_sheet().convert("1"), "TIFF", compression="group4"))
    place = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[place : place + 2], "little")
    data[place + 2 + 12 * count : place + 6 + 12 * count] = data[4:8]
    assert list(directories(bytes(data), frozenset({1, 200_000}))) == [1]


WHOLE = as_file(a_sheet().convert("1"), "TIFF", compression="group4")


@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=4))
def test_a_damaged_tiff_is_refused_or_stays_inside_the_file(place: int, junk: bytes) -> None:
    data = WHOLE[:place] + junk + WHOLE[place + len(junk) :]
    try:
        tags = directories(data, FIRST).get(1, {})
        images = images_of(data, tags) or ()
    except ValueError:
        return
    for image in images:
        for part in image.parts:
            assert not isinstance(part, Span) or part.start + part.length <= len(data)
