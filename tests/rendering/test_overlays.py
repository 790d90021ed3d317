"""What lies over received pages: the mark of each copy, and the text that was read where it was read, unseen."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
import pytest

from formsvc.forms.reading import Evidence, Source
from formsvc.rendering.overlays import overlay_of
from tests.forms.factories import PLEDGES, a_field, a_spec
from tests.rendering.scan_files import (
    DATE,
    a_jpeg,
    a_scan_reading,
    a_sheet,
    as_file,
    copies_of,
    findings,
    one_copy,
    shown,
)

READ = ["张三", "男", "41", "1998.07", "清溪社区居委会 委员", f"一、{PLEDGES[0]}", f"二、{PLEDGES[1]}", "2011年2月20日"]
MM = 72 / 25.4


def by_pypdf(pdf: bytes, page: int = 0) -> list[str]:
    return [line.strip() for line in pypdf.PdfReader(io.BytesIO(pdf)).pages[page].extract_text().splitlines()]


def by_pdfium(pdf: bytes, page: int = 0) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [line.strip() for line in document[page].get_textpage().get_text_range().splitlines()]


def test_what_was_read_can_be_searched_in_the_order_of_the_form(tmp_path: Path) -> None:
    copy = one_copy(tmp_path, a_jpeg())
    for lines in (by_pypdf(copy), by_pdfium(copy)):
        assert [line for line in lines if line in READ] == READ
        assert "2011年度党员公开承诺书" in "".join(lines)


def test_each_text_stands_where_it_was_read(tmp_path: Path) -> None:
    reading = a_scan_reading()
    with pypdfium2.PdfDocument(one_copy(tmp_path, a_jpeg())) as document:
        page = document[0].get_textpage()
        height = document[0].get_height()
        for key, value in (("name", "张三"), ("unit_post", "清溪社区居委会 委员"), ("phone", "0000-5550102")):
            evidence = reading.fields[key].evidence
            assert evidence is not None
            assert evidence.box is not None
            left, top, width, tall = evidence.box
            found = page.search(value).get_next()
            assert found is not None
            x0, y0, x1, y1 = page.get_charbox(found[0])
            assert left - 1 <= x0 / MM <= x1 / MM <= left + width
            assert top - 1 <= (height - y1) / MM <= (height - y0) / MM <= top + tall + 1


def test_the_text_is_not_to_be_seen(tmp_path: Path) -> None:
    with_text = shown(one_copy(tmp_path, a_jpeg()), dpi=100)
    reading = a_scan_reading()
    bare = dataclasses.replace(reading, fields={})
    assert shown(one_copy(tmp_path, a_jpeg(), bare), dpi=100).tobytes() == with_text.tobytes()


def test_a_photo_has_its_text_where_the_reader_of_scans_saw_it(tmp_path: Path) -> None:
    photo = as_file(a_sheet((800, 600)), "JPEG", dpi=(10, 10))  # as wide as the paper for the reader, A4 sideways here
    reading = a_scan_reading()
    boxed = dataclasses.replace(reading.fields["name"], evidence=Evidence(Source.CELL, 1, (100.0, 50.0, 20.0, 10.0)))
    with pypdfium2.PdfDocument(one_copy(tmp_path, photo, reading.with_field("name", boxed))) as document:
        width, height = document[0].get_size()
        page = document[0].get_textpage()
        found = page.search("张三").get_next()
        assert found is not None
        left, bottom, _, _ = page.get_charbox(found[0])
        assert left / width == pytest.approx(100 / 210, abs=0.01)
        assert (height - bottom) / height == pytest.approx(58 / 157.5, abs=0.03)


def test_each_page_has_its_own_text(tmp_path: Path) -> None:
    data = as_file(a_sheet().convert("1"), "TIFF", save_all=True, append_images=[a_sheet().convert("1")] * 2)
    reading = a_scan_reading((3, 2))
    moved = dataclasses.replace(reading.fields["phone"], evidence=Evidence(Source.CELL, 2, (60.0, 20.0, 50.0, 8.0)))
    copy = one_copy(tmp_path, data, reading.with_field("phone", moved))
    assert "0000-5550102" not in by_pypdf(copy, 0)
    assert "张三" in by_pypdf(copy, 0)
    assert by_pypdf(copy, 1) == ["0000-5550102"]


def test_what_a_person_typed_can_be_searched_too(tmp_path: Path) -> None:
    typed = dataclasses.replace(a_field("李四"), evidence=Evidence(Source.PERSON))
    copy = one_copy(tmp_path, a_jpeg(), a_scan_reading().with_field("name", typed))
    assert "李四" in by_pypdf(copy)
    assert "李四" in by_pdfium(copy)


def test_rare_and_lacking_characters_do_not_stand_in_the_way(tmp_path: Path) -> None:
    rare = "\U00020164\U0010fffd"
    copy = one_copy(tmp_path, a_jpeg(), a_scan_reading(name=rare))
    assert findings(copy) == []
    assert "\U00020164〓" in by_pypdf(copy)


def test_a_reading_without_places_or_pages_is_searched_on_the_first_page(tmp_path: Path) -> None:
    reading = a_scan_reading()
    loose = {key: dataclasses.replace(found, evidence=None) for key, found in reading.fields.items()}
    copy = one_copy(tmp_path, a_jpeg(), dataclasses.replace(reading, fields=loose, pages=()))
    assert "张三" in by_pypdf(copy)
    assert findings(copy) == []


def test_every_copy_but_the_public_one_is_told_of() -> None:
    spec = a_spec("annex2")
    overlay = overlay_of(spec, a_scan_reading(), record="7f3c9a0b12de", version=2, date=DATE)
    assert list(overlay.about) == [copy.role for copy in spec.copies if not copy.is_public]
    assert [told["mark"] for told in overlay.roles().values()] == [1, 2, 3]
    with pikepdf.open(io.BytesIO(overlay.pdf)) as pdf:
        assert len(pdf.pages) == overlay.texts + len(overlay.about)


def test_marks_name_number_and_place(tmp_path: Path) -> None:
    path = tmp_path / "received"
    path.write_bytes(a_jpeg())
    copies, _ = copies_of(path)
    total = len(a_spec("annex2").copies)
    for number, copy in enumerate(copies.values(), 1):
        assert by_pypdf(copy)[0].startswith(f"第{number}份/共{total}份")
