from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Grey, ScanPage
from formsvc.extraction.scan.registered import PixelBox, Registered
from formsvc.extraction.scan.registration.corner_marks import corner_marks
from formsvc.extraction.scan.registration.edges import through
from formsvc.extraction.scan.registration.register import NotAForm, prepare, register
from formsvc.extraction.scan.registration.witness import wordings_of
from formsvc.forms.mark import MATRIX_SIDE, closing_marks
from formsvc.forms.spec import FormSpec
from formsvc.rendering.blank_pdf import write_pdf
from tests.extraction.scan.sheets import forms

PER_MM = 200 / 25.4
SPECS = list(forms().values())
PLACES = np.array([[30.0, 40.0], [180.0, 40.0], [180.0, 260.0], [30.0, 260.0]])


@lru_cache(maxsize=3)
def blank(form: str) -> NDArray[np.uint8]:
    """Return our own blank as a printer prints it."""
    with pypdfium2.PdfDocument(write_pdf(forms()[form], year=2011)) as document:
        return np.array(document[0].render(scale=200 / 72, rev_byteorder=True).to_numpy()[:, :, :3], dtype=np.uint8)


def taken(picture: NDArray[np.uint8], quarters: int, lean: float) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return a picture seen from the side and turned, and where its millimetres went."""
    height, width = picture.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    away = np.array([[lean, lean / 2], [-lean, lean], [-lean / 2, -lean], [lean, -lean / 3]], dtype=np.float32)
    size = (width, height) if quarters % 2 == 0 else (height, width)
    around = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], dtype=np.float32) + width * away
    seen = np.roll(around, -quarters, axis=0)
    matrix = np.asarray(cv2.getPerspectiveTransform(corners, seen.astype(np.float32)), dtype=np.float64)
    moved = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_AREA, borderValue=(90, 80, 70))
    return np.asarray(moved, dtype=np.uint8), matrix @ np.diag([PER_MM, PER_MM, 1.0])


def grey(picture: NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("form", sorted(forms()))
def test_the_marks_of_a_blank_say_what_it_is_and_how_it_lies(form: str, quarters: int) -> None:
    picture, matrix = taken(blank(form), quarters, 0.02)
    (marked,) = corner_marks(grey(picture), SPECS)
    assert marked.mark is not None
    assert ([one.id for one in marked.forms], marked.mark.form, marked.mark.year) == ([form], form, 2011)
    assert np.abs(through(marked.to_page, PLACES) - through(matrix, PLACES)).max() < 0.5 * PER_MM


def test_a_blank_is_registered_by_its_marks_as_by_its_grid_and_without_reading_a_label() -> None:
    picture, _ = taken(blank("annex2"), 2, 0.015)
    by_marks, heard = registered(picture)
    by_grid, heard_of_grid = registered(without_squares(picture.copy()))
    assert heard == 0
    assert heard_of_grid > 0
    assert by_marks.form.id == by_grid.form.id == "annex2"
    assert by_marks.confidence >= 0.97
    for number, box in by_grid.cells.items():
        assert np.abs(np.array(box) - by_marks.cells[number]).max() <= 4


def registered(picture: NDArray[np.uint8]) -> tuple[Registered, int]:
    """Return a page registered, and how many lines were read for that."""
    heard: list[Grey] = []

    def read(line: Grey) -> str:
        heard.append(line)
        return ""

    found = register(ScanPage(1, picture, None, has_colour=True), prepare(SPECS), read)
    assert isinstance(found, Registered)
    return found, len(heard)


def without_inner_lines() -> tuple[NDArray[np.uint8], Registered]:
    """Return a blank as a poor copier gives it, its inner lines gone, and where everything is on it."""
    whole, _ = registered(blank("annex2"))
    picture = blank("annex2").copy()
    kept = np.zeros(picture.shape[:2], dtype=bool)
    for box in whole.cells.values():
        left, top, right, bottom = on_page(whole, box)
        kept[top + 6 : bottom - 6, left + 6 : right - 6] = True
    left, top, right, bottom = on_page(whole, whole.table)
    kept[: top + 8], kept[bottom - 8 :], kept[:, : left + 8], kept[:, right - 8 :] = True, True, True, True
    picture[~kept] = 255
    return picture, whole


def on_page(found: Registered, box: PixelBox) -> list[int]:
    corners = np.array([box[:2], box[2:]], dtype=np.float64)
    return [round(float(edge)) for edge in through(found.to_page, corners).ravel()]


def test_on_marked_paper_lines_that_were_lost_are_where_the_form_prints_them() -> None:
    picture, whole = without_inner_lines()
    found = registered(picture)[0]
    assert found.form.id == "annex2"
    for number, box in whole.cells.items():
        assert np.abs(np.array(box) - found.cells[number]).max() <= 8


def test_without_lines_and_code_the_labels_at_their_places_say_which_blank_it_is() -> None:
    picture, _ = without_inner_lines()
    spec = forms()["annex2"]
    without_code(picture, spec)
    cells = [cell.lines[0].key for cell in spec.grid.cells if len(cell.lines) == 1 and cell.lines[0].is_label]
    labels = sorted((wordings_of(spec, key)[0] for key in cells), key=lambda label: -len(label))
    page = ScanPage(1, picture, None, has_colour=True)
    assert isinstance(register(page, prepare([spec]), lambda _: labels.pop(0)), Registered)
    assert isinstance(register(page, prepare([spec]), lambda _: ""), NotAForm)


def without_code(picture: NDArray[np.uint8], spec: FormSpec) -> None:
    """Spill ink over half of the DataMatrix."""
    marks = closing_marks(spec)
    assert marks is not None
    left, top = round(marks.matrix.x * PER_MM), round(marks.matrix.y * PER_MM)
    picture[top : top + round(MATRIX_SIDE * PER_MM / 2), left : left + round(MATRIX_SIDE * PER_MM)] = 0


def without_squares(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Paint the corner squares of a page over, wherever they are: all that is black and solid."""
    black = np.where(grey(picture) < 60, 255, 0).astype(np.uint8)
    solid = cv2.morphologyEx(black, cv2.MORPH_OPEN, np.ones((17, 17), np.uint8))
    solid = cv2.dilate(solid, np.ones((21, 21), np.uint8))
    picture[np.asarray(solid) > 0] = 255
    return picture


def test_a_page_that_lost_a_square_is_not_told_by_its_marks() -> None:
    picture = blank("annex1").copy()
    picture[: round(20 * PER_MM), : round(20 * PER_MM)] = 255
    assert corner_marks(grey(picture), SPECS) == []


def test_a_page_whose_code_cannot_be_read_may_stand_two_ways_and_be_any_form() -> None:
    picture = blank("annex1").copy()
    without_code(picture, forms()["annex1"])
    found = corner_marks(grey(picture), SPECS)
    assert [(one.mark, len(one.forms)) for one in found] == [(None, len(SPECS))] * 2


def test_marks_on_the_paper_of_another_form_do_not_make_it_theirs() -> None:
    picture, marks = blank("annex2").copy(), closing_marks(forms()["annex1"])
    assert marks is not None
    bottom = round((marks.matrix.y + marks.matrix.side + 2) * PER_MM)
    picture[:bottom] = blank("annex1")[:bottom]
    (found,) = corner_marks(grey(picture), SPECS)
    assert [one.id for one in found.forms] == ["annex1"]
    assert registered(picture)[0].form.id == "annex2"
