"""Drafts of forms: from tables as clerks draw them, and from blanks of ours."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.errors import TakenError, UsageError
from formsvc.extraction.docx.outline import outline_of
from formsvc.forms.drafting import draft_form
from formsvc.forms.load import load_form
from formsvc.forms.outline import Outline, OutlineCell, outline_from_json, outline_to_json
from formsvc.forms.spec import FormSpec, Kind, SubjectKind
from formsvc.operations.draft import draft
from formsvc.rendering.docx import write_docx
from tests.cli.said import says
from tests.operations.factories import a_workspace
from tests.road import FORMS
from tests.road import a_workspace as a_folder

A4 = (210.0, 297.0, 37.0, 26.0, 35.0, 28.0)


def drafted(outline: Outline) -> FormSpec:
    return load_form(draft_form(outline, lambda entry: f"{entry}\nto be looked at").text.encode(), "draft")


def of_docx(data: bytes) -> FormSpec:
    outline = outline_of(data)
    assert outline is not None
    assert outline_from_json(outline_to_json(outline)) == outline
    return drafted(outline)


def a_drawn_table() -> bytes:
    """Return a form as a clerk draws it: blanks typed out, cells merged, nothing tagged."""
    document = docx.Document()
    document.add_paragraph("附件4：")
    document.add_paragraph("____年度青年志愿者服务承诺书")
    table = document.add_table(4, 4)
    for row, texts in enumerate([("姓  名", "", "联系电话", ""), ("服务单位及职务", "", "", "")]):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 1).merge(table.cell(1, 3))
    table.cell(2, 0).text = "服务项目"
    table.cell(2, 1).merge(table.cell(2, 3)).text = "\n\n（盖章）\n    年   月   日"
    table.rows[2].height = Mm(80)
    opinion = table.cell(3, 0).merge(table.cell(3, 3))
    opinion.text = "团委意见：\n\n（公章）\n年  月  日"
    table.rows[3].height = Mm(40)
    document.add_paragraph("备注：承诺书一式两份。")
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("spec", FORMS.values(), ids=FORMS.keys())
def test_a_blank_of_ours_gives_its_form_back(spec: FormSpec) -> None:
    found = of_docx(write_docx(spec, year=None))
    assert (found.grid, found.page, found.title, found.heading, found.note, found.name) == (
        spec.grid,
        spec.page,
        spec.title,
        spec.heading,
        spec.note,
        spec.name,
    )
    assert {key: field.kind for key, field in found.fields.items()} == {
        key: field.kind for key, field in spec.fields.items()
    }
    assert (found.subject.kind, found.subject.name, found.signing) == (
        spec.subject.kind,
        spec.subject.name,
        spec.signing,
    )
    assert [(step.opinion, step.seal, step.date) for step in found.reviews] == [
        (step.opinion, step.seal, step.date) for step in spec.reviews
    ]


def test_a_table_drawn_by_hand_becomes_a_form() -> None:
    found = of_docx(a_drawn_table())
    assert (found.id, found.title, found.heading, found.note) == (
        "annex4", "{year}年度青年志愿者服务承诺书", "附件4：", "备注：承诺书一式两份。",
    )  # fmt: skip
    assert [(field.label, field.kind) for field in found.fields.values()][1:] == [
        ("姓名", Kind.NAME),
        ("联系电话", Kind.PHONE),
        ("服务单位及职务", Kind.TEXT),
        ("服务项目", Kind.ITEMS),
        ("服务项目盖章", Kind.SEAL),
        ("服务项目日期", Kind.DATE),
        ("团委意见", Kind.TEXT),
        ("团委意见盖章", Kind.SEAL),
        ("团委意见日期", Kind.DATE),
    ]
    assert (found.subject.kind, found.subject.name) == (SubjectKind.MEMBER, "name")
    assert found.fields["opinion_seal"].blank == "（公章）"
    assert write_docx(found, year=2012)


TEXTS = st.text("姓名日期（盖章）年月: ：电话{}\"'\\\n承诺\x7f", max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), TEXTS, TEXTS)
def test_whatever_stands_in_a_table_its_draft_loads(rows: list[tuple[str, str]], title: str, note: str) -> None:
    cells = tuple(
        OutlineCell(row, column, 1, 1, tuple(text.split("\n")))
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    found = drafted(Outline((title,), (note,), A4, (60.0, 96.0), (20.0,) * len(rows), cells))
    assert len(found.grid.cells) == len(cells)


def test_a_draft_is_written_with_its_remarks_and_never_over_another(tmp_path: Path) -> None:
    source = tmp_path / "表.docx"
    source.write_bytes(a_drawn_table())
    with a_workspace(tmp_path / "w") as workspace:
        done = draft(workspace, source, tmp_path / "out")
        assert (done.path, done.fields) == (tmp_path / "out" / "annex4" / "form.toml", 9)
        assert "# How many copies there are" in done.path.read_text("utf-8")
        with pytest.raises(TakenError):
            draft(workspace, source, tmp_path / "out")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7\n"])
def test_what_is_no_word_table_is_told(tmp_path: Path, data: bytes) -> None:
    source = tmp_path / "x.docx"
    source.write_bytes(data)
    with a_workspace(tmp_path / "w") as workspace, pytest.raises(UsageError):
        draft(workspace, source, tmp_path)


@pytest.mark.parametrize("damage", [{}, {"page": [1]}, {"cells": [[1]]}, {"columns": ["x"]}])
def test_an_outline_out_of_shape_is_refused(damage: dict[str, object]) -> None:
    whole = outline_to_json(Outline((), (), A4, (10.0,), (10.0,), (OutlineCell(0, 0, 1, 1, ("a",)),)))
    with pytest.raises(ValueError, match=r"."):
        outline_from_json({**whole, **damage} if damage else {})


def test_the_command_names_the_draft(tmp_path: Path) -> None:
    source = tmp_path / "form.docx"
    source.write_bytes(a_drawn_table())
    result = says(a_folder(tmp_path / "o"), "form", "draft", str(source), "-o", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout.strip()) == (0, str(tmp_path / "out" / "annex4" / "form.toml"))


def test_a_document_without_a_table_has_no_outline() -> None:
    saved = BytesIO()
    docx.Document().save(saved)
    assert outline_of(saved.getvalue()) is None
