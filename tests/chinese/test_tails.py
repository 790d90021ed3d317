from __future__ import annotations

import pytest

from formsvc.chinese.dates import DateFault
from formsvc.chinese.tails import date_at_end


@pytest.mark.parametrize(
    ("text", "before", "value"),
    [
        ("2011年2月21日", "", "2011-02-21"),
        ("李娜 2011年2月21日", "李娜", "2011-02-21"),
        ("同意（盖章） 2011年2月22日", "同意（盖章）", "2011-02-22"),
        ("同意。2011.2.22", "同意。", "2011-02-22"),
        ("张三2011.2.21", "张三", "2011-02-21"),
        ("同意\n2011/2/22\n", "同意\n", "2011-02-22"),
        ("一、学习\n２０１１年２月２１日", "一、学习\n", "2011-02-21"),
        ("第一组 二○一一年二月二十一日", "第一组", "2011-02-21"),
        ("1 2011年2月21日", "1", "2011-02-21"),
        ("2月21日", "", "--02-21"),
        ("2011年   月   日", "", "2011"),
        ("学习\n2011年\n2月\n21日", "学习\n", "2011-02-21"),
        ("学习\n2011 年 2 月\n21 日", "学习\n", "2011-02-21"),
        ("2011", "", "2011"),
        ("同意\n（公章）2011年1月6\n日", "同意\n（公章）", "2011-01-06"),
        ("学习2011\n2011年2月21日", "学习2011\n", "2011-02-21"),
    ],
)
def test_a_date_ends_a_text_in_any_usual_style(text: str, before: str, value: str) -> None:
    found = date_at_end(text)
    assert found is not None
    assert (text[: found.start], found.reading.value) == (before, value)


@pytest.mark.parametrize(
    ("text", "before", "fault"),
    [
        ("承诺人：    年   月   日", "承诺人：", DateFault.BLANK),
        ("____年__月__日", "", DateFault.BLANK),
        ("2011年2月31日", "", DateFault.IMPOSSIBLE),
        ("11年2月21日", "", DateFault.TWO_DIGIT_YEAR),
        ("20l1年2月21日", "", DateFault.UNREADABLE),
        ("张三二○一一年二月二十一日", "", DateFault.UNREADABLE),
    ],
)
def test_a_date_that_has_no_normal_form_is_found_with_its_fault(text: str, before: str, fault: DateFault) -> None:
    found = date_at_end(text)
    assert found is not None
    assert (text[: found.start], found.reading.fault) == (before, fault)


@pytest.mark.parametrize(
    "text",
    ["", "日", "全年增长12.5", "产值2011", "电话 1234.5678", "捐款100.00元", "同意", "2．每年1月", "为2011年度"],
)
def test_a_sentence_that_ends_in_a_number_ends_in_no_date(text: str) -> None:
    assert date_at_end(text) is None


def test_a_date_inside_a_sentence_is_told_from_one_on_its_own_line() -> None:
    inside, alone = date_at_end("工期至2011年12月20日"), date_at_end("做好工程\n  2011年12月20日")
    assert inside is not None
    assert alone is not None
    assert (inside.is_alone, alone.is_alone) == (False, True)


def test_a_two_digit_year_is_read_within_the_years_given() -> None:
    found = date_at_end("11年2月21日", within=range(2010, 2012))
    assert found is not None
    assert found.reading.value == "2011-02-21"


def test_a_date_is_not_joined_to_the_number_on_the_line_above() -> None:
    found = date_at_end("服务次数\n12\n2011年2月21日")
    assert found is not None
    assert found.start == len("服务次数\n12\n")
