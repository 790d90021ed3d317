"""A file is what its bytes say, and whole when it has its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from formsvc.extraction.preflight.sniff import TAIL_BYTES, Kind, is_whole, look, looks_whole, sniff
from tests.extraction.packages import DOCUMENT, a_jpeg, a_package, a_pdf, a_png, a_tiff

BAD = Path(__file__).parents[2] / "data" / "bad"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def kind_of(data: bytes, tmp_path: Path) -> Kind:
    path = tmp_path / "named-wrongly.docx"
    path.write_bytes(data)
    with path.open("rb") as file:
        return look(file.fileno())


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", Kind.EMPTY),
        (b" \r\n\t", Kind.EMPTY),
        (bytes(100_000), Kind.EMPTY),
        (a_package(), Kind.DOCX),
        (a_package({"word/vbaProject.bin": b"\x01"}), Kind.DOCM),
        (a_package({"xl/workbook.xml": DOCUMENT, "word/document.xml": b"<x/>"}), Kind.DOCX),
        (a_package()[:200], Kind.DOCX),
        (a_pdf(), Kind.PDF),
        (b"\xef\xbb\xbf" + a_pdf(), Kind.PDF),
        (bytes(1000) + a_pdf(), Kind.PDF),
        (bytes(2000) + a_pdf(), Kind.UNKNOWN),
        (a_png(), Kind.PNG),
        (a_jpeg(), Kind.JPEG),
        (a_tiff([(1, 1)]), Kind.TIFF),
        (a_tiff([(1, 1)], ">"), Kind.TIFF),
        (a_tiff([(1, 1)], is_big=True), Kind.TIFF),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Kind.HEIC),
        (b"GIF89a" + bytes(7), Kind.GIF),
        (b"BM" + bytes(24), Kind.BMP),
        (b"RIFF\x1a\0\0\0WEBPVP8X", Kind.WEBP),
        (b"Rar!\x1a\x07\x01\x00", Kind.RAR),
        (b"7z\xbc\xaf\x27\x1c\0\x04", Kind.SEVEN_ZIP),
        (b"{\\rtf1\\ansi}", Kind.RTF),
        (OLE2, Kind.OLD_OFFICE),
        (OLE2 + "EncryptedPackage".encode("utf-16-le"), Kind.ENCRYPTED_OFFICE),
        (b"<!DOCTYPE html><html>", Kind.HTML),
        (b"\xef\xbb\xbf\r\n<HTML><body>404", Kind.HTML),
        (b"From: a@example.org\r\nSubject: =?utf-8?q?x?=\r\n\r\nbody", Kind.MAIL),
        (b"From: here on, a letter\n\nand no more heads", Kind.TEXT),
        ("公开承诺书".encode(), Kind.TEXT),
        ("公开承诺书".encode("gb18030"), Kind.TEXT),
        ("公开承诺书".encode("utf-16"), Kind.TEXT),
        (b"\x01\x02\x03\x04", Kind.UNKNOWN),
    ],
    ids=range(33),
)
def test_the_kind_is_told_by_content_and_never_by_name(data: bytes, kind: Kind, tmp_path: Path) -> None:
    assert kind_of(data, tmp_path) is kind


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"], Kind.OTHER_OFFICE),
        (["[Content_Types].xml", "ppt/presentation.xml"], Kind.OTHER_OFFICE),
        (["mimetype", "content.xml", "META-INF/manifest.xml"], Kind.ODT),
        (["OFD.xml", "Doc_0/Document.xml"], Kind.OFD),
        (["张三.docx", "李四.docx"], Kind.ZIP),
        (["word\\document.xml"], Kind.DOCX),
        ([], Kind.ZIP),
    ],
)
def test_packages_are_told_apart_by_the_parts_they_hold(names: list[str], kind: Kind) -> None:
    assert sniff(b"PK\x03\x04", b"", lambda: names) is kind


def test_a_docx_whose_first_part_is_a_pdf_is_a_docx(tmp_path: Path) -> None:
    package = a_package({"[Content_Types].xml": a_pdf()}, method=0)
    assert b"%PDF" in package[:1024]
    assert kind_of(package, tmp_path) is Kind.DOCX


def test_names_are_asked_for_only_where_there_are_any() -> None:
    def names() -> list[str]:
        raise AssertionError

    assert sniff(a_pdf(), a_pdf(), names) is Kind.PDF


def test_looking_leaves_the_position_alone(tmp_path: Path) -> None:
    path = tmp_path / "form"
    path.write_bytes(a_package())
    with path.open("rb") as file:
        file.seek(7)
        look(file.fileno())
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == 7


WHOLE: dict[Kind, bytes] = {
    Kind.DOCX: a_package(),
    Kind.PDF: a_pdf(),
    Kind.PNG: a_png(),
    Kind.JPEG: a_jpeg(),
    Kind.GIF: b"GIF89a" + bytes(7) + b";",
    Kind.RTF: b"{\\rtf1\\ansi}\r\n",
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_is_whole_only_when_its_end_is_there(kind: Kind) -> None:
    data = WHOLE[kind]
    assert is_whole(kind, data)
    assert not is_whole(kind, data[: len(data) * 2 // 3])


@pytest.mark.parametrize("kind", WHOLE)
def test_space_reserved_and_not_yet_written_is_not_an_end(kind: Kind) -> None:
    data = WHOLE[kind]
    missing = len(data) // 3
    assert not is_whole(kind, data[:-missing] + bytes(missing))


@pytest.mark.parametrize("kind", [Kind.PDF, Kind.PNG, Kind.JPEG])
def test_zeros_after_the_end_do_no_harm(kind: Kind) -> None:
    assert is_whole(kind, WHOLE[kind] + bytes(5000))


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_photograph() -> None:
    photograph = a_jpeg(thumbnail=a_jpeg())
    assert is_whole(Kind.JPEG, photograph)
    assert not is_whole(Kind.JPEG, photograph[:-2])


def test_a_zip_whose_comment_is_cut_off_is_not_whole() -> None:
    commented = a_package()[:-2] + b"\x05\x00words"
    assert is_whole(Kind.DOCX, commented)
    assert not is_whole(Kind.DOCX, commented[:-1])


@pytest.mark.parametrize("kind", [Kind.OLD_OFFICE, Kind.TIFF, Kind.UNKNOWN])
def test_a_kind_without_an_end_waits_only_for_what_is_nothing_but_zeros(kind: Kind) -> None:
    assert is_whole(kind, b"\x01" + bytes(600))
    assert not is_whole(kind, bytes(TAIL_BYTES))


def test_an_empty_file_is_whole_and_a_reserved_one_is_not(tmp_path: Path) -> None:
    for data, expected in ((b"", True), (b" ", True), (bytes(3000), False)):
        path = tmp_path / "file"
        path.write_bytes(data)
        with path.open("rb") as file:
            assert looks_whole(file.fileno()) is expected


@pytest.mark.parametrize("name", ["truncated-half.docx", "zero-tail.docx", "png-truncated.png", "header-only.pdf"])
def test_files_cut_off_on_their_way_are_not_whole(name: str) -> None:
    with (BAD / "damaged-file" / name).open("rb") as file:
        assert not looks_whole(file.fileno())


def test_every_readable_file_is_whole() -> None:
    for path in (BAD / "not-a-form").iterdir():
        with path.open("rb") as file:
            assert looks_whole(file.fileno()), path.name
