"""What children say of scanned pages is put together, and believed only as far as it can be true."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from formsvc.errors import Code
from formsvc.extraction.sandbox.outcome import Answer, Stopped
from formsvc.forms.reading import Reading
from formsvc.forms.reading_json import reading_to_json
from formsvc.operations.scanning import Gathered, renumbered
from tests.forms.factories import FORM_FILES, a_reading, a_spec

FORMS = {form: a_spec(form) for form in FORM_FILES}


def on_page(page: int, number: int = 1) -> Reading:
    return dataclasses.replace(a_reading(number=number), pages=(page,), typed=False)


def said(*readings: Reading, blank: tuple[int, ...] = (), foreign: tuple[int, ...] = ()) -> Answer:
    others = [{"page": page, "blank": page in blank} for page in (*blank, *foreign)]
    return Answer({"readings": [reading_to_json(one) for one in readings], "others": others, "drawn": {}})


def gathered(*parts: tuple[tuple[int, ...], Any]) -> tuple[Reading, ...]:
    found = Gathered(FORMS)
    for numbers, outcome in parts:
        found.add(numbers, outcome)
    return found.scanned().readings


def codes(reading: Reading) -> list[Code]:
    return [problem.code for problem in reading.problems]


def test_readings_come_in_the_order_of_their_pages() -> None:
    readings = gathered(((4,), said(on_page(4))), ((1, 2), said(on_page(1), on_page(2, number=2))))
    assert [one.pages for one in readings] == [(1,), (2,), (4,)]
    assert [one.number for one in renumbered(readings)] == [1, 2, 3]


def test_blank_pages_between_forms_are_noted_and_others_are_told() -> None:
    form, rest = gathered(((1, 2, 3), said(on_page(1), blank=(2,), foreign=(3,))))
    assert codes(form) == [*codes(on_page(1)), Code.BLANK_PAGES]
    assert (codes(rest), rest.pages) == ([Code.PAGES_NOT_A_FORM], (3,))


def test_a_file_of_nothing_but_blank_pages_is_no_form() -> None:
    (rest,) = gathered(((1, 2), said(blank=(1, 2))))
    assert (codes(rest), rest.problems[0].params["pages"]) == ([Code.PAGES_NOT_A_FORM], "1, 2")


@pytest.mark.parametrize(
    "outcome",
    [
        Stopped("time"),
        Answer(None),
        Answer({"readings": []}),
        Answer({"readings": [], "others": [{"page": "1", "blank": True}]}),
        Answer({"readings": [1], "others": []}),
        said(),
        said(on_page(7)),
        said(on_page(1, number=2)),
        said(foreign=(1, 2)),
    ],
)
def test_a_page_of_which_nothing_true_is_said_waits_for_a_person(outcome: Any) -> None:
    (waiting,) = gathered(((1,), outcome))
    assert (codes(waiting), waiting.pages, waiting.typed) == ([Code.PAGE_UNREADABLE], (1,), False)


def test_a_page_that_is_passed_over_waits_beside_the_others() -> None:
    form, waiting = gathered(((1, 2), said(on_page(1))))
    assert form.form is not None
    assert (codes(waiting), waiting.pages) == ([Code.PAGE_UNREADABLE], (2,))
