"""Numbers within longer texts, as both recognisers read them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PIL import Image, ImageDraw

from formsvc.extraction.scan.recognition.decode import Line, best_path
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.recognition.numerals import with_numbers
from formsvc.extraction.scan.recognition.recognise import look
from tests.extraction.scan.marked import face
from tests.extraction.scan.recognisers import models

TEXT = "带动12名村民"


def _row(text: str, *, without: str = "") -> tuple[Row, Line]:
    """Return a row that shows a text, and its reading with some signs lost, held for white paper."""
    picture = Image.new("L", (round(40 * (len(text) + 1)), 56), 255)
    ImageDraw.Draw(picture).text((20, 4), text, fill=0, font=face(36))
    strip = np.asarray(picture)
    steps, features = look(models(), strip)
    line = best_path(models(), steps)
    assert line.text == text
    gone = {place for place, sign in enumerate(text) if sign in without}
    steps = steps.copy()
    for place in gone:
        step = int(line.places[place] * len(steps))
        near = slice(max(step - 2, 0), step + 2)
        steps[near] = 0.9 * np.eye(1, steps.shape[1], dtype=np.float32) + 0.1 * steps[near]
    kept = [place for place in range(len(text)) if place not in gone]
    lost = Line(
        "".join(text[place] for place in kept),
        tuple(line.confidences[place] for place in kept),
        tuple(line.places[place] for place in kept),
    )
    return Row((0, 0, strip.shape[1], strip.shape[0]), steps, lost, 1.0, strip=strip, features=features), lost


def test_a_figure_the_first_recogniser_lost_is_found_by_the_second() -> None:
    row, line = _row(TEXT, without="1")
    assert line.text == "带动2名村民"
    found = with_numbers(models(), row, line)
    assert found.text == TEXT
    assert len(found.confidences) == len(found.places) == len(TEXT)
    assert list(found.places) == sorted(found.places)


@pytest.mark.parametrize("text", [TEXT, "投资17.8万元", "共3659户", "每年24小时"])
def test_a_number_both_read_stays_as_sure_as_it_was(text: str) -> None:
    row, line = _row(text)
    found = with_numbers(models(), row, line)
    assert found.text == text
    assert found.lowest == pytest.approx(line.lowest, abs=0.02)


def test_a_number_at_an_end_of_its_row_and_one_in_a_part_of_a_row_stay() -> None:
    row, line = _row("12名村民")
    assert with_numbers(models(), row, line) == line
    part = dataclasses.replace(row, strip=np.zeros((0, 0), np.uint8))
    assert with_numbers(models(), part, line) == line


def test_without_the_second_recogniser_a_reading_stays() -> None:
    row, line = _row(TEXT, without="1")
    alone: Models = dataclasses.replace(models(), figures=None)
    assert with_numbers(alone, row, line) == line
