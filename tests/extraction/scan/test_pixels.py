"""Pages come as pixels the way a viewer shows them, at a bounded size, whatever the file was."""

from __future__ import annotations

import io
import mmap
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from formsvc.extraction.preflight.sniff import Kind
from formsvc.extraction.scan.page import ScanPage
from formsvc.extraction.scan.pixels import LONGEST, Undecoded, pages_of

WIDTH, HEIGHT = 210, 297


def a_sheet(per_mm: int = 4, mode: str = "RGB") -> Image.Image:
    """Return a white sheet of A4 with a black corner at the top left."""
    sheet = Image.new("RGB", (WIDTH * per_mm, HEIGHT * per_mm), "white")
    ImageDraw.Draw(sheet).rectangle((0, 0, 40 * per_mm, 20 * per_mm), fill="black")
    return sheet.convert(mode)


def saved(image: Image.Image, kind: str, **settings: Any) -> bytes:
    packed = io.BytesIO()
    image.save(packed, kind, **settings)
    return packed.getvalue()


def only_page(kind: Kind, data: bytes) -> ScanPage:
    (page,) = pages_of(kind, data, [1])
    assert isinstance(page, ScanPage)
    return page


def has_dark_corner(page: ScanPage, *, right: bool = False) -> bool:
    corner = page.pixels[:20, -20:] if right else page.pixels[:20, :20]
    return bool(corner.max() < 90)


@pytest.mark.parametrize(
    ("kind", "name", "mode"),
    [
        (Kind.JPEG, "JPEG", "RGB"),
        (Kind.JPEG, "JPEG", "L"),
        (Kind.JPEG, "JPEG", "CMYK"),
        (Kind.PNG, "PNG", "RGB"),
        (Kind.PNG, "PNG", "1"),
        (Kind.PNG, "PNG", "P"),
        (Kind.PNG, "PNG", "RGBA"),
        (Kind.PNG, "PNG", "I;16"),
        (Kind.TIFF, "TIFF", "1"),
        (Kind.BMP, "BMP", "RGB"),
        (Kind.GIF, "GIF", "P"),
        (Kind.WEBP, "WEBP", "RGB"),
    ],
)
def test_a_picture_of_any_kind_is_a_page(kind: Kind, name: str, mode: str) -> None:
    sheet = a_sheet()
    if mode == "I;16":
        sheet = Image.fromarray(np.asarray(sheet.convert("L"), dtype=np.uint16) * 257)
    page = only_page(kind, saved(sheet if mode == "I;16" else sheet.convert(mode), name))
    assert page.pixels.shape == (HEIGHT * 4, WIDTH * 4, 3)
    assert has_dark_corner(page)
    assert page.pixels[-20:, -20:].min() > 240


def test_dots_an_inch_give_the_size_of_the_paper() -> None:
    assert only_page(Kind.PNG, saved(a_sheet(), "PNG", dpi=(101.6, 101.6))).per_mm == pytest.approx(4, rel=0.01)


def test_dots_an_inch_that_no_paper_can_have_are_not_believed() -> None:
    assert only_page(Kind.PNG, saved(a_sheet(), "PNG", dpi=(1200, 1200))).per_mm is None
    assert only_page(Kind.PNG, saved(a_sheet(), "PNG")).per_mm is None


def test_a_fine_scan_is_reduced_to_eight_pixels_a_millimetre() -> None:
    page = only_page(Kind.JPEG, saved(a_sheet(16), "JPEG", dpi=(406.4, 406.4)))
    assert page.per_mm == pytest.approx(8, rel=0.01)
    assert page.pixels.shape[:2] == pytest.approx((HEIGHT * 8, WIDTH * 8), abs=20)


def test_a_fax_with_half_the_lines_gets_square_pixels() -> None:
    fax = a_sheet(8, "1").resize((WIDTH * 8, HEIGHT * 4))
    page = only_page(Kind.TIFF, saved(fax, "TIFF", dpi=(203.2, 101.6), compression="group4"))
    assert page.pixels.shape[:2] == pytest.approx((HEIGHT * 8, WIDTH * 8), abs=20)


def test_a_page_is_never_longer_than_the_longest() -> None:
    page = only_page(Kind.PNG, saved(Image.new("L", (9000, 300), 255), "PNG"))
    assert max(page.pixels.shape) <= LONGEST


def test_a_photo_is_turned_as_its_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    page = only_page(Kind.JPEG, saved(a_sheet(), "JPEG", exif=exif))
    assert page.pixels.shape[:2] == (WIDTH * 4, HEIGHT * 4)
    assert has_dark_corner(page, right=True)


def test_grey_pages_have_no_colour_and_a_seal_gives_it() -> None:
    sheet = a_sheet()
    assert not only_page(Kind.JPEG, saved(sheet, "JPEG")).has_colour
    ImageDraw.Draw(sheet).ellipse((500, 700, 660, 860), outline="red", width=6)
    assert only_page(Kind.JPEG, saved(sheet, "JPEG")).has_colour


def test_frames_are_pages_and_a_damaged_one_leaves_the_others() -> None:
    frames = [a_sheet(mode="L"), a_sheet(mode="L"), a_sheet(mode="L")]
    whole = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    first, last = pages_of(Kind.TIFF, whole, [1, 3])
    assert isinstance(first, ScanPage)
    assert isinstance(last, ScanPage)
    assert (first.number, last.number) == (1, 3)
    good, lacking = pages_of(Kind.TIFF, whole, [2, 4])
    assert isinstance(good, ScanPage)
    assert lacking == Undecoded(4, "EOFError")


def test_pages_of_a_pdf_are_drawn_as_a_viewer_shows_them() -> None:
    document = pypdfium2.PdfDocument.new()
    for turned in (0, 90):
        document.new_page(WIDTH / 25.4 * 72, HEIGHT / 25.4 * 72).set_rotation(turned)
    packed = io.BytesIO()
    document.save(packed)
    document.close()
    upright, turned_page, lacking = pages_of(Kind.PDF, packed.getvalue(), [1, 2, 3])
    assert isinstance(upright, ScanPage)
    assert isinstance(turned_page, ScanPage)
    assert isinstance(lacking, Undecoded)
    assert upright.per_mm == pytest.approx(8)
    assert upright.pixels.shape[:2] == pytest.approx((HEIGHT * 8, WIDTH * 8), abs=1)
    assert turned_page.pixels.shape[:2] == pytest.approx((WIDTH * 8, HEIGHT * 8), abs=1)


@pytest.mark.parametrize(
    ("kind", "name", "settings"),
    [
        (Kind.PDF, "PDF", {"save_all": True}),
        (Kind.TIFF, "TIFF", {"save_all": True, "compression": "group4"}),
        (Kind.JPEG, "JPEG", {}),
        (Kind.PNG, "PNG", {}),
    ],
)
def test_a_mapped_file_shows_what_its_bytes_show(
    tmp_path: Path, kind: Kind, name: str, settings: dict[str, Any]
) -> None:
    pages = {"append_images": [a_sheet(mode="1").rotate(180)]} if "save_all" in settings else {}
    data = saved(a_sheet(mode="1").convert("1" if kind is Kind.TIFF else "L"), name, **settings, **pages)
    path = tmp_path / "file"
    path.write_bytes(data)
    wanted = [2, 1] if pages else [1]
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        for one, other in zip(pages_of(kind, mapped, wanted), pages_of(kind, data, wanted), strict=True):
            assert isinstance(one, ScanPage)
            assert isinstance(other, ScanPage)
            assert (one.pixels == other.pixels).all()
            assert has_dark_corner(one) is (one.number == 1)
