"""Lists: for Excel every cell is text and no formula; for printing they are a register with the same cells."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.operations.export import ExportFormat, RecordList, export, list_records, to_csv, to_file, to_xlsx
from formsvc.operations.indexing import rebuild
from formsvc.operations.lacking import Lacking
from formsvc.operations.review import review
from formsvc.records.event import ReviewDecision
from tests.forms.factories import a_reading
from tests.operations.factories import SETTINGS, a_workspace, file_all, file_one
from tests.rendering.test_pdf import findings
from tests.rendering.test_register import by_place

DATA = Path(__file__).parents[1] / "data" / "hostile-names.json"
HOSTILE = [case["value"] for case in json.loads(DATA.read_text("utf-8"))["values"] if case["value"]]
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
FORMULAS = [*(f"{start}HYPERLINK(1)" for start in STARTS), *HOSTILE]


def cells_of_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_list_has_a_head_and_a_row_for_every_record(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history, *_ = file_all(workspace, a_reading(), a_reading(year=2012), a_reading("annex1"))
        review(
            workspace,
            history.id,
            decision=ReviewDecision.APPROVE,
            by="李四",
            organisation="清溪镇党委",
            on="2011-02-20",
        )
        heads, *rows = list_records(workspace).rows
        assert len(rows) == 3
        assert all(len(row) == len(heads) for row in rows)
        (row,) = list_records(workspace, 2011, form="annex2").rows[1:]
        assert row[:2] == [history.id, "2011"]
        assert "张三" in row
        assert any("清溪镇党委" in cell and "2011-02-20" in cell for cell in row)
        assert list_records(workspace, 2013).rows == [heads]


def test_an_empty_archive_makes_a_head_alone(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        rebuild(workspace)
        (heads,) = list_records(workspace).rows
        assert cells_of_csv(export(workspace, ExportFormat.CSV)) == [heads]
        book = openpyxl.load_workbook(io.BytesIO(export(workspace, ExportFormat.XLSX)))
        assert [[cell.value for cell in row] for row in book.active.rows] == [heads]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_begins_as_a_formula(text: str) -> None:
    ((cell, other),) = cells_of_csv(to_csv([[text, "张三"]]))
    assert other == "张三"
    assert not cell.startswith(tuple(STARTS))
    assert cell in (text, f"'{text}")


@pytest.mark.parametrize("text", FORMULAS)
def test_every_cell_of_a_spreadsheet_is_text(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([["编号"], [text]])))
    cell = book.active["A2"]
    assert cell.data_type in {"s", "inlineStr"}
    assert "HYPERLINK" not in text or "HYPERLINK" in str(cell.value)


def test_figures_stay_the_texts_they_are() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([["编号"], ["000123456789012345"], ["1995.10"], ["2011-02-21"]])))
    assert [cell.value for cell in book.active["A"]] == ["编号", "000123456789012345", "1995.10", "2011-02-21"]
    assert {cell.data_type for cell in book.active["A"]} == {"s"}


def test_signs_a_spreadsheet_cannot_hold_are_marked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([["a\x00b\x0bc"]])))
    assert book.active["A1"].value == "a\ufffdb\ufffdc"


def test_excel_knows_the_code_of_a_csv() -> None:
    assert to_csv([["张三"]]).startswith(b"\xef\xbb\xbf")


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=3))
def test_a_csv_is_read_back_cell_by_cell(rows: list[list[str]]) -> None:
    read = cells_of_csv(to_csv(rows))
    assert len(read) == len(rows)
    for row, found in zip(rows, read, strict=True):
        assert [cell.removeprefix("'") for cell in found] == [cell.removeprefix("'") for cell in row]


def test_hostile_values_of_forms_stay_harmless_in_lists(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace, a_reading(name="=1+1", unit_post="@SUM(1)"))
        row = cells_of_csv(export(workspace, ExportFormat.CSV))[1]
        assert "'=1+1" in row
        assert "'@SUM(1)" in row


def test_a_register_has_the_cells_of_the_other_lists(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w", settings=f'{SETTINGS}office = "清溪镇组织办"\n') as workspace:
        history, *_ = file_all(
            workspace, a_reading(name="犇䶮"), a_reading(name="李四", unit_post=""), a_reading("annex1")
        )
        decided = ReviewDecision.APPROVE
        review(workspace, history.id, decision=decided, by="王伟", organisation="清溪镇党委", on="2011-02-20")
        file = export(workspace, ExportFormat.PDF, 2011)
        heads, *rows = list_records(workspace, 2011).rows
        assert by_place(file) == ["".join(cells) for cells in zip(*rows, strict=True)]
        text = pypdf.PdfReader(io.BytesIO(file)).pages[0].extract_text()
        assert all(word in text for word in (*heads, "Register of 2011", "清溪镇组织办", "Records: 3", "Page 1 of 1"))
        assert findings(file) == []
        assert export(workspace, ExportFormat.PDF, 2011) == file


def test_a_register_says_in_chinese_which_form_it_is_of(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w", settings=SETTINGS.replace('"en"', '"zh"')) as workspace:
        file_one(workspace)
        opened = pypdf.PdfReader(io.BytesIO(export(workspace, ExportFormat.PDF, 2011, form="annex2")))
        text = opened.pages[0].extract_text()
        assert all(
            word in text for word in ("2011年度登记册", workspace.form("annex2").name, "共 1 份", "第 1 页 / 共 1 页")
        )
        assert str(opened.root_object["/Lang"]) == "zh-CN"
        assert opened.metadata is not None
        assert opened.metadata.title == "2011年度登记册"


def test_a_register_of_nothing_is_a_head_alone(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        rebuild(workspace)
        assert by_place(export(workspace, ExportFormat.PDF)) == [""] * 11


def test_a_register_shows_signs_that_cannot_be_seen_and_tells_of_those_no_face_has(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        rebuild(workspace)
        heads = list_records(workspace).rows[0]
        nothing = RecordList([heads], None, None, None)
        shown = to_file(workspace, ExportFormat.PDF, replace(nothing, rows=[heads, ["a\x00b\u202ec"] * 11]))
        assert by_place(shown)[0] == "a\\x00b\\u202ec"
        rare = replace(nothing, rows=[heads, ["7f3c", "2011", "承诺书", "张\ue000", *[""] * 7]])
        told: list[Lacking] = []
        assert by_place(to_file(workspace, ExportFormat.PDF, rare, told.extend))[3] == "张〓"
        assert told == [Lacking("7f3c", "承诺书", heads[3], ("\ue000",))]
        to_file(workspace, ExportFormat.PDF, replace(nothing, rows=[heads, ["a"] * 11]), told.extend)
        assert len(told) == 1
