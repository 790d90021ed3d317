"""A field's text has a normal form, is empty, or cannot be read."""

from __future__ import annotations

import pytest

from formsvc.forms.spec import Field, Kind
from formsvc.forms.values import EMPTY, UNREADABLE, Normal, normalise
from tests.forms.factories import a_spec

TICKS = ("平日", "周末", "均可")


def a_field(kind: Kind, *, blank: str = "") -> Field:
    """Return a field of a kind; a choice is of 平日, 周末 and 均可."""
    options = TICKS if kind is Kind.CHOICE else ()
    return Field(
        key="x",
        kind=kind,
        label="栏",
        printed="栏",
        aliases=(),
        required=False,
        public=False,
        options=options,
        blank=blank,
    )


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.NAME, "欧阳 春 晓", "欧阳春晓"),
        (Kind.NAME, "阿依努尔 • 买买提", "阿依努尔·买买提"),
        (Kind.NAME, " 张\n㛃 ", "张㛃"),
        (Kind.NAME, "𠅤堃犇", "𠅤堃犇"),
        (Kind.ORGANISATION, "清溪 社区党（总）\n支部", "清溪社区党（总）支部"),
        (Kind.ORGANISATION, "ABC 公司", "ABC公司"),
        (Kind.ORGANISATION, "Acme  Ltd", "Acme Ltd"),
        (Kind.TEXT, "  清溪社区 书记  \n\n 兼委员 ", "清溪社区 书记\n兼委员"),
        (Kind.TEXT, "/", "/"),
        (Kind.CHOICE, " 周 末 ", "周末"),
        (Kind.CHOICE, "☑周末 □平日 □均可", "周末"),
        (Kind.CHOICE, "平日√ 周末 均可", "平日"),
        (Kind.CHOICE, "□平日 ☐周末 ■均可", "均可"),
        (Kind.INTEGER, "４５", 45),
        (Kind.INTEGER, "45岁", 45),
        (Kind.INTEGER, "四十五周岁", 45),
        (Kind.INTEGER, "1200小时", 1200),
        (Kind.YEAR, "二○一一年度", 2011),
        (Kind.MONTH, "2009.07", "2009-07"),
        (Kind.MONTH, "2009年7月", "2009-07"),
        (Kind.MONTH, "一九九八年七月", "1998-07"),
        (Kind.MONTH, "2009年7月1日", "2009-07"),
        (Kind.DATE, "二○一一年二月二十一日", "2011-02-21"),
        (Kind.DATE, "2011-02", "2011-02"),
        (Kind.DATE, "2月21日", "--02-21"),
        (Kind.PHONE, "０５７４－６２７０００００", "0574-62700000"),
        (Kind.PHONE, "0000-5550102", "0000-5550102"),
        (Kind.PHONE, "0574-62700000\n转801", "0574-62700000转801"),
        (Kind.EMAIL, "ZhangSan＠example.org", "ZhangSan@example.org"),
        (Kind.EMAIL, "zhang san@\nexample.org", "zhangsan@example.org"),
        (Kind.ITEMS, "一、修1.2公里路\n二、走访", ("修1.2公里路", "走访")),
        (Kind.SEAL, "present", "present"),
        (Kind.SIGNATURE, " unclear ", "unclear"),
    ],
)
def test_a_text_that_reads_one_way_has_a_normal_form(kind: Kind, text: str, value: object) -> None:
    assert normalise(a_field(kind), text) == Normal(value)  # type: ignore[arg-type]  # - the table holds every type


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_written_is_empty_for_every_kind(kind: Kind) -> None:
    assert normalise(a_field(kind), " \n\u3000") == EMPTY


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.PHONE, "/"),
        (Kind.NAME, "——"),
        (Kind.EMAIL, "____"),
        (Kind.CHOICE, "□平日 □周末 □均可"),
        (Kind.DATE, "    年   月   日"),
        (Kind.MONTH, "年  月"),
    ],
)
def test_a_stroke_or_an_unfilled_print_is_empty(kind: Kind, text: str) -> None:
    assert normalise(a_field(kind), text) == EMPTY


def test_what_the_empty_form_prints_is_empty_in_any_brackets() -> None:
    assert normalise(a_field(Kind.SEAL, blank="（盖章）"), "(盖 章)") == EMPTY


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.CHOICE, "平日/周末"),
        (Kind.CHOICE, "☑平日 ☑周末 □均可"),
        (Kind.CHOICE, "随时"),
        (Kind.INTEGER, "约45"),
        (Kind.INTEGER, "45-50"),
        (Kind.INTEGER, "1965.3"),
        (Kind.INTEGER, "1965年"),
        (Kind.YEAR, "11"),
        (Kind.MONTH, "1998年"),
        (Kind.MONTH, "98.7"),
        (Kind.DATE, "2011年2月31日"),
        (Kind.PHONE, "无"),
        (Kind.EMAIL, "zhangsan at example"),
        (Kind.SEAL, "清溪社区党支部"),
    ],
)
def test_a_text_that_reads_no_way_or_several_is_unreadable(kind: Kind, text: str) -> None:
    assert normalise(a_field(kind), text) == UNREADABLE


def test_a_two_digit_year_is_read_within_the_years_given() -> None:
    assert normalise(a_field(Kind.DATE), "11.2.21", within=range(2010, 2013)) == Normal("2011-02-21")
    assert normalise(a_field(Kind.YEAR), "11", within=range(2010, 2013)) == Normal(2011)


@pytest.mark.parametrize("form", ["annex1", "annex2", "annex3"])
def test_every_field_of_every_form_can_be_empty(form: str) -> None:
    assert all(normalise(field, field.blank) == EMPTY for field in a_spec(form).fields.values())
