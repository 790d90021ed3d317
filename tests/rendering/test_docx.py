"""Word forms: whole and in order, equal bytes, every field to be found again, on one page."""

from __future__ import annotations

import io
import re
from pathlib import Path
from types import MappingProxyType

import docx
import pytest
from docx.shared import Mm
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from formsvc.chinese import fold_label
from formsvc.errors import UnknownFieldError
from formsvc.extraction.docx import read_docx
from formsvc.forms.load import load_form, load_forms
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec, Kind
from formsvc.rendering.docx import MARK_PROPERTY, DocxTemplate, write_docx
from formsvc.rendering.docx_table import fitted_rows
from formsvc.rendering.printed import printed_lines
from tests.rendering.wordml import (
    VAL,
    W,
    bookmarked,
    controls,
    is_placeholder,
    local,
    out_of_order,
    parts,
    root,
    text_of,
)

ROOT = Path(__file__).parents[2]
SPECS = {**load_forms(ROOT / "templates"), **load_forms(ROOT / "tests" / "data")}
FORMS = {name: DocxTemplate(spec) for name, spec in SPECS.items()}
EVERY_FORM = pytest.mark.parametrize("form", sorted(FORMS))
RARE = "㛃䶮堃喆犇𠅤𬭎"

SMALL = """
schema = 1
id = "small"
version = 7
name = "小表"
title = "小表{year}"
[retention]
forever = true
[subject]
kind = "member"
name = "who"
[signing]
[fields.year]
kind = "year"
label = "年度"
[fields.who]
kind = "name"
label = "姓名"
[fields.a-b]
kind = "text"
label = "R&D <部门>"
[fields.a_key_that_is_too_long_for_a_bookmark]
kind = "items"
label = "事项"
printed = ""
[page]
width = 148
height = 210
top = 20
right = 20
bottom = 20
left = 20
[grid]
columns = [20, 30]
rows = [10, 40, 20]
cells = [
  { row = 0, column = 0, rows = 2, stacked = true, lines = [{ label = "a_key_that_is_too_long_for_a_bookmark" }] },
  { row = 0, column = 1, rows = 2, lines = [
    { field = "a_key_that_is_too_long_for_a_bookmark", grow = true },
    { field = "who", align = "right" },
  ] },
  { row = 2, column = 0, lines = [{ label = "a-b" }] },
  { row = 2, column = 1, lines = [{ field = "a-b" }] },
]
[[copies]]
role = "member"
label = "本人"
place = "本人"
holder = "subject"
"""


def a_small_form() -> FormSpec:
    return load_form(SMALL.encode(), "small.toml")


def values_of(spec: FormSpec) -> dict[str, Value]:
    """Return a value for every field but the year, hard ones where the kind allows."""
    values: dict[Kind, Value] = {
        Kind.NAME: f"龚{RARE}·买买提",
        Kind.TEXT: "同意。\n“望”<落实> & 坚持\t到底",
        Kind.ORGANISATION: "马渚镇开元村党总支",
        Kind.CHOICE: "",
        Kind.INTEGER: 46,
        Kind.MONTH: "1998-07",
        Kind.DATE: "2011-02-21",
        Kind.PHONE: "0574-62000000",
        Kind.EMAIL: "kaiyuan@example.cn",
        Kind.ITEMS: ("走访农户1.2公里", "十二五规划\n第二行", "  两头有空  "),
        Kind.SIGNATURE: "present",
        Kind.SEAL: "present",
    }
    fields = [field for field in spec.fields.values() if field.kind is not Kind.YEAR]
    return {field.key: field.options[0] if field.options else values[field.kind] for field in fields}


def a_filled_form(form: str) -> bytes:
    return FORMS[form].fill(year=2011, values=values_of(SPECS[form]), serial="000123")


@EVERY_FORM
def test_equal_input_gives_equal_bytes(form: str) -> None:
    again = write_docx(SPECS[form], year=2011, values=values_of(SPECS[form]), serial="000123")
    assert again == a_filled_form(form)
    assert again != FORMS[form].fill(year=2012, values=values_of(SPECS[form]), serial="000123")


@EVERY_FORM
def test_a_form_weighs_less_than_ten_kilobytes(form: str) -> None:
    assert len(FORMS[form].fill(year=None)) < 10_000
    assert len(a_filled_form(form)) < 10_000


@EVERY_FORM
def test_every_element_stands_where_the_schema_wants_it(form: str) -> None:
    for data in (FORMS[form].fill(year=None), a_filled_form(form)):
        for name, part in parts(data).items():
            assert list(out_of_order(etree.fromstring(part))) == [], name


