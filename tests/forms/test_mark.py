"""What a blank says of itself, and where its marks stand."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.forms.mark import BlankMark, Spot, closing_marks, mark_of_blank, parse_mark, parse_property
from formsvc.forms.spec import Page
from tests.road import MEMBER

FULL = BlankMark("annex2", 1, 2011, "K7Q20001")
OPEN = BlankMark("annex2", 1, None, None)
UNPRINTABLE = 5.0
"""Millimetres at the edge that office printers leave white."""


def test_a_mark_is_written_out_as_its_parts() -> None:
    assert (FULL.matrix_text, FULL.property_text) == ("F1;annex2;1;2011;K7Q20001", "annex2/1/2011/K7Q20001")
    assert (OPEN.matrix_text, OPEN.property_text) == ("F1;annex2;1;-;-", "annex2/1/-/-")


@given(
    form=st.from_regex("[a-z][a-z0-9_-]{0,15}", fullmatch=True),
    version=st.integers(1, 999_999),
    year=st.none() | st.integers(1950, 2099),
    serial=st.none() | st.from_regex("[A-Z0-9]{1,16}", fullmatch=True),
)
def test_every_mark_comes_back_from_both_its_texts(
    form: str, version: int, year: int | None, serial: str | None
) -> None:
    mark = BlankMark(form, version, year, serial)
    assert (parse_mark(mark.matrix_text), parse_property(mark.property_text)) == (mark, mark)


@pytest.mark.parametrize(
    "text", ["", "F2;annex2;1;2011;A", "F1;annex2;1;2011", "F1;Annex;1;2011;A", "F1;annex2;x;2011;A", "A2.11.000123"]
)
def test_what_is_no_mark_of_ours_is_none(text: str) -> None:
    assert parse_mark(text) is None
    assert parse_property(text.replace(";", "/")) is None


def test_the_marks_of_a_form_stand_outside_its_text_block_and_inside_what_printers_print() -> None:
    places = closing_marks(MEMBER)
    assert places is not None
    page = MEMBER.page
    for spot in (*places.squares, places.matrix):
        is_above = spot.y + spot.side <= page.top
        is_below = spot.y >= page.height - page.bottom
        assert is_above or is_below
        assert min(spot.x, spot.y) > UNPRINTABLE
        assert spot.x + spot.side < page.width - UNPRINTABLE
        assert spot.y + spot.side < page.height - UNPRINTABLE


def test_the_squares_are_the_corners_of_a_rectangle_around_the_middle_of_the_page() -> None:
    places = closing_marks(MEMBER)
    assert places is not None
    assert places.squares == (Spot(10, 10, 4), Spot(196, 10, 4), Spot(10, 283, 4), Spot(196, 283, 4))


def test_smaller_margins_move_the_squares_outwards() -> None:
    page = Page(width=210, height=297, top=22, right=10, bottom=12, left=13)
    places = closing_marks(dataclasses.replace(MEMBER, page=page))
    assert places is not None
    assert [(spot.x, spot.y) for spot in places.squares] == [(7, 7), (199, 7), (7, 286), (199, 286)]


@pytest.mark.parametrize("margins", [(10, 10, 10, 10), (15, 26, 35, 28), (37, 9, 9, 28)])
def test_margins_without_room_get_no_marks(margins: tuple[float, float, float, float]) -> None:
    top, right, bottom, left = margins
    page = Page(width=210, height=297, top=top, right=right, bottom=bottom, left=left)
    assert closing_marks(dataclasses.replace(MEMBER, page=page)) is None


def test_the_mark_of_a_blank_names_the_form_it_is() -> None:
    assert mark_of_blank(MEMBER, 2011, "K7Q2") == BlankMark(MEMBER.id, MEMBER.version, 2011, "K7Q2")
