"""What a reading lacks follows from its form and its values alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from formsvc.errors import Code, Problem
from formsvc.forms.reading import Decision, Reading, Value, YearReading, YearSource
from formsvc.forms.validation import is_untouched, validate
from tests.forms.factories import a_field, a_reading, a_spec


def changed(values: Mapping[str, Value], form: str = "annex2") -> Reading:
    """Return a complete reading with some values changed."""
    reading = a_reading(form)
    for key, value in values.items():
        reading = reading.with_field(key, a_field(value))
    return reading


def found(reading: Reading, form: str = "annex2") -> set[tuple[str, str | None]]:
    """Return code and field of each problem."""
    return {(problem.code.value, problem.field) for problem in validate(a_spec(form), reading)}


def of_code(reading: Reading, code: Code, form: str = "annex2") -> list[dict[str, object]]:
    """Return the facts of the problems of one code."""
    return [dict(problem.params) for problem in validate(a_spec(form), reading) if problem.code is code]


@pytest.mark.parametrize("form", ["annex1", "annex2", "annex3"])
def test_a_complete_form_lacks_only_its_ink(form: str) -> None:
    assert {code for code, _ in found(a_reading(form), form)} <= {"signature-missing", "seal-missing"}


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("name", "subject-missing"),
        ("sex", "identity-missing"),
        ("joined", "identity-missing"),
        ("pledges", "field-missing"),
    ],
)
def test_a_field_that_must_be_there_is_missed(key: str, code: str) -> None:
    assert (code, key) in found(changed({key: None}))


def test_a_field_that_may_be_empty_is_not_missed() -> None:
    assert not {key for code, key in found(a_reading(phone=None, age=None)) if not code.endswith("signature-missing")}


def test_an_identity_of_another_form_is_its_own() -> None:
    assert ("identity-missing", "born") in found(a_reading("annex3", born=None), "annex3")


@pytest.mark.parametrize(("key", "raw"), [("age", "约45"), ("sex", "男/女"), ("email", "无")])
def test_what_was_written_and_has_no_normal_form_is_unreadable(key: str, raw: str) -> None:
    reading = a_reading().with_field(key, a_field(None, raw))
    assert {"raw": raw} in of_code(reading, Code.FIELD_UNREADABLE)


@pytest.mark.parametrize(("key", "value"), [("sex", "不详"), ("age", "45"), ("pledges", "一件事")])
def test_a_value_that_is_not_of_its_kind_is_unreadable(key: str, value: Value) -> None:
    assert ("field-unreadable", key) in found(changed({key: value}))


def test_a_value_below_the_threshold_is_doubtful() -> None:
    reading = a_reading().with_field("phone", a_field("62700000", confidence=0.7))
    assert of_code(reading, Code.LOW_CONFIDENCE) == [{"raw": "62700000"}]
    assert not any(problem.code is Code.LOW_CONFIDENCE for problem in validate(a_spec(), reading, threshold=0.6))


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("pledges", ("有事请打13800138000",), "mobile-number"),
        ("pledges", ("第一件事", "身份证 11010519491231002X"), "identity-number"),
        ("unit_post", "清溪社区 6222 0212 3456 7890 128", "bank-card"),
        ("name", "张三13800138000", "mobile-number"),
    ],
)
def test_private_numbers_in_what_is_posted_hold_a_form_for_a_person(key: str, value: Value, kind: str) -> None:
    reading = a_reading().with_field(key, a_field(value))
    assert of_code(reading, Code.PRIVATE_DATA) == [{"kind": kind}]
    assert reading.with_problems(validate(a_spec(), reading)).decision is Decision.CONFIRM
    assert of_code(a_reading(), Code.PRIVATE_DATA) == []


def test_the_number_that_a_form_asks_for_is_posted() -> None:
    assert of_code(a_reading(phone="13800138000"), Code.PRIVATE_DATA) == []


def test_text_that_is_posted_for_want_of_a_value_is_looked_through_too() -> None:
    reading = a_reading().with_field("signed_on", a_field(None, "打13800138000"))
    assert of_code(reading, Code.PRIVATE_DATA) == [{"kind": "mobile-number"}]


def test_private_numbers_in_what_is_withheld_hold_nothing_up() -> None:
    reading = a_reading().with_field("age", a_field(None, "13800138000"))
    assert of_code(reading, Code.PRIVATE_DATA) == []


def test_missing_ink_of_the_one_who_pledges_is_noted() -> None:
    assert ("signature-missing", "signature") in found(a_reading())
    assert ("seal-missing", "seal") in found(a_reading("annex1"), "annex1")
    assert ("signature-missing", "signature") not in found(a_reading(signature="unclear"))


@pytest.mark.parametrize("written", [{"review_opinion": "同意"}, {"reviewed_on": "2011-02-22"}])
def test_a_reviewers_seal_is_missed_when_a_reviewer_wrote(written: dict[str, Value]) -> None:
    assert ("seal-missing", "review_seal") not in found(a_reading())
    assert ("seal-missing", "review_seal") in found(changed(written))
    assert ("seal-missing", "review_seal") not in found(changed({**written, "review_seal": "present"}))


def test_another_name_where_the_member_signs_disagrees() -> None:
    signed = a_reading().with_field("signature", a_field("absent", "李 四"))
    assert of_code(signed, Code.SOURCES_DISAGREE) == [{"raw": "张三", "other": "李 四"}]
    for raw in ("张 三", "", "present"):
        own = a_reading().with_field("signature", a_field("absent", raw))
        assert of_code(own, Code.SOURCES_DISAGREE) == []


def test_an_organisations_seal_is_compared_with_nobody() -> None:
    sealed = a_reading("annex1").with_field("seal", a_field("absent", "中共清溪社区支部委员会"))
    assert of_code(sealed, Code.SOURCES_DISAGREE, "annex1") == []


def test_no_year_is_missed() -> None:
    assert ("year-missing", "year") in found(a_reading(year=None))


@pytest.mark.parametrize("source", [YearSource.DATE, YearSource.FOLDER, YearSource.CAMPAIGN])
def test_a_proposed_year_waits_for_a_person(source: YearSource) -> None:
    assert of_code(a_reading(year_source=source), Code.YEAR_PROPOSED) == [{"year": 2011, "source": source.value}]


@pytest.mark.parametrize(
    ("signed", "other"),
    [("2010-11-30", 2010), ("2012-01-01", 2012), ("2010", 2010), ("1998-07-01", 1998)],
)
def test_a_day_of_signing_out_of_season_contradicts_the_title(signed: str, other: int) -> None:
    assert of_code(a_reading(signed_on=signed), Code.YEAR_CONFLICT) == [{"year": 2011, "other": other}]


@pytest.mark.parametrize("signed", ["2010-12-01", "2011-02-21", "2011-12-31", "2011", "2011-02", "--02-21", None])
def test_from_the_december_before_to_its_december_a_year_may_be_signed(signed: str | None) -> None:
    assert of_code(a_reading(signed_on=signed), Code.YEAR_CONFLICT) == []


def test_a_year_a_person_gave_is_not_doubted() -> None:
    reading = dataclasses.replace(
        a_reading(signed_on="2009-01-01"), year=YearReading(2011, YearSource.PERSON, 1.0, "2011")
    )
    assert of_code(reading, Code.YEAR_CONFLICT) == []


def test_a_form_with_nothing_but_its_print_is_untouched() -> None:
    spec = a_spec()
    printed = {
        key: a_field("absent" if field.kind.is_mark else None, field.blank) for key, field in spec.fields.items()
    }
    blank = dataclasses.replace(a_reading(), fields=printed)
    assert is_untouched(spec, blank)
    assert not is_untouched(spec, blank.with_field("age", a_field(None, "约45")))
    assert not is_untouched(spec, blank.with_field("signature", a_field("unclear", "")))
    assert not is_untouched(spec, a_reading())


def test_problems_are_hashable_values_said_once() -> None:
    problems = validate(a_spec(), a_reading(name=None, year=None))
    assert len(set(problems)) == len(problems)
    assert all(isinstance(problem, Problem) for problem in problems)
