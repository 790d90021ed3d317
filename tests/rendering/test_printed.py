"""Values as they are printed; what is printed reads back as the value."""

from __future__ import annotations

import pytest

from formsvc.chinese import parse_month, parse_number, read_date, read_items
from formsvc.forms.reading import MarkState, Value
from formsvc.forms.spec import Field, Kind
from formsvc.rendering.printed import han_number, printed_lines


def a_field(kind: Kind, *, blank: str = "") -> Field:
    return Field(
        key="field",
        kind=kind,
        label="栏目",
        printed="栏目",
        aliases=(),
        required=False,
        public=False,
        options=("男", "女") if kind is Kind.CHOICE else (),
        blank=blank,
    )


@pytest.mark.parametrize(
    ("value", "blank", "printed"),
    [
        ("2011-02-05", "年    月    日", "2011年2月5日"),
        ("2011-02", "年    月    日", "2011年2月"),
        ("2011", "年    月    日", "2011年"),
        ("--02-21", "年    月    日", "2月21日"),
        ("2011-02-05", "", "2011.02.05"),
        ("--02-21", "", "--02-21"),
        ("开春以后", "年    月    日", "开春以后"),
    ],
)
def test_a_date_is_written_with_the_signs_of_its_blank(value: str, blank: str, printed: str) -> None:
    assert printed_lines(a_field(Kind.DATE, blank=blank), value) == (printed,)


@pytest.mark.parametrize("value", ["2011-02-05", "2011-12", "2011", "--02-21"])
def test_a_printed_date_reads_back(value: str) -> None:
    (printed,) = printed_lines(a_field(Kind.DATE, blank="年 月 日"), value)
    assert read_date(printed).value == value


def test_a_month_is_written_with_a_point_and_reads_back() -> None:
    assert printed_lines(a_field(Kind.MONTH), "1998-07") == ("1998.07",)
    assert parse_month("1998.07") == "1998-07"


@pytest.mark.parametrize(
    "items",
    [
        ("走访农户",),
        ("走访农户", "1.2公里道路绿化"),
        ("十二五规划", "三是服务群众"),
        ("第一行\n第二行",),
        ("第一行\n第二行", "又一件"),
        tuple(f"第{number}件实事" for number in range(1, 31)),
    ],
)
def test_printed_items_read_back(items: tuple[str, ...]) -> None:
    assert read_items(printed_lines(a_field(Kind.ITEMS), items)).items == items


def test_a_single_item_carries_no_number() -> None:
    assert printed_lines(a_field(Kind.ITEMS), ("走访农户",)) == ("走访农户",)


def test_a_hundredth_item_is_numbered_in_digits() -> None:
    lines = printed_lines(a_field(Kind.ITEMS), tuple("事" * 100))
    assert lines[98:] == ("九十九、事", "100、事")


@pytest.mark.parametrize("value", [None, "", "  \u3000", (), ("",)])
def test_an_empty_value_has_no_lines(value: Value) -> None:
    assert printed_lines(a_field(Kind.ITEMS), value) == ()


@pytest.mark.parametrize("kind", [Kind.SIGNATURE, Kind.SEAL])
@pytest.mark.parametrize("state", list(MarkState))
def test_a_mark_is_never_printed(kind: Kind, state: MarkState) -> None:
    assert printed_lines(a_field(kind, blank="（盖章）"), state.value) == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\u2028"])
def test_every_line_end_ends_a_line(end: str) -> None:
    assert printed_lines(a_field(Kind.TEXT), f"同意。{end}望落实。") == ("同意。", "望落实。")


def test_numbers_in_han_numerals_read_back() -> None:
    assert [parse_number(han_number(number)) for number in range(1, 100)] == list(range(1, 100))
    assert [han_number(number) for number in (1, 10, 11, 20, 99)] == ["一", "十", "十一", "二十", "九十九"]


@pytest.mark.parametrize("number", [0, 100])
def test_a_number_beyond_two_digits_has_no_han_numeral_here(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        han_number(number)
