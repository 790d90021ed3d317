"""Writing at the edges of its cell, and beyond: told from the remains of ruling lines and from what stands beside."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.reader import SURE
from formsvc.extraction.scan.recognition.fields import read_fields
from formsvc.extraction.scan.recognition.inked import inked, with_overhang
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.registered import PER_MM
from tests.extraction.scan.marked import Paper, face
from tests.extraction.scan.recognisers import models

BOX = (0, 0, 400, 96)
EMAIL = 17
"""The number of the cell of the address."""


def a_cell() -> Grey:
    return np.full((96, 400), 255, np.uint8)


def an_l(cell: Grey, x: int, y: int = 30, down: int = 36) -> None:
    cell[y : y + down, x : x + 4] = 20


@pytest.mark.parametrize("place", [5, 390])
def test_an_l_at_the_edge_of_its_cell_is_writing_when_signs_stand_beside_it(place: int) -> None:
    cell = a_cell()
    an_l(cell, place)
    assert inked(cell, BOX).is_empty
    beside = place + 12 if place < 200 else place - 30
    cv2.rectangle(cell, (beside, 44), (beside + 18, 64), 20, 3)
    assert inked(cell, BOX).ink[34:60, place : place + 4].all()


@pytest.mark.parametrize(("x", "y", "down"), [(5, 0, 40), (5, 56, 40), (0, 30, 36), (5, 10, 75)])
def test_the_remains_of_a_line_are_none_although_signs_stand_beside_it(x: int, y: int, down: int) -> None:
    cell = a_cell()
    an_l(cell, x, y, down)
    cv2.rectangle(cell, (20, 30), (40, 64), 20, 3)
    found = inked(cell, BOX)
    assert not found.ink[:, x : x + 4].any()
    assert found.ink[30:64, 20:40].any()


def test_what_goes_on_over_the_edge_belongs_to_its_cell() -> None:
    page = np.full((96, 600), 255, np.uint8)
    page[:, 400:403] = 20
    for x in range(300, 430, 14):
        cv2.rectangle(page, (x, 36), (x + 8, 60), 20, 2)
    box = (100, 0, 399, 96)
    cell, wide = inked(page, box), inked(page, box, beside=80)
    whole = with_overhang(cell, wide, [(30, 66)])
    assert whole.origin == (100, 0)
    assert 420 <= whole.origin[0] + whole.ink.shape[1] <= 440
    assert not wide.ink[:4].any()


def test_the_writing_of_the_cell_beside_does_not_belong_to_it() -> None:
    page = np.full((96, 600), 255, np.uint8)
    page[:, 99:101] = 20
    for x in range(5, 180, 14):
        cv2.rectangle(page, (x, 36), (x + 8, 60), 20, 2)
    box = (103, 0, 399, 96)
    cell = inked(page, box)
    assert with_overhang(cell, inked(page, box, beside=100), [(30, 66)]).ink.shape == cell.ink.shape


def test_the_end_of_a_date_in_the_cell_beside_does_not_belong_to_it() -> None:
    page = np.full((96, 600), 255, np.uint8)
    page[:, 199:201] = 20
    for x in (98, 112, 134, 148, 170, 184, 206, 220):
        cv2.rectangle(page, (x, 36), (x + 8, 60), 20, 2)
    box = (203, 0, 399, 96)
    cell = inked(page, box)
    assert with_overhang(cell, inked(page, box, beside=180), [(36, 60)]).ink.shape == cell.ink.shape


@pytest.mark.parametrize("over", [1, 3, 6])
def test_an_address_that_runs_over_the_edge_is_asked_about_and_read_whole_where_no_line_lies_on_a_sign(
    over: int,
) -> None:
    text, size = "liwei2011@yy.gov.cn", 4.0
    paper = Paper()
    _, top, right, _ = (side / PER_MM for side in paper.cells[EMAIL])
    wide = face(round(size * PER_MM)).getlength(text) / PER_MM
    paper.text(right - wide + over, top + 3, text, size)
    found = read_fields(paper.registered(), models(), Lexicon()).fields["email"]
    assert found.value == text or (over == 1 and found.confidence < SURE)
