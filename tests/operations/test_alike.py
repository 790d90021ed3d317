"""A form that stands in a file twice is one record, unless its two papers contradict each other."""

from __future__ import annotations

import dataclasses

from formsvc.errors import Code, Problem
from formsvc.forms.reading import FieldReading, Reading
from formsvc.operations.alike import distinct
from tests.forms.factories import FORM_FILES, a_reading, a_spec

FORMS = {form: a_spec(form) for form in FORM_FILES}


def on_paper(page: int, **fields: FieldReading) -> Reading:
    reading = dataclasses.replace(a_reading(number=page), pages=(page,), typed=False)
    for key, found in fields.items():
        reading = reading.with_field(key, found)
    return reading


def copy_on(pages: str) -> Problem:
    return Problem(Code.FURTHER_COPY, params={"pages": pages})


def test_typed_forms_are_one_only_when_every_value_is() -> None:
    same, other = a_reading(number=2), a_reading(number=3).with_field("age", FieldReading(77, "77", 0.99))
    assert distinct(FORMS, [a_reading(), same, other]) == [a_reading(), other]


def test_two_papers_of_one_subject_are_one_and_the_surer_is_kept() -> None:
    faint = on_paper(1, age=FieldReading(7, "7", 0.4)).with_problems([Problem(Code.LOW_CONFIDENCE, "age")])
    clear = on_paper(2, age=FieldReading(77, "77", 0.99))
    (kept,) = distinct(FORMS, [faint, clear])
    assert (kept.pages, kept.problems) == ((2,), (*clear.problems, copy_on("1")))
    (kept,) = distinct(FORMS, [clear, faint, dataclasses.replace(clear, number=3, pages=(3,))])
    assert (kept.pages, kept.problems) == ((2,), (*clear.problems, copy_on("1"), copy_on("3")))


def test_the_blank_back_of_a_paper_that_is_dropped_is_not_lost() -> None:
    back = Problem(Code.BLANK_PAGES, params={"pages": "3"})
    (kept,) = distinct(FORMS, [on_paper(1), on_paper(2).with_problems([back])])
    assert kept.problems == (*on_paper(1).problems, back, copy_on("2"))


def test_marks_are_of_each_paper_and_contradict_nothing() -> None:
    unsigned = on_paper(2, signature=FieldReading("absent", "", 1.0))
    signed = on_paper(1, signature=FieldReading("present", "", 1.0))
    (kept,) = distinct(FORMS, [signed, unsigned])
    assert (kept.pages, kept.value("signature")) == ((1,), "present")


def test_two_papers_that_contradict_each_other_are_for_a_person() -> None:
    first, second = distinct(FORMS, [on_paper(1), on_paper(4, age=FieldReading(77, "77", 0.99))])
    assert first == on_paper(1)
    assert next(one for one in second.problems if one.code is Code.TWICE_IN_FILE).params == {"other": "1", "pages": "4"}


def test_papers_of_two_people_are_two() -> None:
    both = [on_paper(1), on_paper(2, name=FieldReading("李四", "李四", 0.99))]
    assert distinct(FORMS, both) == both


def test_papers_whose_subject_is_not_known_are_not_taken_for_one() -> None:
    both = [on_paper(page, name=FieldReading(None, "", 0.0), age=FieldReading(page, "", 0.1)) for page in (1, 2)]
    assert distinct(FORMS, both) == both


def test_pages_that_could_not_be_read_are_not_taken_for_one() -> None:
    unread = [dataclasses.replace(on_paper(page), form=None, fields={}) for page in (1, 2)]
    assert distinct(FORMS, unread) == unread
