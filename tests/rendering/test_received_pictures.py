"""Received pictures in copies: their compressed data untouched, their pixels as a viewer shows them, no metadata."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageCms, ImageOps

from tests.rendering.scan_files import (
    DPI,
    SECRET,
    SIZE,
    a_jpeg,
    a_scan_reading,
    a_sheet,
    as_file,
    copies_of,
    difference,
    findings,
    image_data,
    images,
    one_copy,
    shown,
)

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LARGE = (2 * SIZE[0], 2 * SIZE[1])


def black_and_white() -> Image.Image:
    return a_sheet(LARGE).convert("L").point(lambda value: 255 * (value > 150)).convert("1")


def with_alpha() -> Image.Image:
    sheet = a_sheet().convert("RGBA")
    sheet.putalpha(Image.linear_gradient("L").resize(SIZE))
    return sheet


def tiff(picture: Image.Image, compression: str | None, dpi: int = DPI, **tags: object) -> bytes:
    return as_file(picture, "TIFF", compression=compression, dpi=(dpi, dpi), **tags)


FILES: dict[str, Callable[[], bytes]] = {
    "jpeg": a_jpeg,
    "grey jpeg": lambda: a_jpeg("L"),
    "progressive jpeg": lambda: a_jpeg(progressive=True),
    "jpeg with a profile": lambda: a_jpeg(icc_profile=SRGB),
    "cmyk jpeg": lambda: a_jpeg("CMYK"),
    "png": lambda: as_file(a_sheet(), "PNG"),
    "grey png": lambda: as_file(a_sheet().convert("L"), "PNG"),
    "png of one bit": lambda: as_file(black_and_white(), "PNG", dpi=(2 * DPI, 2 * DPI)),
    "png with a palette": lambda: as_file(a_sheet().quantize(16), "PNG"),
    "png with a profile": lambda: as_file(a_sheet(), "PNG", icc_profile=SRGB),
    "png of 16 bits": lambda: as_file(a_sheet().convert("L").convert("I;16").point(lambda value: value * 257), "PNG"),
    "png with alpha": lambda: as_file(with_alpha(), "PNG"),
    "opaque png": lambda: as_file(a_sheet().convert("RGBA"), "PNG"),
    "plain tiff": lambda: tiff(a_sheet(), None),
    "lzw tiff": lambda: tiff(a_sheet(), "tiff_lzw"),
    "deflate tiff": lambda: tiff(a_sheet(), "tiff_adobe_deflate"),
    "deflate tiff of one strip": lambda: tiff(a_sheet(), "tiff_adobe_deflate", strip_size=1 << 24),
    "deflate tiff with differences": lambda: tiff(
        a_sheet(), "tiff_adobe_deflate", strip_size=1 << 24, tiffinfo={317: 2}
    ),
    "jpeg tiff": lambda: tiff(a_sheet(), "jpeg"),
    "jpeg tiff of one strip": lambda: tiff(a_sheet(), "jpeg", strip_size=1 << 24),
    "group 4 tiff": lambda: tiff(black_and_white(), "group4", 2 * DPI),
    "group 3 tiff": lambda: tiff(black_and_white(), "group3", 2 * DPI),
    "two-dimensional group 3 tiff": lambda: tiff(black_and_white(), "group3", 2 * DPI, tiffinfo={292: 1}),
    "huffman tiff": lambda: tiff(black_and_white(), "tiff_ccitt", 2 * DPI),
    "fax of one strip": lambda: tiff(black_and_white(), "group4", 2 * DPI, strip_size=1 << 24),
    "fax where white is zero": lambda: tiff(black_and_white(), "group4", 2 * DPI, tiffinfo={262: 0}),
    "fax with its bits turned": lambda: tiff(black_and_white(), "group4", 2 * DPI, tiffinfo={266: 2}),
    "packbits tiff": lambda: tiff(black_and_white(), "packbits", 2 * DPI),
    "bmp": lambda: as_file(a_sheet(), "BMP"),
    "gif": lambda: as_file(a_sheet(), "GIF"),
    "webp": lambda: as_file(a_sheet(), "WEBP", lossless=True),
}
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
RASTERISED = {"cmyk jpeg"}
NEW_PACKING = {"gif", "bmp", "webp", "plain tiff", "lzw tiff", "deflate tiff", "packbits tiff", "cmyk jpeg"} | {
    "png with alpha",
    "opaque png",
}


def seen(data: bytes) -> Image.Image:
    """Return a picture as a viewer shows it, on white."""
    with Image.open(io.BytesIO(data)) as opened:
        if opened.mode.startswith("I"):
            return opened.point(lambda value: value / 257).convert("L").convert("RGB")
        layer = ImageOps.exif_transpose(opened).convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer)
    return white


@pytest.mark.parametrize("kind", FILES)
def test_a_copy_of_a_picture_is_pdf_a_2b_and_looks_like_it(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "received"
    path.write_bytes(FILES[kind]())
    copies, answer = copies_of(path)
    assert answer["archivable"]
    assert answer["rasterised"] is (kind in RASTERISED)
    copy = copies["workplace"]
    assert findings(copy) == []
    original = seen(path.read_bytes()).resize(SIZE)
    page = shown(copy).resize(SIZE)
    mark = (SIZE[0] // 2, 40, SIZE[0], 60)
    for picture in (page, original):
        picture.paste("white", mark)
    assert difference(page, original) < 2.5


@pytest.mark.parametrize("kind", sorted(set(FILES) - NEW_PACKING))
def test_the_compressed_data_is_that_of_the_received_file(kind: str, tmp_path: Path) -> None:
    data = FILES[kind]()
    path = tmp_path / "received"
    path.write_bytes(data)
    copies, answer = copies_of(path)
    kept = sum(piece[1] for piece in next(iter(answer["copies"].values())) if isinstance(piece, list))
    held = image_data(next(iter(copies.values())))
    if kind == "fax with its bits turned":
        assert kept == 0
        assert held[0][:8] in data.translate(REVERSED)
    else:
        assert 0 < kept <= sum(map(len, held)) <= kept + 700 * len(held)


@pytest.mark.parametrize("kind", sorted(NEW_PACKING - RASTERISED - {"png with alpha", "gif"}))
def test_what_is_packed_anew_has_every_pixel_as_received(kind: str, tmp_path: Path) -> None:
    data = FILES[kind]()
    with images(one_copy(tmp_path, data)) as (image,), Image.open(io.BytesIO(data)) as opened:
        assert pikepdf.PdfImage(image).as_pil_image().convert("RGB").tobytes() == opened.convert("RGB").tobytes()


def test_nothing_a_camera_wrote_beside_the_picture_is_in_a_copy(tmp_path: Path) -> None:
    data = a_jpeg(icc_profile=SRGB, xmp=b"<x:xmpmeta>" + SECRET)
    tail = b"\xff\xd8\xff" + SECRET
    assert data.count(SECRET) == 3
    copy = one_copy(tmp_path, data + tail)
    (raw,) = image_data(copy)
    assert SECRET not in copy
    for name in (b"Exif", b"http", b"ICC_PROFILE", b"Photoshop", b"\xff\xfe"):
        assert name not in raw[:600]
    assert raw.endswith(b"\xff\xd9")
    assert Image.open(io.BytesIO(raw)).tobytes() == Image.open(io.BytesIO(data)).tobytes()
    with images(copy) as (image,):
        assert image.ColorSpace[1].read_bytes() == SRGB


def test_colours_that_only_an_adobe_segment_explains_keep_it(tmp_path: Path) -> None:
    data = a_jpeg(keep_rgb=True)
    start = data.index(b"\xff\xe0")
    plain = data[:start] + data[start + 18 :]  # JFIF would say YCbCr
    adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
    assert plain.count(adobe) == 1
    (raw,) = image_data(one_copy(tmp_path, plain))
    assert raw.count(adobe) == 1


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_strips_of_a_jpeg_tiff_become_one_picture(mode: str, tmp_path: Path) -> None:
    data = tiff(a_sheet().convert(mode), "jpeg", strip_size=4096)
    with Image.open(io.BytesIO(data)) as opened:
        strips = opened.tag_v2[279]  # type: ignore[attr-defined]  # of TIFFs alone
        assert len(strips) > 20
        (raw,) = image_data(one_copy(tmp_path, data))
        with Image.open(io.BytesIO(raw)) as merged:
            assert difference(merged, opened) < 0.2
    assert sum(strips) > len(raw) - 1000


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_shown_turned_as_its_exif_says(orientation: int, tmp_path: Path) -> None:
    data = a_jpeg(orientation=orientation, quality=95)
    copy = one_copy(tmp_path, data)
    with Image.open(io.BytesIO(data)) as opened:
        upright = ImageOps.exif_transpose(opened)
    page = shown(copy)
    assert abs(page.width - upright.width) <= 1
    page = page.resize(upright.size)
    for picture in (page, upright):
        picture.paste("white", (picture.width // 2, 0, picture.width, picture.height // 7))
    assert difference(page, upright) < 4
    assert b"Exif" not in copy


@pytest.mark.parametrize(
    ("dpi", "size", "expected"),
    [
        ((50, 50), SIZE, (594.72, 840.96)),
        ((50, 50), SIZE[::-1], (840.96, 594.72)),
        ((72, 72), (4000, 3000), (793.7, 595.3)),
        ((0, 0), (300, 424), (595.3, 841.3)),
        ((50, 100), (413, 1168), (594.7, 841.0)),
        ((20, 100), SIZE, (595.3, 841.8)),
    ],
)
def test_a_page_is_as_large_as_its_dots_say_or_else_as_its_paper(
    dpi: tuple[int, int], size: tuple[int, int], expected: tuple[float, float], tmp_path: Path
) -> None:
    copy = one_copy(tmp_path, as_file(Image.new("L", size, 255), "JPEG", dpi=dpi))
    with pikepdf.open(io.BytesIO(copy)) as opened:
        box = [float(side) for side in opened.pages[0].mediabox]
    assert box[:2] == [0, 0]
    assert box[2:] == pytest.approx(expected, abs=1.0)


def test_of_a_file_of_many_pages_only_those_of_the_form_are_copied(tmp_path: Path) -> None:
    pages = [Image.new("1", LARGE, number % 2) for number in range(4)]
    pages[2].paste(0, (0, 0, 400, 400))
    data = as_file(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(100, 100))
    copy = one_copy(tmp_path, data, a_scan_reading((3, 2)))
    with pikepdf.open(io.BytesIO(copy)) as opened:
        assert len(opened.pages) == 2
    dark = [shown(copy, page=number).getpixel((20, 300)) for number in range(2)]
    assert dark == [(0, 0, 0), (255, 255, 255)] or dark[0] != dark[1]


@pytest.mark.parametrize("profile", [b"no profile", b"\0" * 3000, SRGB[:16] + b"CMYK" + SRGB[20:], SRGB + b"more"])
def test_a_profile_that_pdf_a_does_not_take_is_left_out(profile: bytes, tmp_path: Path) -> None:
    chunk = b"iCCPx\0\0" + zlib.compress(profile)
    plain = as_file(a_sheet(), "PNG")
    place = plain.index(b"IDAT") - 4
    data = (
        plain[:place] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + plain[place:]
    )
    with images(one_copy(tmp_path, data)) as (image,):
        assert image.ColorSpace == "/DeviceRGB"


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    assert one_copy(tmp_path, a_jpeg()) == one_copy(tmp_path, a_jpeg())


def test_copies_say_what_they_are_and_differ_in_their_mark_alone(tmp_path: Path) -> None:
    path = tmp_path / "received"
    path.write_bytes(a_jpeg())
    copies, _ = copies_of(path)
    assert sorted(copies) == ["member", "residence", "workplace"]
    for role, copy in copies.items():
        with pikepdf.open(io.BytesIO(copy)) as opened:
            about = opened.Root.Metadata.read_bytes().decode()
            assert f"formsvc:copy={role}" in about
            assert "formsvc:record=7f3c9a0b12de" in about
            assert str(opened.docinfo["/Producer"]) == "formsvc"
            assert not re.search("pikepdf|img2pdf", about)
    one, other, _ = map(image_data, copies.values())
    assert one == other
