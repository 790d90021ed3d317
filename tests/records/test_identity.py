"""Two forms are of one record when form, year, name and the form's identity fields are equal after folding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.forms.reading import Reading
from formsvc.records.identity import identity_key, record_id, same_unit
from tests.forms.factories import a_reading, a_spec

ANNEX1, ANNEX2 = a_spec("annex1"), a_spec("annex2")


def of(reading: Reading) -> str | None:
    return identity_key(a_spec(reading.form or ""), reading)


@pytest.mark.parametrize(
    "other",
    [
        a_reading(name="张 三"),
        a_reading(name="张　三"),
        a_reading(age=42, phone=None, pledges=("别的承诺",)),
        a_reading(unit_post="东风小学 教师"),
        a_reading(number=2),
    ],
)
def test_width_blanks_and_other_fields_do_not_part_a_record(other: Reading) -> None:
    assert of(other) == of(a_reading())


@pytest.mark.parametrize(
    "other",
    [
        a_reading(year=2012),
        a_reading(name="章三"),
        a_reading(name="张三三"),
        a_reading(sex="女"),
        a_reading(joined="1998-08"),
    ],
)
def test_year_name_sex_and_joining_part_records(other: Reading) -> None:
    assert of(other) not in {None, of(a_reading())}


@pytest.mark.parametrize(
    "reading",
    [
        a_reading(year=None),
        a_reading(name=None),
        a_reading(name=""),
        a_reading(sex=None),
        a_reading(joined=None),
        a_reading("annex1", organisation=None),
    ],
)
def test_a_missing_part_leaves_no_identity(reading: Reading) -> None:
    assert of(reading) is None


def test_organisations_are_one_by_their_name_alone_and_a_branch_is_no_general_branch() -> None:
    branch = a_reading("annex1", organisation="清溪社区党支部")
    assert of(branch) == of(a_reading("annex1", organisation="清溪社区 党支部", pledged_on="2011-03-01"))
    assert of(branch) != of(a_reading("annex1", organisation="清溪社区党总支"))


def test_dots_between_parts_of_a_name_are_one_sign() -> None:
    assert of(a_reading(name="买买提•江")) == of(a_reading(name="买买提·江")) != of(a_reading(name="买买提江"))


@pytest.mark.parametrize(
    ("one", "other"), [(None, None), (None, ""), ("清溪社区 委员", "清溪社区委员"), ("Ａ单位", "A单位")]
)
def test_units_are_compared_after_folding(one: str | None, other: str | None) -> None:
    assert same_unit(one, other)


@pytest.mark.parametrize(("one", "other"), [("清溪社区", None), ("清溪社区", "东风小学"), ("A单位", "a单位")])
def test_other_units_are_others(one: str | None, other: str | None) -> None:
    assert not same_unit(one, other)


@given(st.text("0123456789abcdef", min_size=64, max_size=64), st.integers(1, 500))
def test_an_id_is_twelve_digits_and_follows_from_file_and_place_in_it(sha256: str, reading: int) -> None:
    made = record_id(sha256, reading)
    assert len(made) == 12
    assert set(made) <= set("0123456789abcdef")
    assert made == record_id(sha256, reading) != record_id(sha256, reading + 1)
