"""The marks of printed blanks: read back from the page, at the places that registration counts on."""

from __future__ import annotations

import dataclasses
from io import BytesIO

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from formsvc.forms.mark import Spot, closing_marks, mark_of_blank, parse_mark
from formsvc.forms.spec import FormSpec, Page
from formsvc.rendering.blank_pdf import write_one_pdf, write_pdf, write_pdfs
from formsvc.rendering.closing import matrix_png, serial_shown
from formsvc.rendering.docx import write_docx
from formsvc.rendering.fillable import write_fillable
from tests.rendering.test_pdf import findings
from tests.rendering.word_forms import SPECS
from tests.rendering.wordml import parts
from tests.road import MEMBER, a_member

SERIAL = "K7Q20001"
MARK = mark_of_blank(MEMBER, 2011, SERIAL)
NARROW = dataclasses.replace(
    MEMBER, page=Page(210, 297, 9, 9, 9, 9), source=MEMBER.source + b"# a form of narrow margins\n"
)


def page_at(data: bytes, dpi: int, number: int = 0) -> NDArray[np.uint8]:
    with pypdfium2.PdfDocument(data) as pdf:
        return np.asarray(pdf[number].render(scale=dpi / 72).to_pil().convert("L"))


def marks_on(picture: NDArray[np.uint8]) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def darkness(picture: NDArray[np.uint8], spot: Spot, dpi: int) -> float:
    """Return how much of a square is black, its outermost tenth of a millimetre aside."""
    scale = dpi / 25.4
    left, top = round((spot.x + 0.1) * scale), round((spot.y + 0.1) * scale)
    side = round((spot.side - 0.2) * scale)
    return float((picture[top : top + side, left : left + side] < 128).mean())


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_a_printed_blank_says_what_it_is(spec: FormSpec, dpi: int) -> None:
    (text,) = marks_on(page_at(write_pdf(spec, year=2011, serial=SERIAL), dpi))
    assert parse_mark(text) == mark_of_blank(spec, 2011, SERIAL)


def test_a_blank_scanned_badly_still_says_what_it_is() -> None:
    chance = np.random.default_rng(7)
    page = Image.fromarray(page_at(write_pdf(MEMBER, year=2011, serial=SERIAL), 150))
    turned = np.asarray(page.rotate(2.5, fillcolor=255, resample=Image.Resampling.BILINEAR), dtype=np.float64)
    noisy = np.clip(turned + chance.normal(0, 25, turned.shape), 0, 255).astype(np.uint8)
    assert marks_on(noisy) == [MARK.matrix_text]


def test_the_fillable_blank_and_one_without_serial_say_what_they_are() -> None:
    fillable = page_at(write_fillable(MEMBER, year=2011, serial=SERIAL), 150)
    assert (marks_on(fillable), marks_on(page_at(write_pdf(MEMBER, year=None), 150))) == (
        [MARK.matrix_text],
        [mark_of_blank(MEMBER, None, None).matrix_text],
    )


def test_the_squares_stand_where_registration_looks_for_them() -> None:
    places = closing_marks(MEMBER)
    assert places is not None
    picture = page_at(write_pdf(MEMBER, year=2011, serial=SERIAL), 200)
    assert [darkness(picture, spot, 200) for spot in places.squares] == [1.0] * 4
    around = [Spot(spot.x - 2, spot.y - 2, 1.8) for spot in places.squares]
    assert [darkness(picture, spot, 200) for spot in around] == [0.0] * 4


def test_each_form_of_a_batch_has_its_own_serial() -> None:
    filled = [a_member(name=name) for name in ("王伟", "单雄")]
    serials = ["K7Q20001", "K7Q20002"]
    wanted = [[mark_of_blank(MEMBER, 2011, serial).matrix_text] for serial in serials]
    files = write_pdfs(MEMBER, year=2011, filled=filled, serials=serials)
    one = write_one_pdf(MEMBER, year=2011, filled=filled, serials=serials)
    assert [marks_on(page_at(data, 150)) for data in files] == wanted
    assert [marks_on(page_at(one, 150, number)) for number in (0, 1)] == wanted
    assert findings(one) == []


def test_a_further_page_has_no_marks_of_a_blank() -> None:
    long = a_member(pledges=tuple("长" * 300 for _ in range(12)))
    data = write_pdf(MEMBER, year=2011, values=long, serial=SERIAL)
    assert (marks_on(page_at(data, 150)), marks_on(page_at(data, 150, 1))) == ([MARK.matrix_text], [])


def test_narrow_margins_leave_the_marks_out() -> None:
    assert marks_on(page_at(write_pdf(NARROW, year=2011, serial=SERIAL), 150)) == []
    assert not [name for name in parts(write_docx(NARROW, year=2011, serial=SERIAL)) if "header" in name]


def test_the_picture_of_a_word_form_is_the_same_mark() -> None:
    found = parts(write_docx(MEMBER, year=2011, serial=SERIAL))
    assert found["word/media/mark.png"] == matrix_png(MARK)
    picture = np.pad(np.asarray(Image.open(BytesIO(matrix_png(MARK))).convert("L")), 24, constant_values=255)
    assert marks_on(picture) == [MARK.matrix_text]
    assert b"K7Q2-0001" in found["word/header1.xml"]


def test_the_word_form_places_its_marks_where_the_pdf_has_them() -> None:
    places = closing_marks(MEMBER)
    assert places is not None
    header = parts(write_docx(MEMBER, year=2011, serial=SERIAL))["word/header1.xml"].decode()
    for spot in (*places.squares, places.matrix):
        across, down, side = (f"{round(length * 36_000)}" for length in (spot.x, spot.y, spot.side))
        assert f"<wp:posOffset>{across}</wp:posOffset></wp:positionH>" in header
        assert f"<wp:posOffset>{down}</wp:posOffset></wp:positionV>" in header
        assert f'<wp:extent cx="{side}" cy="{side}"/>' in header


def test_a_serial_is_shown_in_two_parts() -> None:
    shown = [serial_shown(mark_of_blank(MEMBER, 2011, serial)) for serial in (SERIAL, "K7Q2", None)]
    assert shown == ["K7Q2-0001", "K7Q2", ""]
