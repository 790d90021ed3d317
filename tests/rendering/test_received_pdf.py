"""Received PDFs in copies: as their scanners made them, or drawn as pictures where PDF/A does not take them."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageChops

from formsvc.rendering.copies import draw_copies
from tests.forms.factories import a_spec
from tests.rendering.scan_files import (
    DATE,
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

PAGE = (595.2, 841.9)
RGB = {"Width": SIZE[0], "Height": SIZE[1], "ColorSpace": Name.DeviceRGB, "BitsPerComponent": 8}
JPX = as_file(a_sheet(), "JPEG2000")
UNKNOWN = "JPEG 2000 images are not supported"
"""What one of the validators says of every such image; the other looks at it."""
HIDDEN = b"BT /F1 12 Tf 3 Tr 100 400 Td (hidden by the scanner) Tj ET\n"
SHOWN = b"BT /F1 40 Tf 100 400 Td (TYPED) Tj ET\n"


def saved(pdf: Pdf) -> bytes:
    """Return a file, its streams packed as they were made."""
    out = io.BytesIO()
    pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return out.getvalue()


def a_page(pdf: Pdf, data: bytes, before: bytes = b"", *, rotate: int = 0, **entries: Any) -> pikepdf.Page:
    image = Stream(pdf, data, Type=Name.XObject, Subtype=Name.Image, **{**RGB, **entries})
    page = pdf.add_blank_page(page_size=PAGE)
    page.obj.Resources = Dictionary(XObject=Dictionary(Im0=image))
    page.obj.Contents = pdf.make_stream(b"q 595.2 0 0 841.9 0 0 cm /Im0 Do Q\n" + before)
    if rotate:
        page.obj.Rotate = rotate
    return page


def a_pdf(data: bytes | None = None, before: bytes = b"", **entries: Any) -> bytes:
    pdf = pikepdf.new()
    page = a_page(pdf, data or a_jpeg(), before, **{"Filter": Name.DCTDecode, **entries})
    if before:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.obj.Resources.Font = Dictionary(F1=pdf.make_indirect(font))
    return saved(pdf)


def rows(mode: str = "RGB") -> bytes:
    return a_sheet().convert(mode).tobytes()


def fax() -> bytes:
    return strip_of(a_sheet().convert("1"), "group4")


def strip_of(sheet: Image.Image, compression: str) -> bytes:
    """Return rows packed as in the one strip of a TIFF."""
    data = as_file(sheet, "TIFF", compression=compression, strip_size=1 << 24)
    with Image.open(io.BytesIO(data)) as tiff:
        (start,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]  # of TIFFs alone
    return data[start : start + length]


def with_metadata() -> bytes:
    with pikepdf.open(io.BytesIO(a_pdf())) as pdf:
        pdf.docinfo["/Title"] = SECRET.decode()
        image = pdf.pages[0].obj.Resources.XObject.Im0
        image.Metadata = pdf.make_stream(b"<x/>" + SECRET)
        image.Interpolate = True
        image.PieceInfo = Dictionary(Scanner=Dictionary(Private=pikepdf.String(SECRET)))
        pdf.pages[0].obj.Thumb = Stream(pdf, SECRET, Width=1, Height=1, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
        pdf.pages[0].obj.PieceInfo = Dictionary(Scanner=Dictionary(Private=pikepdf.String(SECRET)))
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String(SECRET))
        pdf.attachments["note.txt"] = SECRET
        return saved(pdf)


def encrypted() -> bytes:
    with pikepdf.open(io.BytesIO(a_pdf())) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="", R=6))
        return out.getvalue()


def drawn_by_pillow() -> bytes:
    return as_file(a_sheet(), "PDF", resolution=DPI)


def stripes() -> bytes:
    """Return a page of three images one below the other, as some copiers send it."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=PAGE)
    page.obj.Resources = Dictionary(XObject=Dictionary())
    lines = []
    for number in range(3):
        band = a_sheet().crop((0, number * 195, SIZE[0], min((number + 1) * 195, SIZE[1])))
        name = f"/Im{number}"
        page.obj.Resources.XObject[name] = Stream(
            pdf,
            as_file(band, "JPEG"),
            **{**RGB, "Height": band.height, "Subtype": Name.Image, "Filter": Name.DCTDecode},
        )
        low, high = (1 - 195 * number / SIZE[1] - band.height / SIZE[1]), band.height / SIZE[1]
        lines.append(f"q 595.2 0 0 {841.9 * high} 0 {841.9 * low} cm {name} Do Q".encode())
    page.obj.Contents = pdf.make_stream(b"\n".join(lines))
    return saved(pdf)


