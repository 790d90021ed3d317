"""Many forms in one Word document: whole and in order, each to be read back as if it were alone."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from types import MappingProxyType

import docx
import pytest
from lxml import etree

from formsvc.errors import UnknownFieldError
from formsvc.extraction.read import read_bytes
from formsvc.forms.mark import closing_marks, mark_of_blank, parse_mark
from formsvc.rendering.closing import matrix_png
from formsvc.rendering.docx import DocxTemplate
from formsvc.rendering.docx_bundle import write_one_docx
from tests.rendering.word_forms import EVERY_FORM, SPECS, a_small_form, values_of
from tests.rendering.wordml import VAL, W, bookmarked, local, out_of_order, parts, root

MANY = 12
PICTURES = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"


def serials(count: int) -> list[str]:
    return [f"K7Q2{number:04}" for number in range(1, count + 1)]


def a_bundle(form: str, *, year: int | None = 2011) -> bytes:
    """Return a document of many forms; every third is empty but for who pledges, and one has no value at all."""
    spec = SPECS[form]
    filled = [values_of(spec) if number % 3 else {spec.subject.name: f"甲{number}"} for number in range(MANY)]
    return write_one_docx(spec, year=year, filled=[*filled, {}], serials=serials(MANY + 1))


@EVERY_FORM
def test_equal_input_gives_equal_bytes_and_a_whole_zip(form: str) -> None:
    assert a_bundle(form) == a_bundle(form)
    with zipfile.ZipFile(io.BytesIO(a_bundle(form))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"


@EVERY_FORM
def test_every_element_stands_where_the_schema_wants_it(form: str) -> None:
    for name, part in parts(a_bundle(form)).items():
        assert name.endswith(".png") or list(out_of_order(etree.fromstring(part))) == [], name


@EVERY_FORM
def test_names_and_numbers_are_met_once_in_the_file(form: str) -> None:
    tree = root(a_bundle(form))
    numbers = (
        [one.get(f"{W}id") for one in tree.iter(f"{W}bookmarkStart")],
        [one.get(f"{W}name") for one in tree.iter(f"{W}bookmarkStart")],
        [one.get(VAL) for one in tree.iter(f"{W}id")],
        [one.get("id") for one in tree.iter(f"{PICTURES}docPr")],
    )
    for found in numbers:
        assert len(found) >= MANY + 1
        assert Counter(found).most_common(1)[0][1] == 1
    assert all(str(number).isdecimal() and int(str(number)) < 2**31 for number in (*numbers[0], *numbers[2]))
    assert len(bookmarked(tree)) == len(numbers[1])


@EVERY_FORM
def test_each_form_begins_a_page_and_the_document_is_one_section(form: str) -> None:
    tree = root(a_bundle(form))
    assert len(list(tree.iter(f"{W}pageBreakBefore"))) == MANY + 1
    assert len(list(tree.iter(f"{W}sectPr"))) == 1
    assert len(docx.Document(io.BytesIO(a_bundle(form))).tables) == MANY + 1


@EVERY_FORM
def test_each_form_bears_its_own_matrix_and_shares_the_black_of_the_squares(form: str) -> None:
    data = a_bundle(form)
    links = {one.get("Id"): one.get("Target") for one in root(data, "word/_rels/document.xml.rels")}
    shown = Counter(links[one.get(LINKED)] for one in root(data).iter(BLIP))
    assert shown["media/black.png"] == 4 * (MANY + 1)
    assert len(shown) == MANY + 2
    said = [one.get("descr", "") for one in root(data).iter(f"{PICTURES}docPr") if one.get("descr")]
    marks = [mark_of_blank(SPECS[form], 2011, serial) for serial in serials(MANY + 1)]
    assert [parse_mark(text) for text in said] == marks
    assert [parts(data)[f"word/media/mark{number}.png"] for number in (1, MANY + 1)] == [
        matrix_png(marks[0]), matrix_png(marks[-1]),
    ]  # fmt: skip


@EVERY_FORM
def test_every_form_is_read_back_as_if_it_were_alone(form: str) -> None:
    spec = SPECS[form]
    found = read_bytes(a_bundle(form), [spec])
    assert [one.serial for one in found] == serials(MANY)
    assert [one.number for one in found] == list(range(1, MANY + 1))
    template = DocxTemplate(spec)
    for number, one in enumerate(found):
        values = values_of(spec) if number % 3 else {spec.subject.name: f"甲{number}"}
        (alone,) = read_bytes(template.fill(year=2011, values=values, serial=one.serial), [spec])
        assert (one.fields, one.year, one.problems) == (alone.fields, alone.year, alone.problems)


def test_forms_without_a_year_keep_their_serials_and_leave_it_open() -> None:
    found = read_bytes(a_bundle("annex2", year=None), [SPECS["annex2"]])
    assert {one.year.value for one in found if one.value("signed_on") is None} == {None}
    assert [one.serial for one in found] == serials(MANY)


def test_a_form_copied_into_a_file_of_its_own_keeps_its_serial() -> None:
    document = docx.Document(io.BytesIO(a_bundle("annex2")))
    content = document.element.body
    fifth = [element for element in content if local(element) == "tbl"][4]
    kept = {content.index(fifth) + step for step in (-1, 0)}
    for number, element in reversed(list(enumerate(content))):
        if number not in kept and local(element) != "sectPr":
            content.remove(element)
    saved = io.BytesIO()
    document.save(saved)
    (found,) = read_bytes(saved.getvalue(), [SPECS["annex2"]])
    assert found.serial == "K7Q20005"


def test_a_page_without_room_for_marks_and_a_form_without_a_heading_have_their_pages_too() -> None:
    spec = a_small_form()
    data = write_one_docx(spec, year=2011, filled=[{"who": "甲"}, {"who": "乙\x01"}], serials=serials(2))
    assert (closing_marks(spec) is None) == (b"media/mark1.png" not in parts(data)["word/_rels/document.xml.rels"])
    assert [one.value("who") for one in read_bytes(data, [spec])] == ["甲", "乙\ufffd"]
    assert len(list(root(data).iter(f"{W}pageBreakBefore"))) == 2
    assert list(out_of_order(root(data))) == []


def test_a_key_the_form_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownFieldError):
        write_one_docx(SPECS["annex2"], year=2011, filled=[MappingProxyType({"nobody": "x"})], serials=[None])
