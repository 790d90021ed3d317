"""A page on which a form goes on is known by its headings or its numbers, and by nothing less."""

from __future__ import annotations

import dataclasses

import pytest

from formsvc.errors import Code
from formsvc.forms.reading import FieldReading, Reading
from formsvc.operations.further import goes_on, headed_form, joined
from tests.forms.factories import FORM_FILES, a_reading, a_spec

FORMS = {form: a_spec(form) for form in FORM_FILES}
SPEC = a_spec()
HEADED = ("2011年度党员公开承诺书（续）", "公开承诺事项（续）", "为民服务。", "四、走访。")


def a_form(*items: str, raw: str = "") -> Reading:
    field = FieldReading(items, raw or "\n".join(f"{number}、{item}" for number, item in enumerate(items, 1)), 0.99)
    return dataclasses.replace(a_reading(), pages=(1,), typed=False).with_field("pledges", field)


@pytest.mark.parametrize(
    "texts",
    [
        HEADED,
        ("公开承诺事项（续）", "为民服务。", "四、走访。"),
        ("公开承诺事项(绪)", "为民服务。", "四、走访。"),
        ("2O11年度党员公开承诺书(续)", "为民服务。", "四、走访。"),
    ],
)
def test_a_heading_of_ours_says_that_a_page_goes_on(texts: tuple[str, ...]) -> None:
    assert goes_on(SPEC, a_form("甲"), texts) == {"pledges": ("为民服务。", "四、走访。")}


@pytest.mark.parametrize(
    ("first", "is_further"),
    [
        ("4、走访群众", True),
        ("四、走访群众", True),
        ("（4）走访群众", True),
        ("3、走访群众", True),
        ("1、走访群众", False),
        ("9、走访群众", False),
        ("4月走访群众", False),
        ("关于走访群众的通知", False),
    ],
)
def test_numbers_that_go_on_say_it_too(first: str, *, is_further: bool) -> None:
    assert (goes_on(SPEC, a_form("甲", "乙", "丙"), (first, "5、调研")) is not None) is is_further


def test_a_word_above_the_first_number_does_not_count() -> None:
    assert goes_on(SPEC, a_form("甲"), ("附页", "2、调研")) is not None
    assert goes_on(SPEC, a_form("甲"), ("附页",)) is None
    assert goes_on(SPEC, a_form("甲"), ()) is None


def test_a_list_that_begins_in_its_middle_goes_on_from_the_form_however_its_items_were_counted() -> None:
    assert goes_on(SPEC, a_form("甲"), ("6、走访", "群众。", "7、调研")) is not None
    assert goes_on(SPEC, a_form("甲"), ("1、走访", "2、调研")) is None


def test_items_nobody_numbered_go_on_with_whatever_number() -> None:
    form = a_form("植树。走访。调研。", raw="植树。\n走访。\n调研。")
    assert goes_on(SPEC, form, ("4、宣传",)) is not None
    assert goes_on(SPEC, form, ("1、宣传",)) is None


def test_the_heading_of_another_form_is_none_of_this_one() -> None:
    other = next(spec for spec in FORMS.values() if spec.id != SPEC.id)
    assert goes_on(other, a_form("甲"), HEADED[:1]) is None
    found = headed_form(FORMS, HEADED[:1])
    assert found is not None
    assert found.id == SPEC.id
    assert headed_form(FORMS, ("党员公开承诺书（2011年度）", "关于开展活动的通知（续）")) is None


def test_what_is_joined_goes_on_with_the_last_item_and_is_asked_about() -> None:
    form = a_form("植树。", "每月走访", raw="一、植树。\n二、每月走访")
    whole = joined(SPEC, form, 2, {"pledges": ("困难群众。", "三、调研。")})
    assert whole.value("pledges") == ("植树。", "每月走访困难群众。", "调研。")
    assert whole.pages == (1, 2)
    assert whole.fields["pledges"].confidence <= 0.5
    assert [(one.code, one.field) for one in whole.problems if one.code is Code.FURTHER_PAGE] == [
        (Code.FURTHER_PAGE, "pledges")
    ]


def test_a_text_that_goes_on_is_put_behind_the_text() -> None:
    form = a_form("甲").with_field("review_opinion", FieldReading("同意。", "同意。", 0.99))
    whole = joined(SPEC, form, 2, {"review_opinion": ("继续努力。",)})
    assert whole.value("review_opinion") == "同意。\n继续努力。"