PALETTE = a_sheet().quantize(16)
KEPT: dict[str, Callable[[], bytes]] = {
    "jpeg": a_pdf,
    "pillow": drawn_by_pillow,
    "metadata everywhere": with_metadata,
    "stripes": stripes,
    "hidden text in a font that is not there": lambda: a_pdf(None, HIDDEN),
    "flate": lambda: a_pdf(zlib.compress(rows()), Filter=Name.FlateDecode),
    "jpeg packed once more": lambda: a_pdf(
        zlib.compress(a_jpeg()),
        Filter=Array([Name.FlateDecode, Name.DCTDecode]),
        DecodeParms=Array([None, Dictionary()]),
    ),
    "lzw": lambda: a_pdf(strip_of(a_sheet(), "tiff_lzw"), Filter=Name.LZWDecode),
    "no packing": lambda: a_pdf(rows("L"), Filter=None, ColorSpace=Name.DeviceGray),
    "grey": lambda: a_pdf(zlib.compress(rows("L")), Filter=Name.FlateDecode, ColorSpace=Name.DeviceGray),
    "palette": lambda: a_pdf(
        zlib.compress(PALETTE.tobytes()),
        Filter=Name.FlateDecode,
        ColorSpace=Array(
            [Name.Indexed, Name.DeviceRGB, 15, pikepdf.String(bytes(PALETTE.getpalette() or [])[:48].ljust(48, b"\0"))]
        ),
    ),
    "fax": lambda: a_pdf(
        fax(),
        Filter=Name.CCITTFaxDecode,
        DecodeParms=Dictionary(K=-1, Columns=SIZE[0], Rows=SIZE[1], BlackIs1=True),
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=1,
    ),
    "jpeg 2000": lambda: a_pdf(JPX, Filter=Name.JPXDecode),
    "encrypted without a password": encrypted,
}
RASTERISED: dict[str, Callable[[], bytes]] = {
    "text in a font that is not there": lambda: a_pdf(None, SHOWN),
    "jpeg 2000 that says nothing of its colours": lambda: a_pdf(
        as_file(a_sheet(), "JPEG2000", no_jp2=True), Filter=Name.JPXDecode
    ),
    "ink colours": lambda: a_pdf(rows("CMYK"), Filter=None, ColorSpace=Name.DeviceCMYK),
}


