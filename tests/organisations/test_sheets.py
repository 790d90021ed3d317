"""Rows out of csv files and spreadsheets, cell by cell as text."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from formsvc.errors import UsageError
from formsvc.organisations.sheets import Sheet, is_rounded, read_sheets
from tests.organisations.factories import a_workbook

TEXT = "姓名,性别\r\n张三,男\r\n"
ROWS = (("姓名", "性别"), ("张三", "男"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_codes_excel_writes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "名册.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert read_sheets(path) == [Sheet(path.name, ROWS)]


def test_quoted_cells_may_hold_commas_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('"张 三 ","清溪社区\n委员,组长"\n'.encode())
    assert read_sheets(path) == [Sheet(path.name, (("张 三", "清溪社区\n委员,组长"),))]


@pytest.mark.parametrize("data", [b"\xff\xfe\x80", "姓名\t性别".encode("utf-16"), b"\x00\x00\xff"])
def test_a_text_in_another_code_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "名册.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        read_sheets(path)
    assert (caught.value.params["reason"], caught.value.params["file"]) == ("roster-encoding", "名册.csv")


def test_a_csv_with_a_cell_beyond_measure_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'"' + b"x" * 200_000)
    with pytest.raises(UsageError) as caught:
        read_sheets(path)
    assert caught.value.params["reason"] == "roster-unreadable"


def test_an_empty_csv_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    assert read_sheets(path) == [Sheet(path.name, ())]


def test_cells_of_a_spreadsheet_are_read_as_a_person_sees_them(tmp_path: Path) -> None:
    path = a_workbook(
        tmp_path / "a.xlsx",
        {
            "名册": [
                ["张 三 ", 1998, 1998.0, None, 1995.1, 1995.07],
                [dt.datetime.fromisoformat("1998-07-01T00:00:00"), dt.date(1998, 7, 1), "1998年7月", "００１", 0, "男"],
            ],
            "组织": [["组织", "上级组织"]],
        },
    )
    first, second = read_sheets(path)
    assert first.rows == (
        ("张 三", "1998", "1998", "", "1995.1", "1995.07"),
        ("1998-07-01", "1998-07-01", "1998年7月", "００１", "0", "男"),
    )
    assert (second.name, second.rows) == ("组织", (("组织", "上级组织"),))


def test_a_formula_is_read_as_what_it_showed_and_never_computed(tmp_path: Path) -> None:
    path = a_workbook(tmp_path / "a.xlsx", {"名册": [["=1+1", "张三"]]})
    (sheet,) = read_sheets(path)
    assert sheet.rows[0][-1] == "张三"
    assert "2" not in sheet.rows[0][0]


@pytest.mark.parametrize("suffix", [".xlsx", ".XLSX", ".xls", ".ods", ".et"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a spreadsheet", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_is_no_spreadsheet_is_refused_by_name(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"名册{suffix}"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        read_sheets(path)
    assert (caught.value.params["reason"], caught.value.params["file"]) == ("roster-unreadable", path.name)


def test_rows_and_columns_are_counted_from_the_first_even_when_it_is_empty(tmp_path: Path) -> None:
    (sheet,) = read_sheets(a_workbook(tmp_path / "a.xlsx", {"名册": [[], [], [None, "姓名"]]}))
    assert sheet.rows[2] == ("", "姓名")


def test_a_number_that_excel_has_rounded_says_so(tmp_path: Path) -> None:
    (sheet,) = read_sheets(a_workbook(tmp_path / "a.xlsx", {"名册": [[330219198001010017, 999999999999999, -4e15]]}))
    assert sheet.rows[0] == ("3.30219198001010E+17", "999999999999999", "-4.00000000000000E+15")
    assert [is_rounded(cell) for cell in sheet.rows[0]] == [True, False, True]


@pytest.mark.parametrize("text", ["1E5", "E+17", "3.3E+17号", "", "3楼", "13800138000"])
def test_a_text_is_no_rounded_number(text: str) -> None:
    assert not is_rounded(text)
