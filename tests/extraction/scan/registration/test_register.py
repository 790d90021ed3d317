from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Grey, Pixels, ScanPage
from formsvc.extraction.scan.registered import PER_MM, Registered
from formsvc.extraction.scan.registration.register import NotAForm, prepare, register
from tests.extraction.scan.sheets import Sheet, Style, draw, forms

ATLAS = prepare(tuple(forms().values()))
IDS = sorted(forms())


def found(sheet: Sheet, *, is_photo: bool = False, has_colour: bool = True) -> Registered:
    registered = register(sheet.as_page(per_mm=None if is_photo else 200 / 25.4, has_colour=has_colour), ATLAS)
    assert isinstance(registered, Registered), registered
    return registered


def off_mm(registered: Registered, sheet: Sheet) -> float:
    """Return how far the worst edge of any cell lies from the line it should lie inside of."""
    assert registered.cells.keys() == sheet.boxes.keys()
    from_page = np.linalg.inv(registered.to_page)
    worst = 0.0
    for number, corners in sheet.boxes.items():
        (x1, y1), (x2, y2), (x3, y3), (x4, y4) = cv2.perspectiveTransform(corners[None], from_page)[0]
        truth = np.array([(x1 + x4) / 2, (y1 + y2) / 2, (x2 + x3) / 2, (y3 + y4) / 2])
        worst = max(worst, float(np.abs(np.array(registered.cells[number]) - truth).max()) / PER_MM)
    return worst


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("form", IDS)
def test_a_form_is_known_however_it_was_laid_on_the_glass(form: str, quarters: int) -> None:
    sheet = draw(forms()[form], seed=quarters).turned(90 * quarters + 1.2)
    registered = found(sheet)
    assert registered.form.id == form
    assert off_mm(registered, sheet) < 1.2


@pytest.mark.parametrize("form", IDS)
def test_other_widths_and_heights_and_thicker_lines_are_the_same_form(form: str) -> None:
    sheet = draw(forms()[form], Style(shift=0.22, rule=3, outer=8, has_heading=False), seed=11)
    registered = found(sheet)
    assert registered.form.id == form
    assert off_mm(registered, sheet) < 1.2


def test_a_double_outer_line_is_one_line() -> None:
    sheet = draw(forms()["annex2"], Style(is_double=True), seed=3)
    registered = found(sheet)
    assert registered.form.id == "annex2"
    assert off_mm(registered, sheet) < 1.6


@pytest.mark.parametrize("form", IDS)
def test_a_row_more_at_the_end_does_not_shift_the_others(form: str) -> None:
    spec = forms()[form]
    sheet = draw(spec, Style(extra_row=len(spec.grid.rows)), seed=5)
    registered = found(sheet)
    assert registered.form.id == form
    assert off_mm(registered, sheet) < 1.2


@pytest.mark.parametrize("form", IDS)
def test_a_photo_from_the_side_over_a_desk_is_set_straight(form: str) -> None:
    rng = np.random.default_rng(8)
    sheet = draw(forms()[form], seed=8).tilted(rng, 0.04).noisy(rng, 4)
    registered = found(sheet, is_photo=True)
    assert registered.form.id == form
    assert off_mm(registered, sheet) < 1.2


def test_folds_across_the_table_are_no_rows() -> None:
    sheet = draw(forms()["annex1"], seed=2)
    pixels = sheet.pixels.copy()
    for y in (900, 1500):
        cv2.line(pixels, (0, y), (pixels.shape[1], y + 12), (120, 120, 120), 2)
    registered = found(replace(sheet, pixels=pixels))
    assert off_mm(registered, sheet) < 1.2


def test_a_line_around_the_page_is_not_the_table() -> None:
    sheet = draw(forms()["annex2"], seed=4)
    pixels = sheet.pixels.copy()
    cv2.rectangle(pixels, (40, 40), (pixels.shape[1] - 40, pixels.shape[0] - 40), (0, 0, 0), 4)
    assert off_mm(found(replace(sheet, pixels=pixels)), sheet) < 1.2


