"""Dates that are no row of their own: over the edge of their cell, or under a seal without colour."""

from __future__ import annotations

import dataclasses

import pytest

from formsvc.extraction.scan.ink import red_free
from formsvc.extraction.scan.reader import SURE
from formsvc.extraction.scan.recognition import dates
from formsvc.extraction.scan.recognition.choose import choose
from formsvc.extraction.scan.recognition.dates import DateReader
from formsvc.extraction.scan.recognition.fields import read_fields
from formsvc.extraction.scan.recognition.inked import Inked, inked
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import read_strip
from formsvc.extraction.scan.recognition.pieces import Found
from formsvc.extraction.scan.recognition.sought import Sought, is_whole, sought
from formsvc.extraction.scan.registered import PixelBox
from tests.extraction.scan.marked import BLACK, Paper
from tests.extraction.scan.recognisers import models

OPINION = "经研究，同意该同志上报"
EDGE = 102.4
"""Millimetres: where the cell of the review begins."""
REVIEW = 13
"""Its number."""


def a_review() -> Paper:
    return Paper().text(104, 195, "党组织审核：").text(108, 203, OPINION, 4.6)


def the_cell(paper: Paper) -> Inked:
    return inked(red_free(paper.registered(has_colour=False).upright), paper.cells[REVIEW])


def looked_for(paper: Paper, *, beside: tuple[PixelBox, ...] = ()) -> Sought | None:
    field = paper.form.fields["reviewed_on"]
    return sought(models(), field, the_cell(paper), None, beside=beside, within=None)


@pytest.mark.parametrize("over", [1, 3, 5, 9])
def test_a_date_that_begins_left_of_its_cell_is_read_whole_and_believed_less(over: int) -> None:
    plain, found = (
        read_fields(a_review().text(x, 223, "2011年2月17日").registered(), models(), Lexicon()).fields
        for x in (EDGE + 20, EDGE - over)
    )
    assert (found["reviewed_on"].value, found["review_opinion"].value) == ("2011-02-17", OPINION)
    assert over < 3 or found["reviewed_on"].confidence < plain["reviewed_on"].confidence


def test_a_date_with_a_rule_through_a_figure_is_asked_about() -> None:
    page = a_review().text(EDGE - 7, 223, "2011年2月17日").registered()
    assert read_fields(page, models(), Lexicon()).fields["reviewed_on"].confidence < SURE


def test_the_date_of_the_cell_beside_is_not_taken_for_this_ones() -> None:
    page = a_review().text(EDGE - 36, 223, "2011年2月15日").registered()
    found = read_fields(page, models(), Lexicon()).fields
    assert (found["signed_on"].value, found["reviewed_on"].value) == ("2011-02-15", None)


@pytest.mark.parametrize(("left", "is_own"), [(EDGE - 30, False), (EDGE + 8, True)])
def test_a_date_that_was_looked_for_counts_where_most_of_it_stands_in_its_cell(
    left: float, monkeypatch: pytest.MonkeyPatch, *, is_own: bool
) -> None:
    paper = a_review().text(140, 218, "2011年2月17日", 4.6)
    cell, box = the_cell(paper), paper.cells[REVIEW]
    field = paper.form.fields["reviewed_on"]
    found = looked_for(paper)
    assert found is not None
    there = (round(left * 8), 1740, round((left + 24) * 8), 1790)
    moved = dataclasses.replace(found, row=dataclasses.replace(found.row, box=there))
    monkeypatch.setattr(dates, "sought", lambda *_, **__: moved)
    first = Found(None, box, (), is_doubtful=True)
    told = DateReader(models(), cell, lambda: cell, None, box).looked_for(field, first, [])
    assert (told is first) is not is_own


def test_a_date_whose_last_sign_is_not_there_is_asked_about() -> None:
    whole, short = (
        read_fields(a_review().text(130, 223, text).registered(), models(), Lexicon()).fields["reviewed_on"]
        for text in ("2011年2月17日", "2011年2月17")
    )
    assert whole.value == short.value == "2011-02-17"
    assert whole.confidence >= SURE > short.confidence


def test_a_date_under_a_seal_without_colour_is_found_wherever_it_stands() -> None:
    for y in (214, 218, 222):
        paper = a_review().text(140, y, "2011年2月17日", 4.6).seal(160, 208, colour=BLACK, strength=0.5)
        found = looked_for(paper)
        assert found is not None
        assert found.choice.normal.value == "2011-02-17"
        assert found.choice.scores["against sought"] >= 1
        left, top, right, bottom = found.row.box
        assert top < (y + 5) * 8
        assert (y + 1) * 8 < bottom
        assert left <= 140 * 8 < right


def test_where_other_text_is_read_no_date_is_looked_for() -> None:
    paper = a_review().text(140, 218, "2011年2月17日", 4.6)
    assert looked_for(paper) is not None
    assert looked_for(paper, beside=((819, 1660, 1469, 1845),)) is None


def test_a_cell_without_a_date_has_none() -> None:
    assert looked_for(a_review().seal(160, 212, colour=BLACK)) is None
    assert looked_for(Paper()) is None


def test_what_was_read_before_stays_when_nothing_is_likelier() -> None:
    paper = a_review().text(140, 218, "2011年2月17日", 4.6)
    field = paper.form.fields["reviewed_on"]
    row = read_strip(models(), the_cell(paper), (250, 190, 620, 250), squeeze=1.0)
    first = choose(models(), field, [row], lexicon=Lexicon())
    assert first.normal.value == "2011-02-17"
    assert sought(models(), field, the_cell(paper), first, beside=(), within=None) is None


def test_the_row_of_a_date_that_was_looked_for_is_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DateReader, "found_in", lambda reader, *_: Found(None, reader.box))
    page = a_review().text(150, 223, "2011年2月17日", 4.6).registered()
    found = read_fields(page, models(), Lexicon()).fields
    assert (found["reviewed_on"].value, found["review_opinion"].value) == ("2011-02-17", OPINION)


@pytest.mark.parametrize(
    ("value", "is_one"), [("2011-02-17", True), ("2011-02", False), ("--02-17", False), (None, False)]
)
def test_a_date_is_whole_with_year_month_and_day(value: str | None, *, is_one: bool) -> None:
    assert is_whole(value) is is_one


def test_an_opinion_beside_dark_ink_that_was_not_read_is_asked_about_without_colour() -> None:
    smudged = a_review().add(lambda draw: draw.line((1100, 1720, 1200, 1790), fill=255, width=8))
    sure, unsure = (
        read_fields(paper.registered(has_colour=False), models(), Lexicon()).fields["review_opinion"]
        for paper in (a_review(), smudged)
    )
    assert (sure.value, unsure.value) == (OPINION, OPINION)
    assert unsure.confidence < SURE <= sure.confidence
