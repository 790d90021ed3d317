"""Pictures come out as files that other programs open."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    EncodedStreamObject,
    NameObject,
    NumberObject,
    PdfObject,
)

from formsvc.extraction.pdf.pictures import PIXELS, picture_of


def array(*items: object) -> ArrayObject:
    return ArrayObject([item if isinstance(item, PdfObject) else name_or_number(item) for item in items])


def name_or_number(item: object) -> PdfObject:
    if isinstance(item, bool):
        return BooleanObject(item)
    return NumberObject(item) if isinstance(item, int) else NameObject(f"/{item}")


def picture(
    data: bytes, width: int, height: int, space: object = "DeviceGray", bits: int = 8, **more: object
) -> EncodedStreamObject:
    stream = EncodedStreamObject()
    entries = {"Width": width, "Height": height, "BitsPerComponent": bits, "ColorSpace": space, "Filter": "FlateDecode"}
    for key, value in {**entries, **more}.items():
        stream[NameObject(f"/{key}")] = value if isinstance(value, PdfObject) else name_or_number(value)
    stream._data = data if "Filter" in more else zlib.compress(data)  # noqa: SLF001 - no other door
    return stream


def opened(stream: EncodedStreamObject) -> Image.Image:
    found = picture_of(stream)
    assert found is not None
    media_type, data = found
    assert media_type == "image/png"
    return Image.open(io.BytesIO(data), formats=["PNG"])


def test_grey_and_colour_become_png_pixel_for_pixel() -> None:
    assert list(opened(picture(bytes(range(6)), 3, 2)).tobytes()) == list(range(6))
    colours = opened(picture(bytes(range(12)), 2, 2, "DeviceRGB"))
    assert colours.getpixel((1, 1)) == (9, 10, 11)


def test_a_palette_is_kept() -> None:
    space = array("Indexed", "DeviceRGB", 1, ByteStringObject(b"\xff\x00\x00\x00\x00\xff"))
    found = opened(picture(b"\x40", 2, 1, space, bits=1)).convert("RGB")
    assert [found.getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (0, 0, 255)]


def test_a_profile_with_three_colours_is_colour() -> None:
    profile = picture(b"", 1, 1, N=3)
    assert opened(picture(b"\1\2\3", 1, 1, array("ICCBased", profile))).getpixel((0, 0)) == (1, 2, 3)


def test_a_stencil_is_black_where_it_paints() -> None:
    found = opened(picture(b"\x80", 2, 1, bits=1, ImageMask=True)).convert("L")
    assert [found.getpixel((x, 0)) for x in (0, 1)] == [255, 0]


def test_an_inverted_picture_is_turned_back() -> None:
    assert opened(picture(b"\x00\x64", 2, 1, Decode=array(1, 0))).tobytes() == b"\xff\x9b"


def test_a_soft_mask_becomes_transparency() -> None:
    found = opened(picture(b"\1\2\3\4\5\6", 2, 1, "DeviceRGB", SMask=picture(b"\x00\x80", 2, 1)))
    assert found.mode == "RGBA"
    assert found.getpixel((1, 0)) == (4, 5, 6, 128)


def test_a_jpeg_stays_as_it_is() -> None:
    file = io.BytesIO()
    Image.new("L", (4, 4)).save(file, "JPEG")
    assert picture_of(picture(file.getvalue(), 4, 4, Filter="DCTDecode")) == ("image/jpeg", file.getvalue())


def test_a_masked_jpeg_is_transparent_where_its_mask_says() -> None:
    file = io.BytesIO()
    Image.new("RGB", (2, 1), (200, 0, 0)).save(file, "JPEG", quality=95)
    found = opened(picture(file.getvalue(), 2, 1, "DeviceRGB", Filter="DCTDecode", SMask=picture(b"\xff\x00", 2, 1)))
    assert found.mode == "RGBA"
    pixels = [found.getpixel((x, 0)) for x in (0, 1)]
    assert [pixel[3] for pixel in pixels if isinstance(pixel, tuple)] == [255, 0]


@pytest.mark.parametrize(
    "stream",
    [
        picture(b"", 5000, PIXELS // 5000 + 1),
        picture(b"\0", 0, 1),
        picture(b"\0", 2, 1),
        picture(b"\0" * 4, 1, 1, "DeviceCMYK"),
        picture(b"\0" * 6, 1, 1, "DeviceRGB", bits=16),
        picture(b"\0", 1, 1, array("Indexed", "DeviceCMYK", 0, ByteStringObject(b"\0" * 4))),
        picture(b"\0", 1, 1, Filter="JPXDecode"),
        picture(b"\0", 1, 1, Filter="CCITTFaxDecode"),
        picture(b"no jpeg", 1, 1, Filter="DCTDecode"),
    ],
)
def test_what_cannot_be_kept_is_said_to_be_none(stream: EncodedStreamObject) -> None:
    assert picture_of(stream) is None


def test_a_broken_picture_is_none() -> None:
    stream = picture(b"\0" * 100, 10, 10)
    stream._data = stream._data[:5]  # noqa: SLF001 - no other door
    assert picture_of(stream) is None
