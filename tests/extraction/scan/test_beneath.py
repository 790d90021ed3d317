"""Opinions into which a seal's letters run, on pages without colour."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from formsvc.extraction.scan.beneath import read_beneath
from formsvc.extraction.scan.ink import inks_of
from formsvc.extraction.scan.marks.marks import MarkReading, read_marks
from formsvc.extraction.scan.reader import SURE
from formsvc.extraction.scan.recognition.fields import FieldsRead, read_fields
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.registered import Registered
from tests.extraction.scan.marked import BLACK, Colour, Paper
from tests.extraction.scan.recognisers import models

OPINION = "经研究，同意该同志上报"
PALE = (150, 150, 150)


def a_page(ink: Colour = BLACK) -> Paper:
    """Return an annex2 with an opinion and a date, and a seal over both."""
    paper = (
        Paper().text(104, 195, "党组织审核：").text(108, 203, OPINION, 4.6, ink).text(150, 223, "2011年2月17日", 4.6)
    )
    return paper.seal(160, 214, strength=0.35)


def both(page: Registered, marks: Mapping[str, MarkReading] | None = None) -> tuple[FieldsRead, FieldsRead]:
    """Return what is read of a page, and what then without the letters of its seals."""
    inks = inks_of(page.upright)
    first = read_fields(page, models(), Lexicon(), page=inks.red_free)
    marks = read_marks(page, inks) if marks is None else marks
    return first, read_beneath(page, models(), Lexicon(), inks.red_free, first, marks)


def test_letters_of_a_seal_are_no_part_of_an_opinion_and_stay_in_the_raw_text() -> None:
    first, second = both(a_page().registered(has_colour=False))
    assert first.fields["review_opinion"].value != OPINION
    found = second.fields["review_opinion"]
    assert (found.value, found.raw) == (OPINION, first.fields["review_opinion"].raw)
    assert found.confidence > first.fields["review_opinion"].confidence
    date = second.fields["reviewed_on"]
    assert (date.value, date.raw) == (first.fields["reviewed_on"].value, first.fields["reviewed_on"].raw)


@pytest.mark.parametrize("black", [None, 200])
def test_an_opinion_no_darker_than_the_seal_is_asked_about(black: int | None) -> None:
    first, second = both(a_page(PALE).registered(has_colour=False, black=black))
    assert second.fields["review_opinion"].raw == first.fields["review_opinion"].raw
    assert second.fields["review_opinion"].confidence < SURE


def test_a_page_with_colour_is_not_read_again() -> None:
    first, second = both(a_page().registered())
    assert second is first


def test_without_a_seal_nothing_is_read_again() -> None:
    first, second = both(a_page().registered(has_colour=False), {})
    assert second is first


def test_a_sign_of_the_opinion_is_never_taken_for_a_letter_of_the_seal() -> None:
    paper = Paper().text(104, 195, "党组织审核：").text(108, 203, "经研究，同意公示", 4.6)
    _, second = both(paper.seal(152, 218, strength=0.35).registered(has_colour=False))
    found = second.fields["review_opinion"]
    assert found.value == "经研究，同意公示" or found.confidence < SURE


BLUE = (52, 70, 170)


def a_blue_seal(ink: Colour = BLACK) -> Paper:
    """Return an annex2 with an opinion and a date, and a blue seal over both."""
    paper = (
        Paper().text(104, 195, "党组织审核：").text(108, 203, OPINION, 4.6, ink).text(150, 223, "2011年2月17日", 4.6)
    )
    return paper.seal(160, 214, colour=BLUE, strength=0.9)


def test_a_blue_seal_is_taken_out_of_what_is_written_in_black() -> None:
    first, second = both(a_blue_seal().registered())
    assert first.fields["review_opinion"].value != OPINION
    found = second.fields["review_opinion"]
    assert (found.value, found.raw) == (OPINION, first.fields["review_opinion"].raw)
    assert found.confidence > first.fields["review_opinion"].confidence
    assert str(second.fields["reviewed_on"].value) == "2011-02-17"


def test_of_an_opinion_in_blue_nothing_is_taken_with_a_blue_seal() -> None:
    first, second = both(a_blue_seal(BLUE).registered())
    assert second.fields["review_opinion"] == first.fields["review_opinion"]


def test_two_sure_readings_that_differ_are_asked_about() -> None:
    page = a_blue_seal().registered()
    first, second = both(page)
    said = {**first.fields, "review_opinion": dataclasses.replace(first.fields["review_opinion"], confidence=0.99)}
    sure = dataclasses.replace(first, fields=MappingProxyType(said))
    marks = read_marks(page, inks_of(page.upright))
    found = read_beneath(page, models(), Lexicon(), inks_of(page.upright).red_free, sure, marks).fields[
        "review_opinion"
    ]
    assert found.value == first.fields["review_opinion"].value != second.fields["review_opinion"].value
    assert found.confidence < SURE
