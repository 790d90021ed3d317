"""Fillable blanks: a field by the key of every value, at its place, and what is typed comes back to the letter."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Object
from PIL.Image import Image

from formsvc.extraction.document import Document, Tagged
from formsvc.extraction.pdf.reader import read_pdf
from formsvc.forms.load import load_forms
from formsvc.forms.reading import Source
from formsvc.forms.spec import Field, FormSpec, Kind
from formsvc.rendering.fillable import write_fillable
from formsvc.rendering.layout import TITLE_SIZE

ROOT = Path(__file__).parents[2]
SPECS = {**load_forms(ROOT / "templates"), **load_forms(ROOT / "tests" / "data")}
EVERY_FORM = pytest.mark.parametrize("form", sorted(SPECS))
EVERY_BLANK = pytest.mark.parametrize("year", [None, 2011])


def typed(spec: FormSpec, year: int | None) -> dict[str, Field]:
    """Return the fields to be typed: all but marks, and the year where it is not printed."""
    left_out = (Kind.SIGNATURE, Kind.SEAL, *([] if year is None else [Kind.YEAR]))
    return {key: field for key, field in spec.fields.items() if field.kind not in left_out}


def widgets(pdf: pikepdf.Pdf) -> dict[str, Object]:
    return {str(field.T): field for field in pdf.Root.AcroForm.Fields}


def under(widget: Object, page: Image) -> Image:
    """Return what a page drawn at two pixels a point shows inside a field."""
    left, bottom, right, top = (float(edge) for edge in widget.Rect)
    height = page.height / 2
    assert right - left > 10
    assert top - bottom > 10
    assert 0 <= left < right <= page.width / 2
    assert 0 <= bottom < top <= height
    box = (math.ceil(2 * left), math.ceil(2 * (height - top)), int(2 * right), int(2 * (height - bottom)))
    return page.crop(box)


def page_of(data: bytes, *, with_fields: bool) -> Image:
    with pypdfium2.PdfDocument(data) as drawn:
        if with_fields:
            drawn.init_forms()
        shown: Image = drawn[0].render(scale=2).to_pil().convert("L")
        return shown


def tags(document: Document) -> dict[str, Tagged]:
    cells = [cell for block in document.blocks for cell in getattr(block, "cells", ())]
    found = [tag for block in (*document.blocks, *cells) for tag in getattr(block, "tagged", ())]
    assert all(tag.source is Source.FORM_FIELD for tag in found)
    assert len({tag.key for tag in found}) == len(found)
    return {tag.key: tag for tag in found}


@EVERY_FORM
@EVERY_BLANK
def test_equal_input_gives_equal_bytes_of_moderate_size(form: str, year: int | None) -> None:
    data = write_fillable(SPECS[form], year=year)
    assert data == write_fillable(SPECS[form], year=year)
    assert len(data) < 60_000


@EVERY_FORM
@EVERY_BLANK
def test_every_value_has_a_field_of_its_key_and_a_mark_has_none(form: str, year: int | None) -> None:
    spec = SPECS[form]
    with pikepdf.open(BytesIO(write_fillable(spec, year=year))) as pdf:
        found = widgets(pdf)
        assert set(found) == set(typed(spec, year))
        assert len(pdf.pages) == 1
        for key, widget in found.items():
            assert str(widget.TU) == spec.fields[key].label
            assert [str(option) for option in widget.get("/Opt", [])] == list(spec.fields[key].options)
            assert str(widget.get("/V", "")) == spec.fields[key].blank
            assert widget.AP.N is not None


@EVERY_FORM
@EVERY_BLANK
def test_a_field_lies_on_the_paper_and_over_nothing_printed(form: str, year: int | None) -> None:
    data = write_fillable(SPECS[form], year=year)
    page = page_of(data, with_fields=False)
    with pikepdf.open(BytesIO(data)) as pdf:
        for key, widget in widgets(pdf).items():
            assert under(widget, page).getextrema() == (255, 255), key


@EVERY_FORM
def test_an_untouched_field_shows_what_the_paper_prints(form: str) -> None:
    spec = SPECS[form]
    data = write_fillable(spec, year=None)
    page = page_of(data, with_fields=True)
    with pikepdf.open(BytesIO(data)) as pdf:
        for key, widget in widgets(pdf).items():
            is_white = under(widget, page).getextrema() == (255, 255)
            assert is_white == (not spec.fields[key].blank), key


@EVERY_FORM
@EVERY_BLANK
def test_what_is_typed_is_read_to_the_letter(form: str, year: int | None) -> None:
    spec = SPECS[form]
    values = {key: f"{field.label}：㛃䶮堃𠅤 (1.2)\\" for key, field in typed(spec, year).items()}
    lists = {key for key, field in spec.fields.items() if field.kind is Kind.ITEMS}
    values |= dict.fromkeys(lists, "一、走访农户\r二、服务群众")
    values |= {key: field.options[0] for key, field in spec.fields.items() if field.options}
    with pikepdf.open(BytesIO(write_fillable(spec, year=year))) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            field.V = pikepdf.String(values[str(field.T)])
        filled = BytesIO()
        pdf.save(filled)
    read = tags(read_pdf(filled.getvalue()))
    assert {key: tag.paragraphs for key, tag in read.items()} == {
        key: tuple(value.split("\r")) for key, value in values.items()
    }


@EVERY_FORM
@EVERY_BLANK
def test_an_untouched_form_reads_as_its_blanks(form: str, year: int | None) -> None:
    read = tags(read_pdf(write_fillable(SPECS[form], year=year)))
    expected = {key: field.blank for key, field in typed(SPECS[form], year).items()}
    assert {key: "\n".join(tag.paragraphs) for key, tag in read.items()} == expected


@EVERY_FORM
def test_it_says_which_form_it_is_and_does_not_call_itself_an_archive_file(form: str) -> None:
    with pikepdf.open(BytesIO(write_fillable(SPECS[form], year=2011))) as pdf:
        about = pdf.Root.Metadata.read_bytes().decode()
    assert f"formsvc:template={form}/1/2011/-" in about
    assert "pdfaid:part" not in about
    assert "pdfaid:conformance" not in about
    assert SPECS[form].title.replace("{year}", "2011") in about


@EVERY_FORM
def test_the_title_leaves_room_for_four_digits_of_its_size(form: str) -> None:
    with pikepdf.open(BytesIO(write_fillable(SPECS[form], year=None))) as pdf:
        left, _bottom, right, _top = (float(edge) for edge in widgets(pdf)[SPECS[form].year_key].Rect)
    assert right - left > 4 * 0.6 * TITLE_SIZE
