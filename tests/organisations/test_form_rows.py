"""The rows of a roster as values of a form."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from formsvc.errors import Code, Problem
from formsvc.forms.load import load_forms
from formsvc.organisations.form_rows import FormRows, UnusedColumn, read_form_rows
from formsvc.organisations.sheets import Sheet, read_sheets
from tests.organisations.factories import Cell, a_sheet, a_workbook
from tests.road import DATA, MEMBER, ORGANISATION

HEADS = ("姓名", "性别", "入党年月", "单位及职务", "公开承诺事项", "监督电话")
ROW = ("张三", "男", "1998-07", "清溪社区 委员", "走访。", "0574-62000000")


def read(*rows: tuple[str, ...], heads: tuple[str, ...] = HEADS) -> FormRows:
    return read_form_rows(MEMBER, [a_sheet(heads, *rows)])


def told(found: FormRows) -> list[tuple[Code, str | None, Mapping[str, object]]]:
    return [(problem.code, problem.field, dict(problem.params)) for problem in found.problems]


def test_a_row_is_the_values_of_a_form_in_their_normal_form() -> None:
    found = read(("张 三", " 男", "1998年7月", "清溪社区 委员", "1.走访。\n2.服务。", "０５７４－62000000"))
    (row,) = found.rows
    assert row.values == {
        "name": "张三",
        "sex": "男",
        "joined": "1998-07",
        "unit_post": "清溪社区 委员",
        "pledges": ("走访。", "服务。"),
        "phone": "0574-62000000",
    }
    assert (found.is_sound, found.problems, found.unused) == (True, (), ())


def test_columns_are_known_by_key_label_and_alias() -> None:
    (row,) = read(("张三", "1998-07", "a@b.cn"), heads=("党员姓名", "入党 时间：", "EMAIL")).rows
    assert row.values == {"name": "张三", "joined": "1998-07", "email": "a@b.cn"}


def test_an_empty_cell_leaves_its_field_empty() -> None:
    (row,) = read(("张三", "", "　", "", "", "")).rows
    assert row.values == {"name": "张三"}


def test_a_fields_own_name_goes_before_an_alias_and_the_other_column_is_told() -> None:
    found = read(("张三", "1", "0574-62000000"), heads=("姓名", "电话", "监督电话"))
    assert found.rows[0].values["phone"] == "0574-62000000"
    assert found.unused == (UnusedColumn("名册", "B", "电话"),)


def test_two_columns_that_could_be_one_field_are_told() -> None:
    found = read(("张三", "走访", "服务"), heads=("姓名", "承诺内容", "承诺事项"))
    assert told(found) == [(Code.ROSTER_COLUMN_TWICE, "pledges", {"sheet": "名册", "column": "B", "other": "C"})]
    assert not found.is_sound


def test_a_head_that_two_fields_share_is_neither() -> None:
    fields = dict(MEMBER.fields)
    for key in ("phone", "email"):
        fields[key] = dataclasses.replace(fields[key], aliases=("联系方式",))
    found = read_form_rows(dataclasses.replace(MEMBER, fields=fields), [a_sheet(("姓名", "联系方式"), ("张三", "1"))])
    assert found.unused == (UnusedColumn("名册", "B", "联系方式"),)
    assert found.rows[0].values == {"name": "张三"}


def test_year_and_marks_are_filled_by_no_column() -> None:
    found = read(("张三", "2011", "present"), heads=("姓名", "年度", "承诺人签名"))
    assert found.rows[0].values == {"name": "张三"}
    assert [column.head for column in found.unused] == ["年度", "承诺人签名"]


@pytest.mark.parametrize(
    ("key", "cell", "column", "code"),
    [
        ("joined", "1995.1", "C", Code.ROSTER_CELL_SPOILT),
        ("joined", "3.3E+17", "C", Code.ROSTER_CELL_SPOILT),
        ("phone", "3.3021919800101E+17", "F", Code.ROSTER_CELL_SPOILT),
        ("unit_post", "3.3E+17", "D", Code.ROSTER_CELL_SPOILT),
        ("joined", "34820", "C", Code.ROSTER_CELL_UNREADABLE),
        ("joined", "95年5月", "C", Code.ROSTER_CELL_UNREADABLE),
        ("sex", "无", "B", Code.ROSTER_CELL_UNREADABLE),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_by_sheet_row_and_column(
    key: str, cell: str, column: str, code: Code
) -> None:
    keys = ("name", "sex", "joined", "unit_post", "pledges", "phone")
    row = tuple(cell if one == key else text for one, text in zip(keys, ROW, strict=True))
    found = read(ROW, row)
    assert told(found)[0] == (code, key, {"sheet": "名册", "row": 3, "column": column, "raw": cell})
    assert not found.is_sound


def test_a_text_that_only_looks_like_a_month_is_a_text() -> None:
    assert read(("张三", "", "", "1995.1", "", "")).rows[0].values["unit_post"] == "1995.1"


def test_a_row_without_a_name_is_named() -> None:
    assert told(read(ROW, ("", *ROW[1:]))) == [
        (Code.ROSTER_NAME_MISSING, "name", {"sheet": "名册", "row": 3, "column": "A"})
    ]


def test_a_person_who_stands_there_twice_is_told_across_sheets_and_a_namesake_is_not() -> None:
    sheets = [a_sheet(HEADS, ROW, name="甲"), a_sheet(HEADS, (*ROW[:2], "1999-01", *ROW[3:]), ROW, name="乙")]
    facts = {"sheet": "乙", "row": 3, "column": "A", "name": "张三", "other_sheet": "甲", "other": 2}
    found = read_form_rows(MEMBER, sheets)
    assert told(found) == [(Code.ROSTER_SAME_PERSON, "name", facts)]


def test_a_sheet_without_heads_is_passed_over_and_told() -> None:
    found = read_form_rows(MEMBER, [a_sheet(("填表说明",), name="说明"), Sheet("空", ()), a_sheet(HEADS, ROW)])
    assert told(found) == [(Code.ROSTER_NO_HEADER, None, {"sheet": "说明"})]
    assert (len(found.rows), found.is_sound) == (1, True)


def test_a_sheet_whose_heads_lack_the_name_is_told() -> None:
    found = read(ROW[1:], heads=HEADS[1:])
    assert found.problems == (Problem(Code.ROSTER_COLUMN_MISSING, None, {"sheet": "名册", "column": "姓名"}),)
    assert not found.is_sound


def test_a_roster_of_nothing_is_not_sound() -> None:
    assert not read_form_rows(MEMBER, [Sheet("", ())]).is_sound
    assert not read().is_sound


def test_control_characters_become_blanks_and_line_ends_stay() -> None:
    (row,) = read(("张三", "", "", "委员\x07组长\r\n书记", "", "")).rows
    assert row.values["unit_post"] == "委员 组长\n书记"


def test_the_habits_of_offices_are_read(tmp_path: Path) -> None:
    heads: list[list[Cell]] = [
        ["序号", "姓名", "基本情况", None, "联系方式", None],
        [None, None, "性别", "入党时间", "办公", "家庭"],
        [None, None, None, None, "监督电话", "住址"],
    ]
    rows: list[list[Cell]] = [
        [None, "城西社区党员名册"],
        [],
        *heads,
        [1, "张 三", "男", "1995.05", "0574-62000000", "某路"],
        [2, "李四", "女", dt.date(1998, 7, 1), None, None],
        [],
        ["合计", "2人"],
    ]
    path = a_workbook(tmp_path / "名册.xlsx", {"城西": rows, "东风": [["姓名"], ["王五"]]}, merged=["C3:D3", "E3:F3"])
    found = read_form_rows(MEMBER, read_sheets(path))
    assert [dict(row.values) for row in found.rows] == [
        {"name": "张三", "sex": "男", "joined": "1995-05", "phone": "0574-62000000"},
        {"name": "李四", "sex": "女", "joined": "1998-07"},
        {"name": "王五"},
    ]
    assert [(row.place.sheet, row.place.row) for row in found.rows] == [("城西", 6), ("城西", 7), ("东风", 2)]
    assert [column.head for column in found.unused] == ["序号", "住址"]
    assert found.is_sound


def test_any_form_is_filled_by_its_own_labels() -> None:
    annex3 = load_forms(DATA)["annex3"]
    for spec in (ORGANISATION, annex3):
        label = spec.fields[spec.subject.name].label
        (row,) = read_form_rows(spec, [a_sheet((label,), ("城西社区党支部",))]).rows
        assert dict(row.values) == {spec.subject.name: "城西社区党支部"}
