"""Word forms: whole and in order, equal bytes, every field to be found again, on one page."""

from __future__ import annotations

import io
import re
from types import MappingProxyType

import docx
import pytest
from docx.shared import Mm
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from formsvc.chinese import fold_label
from formsvc.errors import UnknownFieldError
from formsvc.extraction.docx.reader import read_docx
from formsvc.forms.reading import Value
from formsvc.forms.spec import Kind
from formsvc.rendering.docx import MARK_PROPERTY, write_docx
from formsvc.rendering.printed import printed_lines
from tests.rendering.word_forms import EVERY_FORM, FORMS, SPECS, a_filled_form, a_small_form, values_of
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
            assert name.endswith(".png") or list(out_of_order(etree.fromstring(part))) == [], name


def test_the_check_of_the_order_finds_what_word_would_refuse() -> None:
    wrong = f'<w:tcPr xmlns:w="{W[1:-1]}"><w:vAlign/><w:tcW/></w:tcPr>'
    foreign = f'<w:sdtPr xmlns:w="{W[1:-1]}"><w:jc/></w:sdtPr>'
    assert [len(list(out_of_order(etree.fromstring(text)))) for text in (wrong, foreign)] == [1, 1]


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
    texts = [part for name, part in parts(data).items() if not name.endswith(".png")]
    assert [problem for part in texts for problem in out_of_order(etree.fromstring(part))] == []
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
