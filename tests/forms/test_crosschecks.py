"""Values of a scanned form that do not go together are for a person; what was typed is not doubted for that."""

from __future__ import annotations

import dataclasses

import pytest

from formsvc.errors import Code, Problem
from formsvc.forms.crosschecks import disagreements, unknown_name
from formsvc.forms.reading import Decision, Reading, Value, YearReading, YearSource
from formsvc.forms.validation import validate
from tests.forms.factories import a_field, a_reading, a_spec


def scanned(form: str = "annex2", year: int | None = 2011, **values: Value) -> Reading:
    """Return a complete reading of a scan with some values changed."""
    reading = dataclasses.replace(
        a_reading(form), typed=False, year=YearReading(year, YearSource.TITLE if year else None, 1.0)
    )
    for key, value in values.items():
        reading = reading.with_field(key, a_field(value))
    return reading


def found(reading: Reading, form: str = "annex2") -> set[tuple[Code, str | None]]:
    return {(problem.code, problem.field) for problem in disagreements(a_spec(form), reading)}


@pytest.mark.parametrize("form", ["annex1", "annex2", "annex3"])
def test_values_that_go_together_raise_no_doubt(form: str) -> None:
    assert not found(scanned(form), form)


@pytest.mark.parametrize(
    ("signed", "reviewed"),
    [("2011-02-20", "2011-02-19"), ("2011-02-20", "2011-01"), ("2011-03", "2011-02-28"), ("2011-05-01", "2010-12-31")],
)
def test_a_review_before_the_signature_is_doubted(signed: str, reviewed: str) -> None:
    reading = scanned(signed_on=signed, reviewed_on=reviewed)
    assert found(reading) == {(Code.DATES_CONFLICT, "reviewed_on")}
    assert dict(disagreements(a_spec(), reading)[0].params) == {"raw": reviewed, "other": signed}


@pytest.mark.parametrize(
    ("signed", "reviewed"),
    [("2011-02-20", "2011-02-20"), ("2011-02", "2011-02-01"), ("--02-21", "2011-02-20"), (None, "2011-02-20")],
)
def test_dates_in_order_and_dates_without_a_year_are_not_doubted(signed: str | None, reviewed: str) -> None:
    assert not found(scanned(signed_on=signed, reviewed_on=reviewed))


def test_dates_of_the_other_annex_are_compared_too() -> None:
    reading = scanned("annex1", pledged_on="2011-04-01", reviewed_on="2011-03-01")
    assert found(reading, "annex1") == {(Code.DATES_CONFLICT, "reviewed_on")}


@pytest.mark.parametrize(
    ("reviewed", "is_doubted"), [("2011-12-30", False), ("2012-01-05", False), ("2017-03-01", True)]
)
def test_a_review_in_another_year_is_doubted(reviewed: str, *, is_doubted: bool) -> None:
    assert ((Code.DATES_CONFLICT, "reviewed_on") in found(scanned(reviewed_on=reviewed))) is is_doubted


def test_a_year_that_a_person_gave_is_not_doubted_by_a_date() -> None:
    reading = scanned(signed_on=None, reviewed_on="2017-03-01")
    assert not found(dataclasses.replace(reading, year=YearReading(2011, YearSource.PERSON, 1.0)))


@pytest.mark.parametrize(
    ("age", "joined", "is_doubted"),
    [
        (41, "1998-07", False),
        (38, "1991-07", False),
        (19, "2010-06", False),
        (41, "1985-07", True),
        (14, "1998-07", True),
        (11, None, True),
        (141, "1998-07", True),
        (None, "1998-07", False),
    ],
)
def test_age_is_held_against_the_month_of_joining_and_the_year(
    age: int | None, joined: str | None, *, is_doubted: bool
) -> None:
    assert ((Code.AGE_CONFLICT, "age") in found(scanned(age=age, joined=joined))) is is_doubted


@pytest.mark.parametrize(
    ("joined", "is_doubted"), [("2011-02", False), ("2011-03", True), ("1898-07", True), ("1938-05", False)]
)
def test_nobody_joins_after_signing_or_before_there_was_something_to_join(joined: str, *, is_doubted: bool) -> None:
    reading = scanned(age=None, joined=joined, signed_on="2011-02-20")
    assert ((Code.DATES_CONFLICT, "joined") in found(reading)) is is_doubted


def test_joining_after_the_year_of_the_form_is_doubted_without_a_date() -> None:
    assert found(scanned(age=None, joined="2012-01", signed_on=None)) == {(Code.DATES_CONFLICT, "joined")}


def test_an_age_without_a_year_is_not_judged() -> None:
    assert not found(scanned(year=None, age=12, joined=None))


def test_only_scans_are_doubted_for_it() -> None:
    reading = scanned(age=14)
    problem = Problem(Code.AGE_CONFLICT, "age", {"raw": "14", "joined": "1998-07", "year": 2011})
    assert problem in validate(a_spec(), reading)
    assert reading.with_problems([problem]).decision is Decision.CONFIRM
    assert problem not in validate(a_spec(), dataclasses.replace(reading, typed=True))


def test_a_name_that_nobody_on_the_roster_has_is_doubted() -> None:
    reading = scanned(name="张 三")
    assert unknown_name(a_spec(), reading, {"张三"}.__contains__) == ()
    assert unknown_name(a_spec(), reading, {"李四"}.__contains__) == (
        Problem(Code.NAME_UNKNOWN, "name", {"raw": "张 三"}),
    )


def test_the_name_of_an_organisation_and_an_empty_one_are_not_looked_up() -> None:
    assert unknown_name(a_spec("annex1"), scanned("annex1"), set[str]().__contains__) == ()
    assert unknown_name(a_spec(), scanned(name=None), set[str]().__contains__) == ()
