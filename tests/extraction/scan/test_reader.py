"""What is doubtful about a page as a whole."""

from __future__ import annotations

from formsvc.errors import Code, Problem
from formsvc.extraction.scan.reader import SURE, unsure_blanks
from formsvc.forms.reading import FieldReading
from tests.forms.factories import a_reading, a_spec


def test_a_field_that_may_not_be_empty_is_asked_about_once() -> None:
    faint = a_reading().with_field("age", FieldReading(None, "", SURE - 0.1))
    assert unsure_blanks(a_spec(), faint) == [Problem(Code.EMPTY_UNSURE, "age")]
    asked = faint.with_problems([Problem(Code.FIELD_UNREADABLE, "age")])
    assert unsure_blanks(a_spec(), asked) == []


def test_a_field_that_is_surely_empty_and_a_mark_are_not_asked_about() -> None:
    reading = a_reading().with_field("age", FieldReading(None, "", SURE))
    assert unsure_blanks(a_spec(), reading.with_field("signature", FieldReading(None, "", 0.5))) == []
