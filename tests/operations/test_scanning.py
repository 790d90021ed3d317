"""What children say of scanned pages is put together, and believed only as far as it can be true."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from formsvc.errors import Code
from formsvc.extraction.sandbox.outcome import Answer, Stopped
from formsvc.forms.reading import Decision, Reading
from formsvc.forms.reading_json import reading_to_json
from formsvc.operations.scanning import Gathered, parts_of, renumbered
from tests.forms.factories import FORM_FILES, a_reading, a_spec

FORMS = {form: a_spec(form) for form in FORM_FILES}


def on_page(page: int, number: int = 1) -> Reading:
    return dataclasses.replace(a_reading(number=number), pages=(page,), typed=False)


def said(
    *readings: Reading,
    blank: tuple[int, ...] = (),
    foreign: tuple[int, ...] = (),
    texts: tuple[str, ...] = ("一封信",),
) -> Answer:
    others = [
        {"page": page, "blank": page in blank, "texts": [] if page in blank else [*texts]}
        for page in (*blank, *foreign)
    ]
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
    assert (codes(rest), rest.problems[0].params["pages"]) == ([Code.PAGES_NOT_A_FORM], "1-2")


@pytest.mark.parametrize(
    "outcome",
    [
        Stopped("time"),
        Answer(None),
        Answer({"readings": []}),
        Answer({"readings": [], "others": [{"page": "1", "blank": True, "texts": []}]}),
        Answer({"readings": [], "others": [{"page": 1, "blank": True}]}),
        Answer({"readings": [], "others": [{"page": 1, "blank": False, "texts": ["x" * 301]}]}),
        Answer({"readings": [], "others": [{"page": 1, "blank": False, "texts": [1]}]}),
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


GOES_ON = ("2011年度党员公开承诺书（续）", "公开承诺事项（续）", "三、调研。")


def test_a_further_page_belongs_to_the_form_before_it_whoever_read_them() -> None:
    (form,) = gathered(((1, 2), said(on_page(1), blank=(2,))), ((3,), said(foreign=(3,), texts=GOES_ON)))
    assert form.pages == (1, 3)
    assert [code for code in codes(form) if code not in codes(on_page(1))] == [Code.FURTHER_PAGE, Code.BLANK_PAGES]


def test_a_further_page_without_its_form_is_for_a_person() -> None:
    alone, letter = gathered(((1,), said(foreign=(1,))), ((2,), said(foreign=(2,), texts=GOES_ON)))
    assert (codes(letter), letter.pages) == ([Code.PAGES_NOT_A_FORM], (1,))
    assert (codes(alone), alone.pages, alone.decision) == ([Code.FURTHER_PAGE_ALONE], (2,), Decision.CONFIRM)


def test_another_page_between_parts_a_further_page_from_its_form() -> None:
    form, alone, letter = gathered(((1, 2), said(on_page(1), foreign=(2,))), ((3,), said(foreign=(3,), texts=GOES_ON)))
    assert (form.pages, codes(alone), codes(letter)) == ((1,), [Code.FURTHER_PAGE_ALONE], [Code.PAGES_NOT_A_FORM])


def test_blank_pages_are_noted_on_the_form_they_lie_behind() -> None:
    first, second = gathered(((1, 2, 3, 4), said(on_page(2), on_page(3, number=2), blank=(1, 4))))
    notes = [one.params["pages"] for form in (first, second) for one in form.problems if one.code is Code.BLANK_PAGES]
    assert notes == ["1", "4"]


@pytest.mark.parametrize(("pages", "workers"), [(0, 2), (1, 2), (12, 2), (12, 1), (65, 4), (3, 8)])
def test_a_file_is_cut_so_that_all_workers_end_together(pages: int, workers: int) -> None:
    parts = parts_of(range(1, pages + 1), workers)
    assert [page for part in parts for page in part] == [*range(1, pages + 1)]
    assert all(1 <= len(part) <= 4 for part in parts)
    assert not parts or len(parts[-1]) == 1