def test_a_red_seal_over_lines_hides_none_of_them() -> None:
    sheet = draw(forms()["annex1"], seed=6)
    pixels = sheet.pixels.copy()
    middle = (round(sheet.boxes[3][2][0]) - 200, round(sheet.boxes[3][2][1]))
    cv2.circle(pixels, middle, 160, (225, 40, 40), 12)
    cv2.circle(pixels, middle, 50, (225, 40, 40), -1)
    assert off_mm(found(replace(sheet, pixels=pixels)), sheet) < 1.2


def test_black_and_white_pages_with_specks_are_read_as_grey_ones() -> None:
    rng = np.random.default_rng(1)
    sheet = draw(forms()["annex3"], seed=9).turned(-1.5).noisy(rng, 25)
    pixels = np.where(sheet.pixels < 150, 0, 255).astype(np.uint8)
    assert off_mm(found(replace(sheet, pixels=pixels), has_colour=False), sheet) < 1.2


def test_cells_of_bent_paper_end_at_their_own_lines() -> None:
    sheet = draw(forms()["annex2"], seed=7)
    height, width = sheet.pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    bend = 14 * np.sin(np.pi * columns / width)
    bent = cv2.remap(sheet.pixels, columns, (rows - bend).astype(np.float32), cv2.INTER_LINEAR)
    middles = {
        key: box + np.array([0, 14 * np.sin(np.pi * box[:, 0].mean() / width)]) for key, box in sheet.boxes.items()
    }
    truth = Sheet(np.asarray(bent, dtype=np.uint8), middles)
    assert off_mm(found(truth), truth) < 1.5


def test_where_a_cell_lies_on_the_page_as_it_came_is_told_in_millimetres() -> None:
    sheet = draw(forms()["annex2"], seed=1).turned(90)
    registered = found(sheet)
    told = registered.in_mm(registered.cells[11])
    corners = sheet.boxes[11] / (200 / 25.4)
    truth = (*corners.min(axis=0), *np.ptp(corners, axis=0))
    assert told == pytest.approx(truth, abs=1.2)


def test_a_form_alone_among_the_known_is_not_seen_in_another_one() -> None:
    first, second = (forms()[form] for form in ("annex1", "annex2"))
    for known, shown in ((first, second), (second, first)):
        assert isinstance(register(draw(shown, seed=3).as_page(), prepare([known])), NotAForm)


