from __future__ import annotations

import cv2
import numpy as np
import pytest

from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.registration.witness import Testimony as Heard
from formsvc.extraction.scan.registration.witness import likeness, lines_in, wordings_of
from tests.extraction.scan.sheets import forms


def paper() -> Grey:
    return np.full((400, 400), 240, np.uint8)


def test_a_label_may_be_an_alias_and_may_have_something_behind_it() -> None:
    wordings = wordings_of(forms()["annex2"], "joined")
    assert likeness("入党时间", wordings) == 1
    assert likeness("入党年月日", wordings) > 0.6
    assert likeness("学习成绩", wordings) < 0.3


def test_a_cell_without_ink_has_no_line() -> None:
    assert list(lines_in(paper(), (10, 10, 390, 200))) == []


def test_two_lines_are_two_pictures_on_white() -> None:
    grey = paper()
    cv2.putText(grey, "first one", (30, 80), 0, 1.5, (20,), 3)
    cv2.putText(grey, "second", (30, 180), 0, 1.5, (20,), 3)
    lines = list(lines_in(grey, (10, 10, 390, 250)))
    assert len(lines) == 2
    assert all(line[0, 0] == 255 for line in lines)


@pytest.mark.parametrize("pitch", [36, 62])
def test_letters_one_below_the_other_become_one_line_however_close_they_stand(pitch: int) -> None:
    grey = paper()
    for number in range(5):
        cv2.rectangle(grey, (180, 40 + number * pitch), (212, 40 + number * pitch + 30), (20,), 3)
    (line,) = lines_in(grey, (150, 10, 250, 390))
    assert line.shape[1] > 3.5 * line.shape[0]


def test_one_voice_decides_nothing() -> None:
    assert not Heard(1, 0).speaks_for
    assert not Heard(0, 1).speaks_against
    assert Heard(2, 0).speaks_for
    assert Heard(0, 2).speaks_against
    assert not Heard(1, 3).speaks_against
