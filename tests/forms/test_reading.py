"""A reading is a value: what follows from it, and what it becomes when a person says more."""

from __future__ import annotations

import dataclasses

import pytest

from formsvc.errors import Code, Problem, Weight
from formsvc.forms.reading import Decision, Reading, decide
from tests.forms.factories import PLEDGES, a_field, a_reading

BY_WEIGHT = {weight: Problem(next(code for code in Code if code.weight is weight)) for weight in Weight}
REFUSES, ASKS, NOTES = (BY_WEIGHT[weight] for weight in (Weight.REFUSES, Weight.ASKS, Weight.NOTES))


@pytest.mark.parametrize(
    ("problems", "decision"),
    [
        ((), Decision.FILE),
        ((NOTES,), Decision.FILE),
        ((NOTES, ASKS), Decision.CONFIRM),
        ((ASKS, REFUSES, NOTES), Decision.REFUSE),
    ],
)
def test_the_heaviest_problem_decides(problems: tuple[Problem, ...], decision: Decision) -> None:
    assert decide(problems) is decision
    assert a_reading(problems=problems).decision is decision


def test_every_code_has_a_weight_and_each_weight_a_code() -> None:
    assert {code.weight for code in Code} == set(Weight)


def test_a_value_is_found_by_its_key_and_missing_is_none() -> None:
    reading = a_reading(age=41)
    assert (reading.value("age"), reading.value("pledges")) == (41, PLEDGES)
    assert (reading.value("nothing"), reading.value(None)) == (None, None)


def test_only_texts_are_texts() -> None:
    reading = a_reading(age=41, email=None)
    assert (reading.text("name"), reading.text("age"), reading.text("email"), reading.text(None)) == (
        "张三",
        "",
        "",
        "",
    )


def test_a_problem_is_said_once_in_the_order_it_came() -> None:
    namesake = Problem(Code.NAMESAKE, params={"record": "7f3c9a0b12de"})
    again = Problem(Code.NAMESAKE, params={"record": "7f3c9a0b12de"})
    reading = a_reading(problems=[NOTES]).with_problems([namesake, again, NOTES])
    assert reading.problems == (NOTES, namesake)


def test_a_field_read_anew_leaves_the_first_reading_as_it_was() -> None:
    before = a_reading()
    after = before.with_field("name", a_field("张三丰"))
    assert (before.text("name"), after.text("name")) == ("张三", "张三丰")
    assert {**after.fields, "name": None} == {**before.fields, "name": None}


def test_a_reading_cannot_be_changed() -> None:
    reading: Reading = a_reading().with_field("name", a_field("李四"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        reading.form = "annex1"  # type: ignore[misc]  # that is what is tried
    with pytest.raises(TypeError):
        reading.fields["name"] = a_field("王五")  # type: ignore[index]  # as above
