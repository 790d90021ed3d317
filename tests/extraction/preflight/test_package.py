"""A package that two programs could read in two ways, or that unpacks beyond reason, is refused."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest

from formsvc.errors import Code
from formsvc.extraction.preflight.preflight import Looked
from formsvc.extraction.preflight.sniff import Kind
from formsvc.extraction.sandbox.limits import FILE, FileLimits
from tests.extraction.looking import findings, look
from tests.extraction.packages import DOCUMENT, a_package, a_pdf


def test_a_package_written_as_a_stream_is_sound() -> None:
    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

    written = Pipe()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        with package.open("word/document.xml", "w") as part:
            part.write(DOCUMENT)
    assert written.getvalue()[6] & 8
    assert look(written.getvalue()) == Looked(Kind.DOCX)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declared", ["<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'])
@pytest.mark.parametrize(
    "name", ["word/document.xml", "word/_rels/document.xml.rels", "word/anything", "docProps/a.xml"]
)
def test_a_document_type_is_found_in_every_part_and_encoding(encoding: str, declared: str, name: str) -> None:
    text = f'<?xml version="1.0"?>{declared}<a/>'.encode(encoding)
    assert findings(look(a_package({name: text}))) == [(Code.UNSAFE_CONTENT, "document-type")]


@pytest.mark.parametrize("before", range(65_520, 65_540))
def test_a_document_type_is_found_across_the_edge_of_two_pieces(before: int) -> None:
    text = b"<!--" + b"x" * (before - 7) + b"-->" + b"<!DOCTYPE a><a/>"
    assert findings(look(a_package({"word/document.xml": text}))) == [(Code.UNSAFE_CONTENT, "document-type")]


def test_a_document_type_is_found_behind_pieces_of_single_bytes() -> None:
    text = b'<?xml version="1.0" encoding="utf-7"?><a/>'
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(deflate.compress(bytes([byte])) + deflate.flush(zlib.Z_FULL_FLUSH) for byte in text)
    packed += deflate.flush()
    assert findings(look(_with_deflated("word/document.xml", text, packed))) == [(Code.UNSAFE_CONTENT, "encoding")]


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "shift_jis", "", "UTF-8\u00e4"])
def test_an_encoding_our_search_cannot_read_is_refused(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding = '{encoding}' ?><a/>".encode()
    assert findings(look(a_package({"word/document.xml": text}))) == [(Code.UNSAFE_CONTENT, "encoding")]


def test_a_part_of_xml_that_is_none_is_damaged() -> None:
    text = '<?xml version="1.0"?><a/>'.encode("cp037")
    assert findings(look(a_package({"word/document.xml": text}))) == [(Code.DAMAGED_FILE, "not-xml")]


@pytest.mark.parametrize(
    ("part", "text", "finding"),
    [
        ("word/vbaProject.bin", b"\x01", "project"),
        (
            "[Content_Types].xml",
            b"<Types><x t='application/vnd.ms-word.document.macroEnabled.main+xml'/></Types>",
            "declared",
        ),
        ("word/_rels/document.xml.rels", b"<R><x Type='http://x/relationships/vbaProject'/></R>", "declared"),
    ],
)
def test_macros_are_told_apart_from_other_dangers(part: str, text: bytes, finding: str) -> None:
    looked = look(a_package({part: text}))
    assert looked.kind is Kind.DOCM
    assert findings(looked) == [(Code.MACRO, finding)]


@pytest.mark.parametrize("kind", ["aFChunk", "subDocument"])
def test_text_that_stands_in_another_document_is_refused(kind: str) -> None:
    rels = f"<R><x Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}'/></R>".encode()
    looked = look(a_package({"word/_rels/document.xml.rels": rels}))
    assert findings(looked) == [(Code.UNSAFE_CONTENT, "text-elsewhere")]


def test_links_that_are_never_followed_do_no_harm() -> None:
    rels = (
        b"<R><x Type='http://x/relationships/attachedTemplate' Target='http://127.0.0.1/a' TargetMode='External'/></R>"
    )
    assert look(a_package({"word/_rels/document.xml.rels": rels})).problems == ()


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/a", "\\a", "..\\a", "C:\\a", "c:a", "a\\..\\b"])
def test_a_name_that_leads_out_of_the_package_is_refused(name: str) -> None:
    kept_as_it_is = name.replace("\\", "|").encode()  # zipfile would turn it round on some systems
    data = a_package({kept_as_it_is.decode(): b"x"}).replace(kept_as_it_is, name.encode())
    assert findings(look(data)) == [(Code.UNSAFE_CONTENT, "entry-name")]


@pytest.mark.parametrize("name", ["WORD/Document.XML", "word\\document.xml"])
def test_a_part_that_is_there_twice_for_some_readers_is_refused(name: str) -> None:
    assert findings(look(a_package({name: DOCUMENT}))) == [(Code.UNSAFE_CONTENT, "entry-twice")]


def test_two_parts_of_one_name_are_refused() -> None:
    data = a_package({"word/documenx.xml": DOCUMENT}).replace(b"documenx", b"document")
    assert findings(look(data)) == [(Code.UNSAFE_CONTENT, "entry-twice")]


def _with_deflated(name: str, text: bytes, packed: bytes, *, unpacked: int | None = None) -> bytes:
    """Make a docx of one part, packed by hand, that may claim another length."""
    sizes = (zlib.crc32(text), len(packed), len(text) if unpacked is None else unpacked)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, *sizes, len(name), 0) + name.encode() + packed
    line = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, *sizes, len(name), 0, 0, 0, 0, 0, 0)
    line += name.encode()
    return local + line + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(line), len(local), 0)


def _deflated(text: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(text) + deflate.flush()


def test_a_package_packed_by_hand_is_sound() -> None:
    assert look(_with_deflated("word/document.xml", DOCUMENT, _deflated(DOCUMENT))) == Looked(Kind.DOCX)


@pytest.mark.parametrize(("claim", "finding"), [(10, "length"), (len(DOCUMENT) + 1, "checksum")])
def test_a_part_of_another_length_than_promised_is_damaged(claim: int, finding: str) -> None:
    data = _with_deflated("word/document.xml", DOCUMENT, _deflated(DOCUMENT), unpacked=claim)
    assert findings(look(data)) == [(Code.DAMAGED_FILE, finding)]


@pytest.mark.parametrize("cut", [1, 5])
def test_a_part_whose_packed_bytes_stop_short_is_damaged(cut: int) -> None:
    data = _with_deflated("word/document.xml", DOCUMENT, _deflated(DOCUMENT)[:-cut])
    assert findings(look(data)) == [(Code.DAMAGED_FILE, "deflate")]


def _bent(place: Callable[[bytes], int], form: str, *values: int) -> bytes:
    """Make a docx with some bytes of its structure written over."""
    data = bytearray(a_package(method=zipfile.ZIP_STORED))
    struct.pack_into(form, data, place(bytes(data)), *values)
    return bytes(data)


CENTRAL = b"PK\x01\x02"
END = b"PK\x05\x06"


@pytest.mark.parametrize(
    ("data", "code", "finding"),
    [
        (_bent(lambda data: data.find(CENTRAL) + 8, "<H", 1), Code.ENCRYPTED, "entry"),
        (_bent(lambda data: data.find(CENTRAL) + 10, "<H", 12), Code.DAMAGED_FILE, "method"),
        (_bent(lambda data: data.rfind(CENTRAL) + 42, "<I", 0), Code.UNSAFE_CONTENT, "overlap"),
        (_bent(lambda data: data.rfind(CENTRAL) + 42, "<I", 1 << 30), Code.DAMAGED_FILE, "header"),
        (_bent(lambda data: data.rfind(CENTRAL) + 20, "<II", 1 << 16, 1 << 16), Code.DAMAGED_FILE, "entry-outside"),
        (_bent(lambda _: 14, "<I", 7), Code.UNSAFE_CONTENT, "headers-differ"),
        (_bent(lambda _: 8, "<H", 8), Code.UNSAFE_CONTENT, "headers-differ"),
        (_bent(lambda _: 6, "<H", 1), Code.UNSAFE_CONTENT, "headers-differ"),
        (_bent(lambda _: 30, "<B", ord("(")), Code.UNSAFE_CONTENT, "headers-differ"),
        (_bent(lambda data: data.find(b"<document>"), "<B", ord("(")), Code.DAMAGED_FILE, "checksum"),
        (_bent(lambda data: data.find(CENTRAL) + 2, "<B", 0), Code.DAMAGED_FILE, "directory"),
        (_bent(lambda data: data.find(END) + 4, "<H", 1), Code.DAMAGED_FILE, "directory"),
        (_bent(lambda data: data.find(END) + 8, "<HH", 1, 1), Code.DAMAGED_FILE, "directory"),
        (_bent(lambda data: data.find(END) + 16, "<I", 3), Code.DAMAGED_FILE, "directory"),
        (_bent(lambda data: data.find(END) + 16, "<I", 0xFFFFFFFF), Code.TOO_COMPLEX, "entries"),
        (_bent(lambda data: data.find(END) + 20, "<H", 9), Code.DAMAGED_FILE, "cut-off"),
        (b"GIF" + a_package(), Code.DAMAGED_FILE, "directory"),
    ],
    ids=range(17),
)
def test_a_package_that_contradicts_itself_is_refused(data: bytes, code: Code, finding: str) -> None:
    assert findings(look(data)) == [(code, finding)]


def test_bytes_before_the_first_part_are_refused() -> None:
    with BytesIO(b"#!/bin/sh\n") as written:
        written.seek(0, os.SEEK_END)
        with zipfile.ZipFile(written, "a") as package:
            package.writestr("word/document.xml", DOCUMENT)
        data = written.getvalue()
    assert findings(look(data)) == [(Code.UNSAFE_CONTENT, "two-formats")]


def test_a_package_that_is_a_pdf_too_is_refused() -> None:
    data = a_package({"[Content_Types].xml": b"<x/>" + a_pdf()}, method=zipfile.ZIP_STORED)
    assert findings(look(data)) == [(Code.UNSAFE_CONTENT, "two-formats")]


@pytest.mark.parametrize(
    ("limits", "finding"),
    [
        (replace(FILE, entries=1), "entries"),
        (replace(FILE, unpacked_bytes=100), "unpacked"),
        (replace(FILE, ratio_from=50, ratio=0), "ratio"),
    ],
)
def test_a_package_beyond_a_limit_is_too_complex(limits: FileLimits, finding: str) -> None:
    assert findings(look(a_package(), limits)) == [(Code.TOO_COMPLEX, finding)]


def test_many_parts_are_refused_before_they_are_listed() -> None:
    data = a_package({f"word/{number}.xml": b"<a/>" for number in range(2_001)})
    assert findings(look(data)) == [(Code.TOO_COMPLEX, "entries")]


def test_a_bomb_is_refused_by_its_claim_and_a_lie_by_its_length() -> None:
    zeros = bytes(4 << 20)
    assert findings(look(a_package({"word/media/a.bin": zeros}))) == [(Code.TOO_COMPLEX, "ratio")]
    lie = _with_deflated("word/document.xml", zeros, _deflated(zeros), unpacked=1000)
    assert findings(look(lie)) == [(Code.DAMAGED_FILE, "length")]
