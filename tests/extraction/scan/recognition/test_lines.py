"""What counts as writing in a cell, and how rows of it are found."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition import lines
from formsvc.extraction.scan.recognition.decode import Line
from formsvc.extraction.scan.recognition.detect import TextBox, in_rows
from formsvc.extraction.scan.recognition.inked import inked
from formsvc.extraction.scan.recognition.lines import (
    Row,
    is_cut,
    joined_steps,
    read_strip,
    rows_of,
    whole_row,
    widened,
)
from tests.extraction.scan.marked import Paper
from tests.extraction.scan.recognisers import models, steps

BOX = (0, 0, 400, 96)


def a_cell() -> Grey:
    return np.full((96, 400), 255, np.uint8)


def a_box(left: float, top: float, right: float, bottom: float) -> TextBox:
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return TextBox(np.array(corners, dtype=np.float32), 0.9)


def test_the_remains_of_lines_that_meet_in_a_corner_are_no_writing() -> None:
    cell = a_cell()
    cell[:4] = 0
    cell[:, :3] = 40
    assert inked(cell, BOX).is_empty


def test_a_line_that_leans_a_little_is_no_writing() -> None:
    cell = a_cell()
    cv2.line(cell, (0, 91), (399, 94), 30, 2)
    assert inked(cell, BOX).is_empty


def test_dust_and_what_shines_through_are_no_writing() -> None:
    cell = a_cell()
    for place in range(20, 380, 40):
        cv2.circle(cell, (place, 50), 1, 60, -1)
    cv2.rectangle(cell, (100, 30), (200, 70), 215, -1)
    found = inked(cell, BOX)
    assert found.is_empty
    assert found.dust > 5


def test_a_lone_one_in_the_middle_of_a_cell_is_writing() -> None:
    cell = a_cell()
    cv2.line(cell, (200, 30), (198, 66), 20, 3)
    assert not inked(cell, BOX).is_empty


def test_the_upper_ends_of_signs_at_the_edge_are_told_from_the_remains_of_a_line() -> None:
    cell, ruled = a_cell(), a_cell()
    for place in range(40, 360, 40):
        cell[91:, place : place + 14] = 20
    ruled[92:] = 20
    assert inked(cell, BOX).is_empty
    assert (inked(cell, BOX).slices, inked(ruled, BOX).slices) == (8, 0)


def test_writing_that_runs_over_the_edge_of_its_cell_is_cut() -> None:
    whole, cut = a_cell(), a_cell()
    cv2.line(whole, (330, 40), (390, 60), 20, 3)
    cv2.line(cut, (360, 40), (430, 60), 20, 3)
    row = Row((300, 30, 400, 70), steps((1.0,)), Line("", ()), 1.0)
    assert not is_cut(inked(whole, BOX), row)
    assert is_cut(inked(cut, BOX), row)
    assert not is_cut(inked(cut, BOX), Row((40, 30, 340, 70), steps((1.0,)), Line("", ()), 1.0))


def test_boxes_of_one_row_are_read_from_the_left_and_rows_from_the_top() -> None:
    boxes = [a_box(200, 12, 300, 42), a_box(10, 60, 300, 90), a_box(10, 8, 120, 40)]
    rows = [[box.bounds[:2] for box in row] for row in in_rows(boxes)]
    assert rows == [[(10, 8), (200, 12)], [(10, 60)]]


def test_a_row_is_widened_to_a_stroke_that_the_detector_left_out() -> None:
    cell = a_cell()
    cv2.rectangle(cell, (100, 30), (300, 60), 0, -1)
    cv2.line(cell, (60, 45), (85, 45), 0, 4)
    (box,) = widened([a_box(95, 25, 305, 65)], inked(cell, BOX))
    assert box.bounds[0] < 60
    assert box.bounds[2] < 330


def test_a_printed_row_is_found_and_read() -> None:
    page = Paper().text(60, 120, "监督电话62718350").registered().upright[:, :, 0]
    cell = inked(np.ascontiguousarray(page), (300, 900, 1200, 1100))
    ((box,),) = rows_of(models(), cell)
    left, top, right, bottom = (round(side) for side in box.bounds)
    row = read_strip(models(), cell, (left, top, right, bottom))
    assert row.line.text == "监督电话62718350"
    assert 440 < row.box[0] < 500


def test_a_row_goes_on_where_its_ink_fades() -> None:
    page = np.ascontiguousarray(Paper().text(60, 120, "五星街道竹山供电所党支部").registered().upright[:, :, 0])
    shade = np.interp(np.arange(page.shape[1]), [700, 760], [0.4, 0.17])
    faded = (255 - (255.0 - page) * shade).astype(np.uint8)
    cell = inked(faded, (300, 900, 1200, 1100))
    read = {}
    for one_value in (True, False):
        (row,) = rows_of(models(), cell, one_value=one_value)
        read[one_value] = whole_row(models(), cell, row).line.text
    assert read[True] == "五星街道竹山供电所党支部"
    assert len(read[False]) < len(read[True])


CROSSED = [(15, 0, 55, 72), (65, 0, 105, 36), (115, 0, 155, 72), (50, 28, 80, 76), (90, 28, 120, 76)]
COLUMNS = [(15, 0, 55, 76), (65, 0, 105, 76), (115, 0, 155, 76)]


@pytest.mark.parametrize(("gap", "boxes", "rows"), [(6, CROSSED, 0), (6, COLUMNS, 0), (0, CROSSED, 2), (0, COLUMNS, 1)])
def test_signs_below_each_other_are_rows_when_white_parts_them(
    monkeypatch: pytest.MonkeyPatch, gap: int, boxes: list[tuple[int, int, int, int]], rows: int
) -> None:
    cell = a_cell()
    for left in (100, 150, 200):
        cv2.rectangle(cell, (left, 10), (left + 30, 40), 0, -1)
        cv2.rectangle(cell, (left, 41 + gap), (left + 30, 70 + gap), 0, -1)
    monkeypatch.setattr(lines, "detect", lambda *_, **__: [a_box(*box) for box in boxes])
    found = rows_of(models(), inked(cell, BOX), one_value=True)
    if rows:
        assert [len(found), sum(map(len, found))] == [rows, len(boxes)]
        return
    (first,), (second,) = found
    assert [first.bounds[1], first.bounds[3]] == pytest.approx([10, 41], abs=5)
    assert [second.bounds[1], second.bounds[3]] == pytest.approx([41 + gap, 71 + gap], abs=5)


def test_the_rows_of_one_value_are_parted_by_a_blank() -> None:
    row = Row((0, 0, 1, 1), steps((0, 1, 0)), Line("1", (1.0,)), 1.0)
    assert joined_steps([row, row]).tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0]]
