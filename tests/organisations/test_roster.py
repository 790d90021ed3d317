"""Rosters as offices keep them: titles above, heads in two rows, totals below, dates as Excel spoilt them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from formsvc.errors import Code
from formsvc.organisations.roster import Roster, read_roster
from formsvc.organisations.roster_json import decode_roster, encode_roster
from formsvc.organisations.sheets import Sheet, read_sheets
from tests.organisations.factories import HEADS, a_member, a_roster, a_row, a_sheet, a_workbook


def problems(roster: Roster) -> list[tuple[object, ...]]:
    """Return code, and what is told of the place."""
    return [(problem.code, *(problem.params[key] for key in sorted(problem.params))) for problem in roster.problems]


def test_a_row_is_a_member() -> None:
    roster = a_roster(a_row())
    assert roster.members == (a_member(),)
    assert roster.problems == ()


def test_heads_are_known_by_their_variants_in_any_order() -> None:
    heads = ("居住地 党组织", "姓　名", "入党时间", "（性别）", "工作单位及职务", "所在党支部", "备注")
    row = ("东风社区党支部", "张三", "1998.07", "男", "清溪社区居委会 委员", "清溪社区党支部", "无")
    assert read_roster([a_sheet(heads, row)]).members == (a_member(),)


def test_titles_above_and_totals_below_are_passed_over() -> None:
    rows = (
        ("清溪社区党员名册", "", "", "", "", ""),
        ("填报单位：清溪社区", "", "", "2011年2月", "", ""),
        ("", "", "", "", "", ""),
        HEADS,
        a_row(),
        ("", "", "", "", "", ""),
        ("合 计", "2", "", "", "", ""),
        ("合计：2人", "", "", "", "", ""),
        ("总计", "", "", "", "", "2"),
    )
    roster = read_roster([a_sheet(*rows)])
    assert roster.members == (a_member(),)
    assert roster.problems == ()


def test_heads_printed_again_on_the_next_page_are_no_member() -> None:
    assert a_roster(a_row(), HEADS, a_row("李四")).members == (a_member(), a_member("李四"))


def test_heads_may_stand_in_two_rows_of_merged_cells(tmp_path: Path) -> None:
    path = a_workbook(
        tmp_path / "a.xlsx",
        {
            "名册": [
                ["党员名册", None, None, None, None, None],
                ["姓名", "性别", "入党年月", "单位及职务", "党组织", None],
                [None, None, None, None, "工作地党组织", "居住地党组织"],
                ["张三", "男", "1998.07", "清溪社区居委会 委员", "清溪社区党支部", "东风社区党支部"],
            ]
        },
        merged=["A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2"],
    )
    roster = read_roster(read_sheets(path))
    assert roster.members == (a_member(),)
    assert roster.problems == ()


@pytest.mark.parametrize(
    "joined", ["1998.07", "1998-7", "1998年7月", "一九九八年七月", "199807", "1998/7/1", "１９９８.７"]
)
def test_a_month_is_read_in_any_usual_style(joined: str) -> None:
    assert a_roster(a_row(joined=joined)).members == (a_member(),)


def test_dates_and_numbers_of_a_spreadsheet_are_months(tmp_path: Path) -> None:
    rows = [HEADS, *(("张三", "男", joined, "", "", "") for joined in (dt.date(1998, 7, 1), 1998.07, 1998.7, 1998.11))]
    roster = read_roster(read_sheets(a_workbook(tmp_path / "a.xlsx", {"名册": rows})))
    assert [member.details["joined"] for member in roster.members] == ["1998-07", "1998-07", "1998-07", "1998-11"]


def test_a_month_that_excel_spoilt_is_told_and_not_guessed(tmp_path: Path) -> None:
    rows = [("名册",), HEADS, ("张三", "男", 1995.1, "清溪社区居委会 委员", "清溪社区党支部", "东风社区党支部")]
    roster = read_roster(read_sheets(a_workbook(tmp_path / "a.xlsx", {"名册": rows})))
    assert roster.members == (a_member(joined=None),)
    assert problems(roster) == [(Code.ROSTER_CELL_UNREADABLE, "C", "1995.1", 3, "名册")]


@pytest.mark.parametrize("joined", ["不详", "1998", "七月", "1998-13"])
def test_a_month_that_is_none_is_told_by_sheet_row_and_column(joined: str) -> None:
    roster = a_roster(a_row(), a_row("李四", joined=joined))
    assert roster.members[1] == a_member("李四", joined=None)
    assert problems(roster) == [(Code.ROSTER_CELL_UNREADABLE, "C", joined, 3, "名册")]


def test_a_row_without_a_name_is_told_and_the_others_stand() -> None:
    roster = a_roster(a_row(""), a_row())
    assert roster.members == (a_member(),)
    assert problems(roster) == [(Code.ROSTER_CELL_UNREADABLE, "A", "", 2, "名册")]


def test_a_column_far_to_the_right_is_named_by_two_letters() -> None:
    left = ("",) * 27
    roster = read_roster([a_sheet((*left, "姓名", "入党年月"), (*left, "张三", "不详"))])
    assert problems(roster)[0][1] == "AC"


def test_a_row_that_stands_twice_is_told() -> None:
    roster = a_roster(a_row(), a_row("张 三"), a_row(joined="1999-01"))
    assert [problem.code for problem in roster.problems] == [Code.ROSTER_DUPLICATE]
    assert roster.problems[0].params == {"name": "张三"}


def test_a_short_row_has_empty_cells() -> None:
    roster = a_roster(("张三",), ("李四", "女"))
    assert [(member.name, dict(member.details), member.unit) for member in roster.members] == [
        ("张三", {}, ""),
        ("李四", {"sex": "女"}, ""),
    ]


def test_a_sheet_without_heads_is_told_and_an_empty_one_is_not() -> None:
    roster = read_roster([a_sheet(("一", "二"), name="说明"), a_sheet(name="空"), a_sheet(("", ""), name="Sheet3")])
    assert problems(roster) == [(Code.ROSTER_NO_HEADER, "说明")]


def test_a_name_alone_is_no_head() -> None:
    assert [problem.code for problem in read_roster([a_sheet(("姓名",), ("张三",))]).problems] == [
        Code.ROSTER_NO_HEADER
    ]


def test_members_and_organisations_are_read_out_of_one_file() -> None:
    organisations = a_sheet(
        ("党组织名称", "上级党组织", "曾用名"),
        ("清溪社区党支部", "清溪镇党委", "清溪村党支部、清溪党支部"),
        ("东风社区党支部", "清溪镇党委", ""),
        ("", "清溪镇党委", ""),
        name="组织",
    )
    roster = read_roster([a_sheet(HEADS, a_row()), organisations])
    assert len(roster.members) == 1
    assert [(one.name, one.parent, one.other_names) for one in roster.organisations] == [
        ("清溪社区党支部", "清溪镇党委", ("清溪村党支部", "清溪党支部")),
        ("东风社区党支部", "清溪镇党委", ()),
    ]
    assert problems(roster) == [(Code.ROSTER_CELL_UNREADABLE, "A", "", 4, "组织")]


def test_a_roster_comes_back_from_its_file_as_it_went() -> None:
    roster = read_roster(
        [a_sheet(HEADS, a_row(), a_row("李四", joined="不详")), a_sheet(("组织", "上级组织"), ("甲", "乙"))]
    )
    data = encode_roster(roster, file="名册.xlsx", at="2011-03-01T09:00:00+08:00")
    again = decode_roster(data)
    assert (again.members, again.organisations) == (roster.members, roster.organisations)
    assert encode_roster(again, file="名册.xlsx", at="2011-03-01T09:00:00+08:00") == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"members": [{}], "organisations": []}',
        b'{"members": 3, "organisations": []}',
        b'{"members": [], "organisations": [{"name": "a"}]}',
        b'{"organisations": [], "members": [{"name": 1, "details": {}, "unit": "", "workplace": "", "residence": ""}]}',
        b'{"organisations":[],"members": [{"name": "", "details": [], "unit": "", "workplace": "", "residence": ""}]}',
    ],
)
def test_a_roster_out_of_shape_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_roster(data)


def test_a_roster_without_a_row_says_so() -> None:
    for sheets in ([Sheet("a.csv", ())], [a_sheet(HEADS, name="a.csv")], [a_sheet(("", ""), name="a.csv")]):
        (problem,) = read_roster(sheets).problems
        assert (problem.code, problem.params["sheet"]) == (Code.ROSTER_EMPTY, "a.csv")


@pytest.mark.parametrize(
    ("heads", "lacking"), [(("性别", "入党年月", "工作地党组织"), "姓名"), (("上级组织", "简称"), "组织")]
)
def test_a_needed_column_that_is_not_there_is_named(heads: tuple[str, ...], lacking: str) -> None:
    (problem,) = read_roster([a_sheet(heads, ("x", "y", "z")[: len(heads)])]).problems
    assert (problem.code, problem.params["column"]) == (Code.ROSTER_COLUMN_MISSING, lacking)
