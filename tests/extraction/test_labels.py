"""A form's data says which labels mean its fields and what stands behind each label."""

from __future__ import annotations

from dataclasses import replace

import pytest

from formsvc.extraction.document import Document, Paragraph, Table, TableCell
from formsvc.extraction.interpret import interpret
from formsvc.extraction.labels import FormMap, Inline, form_map, inline_candidates, wordings_of
from formsvc.forms.reading import Reading
from formsvc.forms.spec import Align, Cell, FormSpec, Line
from tests.forms.factories import a_spec


def line(key: str, *, is_label: bool = False) -> Line:
    return Line(key, is_label, Align.LEFT, grow=False)


def with_rows(*rows: tuple[Cell, ...]) -> FormSpec:
    """Return the member's form with only these cells."""
    spec = a_spec("annex2")
    cells = tuple(cell for row in rows for cell in row)
    grid = replace(spec.grid, cells=cells, rows=(10.0,) * len(rows))
    return replace(spec, grid=grid, source=repr(cells).encode())


def cell(row: int, column: int, *lines: Line) -> Cell:
    return Cell(row, column, 1, 1, lines, stacked=False)


def test_what_has_no_label_stands_behind_the_label_before_it() -> None:
    groups = form_map(a_spec("annex1")).groups
    assert groups["pledges"] == ("pledges", "seal", "pledged_on")
    assert groups["organisation"] == ("organisation",)


def test_a_cell_without_a_label_goes_on_with_the_one_at_its_left_or_above() -> None:
    form = with_rows(
        (cell(0, 0, line("name", is_label=True)), cell(0, 1, line("name"))),
        (cell(1, 0, line("signature", is_label=True)), cell(1, 1, line("signature")), cell(1, 2, line("signed_on"))),
        (cell(2, 0, line("review_opinion", is_label=True), line("review_opinion")),),
        (cell(3, 0, line("review_seal"), line("reviewed_on")),),
    )
    groups = FormMap(form).groups
    assert groups["signature"] == ("signature", "signed_on")
    assert groups["review_opinion"] == ("review_opinion", "review_seal", "reviewed_on")


def test_fields_that_share_a_cell_have_a_line_each_or_are_asked_about() -> None:
    form = with_rows(
        (cell(0, 0, line("name", is_label=True)), cell(0, 1, line("name"), line("sex"))),
        (cell(1, 0, line("pledges", is_label=True)), cell(1, 1, line("pledges"))),
    )
    each = read(form, [("姓名", "张三\n男"), ("公开承诺事项", "好事")])
    assert (each.value("name"), each.value("sex")) == ("张三", "男")
    all_in_one = read(form, [("姓名", "张三，男"), ("公开承诺事项", "好事")])
    assert all_in_one.value("sex") is None
    assert "text-left-over" in [problem.code.value for problem in all_in_one.problems]


def read(form: FormSpec, rows: list[tuple[str, str]], page: int | None = None) -> Reading:
    """Return the reading of a table of labels and values, made without a file."""
    cells = tuple(
        TableCell(row, column, 1, 1, tuple(text.split("\n")))
        for row, pair in enumerate(rows)
        for column, text in enumerate(pair)
    )
    title = Paragraph("2011年度党员公开承诺书", page)
    pages = None if page is None else 3
    (found,) = interpret(Document((title, Table(cells, page)), pages=pages), [FormMap(form)])
    return found


def test_a_reading_knows_the_pages_it_stands_on() -> None:
    rows = [("姓名", "张三"), ("公开承诺事项", "好事")]
    assert read(a_spec("annex2"), rows, page=2).pages == (2,)
    assert read(a_spec("annex2"), rows).pages == ()


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("姓　名：", [("姓名", False)]),
        ("1、姓名", [("1姓名", False), ("姓名", False)]),
        ("（二）姓名", [("二姓名", False), ("姓名", False), ("姓名", True)]),
        ("姓名（必填）", [("姓名必填", False), ("姓名", True)]),
        ("", []),
        ("　：", []),
        ("很长的话" * 20, []),
    ],
)
def test_a_label_is_known_by_its_letters(text: str, letters: list[tuple[str, bool]]) -> None:
    assert list(wordings_of(text)) == letters


def test_places_of_labels_are_before_colons_or_at_the_beginning() -> None:
    assert [found.text for found in inline_candidates("姓名：张三 性别：男")] == ["姓名", "张三 性别", "性别"]
    assert list(inline_candidates("  党组织审核 同意")) == [
        Inline(2, 10, "党组织审核 同意", has_colon=False),
        Inline(2, 8, "党组织审核", has_colon=False),
    ]


@pytest.mark.parametrize(("name", "key"), [("name", "name"), ("name_2", "name"), ("phone_10", "phone")])
def test_a_tag_names_a_field_also_of_a_further_form(name: str, key: str) -> None:
    found = form_map(a_spec("annex2")).tagged_field(name)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("name", ["", "nobody", "name_", "2"])
def test_another_tag_names_none(name: str) -> None:
    assert form_map(a_spec("annex2")).tagged_field(name) is None