def test_the_check_of_the_order_finds_what_word_would_refuse() -> None:
    wrong = f'<w:tcPr xmlns:w="{W[1:-1]}"><w:vAlign/><w:tcW/></w:tcPr>'
    foreign = f'<w:sdtPr xmlns:w="{W[1:-1]}"><w:jc/></w:sdtPr>'
    assert [len(list(out_of_order(etree.fromstring(text)))) for text in (wrong, foreign)] == [1, 1]


@EVERY_FORM
def test_every_cell_has_its_last_paragraph(form: str) -> None:
    for data in (FORMS[form].fill(year=None), a_filled_form(form)):
        for cell in root(data).iter(f"{W}tc"):
            blocks = [local(child) for child in cell if not local(child).startswith("bookmark")]
            assert blocks[-1] in {"p", "sdt"}


@EVERY_FORM
def test_what_is_named_is_there(form: str) -> None:
    data = a_filled_form(form)
    tree, styles, glossary = root(data), root(data, "word/styles.xml"), root(data, "word/glossary/document.xml")
    known = {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    texts = {part.find(f".//{W}name").get(VAL): text_of(part) for part in glossary.iter(f"{W}docPart")}  # type: ignore[union-attr]  # every part has a name
    assert {style.get(VAL) for style in tree.iter(f"{W}pStyle")} <= known
    for key, control in controls(root(FORMS[form].fill(year=None))).items():
        name = control.find(f"{W}sdtPr/{W}placeholder/{W}docPart")
        assert name is not None, key
        assert texts[name.get(VAL)] == text_of(control)


@EVERY_FORM
def test_python_docx_opens_it_with_the_paper_of_the_form(form: str) -> None:
    page = SPECS[form].page
    section = docx.Document(io.BytesIO(a_filled_form(form))).sections[0]
    for length, millimetres in (
        (section.page_width, page.width),
        (section.page_height, page.height),
        (section.top_margin, page.top),
        (section.right_margin, page.right),
        (section.bottom_margin, page.bottom),
        (section.left_margin, page.left),
    ):
        assert length == pytest.approx(Mm(millimetres), abs=Mm(0.1))


@EVERY_FORM
def test_columns_and_rows_measure_what_the_grid_says(form: str) -> None:
    spec = SPECS[form]
    tree = root(FORMS[form].fill(year=None))
    twip = 25.4 / 1440
    widths = [int(column.attrib[f"{W}w"]) * twip for column in tree.iter(f"{W}gridCol")]
    heights = [int(height.attrib[VAL]) * twip for height in tree.iter(f"{W}trHeight")]
    assert widths == pytest.approx(spec.grid.columns, abs=0.02)
    assert sum(heights) == pytest.approx(sum(fitted_rows(spec)), abs=0.1)
    assert {height.get(f"{W}hRule") for height in tree.iter(f"{W}trHeight")} == {"atLeast"}
    assert [layout.get(f"{W}type") for layout in tree.iter(f"{W}tblLayout")] == ["fixed"]


@EVERY_FORM
def test_heading_title_table_and_note_fit_the_text_block(form: str) -> None:
    spec = SPECS[form]
    points = sum(fitted_rows(spec)) * 72 / 25.4
    styles = root(FORMS[form].fill(year=None), "word/styles.xml")
    for style in styles.iter(f"{W}style"):
        spacing = style.find(f"{W}pPr/{W}spacing")
        if spacing is None or style.get(f"{W}styleId") not in {"FormHeading", "FormTitle", "FormNote"}:
            continue
        lines = 2 if style.get(f"{W}styleId") == "FormNote" and len(spec.note) > 40 else 1
        points += sum(int(spacing.get(f"{W}{side}", "0")) for side in ("before", "after")) / 20
        points += lines * int(spacing.attrib[f"{W}line"]) / 20
    assert points <= (spec.page.height - spec.page.top - spec.page.bottom) * 72 / 25.4


def test_the_notices_forms_keep_the_heights_of_their_rows() -> None:
    for name in load_forms(ROOT / "templates"):
        assert fitted_rows(SPECS[name]) == SPECS[name].grid.rows


def test_a_form_too_high_for_its_page_loses_height_in_its_highest_growing_row() -> None:
    changed = [
        (before, after)
        for name in load_forms(ROOT / "tests" / "data")
        for before, after in zip(SPECS[name].grid.rows, fitted_rows(SPECS[name]), strict=True)
        if before != after
    ]
    assert len(changed) == 1
    assert changed[0][0] == max(row for name in load_forms(ROOT / "tests" / "data") for row in SPECS[name].grid.rows)
    assert changed[0][1] < changed[0][0]


@EVERY_FORM
def test_every_field_is_one_control_and_one_bookmark(form: str) -> None:
    spec = SPECS[form]
    for data in (FORMS[form].fill(year=None), a_filled_form(form)):
        tree = root(data)
        found = controls(tree)
        assert set(found) == set(spec.fields)
        assert set(bookmarked(tree)) == {f"formsvc_{key}" for key in spec.fields}
        ids = [element.get(VAL) for element in tree.iter(f"{W}id")]
        assert len(ids) == len(set(ids)) == len(spec.fields)
        for key, control in found.items():
            alias = control.find(f"{W}sdtPr/{W}alias")
            assert alias is not None
            assert alias.get(VAL) == spec.fields[key].label
            assert control.find(f"{W}sdtPr/{W}lock") is not None


@EVERY_FORM
def test_an_empty_field_shows_what_the_paper_prints(form: str) -> None:
    tree = root(FORMS[form].fill(year=None))
    for key, control in controls(tree).items():
        assert is_placeholder(control)
        blank = SPECS[form].fields[key].blank
        assert text_of(control) == blank or (not blank and re.fullmatch("\u3000{1,4}", text_of(control)))
        assert bookmarked(tree)[f"formsvc_{key}"] == text_of(control)


@EVERY_FORM
def test_a_value_stands_in_its_control_and_in_its_bookmark(form: str) -> None:
    spec, values = SPECS[form], values_of(SPECS[form])
    tree = root(a_filled_form(form))
    for key, control in controls(tree).items():
        field = spec.fields[key]
        if field.kind.is_mark:
            continue
        expected = "2011" if field.kind is Kind.YEAR else "\n".join(printed_lines(field, values[key]))
        assert text_of(control) == expected
        assert not is_placeholder(control)
        assert bookmarked(tree)[f"formsvc_{key}"].replace("\t", "") == expected.replace("\t", "")


@EVERY_FORM
def test_our_own_reader_reads_every_value_twice_and_no_placeholder(form: str) -> None:
    spec, values = SPECS[form], values_of(SPECS[form])
    for data, given_values in ((FORMS[form].fill(year=None), None), (a_filled_form(form), values)):
        document = read_docx(data)
        cells = [cell for block in document.blocks for cell in getattr(block, "cells", ())]
        tags = [tag for block in (*document.blocks, *cells) for tag in getattr(block, "tagged", ())]
        assert len(tags) == 2 * len(spec.fields)
        for tag in tags:
            field = spec.fields[tag.key]
            value = None if given_values is None else given_values.get(tag.key, 2011)
            assert tag.paragraphs == (printed_lines(field, value) or ("",))


@EVERY_FORM
def test_a_mark_is_left_to_ink(form: str) -> None:
    for key, control in controls(root(a_filled_form(form))).items():
        if SPECS[form].fields[key].kind.is_mark:
            assert is_placeholder(control)


@EVERY_FORM
def test_a_choice_is_a_list_and_nothing_else_rewrites_what_is_typed(form: str) -> None:
    for key, control in controls(root(FORMS[form].fill(year=None))).items():
        kinds = {local(child) for child in control[0]} & {"dropDownList", "comboBox", "date", "text", "picture"}
        options = [item.get(f"{W}value") for item in control.iter(f"{W}listItem")]
        assert kinds == ({"dropDownList"} if SPECS[form].fields[key].kind is Kind.CHOICE else set())
        assert options == list(SPECS[form].fields[key].options)


@EVERY_FORM
def test_labels_title_heading_and_note_are_worded_as_the_form_says(form: str) -> None:
    spec = SPECS[form]
    tree = root(FORMS[form].fill(year=None))
    cells = [fold_label(text_of(cell)) for cell in tree.iter(f"{W}tc")]
    for cell in spec.grid.cells:
        for line in cell.lines:
            if line.is_label:
                assert any(fold_label(spec.fields[line.key].printed) in text for text in cells)
    body = [text_of(paragraph) for paragraph in tree[0].findall(f"{W}p")]
    assert body == [spec.heading, spec.title.replace("{year}", "\u3000\u3000"), spec.note]


def test_a_stacked_label_has_one_character_a_paragraph() -> None:
    for form, spec in SPECS.items():
        tree = root(FORMS[form].fill(year=None))
        cells = [[text_of(paragraph) for paragraph in cell.iter(f"{W}p")] for cell in tree.iter(f"{W}tc")]
        for cell in spec.grid.cells:
            if cell.stacked:
                assert list("".join(spec.fields[cell.lines[0].key].printed.split())) in cells


@EVERY_FORM
def test_lines_for_seal_and_date_stand_below_without_a_line_between(form: str) -> None:
    tree = root(FORMS[form].fill(year=None))
    for cell in SPECS[form].grid.cells:
        growing = [number for number, line in enumerate(cell.lines) if line.grow]
        if not growing or growing[-1] == len(cell.lines) - 1:
            continue
        above, below = (
            next(controls(tree)[line.key].iterancestors(f"{W}tc")) for line in (cell.lines[growing[-1]], cell.lines[-1])
        )
        assert above is not below
        for found, edge, place in ((above, "bottom", "top"), (below, "top", "bottom")):
            line = found.find(f"{W}tcPr/{W}tcBorders/{W}{edge}")
            vertical = found.find(f"{W}tcPr/{W}vAlign")
            assert line is not None
            assert line.get(VAL) == "nil"
            assert vertical is not None
            assert vertical.get(VAL) == place


def test_sizes_and_faces_stand_in_styles_alone() -> None:
    for form in FORMS:
        data = a_filled_form(form)
        assert not list(root(data).iter(f"{W}sz", f"{W}rFonts"))
        named = {fonts.get(f"{W}eastAsia") for fonts in root(data, "word/styles.xml").iter(f"{W}rFonts")}
        table = {font.get(f"{W}name"): font.find(f"{W}altName") for font in root(data, "word/fontTable.xml")}
        assert named == set(table) == {"仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"}
        assert all(other is not None and other.get(VAL) for other in table.values())


@EVERY_FORM
def test_the_file_says_which_form_it_is_and_not_who_made_it(form: str) -> None:
    spec = SPECS[form]
    for year, serial, mark in ((2011, "000123", "2011/000123"), (None, None, "-/-")):
        data = FORMS[form].fill(year=year, serial=serial)
        properties = docx.Document(io.BytesIO(data)).core_properties
        assert read_docx(data).properties[MARK_PROPERTY] == f"{form}/1/{mark}"
        assert properties.title == spec.title.replace("{year}", "" if year is None else str(year))
        assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
        assert (properties.created, properties.modified) == (None, None)


def test_a_serial_is_escaped() -> None:
    data = write_docx(a_small_form(), year=None, serial="<&>")
    assert read_docx(data).properties[MARK_PROPERTY] == "small/7/-/<&>"


def test_a_form_of_its_own_paper_without_heading_and_note_is_in_order() -> None:
    key = "a_key_that_is_too_long_for_a_bookmark"
    data = write_docx(a_small_form(), year=2011, values={key: ("一", "二"), "a-b": "甲"})
    tree = root(data)
    assert [problem for part in parts(data).values() for problem in out_of_order(etree.fromstring(part))] == []
    assert {key: text_of(control) for key, control in controls(tree).items()} == {
        "year": "2011",
        key: "一、一\n二、二",
        "who": "\u3000" * 4,
        "a-b": "甲",
    }
    assert all(cell.find(f"{W}p") is not None or cell.find(f"{W}sdt") is not None for cell in tree.iter(f"{W}tc"))


def test_a_name_word_could_not_hold_gets_no_bookmark() -> None:
    assert set(bookmarked(root(write_docx(a_small_form(), year=None)))) == {"formsvc_year", "formsvc_who"}


@pytest.mark.parametrize(
    ("value", "text"),
    [("甲\x00乙\x1f\ufffe", "甲\ufffd乙\ufffd\ufffd"), ("\ud800甲", "\ufffd甲"), ("<w:t>&amp;", "<w:t>&amp;")],
)
def test_a_character_xml_cannot_hold_is_replaced_for_all_to_see(value: str, text: str) -> None:
    assert text_of(controls(root(write_docx(a_small_form(), year=None, values={"a-b": value})))["a-b"]) == text


def test_a_field_the_form_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(UnknownFieldError) as caught:
        FORMS[min(FORMS)].fill(year=2011, values=MappingProxyType({"shoe_size": "42"}))
    assert caught.value.params == {"form": min(FORMS), "field": "shoe_size"}


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Cn")), min_size=1).filter(str.strip)


@given(st.lists(TEXTS, min_size=2, max_size=5), TEXTS)
def test_any_text_comes_back_to_the_letter(items: list[str], name: str) -> None:
    form = next(form for form, spec in SPECS.items() if spec.fields[spec.subject.name].kind is Kind.NAME)
    spec = SPECS[form]
    list_key = next(key for key, field in spec.fields.items() if field.kind is Kind.ITEMS)
    values: dict[str, Value] = {list_key: tuple(items), spec.subject.name: name}
    found = controls(root(FORMS[form].fill(year=2011, values=values)))
    assert text_of(found[spec.subject.name]) == name
    assert text_of(found[list_key]).split("\n") == list(printed_lines(spec.fields[list_key], tuple(items)))
