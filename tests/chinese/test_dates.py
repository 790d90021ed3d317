from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.chinese import DateFault, DateReading, parse_date, parse_month, parse_number, parse_year, read_date
from formsvc.chinese.dates import parted

HAN = "〇一二三四五六七八九"


def han_number(number: int) -> str:
    tens, unit = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十") + (HAN[unit] if unit else "")


def han_year(year: int) -> str:
    return "".join(HAN[int(digit)] for digit in str(year))


@pytest.mark.parametrize("number", range(1, 100))
def test_han_numerals_to_ninety_nine_are_read(number: int) -> None:
    assert parse_number(han_number(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("〇", 0),
        ("零", 0),
        ("○", 0),
        ("廿", 20),
        ("廿一", 21),
        ("卅", 30),
        ("卅一", 31),
        ("１２", 12),
        (" 3 ", 3),
        ("007", 7),
    ],
)
def test_other_ways_to_write_a_number_are_read(text: str, number: int) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "十十", "一二", "百", "1.5", "-1", "O", "²", "1234567890", "两", "一〇"])
def test_what_is_no_number_below_a_hundred_is_not_read(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2011",
        "２０１１",
        "2011年",
        "2011年度",
        " 2011 ",
        "2 0 1 1",
        "二〇一一",
        "二○一一",
        "二零一一",
        "二O一一年",
        "二0一一",
        "二Ｏ一一",
    ],
)
def test_a_year_is_read_in_digits_and_in_han(text: str) -> None:
    assert parse_year(text) == 2011


@pytest.mark.parametrize(
    "text", ["", "11", "11年", "201", "20111", "2O11", "1811", "2100", "二千零一十一", "2011.", "第2011", "年"]
)
def test_what_is_no_full_year_is_not_read(text: str) -> None:
    assert parse_year(text) is None


def test_a_two_digit_year_is_read_only_where_one_century_fits() -> None:
    party = range(1921, 2012)
    assert parse_year("95", within=party) == 1995
    assert parse_year("’05年", within=party) == 2005
    assert parse_year("九五", within=party) == 1995
    assert parse_year("15", within=party) is None
    assert parse_year("22", within=range(1921, 2025)) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2009.07", "2009-07"),
        ("2009.7", "2009-07"),
        ("2009.7.", "2009-07"),
        ("2009.7月", "2009-07"),
        ("2009．07", "2009-07"),
        ("2009、7", "2009-07"),
        ("2009,7", "2009-07"),
        ("2009。7", "2009-07"),
        ("2009-7", "2009-07"),
        ("2009/7", "2009-07"),
        ("200907", "2009-07"),
        ("2009年7月", "2009-07"),
        ("2009年07", "2009-07"),
        ("2009年7月份", "2009-07"),
        ("2009年\n7月", "2009-07"),
        ("200\n9.0\n7", "2009-07"),
        ("2009 7", "2009-07"),
        ("一九九八年七月", "1998-07"),
        ("一九九八.七", "1998-07"),
        ("２００９年１２月", "2009-12"),
        ("二〇〇九年十二月", "2009-12"),
        ("二OO九年七月", "2009-07"),
        ("2009年元月", "2009-01"),
        ("2009.7.3", "2009-07-03"),
        ("2009-7-3", "2009-07-03"),
        ("2009/7/3", "2009-07-03"),
        ("2009 - 07 - 03", "2009-07-03"),
        ("2009\\7\\3", "2009-07-03"),
        ("2011—2—21", "2011-02-21"),
        ("2011年2月21日", "2011-02-21"),
        ("2011年2月21", "2011-02-21"),
        ("2011年2月21号", "2011-02-21"),
        ("2011 年 2 月 21 日", "2011-02-21"),
        ("  ２０１１　年　２　月　２１　日 ", "2011-02-21"),
        ("2011年__2__月__21__日", "2011-02-21"),
        ("2011.2.21日", "2011-02-21"),
        ("2011 2 21", "2011-02-21"),
        ("20110221", "2011-02-21"),
        ("二○一一年二月二十一日", "2011-02-21"),
        ("二零一一年二月廿一日", "2011-02-21"),
        ("二〇一一年〇二月〇一日", "2011-02-01"),
        ("\u2f46年", None),
        ("⼆〇⼀⼀年⼆⽉⼆⼗⼀⽇", "2011-02-21"),
        ("2012年2月29日", "2012-02-29"),
        ("2011", "2011"),
        ("2011年", "2011"),
        ("二〇一一", "2011"),
        ("2011年   月   日", "2011"),
        ("2011年2月  日", "2011-02"),
        ("2月21日", "--02-21"),
        ("   年2月21日", "--02-21"),
        ("二月二十一日", "--02-21"),
        ("2月29日", "--02-29"),
    ],
)
def test_dates_in_all_usual_styles_are_read_as_far_as_they_are_written(text: str, value: str | None) -> None:
    assert parse_date(text) == value