@pytest.mark.parametrize("kind", [*KEPT, *RASTERISED])
def test_a_copy_of_a_pdf_is_pdf_a_2b_and_looks_like_it(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "received.pdf"
    path.write_bytes({**KEPT, **RASTERISED}[kind]())
    copies, answer = copies_of(path)
    assert answer["archivable"]
    assert answer["rasterised"] is (kind in RASTERISED)
    copy = copies["workplace"]
    assert [finding for finding in findings(copy) if UNKNOWN not in finding] == []
    assert SECRET not in copy
    page, original = shown(copy), shown(path.read_bytes())
    for picture in (page, original):
        picture.paste("white", (SIZE[0] // 2, 40, SIZE[0], 60))
    assert difference(page, original) < 2.5


@pytest.mark.parametrize("kind", ["jpeg", "pillow", "stripes", "flate", "grey", "palette", "fax", "jpeg 2000"])
def test_image_data_is_byte_for_byte_that_of_the_received_pdf(kind: str, tmp_path: Path) -> None:
    data = KEPT[kind]()
    received, kept = image_data(data), image_data(one_copy(tmp_path, data))
    if kind == "jpeg":  # which has EXIF
        received = image_data(one_copy(tmp_path, a_jpeg()))
    assert [hashlib.sha256(one).digest() for one in kept] == [hashlib.sha256(one).digest() for one in received]


def test_what_an_image_shares_with_others_stays_with_it(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    shared, data = pdf.make_stream(b"globals of the scanner"), bytes(range(256)) * 3
    told = Dictionary(JBIG2Globals=shared)
    one: dict[str, Any] = {
        "Filter": Name.JBIG2Decode,
        "DecodeParms": told,
        "ColorSpace": Name.DeviceGray,
        "BitsPerComponent": 1,
    }
    for _ in range(2):
        a_page(pdf, data, **one)
    with images(one_copy(tmp_path, saved(pdf), a_scan_reading((2, 1)))) as (first, second):
        assert first.read_raw_bytes() == second.read_raw_bytes() == data
        assert first.DecodeParms.JBIG2Globals.read_bytes() == b"globals of the scanner"
        assert first.DecodeParms.JBIG2Globals.objgen == second.DecodeParms.JBIG2Globals.objgen


def test_a_pdf_that_cannot_be_taken_apart_is_drawn_as_a_viewer_shows_it(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = a_page(pdf, zlib.compress(rows()), Filter=Array([Name.RunLengthDecode, Name.DCTDecode]))
    page.obj.Contents = pdf.make_stream(b"1 0 0 rg 0 0 300 300 re f")
    path = tmp_path / "received.pdf"
    path.write_bytes(saved(pdf))
    copies, answer = copies_of(path)
    assert answer["rasterised"]
    assert shown(copies["member"]).getpixel((20, SIZE[1] - 20)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["no packing", "lzw", "jpeg packed once more", "encrypted without a password"])
def test_image_data_packed_otherwise_has_the_same_pixels(kind: str, tmp_path: Path) -> None:
    data = KEPT[kind]()
    with images(data) as (received,), images(one_copy(tmp_path, data)) as (kept,):
        one, other = (pikepdf.PdfImage(image).as_pil_image() for image in (received, kept))
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_what_lies_over_a_turned_page_is_upright(rotate: int, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = a_page(pdf, rows(), rotate=rotate)
    page.mediabox = Array([10, 20, 605.2, 861.9])
    copy = one_copy(tmp_path, saved(pdf))
    assert findings(copy) == []
    received = shown(saved(pdf), dpi=150)
    changed = shown(copy, dpi=150)
    assert changed.size == received.size
    box = ImageChops.difference(changed, received).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert right > changed.width * 0.7
    assert bottom < changed.height * 0.2
    assert right - left > 3 * (bottom - top)


def test_only_the_pages_of_the_form_are_copied(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for grey in (10, 90, 170, 250):
        a_page(pdf, bytes([grey]), Width=1, Height=1, ColorSpace=Name.DeviceGray)
    copy = one_copy(tmp_path, saved(pdf), a_scan_reading((4, 2)))
    with pikepdf.open(io.BytesIO(copy)) as opened:
        assert len(opened.pages) == 2
    assert [shown(copy, page=number).getpixel((20, 500)) for number in range(2)] == [(250,) * 3, (90,) * 3]


def test_a_page_that_shows_text_gets_none_over_it(tmp_path: Path) -> None:
    spec, reading = a_spec("annex2"), a_scan_reading()
    drawn = draw_copies(spec, reading, record="7f3c9a0b12de", version=1, date=DATE)["member"].data
    assert isinstance(drawn, bytes)
    copy = one_copy(tmp_path, drawn)
    assert pypdf.PdfReader(io.BytesIO(copy)).pages[0].extract_text().count("张三") == 1
    assert findings(copy) == []
    unseen = one_copy(tmp_path, a_pdf(None, HIDDEN))
    assert "张三" in pypdf.PdfReader(io.BytesIO(unseen)).pages[0].extract_text()


def test_a_form_that_is_drawn_anew_can_be_searched(tmp_path: Path) -> None:
    text = pypdf.PdfReader(io.BytesIO(one_copy(tmp_path, a_pdf(None, SHOWN)))).pages[0].extract_text()
    assert "张三" in text
    assert "TYPED" not in text


def test_a_text_the_scanner_hid_stays_where_its_font_is_there(tmp_path: Path) -> None:
    first = one_copy(tmp_path, a_jpeg())
    again = one_copy(tmp_path, first, a_scan_reading(name="李四"))
    text = pypdf.PdfReader(io.BytesIO(again)).pages[0].extract_text()
    assert "张三" in text
    assert "李四" in text
    assert findings(again) == []