def table(rows: int, columns: int) -> ScanPage:
    pixels = np.full((2339, 1654, 3), 255, np.uint8)
    for row in range(rows + 1):
        cv2.line(pixels, (200, 400 + row * 1400 // rows), (1450, 400 + row * 1400 // rows), (0, 0, 0), 3)
    for column in range(columns + 1):
        cv2.line(pixels, (200 + column * 1250 // columns, 400), (200 + column * 1250 // columns, 1800), (0, 0, 0), 3)
    return ScanPage(1, pixels, 200 / 25.4, has_colour=True)


@pytest.mark.parametrize(("rows", "columns"), [(12, 6), (5, 4), (20, 3), (2, 2), (3, 8)])
def test_a_table_of_another_kind_is_none(rows: int, columns: int) -> None:
    told = register(table(rows, columns), ATLAS)
    assert isinstance(told, NotAForm)
    assert told.reason == "unknown-table"


def test_a_page_without_lines_has_no_table() -> None:
    pixels = np.full((2339, 1654, 3), 250, np.uint8)
    for line in range(20):
        cv2.putText(pixels, "to all offices in town", (200, 300 + 80 * line), 0, 2.0, (20, 20, 20), 3)
    told = register(ScanPage(1, pixels, 200 / 25.4, has_colour=True), ATLAS)
    assert told == NotAForm("no-table")


def test_an_empty_back_with_dust_is_blank() -> None:
    rng = np.random.default_rng(0)
    pixels = np.clip(rng.normal(244, 4, (2339, 1654, 1)).repeat(3, axis=2), 0, 255).astype(np.uint8)
    cv2.circle(pixels, (90, 800), 24, (30, 30, 30), -1)
    assert register(ScanPage(1, pixels, 200 / 25.4, has_colour=True), ATLAS) == NotAForm("blank-page")


def test_a_table_that_shows_through_from_the_other_side_is_none() -> None:
    sheet = draw(forms()["annex2"], seed=2)
    pixels = 255 - (255 - sheet.pixels[:, ::-1].astype(np.float64)) * 0.25
    told = register(replace(sheet, pixels=pixels.astype(np.uint8)).as_page(), ATLAS)
    assert isinstance(told, NotAForm)


def a_letter() -> Pixels:
    pixels = np.full((2339, 1654, 3), 255, np.uint8)
    for line in range(20):
        cv2.putText(pixels, "to all offices in town", (200, 300 + 80 * line), 0, 2.0, (20, 20, 20), 5)
    return pixels


def told_of(pixels: Pixels) -> Registered | NotAForm:
    return register(ScanPage(1, pixels, 200 / 25.4, has_colour=False), ATLAS)


def test_a_page_of_broken_strokes_is_too_faint_to_be_told() -> None:
    broken = a_letter()
    keep = np.random.default_rng(1).random((2339 // 5 + 1, 1654 // 5 + 1)) < 0.25
    broken[~np.kron(keep, np.ones((5, 5), bool))[:2339, :1654]] = 255
    clear = np.where(a_letter() < 128, 0, 255).astype(np.uint8)
    assert told_of(np.where(broken < 128, 0, 255).astype(np.uint8)) == NotAForm("too-faint")
    assert told_of(clear) == NotAForm("no-table")


def test_a_stamp_sized_picture_is_too_small() -> None:
    assert register(ScanPage(1, np.full((200, 900, 3), 255, np.uint8), None, has_colour=True), ATLAS) == NotAForm(
        "too-small"
    )


class Reader:
    """Reads lines in turn as it was told to."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.seen: list[NDArray[np.uint8]] = []

    def __call__(self, line: Grey) -> str:
        self.seen.append(line)
        return self.texts[min(len(self.seen), len(self.texts)) - 1]


def test_labels_that_read_as_the_form_prints_them_make_it_sure() -> None:
    page = draw(forms()["annex1"], Style(shift=0.1), seed=4).as_page()
    registered = register(page, ATLAS, Reader("上一级党组织审定意见", "党（总）支部名称"))
    assert isinstance(registered, Registered)
    assert registered.confidence > 0.95
    assert registered.rivals == ()


def test_labels_that_say_something_else_deny_the_form() -> None:
    page = draw(forms()["annex1"], seed=4).as_page()
    told = register(page, ATLAS, Reader("学习成绩汇总", "班主任评语"))
    assert isinstance(told, NotAForm)
    assert told.reason == "unknown-table"
    assert told.score < 0.5


@pytest.mark.parametrize("light", [3, 1])
def test_on_a_page_without_dark_ink_the_form_is_looked_for_in_darker_ink_and_told_as_it_came(light: int) -> None:
    page = replace(sheet := draw(forms()["annex1"]), pixels=255 - (255 - sheet.pixels) // light).as_page()
    darkest = int(page.pixels.min())

    def reader(line: Grey) -> str:
        return "上一级党组织审定意见" if line.min() < darkest - 40 else "学习成绩汇总"

    told = register(page, ATLAS, reader)
    assert isinstance(told, Registered) is (light > 1)
    if isinstance(told, Registered):
        assert told.page is page
        assert told.upright.min() >= darkest - 5


def test_a_page_with_writing_is_not_blank_for_being_faint() -> None:
    faint = replace(sheet := draw(forms()["annex1"]), pixels=255 - (255 - sheet.pixels) // 30)
    assert isinstance(register(faint.as_page(), ATLAS), Registered)


@pytest.mark.parametrize(("whites", "is_form"), [((3,), True), ((3, 5), False)])
def test_a_form_whose_labels_cannot_be_read_has_to_fit_nearly_whole(whites: Sequence[int], *, is_form: bool) -> None:
    sheet = draw(forms()["annex2"], Style(shift=0.1), seed=4)
    for corners in (sheet.boxes[number] for number in whites):
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        sheet.pixels[round(top) - 8 : round(bottom) + 8, round(left) + 12 : round(right) + 8] = 255
    assert isinstance(register(sheet.as_page(), ATLAS), Registered)
    assert isinstance(register(sheet.as_page(), ATLAS, Reader("")), Registered) is is_form


def test_letters_one_below_the_other_are_read_as_one_line() -> None:
    reader = Reader("上一级党组织审定意见", "党总支部名称")
    register(draw(forms()["annex1"], seed=4).as_page(), ATLAS, reader)
    height, width = reader.seen[0].shape
    assert width > 6 * height
