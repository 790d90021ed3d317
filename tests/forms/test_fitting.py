"""What comes out of a reader is believed only when it can be a reading of a form."""

from __future__ import annotations

import dataclasses

import pytest

from formsvc.forms.fitting import fits
from formsvc.forms.reading import Picture, Reading, Value
from tests.forms.factories import FORM_FILES, a_field, a_reading, a_spec

FORMS = {form: a_spec(form) for form in FORM_FILES}
NOTHING = Reading(1, None, None, a_reading().year, {})


@pytest.mark.parametrize("form", FORM_FILES)
def test_a_complete_reading_fits_its_form(form: str) -> None:
    assert fits(FORMS, a_reading(form))


def test_pictures_stand_in_the_boxes_of_marks() -> None:
    assert fits(FORMS, dataclasses.replace(a_reading(), pictures=(Picture("signature", "image/png", b"", 1, 1),)))


def test_an_empty_reading_fits() -> None:
    assert fits(FORMS, dataclasses.replace(a_reading(), fields={}))
    assert fits(FORMS, dataclasses.replace(a_reading(), fields=dict.fromkeys(FORMS["annex2"].fields, a_field(None))))
    assert fits(FORMS, NOTHING)


@pytest.mark.parametrize(
    "reading",
    [
        dataclasses.replace(a_reading(), form="annex9"),
        dataclasses.replace(a_reading(), form="annex1"),
        dataclasses.replace(NOTHING, fields={"name": a_field("张三")}),
        dataclasses.replace(NOTHING, pictures=(Picture("seal", "image/png", b"", 1, 1),)),
        dataclasses.replace(a_reading(), pictures=(Picture("../seal", "image/png", b"", 1, 1),)),
        dataclasses.replace(a_reading(), pictures=(Picture("name", "image/png", b"", 1, 1),)),
        a_reading(nickname="小张"),
    ],
)
def test_what_names_no_form_or_other_fields_does_not(reading: Reading) -> None:
    assert not fits(FORMS, reading)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", ("张三",)),
        ("name", 3),
        ("age", "41"),
        ("pledges", "好事"),
        ("joined", 199807),
        ("signature", "yes"),
        ("signature", 1),
        ("year", "2011"),
    ],
)
def test_a_value_of_another_kind_does_not(key: str, value: Value) -> None:
    assert not fits(FORMS, a_reading().with_field(key, a_field(value)))