@pytest.mark.parametrize(
    "text", ["", "  ", "\u3000", "年月日", "        年   月   日", "＿＿年＿＿月＿＿日", "年\n月\n日", "//", "—"]
)
def test_a_date_line_left_empty_is_blank_and_not_unreadable(text: str) -> None:
    assert read_date(text) == DateReading(None, DateFault.BLANK)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("张三", DateFault.UNREADABLE),
        ("2009年7月底", DateFault.UNREADABLE),
        ("2009.7-2010.8", DateFault.UNREADABLE),
        ("2009年7月1日至3日", DateFault.UNREADABLE),
        ("7.3", DateFault.UNREADABLE),
        ("2O09.7", DateFault.UNREADABLE),
        ("20090", DateFault.UNREADABLE),
        ("2009年十十月", DateFault.UNREADABLE),
        ("2009年七八月", DateFault.UNREADABLE),
        ("2009.0x7", DateFault.UNREADABLE),
        ("2009年  月21日", DateFault.INCOMPLETE),
        ("年  月21日", DateFault.INCOMPLETE),
        ("  年2月  日", DateFault.INCOMPLETE),
        ("2011年13月", DateFault.IMPOSSIBLE),
        ("2011.0", DateFault.IMPOSSIBLE),
        ("2011年2月29日", DateFault.IMPOSSIBLE),
        ("2月30日", DateFault.IMPOSSIBLE),
        ("2011.2.0", DateFault.IMPOSSIBLE),
        ("20111301", DateFault.IMPOSSIBLE),
        ("1811年2月", DateFault.IMPOSSIBLE),
        ("95年5月", DateFault.TWO_DIGIT_YEAR),
        ("95.5", DateFault.TWO_DIGIT_YEAR),
        ("九五年五月", DateFault.TWO_DIGIT_YEAR),
        ("11.2.21", DateFault.TWO_DIGIT_YEAR),
        ("110221", DateFault.IMPOSSIBLE),
    ],
)
def test_a_date_that_cannot_be_read_says_why(text: str, fault: DateFault) -> None:
    assert read_date(text) == DateReading(None, fault)


def test_a_two_digit_year_in_a_date_needs_the_years_it_may_lie_in() -> None:
    assert parse_date("95年5月", within=range(1921, 2012)) == "1995-05"
    assert parse_date("'95.5", within=range(1921, 2012)) == "1995-05"
    assert parse_date("22.5", within=range(1921, 2025)) is None


@pytest.mark.parametrize(
    ("text", "month"),
    [("2009.07", "2009-07"), ("2009年7月3日", "2009-07"), ("2009", None), ("7月3日", None), ("95.5", None), ("", None)],
)
def test_a_month_needs_its_year(text: str, month: str | None) -> None:
    assert parse_month(text) == month


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_read_back_in_every_style(day: dt.date) -> None:
    year, month, date = day.year, day.month, day.day
    for text in (
        f"{year}.{month}.{date}",
        f"{year}-{month:02}-{date:02}",
        f"{year}{month:02}{date:02}",
        f"{year} 年 {month} 月 {date} 日",
        f"{han_year(year)}年{han_number(month)}月{han_number(date)}日",
    ):
        assert parse_date(text) == day.isoformat()


@given(st.text(alphabet="0123456789年月日.-/ 〇一二十廿O元_、", max_size=12))
def test_a_reading_has_a_value_or_a_fault_and_the_value_is_possible(text: str) -> None:
    reading = read_date(text)
    assert (reading.value is None) != (reading.fault is None)
    if reading.value and len(reading.value) == 10:
        dt.date.fromisoformat(reading.value)


@pytest.mark.parametrize(
    ("figures", "ways"),
    [
        ("2019816", ("2019.8.16",)),
        ("2009113", ("2009.1.13", "2009.11.3")),
        ("201016", ("2010.1.6",)),
        ("2019230", ()),
        ("20190816", ("2019.08.16",)),
        ("2019", ()),
        ("18100101", ()),
    ],
)
def test_figures_that_ran_together_are_parted_in_every_way_that_is_a_date(figures: str, ways: tuple[str, ...]) -> None:
    assert parted(figures) == ways
