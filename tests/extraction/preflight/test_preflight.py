"""What is said against a file before a parser sees it."""

from __future__ import annotations

import os
import struct
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.errors import Code, Problem
from formsvc.extraction.preflight.preflight import Looked, looked_from_json, preflight, preflight_job, size_problem
from formsvc.extraction.preflight.sniff import Kind
from formsvc.extraction.sandbox.limits import FILE
from tests.extraction.bad_files import FILES, FOLDER, BadFiles
from tests.extraction.looking import findings, look
from tests.extraction.packages import DOCUMENT, a_jpeg, a_package, a_pdf, a_png, a_tiff


class TestFirstLook(BadFiles):
    job = "tests.extraction.sandbox.jobs:preflight_and_open"
    modules = ("pypdf",)

    def codes_in(self, value: Any) -> set[Code]:
        return {problem.code for problem in looked_from_json(value).problems}


def test_every_bad_file_is_named_in_the_table_beside_them() -> None:
    table = (FOLDER / "README.md").read_text(encoding="utf-8")
    named = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
    assert named == {path.relative_to(FOLDER).as_posix() for path in FILES}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (a_package(), Kind.DOCX),
        (a_package(method=zipfile.ZIP_STORED), Kind.DOCX),
        (a_package({"word/document.xml": DOCUMENT.decode().encode("utf-16")}), Kind.DOCX),
        (a_package({"word/media/image1.png": a_png(), "word/empty.xml": b""}), Kind.DOCX),
        (a_package({"word/media/long.bin": os.urandom(300_000)}), Kind.DOCX),
        (a_package({"word/long.xml": b"<x>" + b"0123456789abcdef" * 40_000 + b"</x>"}), Kind.DOCX),
        (a_pdf(), Kind.PDF),
        (a_png(), Kind.PNG),
        (a_jpeg(thumbnail=a_jpeg()), Kind.JPEG),
        *((a_tiff([(9, 9), (8, 8)], order, is_big=is_big), Kind.TIFF) for order in "<>" for is_big in (False, True)),
    ],
    ids=range(13),
)
def test_a_sound_file_has_nothing_against_it(data: bytes, kind: Kind) -> None:
    assert look(data) == Looked(kind)


def test_every_size_has_a_limit_and_large_files_are_not_opened(tmp_path: Path) -> None:
    for head, kind, limit in (
        (b"PK\x03\x04", Kind.ZIP, FILE.file_bytes),
        (a_pdf(), Kind.PDF, FILE.scan_bytes),
        (a_png(), Kind.PNG, FILE.scan_bytes),
    ):
        path = tmp_path / "sparse"
        path.write_bytes(head)
        os.truncate(path, 1 << 40)
        with path.open("rb") as file:
            problem = Problem(Code.TOO_LARGE, params={"found": 1 << 40, "limit": limit})
            assert preflight(file.fileno()) == Looked(kind, (problem,))
        assert size_problem(kind, limit) is None
        assert size_problem(kind, limit + 1) is not None


@pytest.mark.parametrize(
    ("body", "end", "expected"),
    [
        (b"", b"", [(Code.DAMAGED_FILE, "cut-off")]),
        (b"", b"%%EOF" + b" " * 3000, [(Code.DAMAGED_FILE, "cut-off")]),
        (b"", b"%%EOF\r\n" + bytes(3000), []),
        (b"<</Subtype/Image/Width 4000/Height 4000>>", b"%%EOF", []),
        (b"<</Width 20001/Height 1>>", b"%%EOF", [(Code.TOO_COMPLEX, "picture-size")]),
        (b"<</Height\n00020001\n/Width 1>>", b"%%EOF", [(Code.TOO_COMPLEX, "picture-size")]),
        (b"<</Width 10001/Height 10000>>", b"%%EOF", [(Code.TOO_COMPLEX, "picture-size")]),
        (b"<</Width 19999/Height 9>> <</Width 9/Height 19999>>", b"%%EOF", []),
        (b"<</Widths 20001>>", b"%%EOF", []),
        (b"<</EncryptMetadata true>>", b"%%EOF", []),
        (b"", b"%%EOF\n" + a_package(), [(Code.UNSAFE_CONTENT, "two-formats")]),
    ],
    ids=range(11),
)
def test_a_pdf_is_judged_by_its_ends_and_its_pictures(
    body: bytes, end: bytes, expected: list[tuple[Code, object]]
) -> None:
    looked = look(a_pdf(body, end))
    assert looked.kind is Kind.PDF
    assert findings(looked) == expected


def test_a_pdf_that_only_forbids_copying_is_read() -> None:
    looked = look((FOLDER / "any" / "testPDF_no_extract_no_accessibility_owner_empty.pdf").read_bytes())
    assert looked == Looked(Kind.PDF)


@pytest.mark.parametrize(
    ("data", "code", "finding"),
    [
        (a_png(20_001, 1), Code.TOO_COMPLEX, "picture-size"),
        (a_png(10_001, 10_000), Code.TOO_COMPLEX, "picture-size"),
        (a_png(0, 5), Code.DAMAGED_FILE, "no-size"),
        (a_png()[:-1], Code.DAMAGED_FILE, "cut-off"),
        (a_png()[:-12], Code.DAMAGED_FILE, "cut-off"),
        (a_png().replace(b"IDAT", b"IDAU"), Code.DAMAGED_FILE, "checksum"),
        (a_png().replace(b"IHDR", b"IHDS"), Code.DAMAGED_FILE, "header"),
        (a_jpeg(20_001, 1), Code.TOO_COMPLEX, "picture-size"),
        (a_jpeg()[:-2], Code.DAMAGED_FILE, "cut-off"),
        (a_jpeg(thumbnail=a_jpeg())[:-2], Code.DAMAGED_FILE, "cut-off"),
        (a_jpeg().replace(b"\xff\xc0", b"\xff\xec"), Code.DAMAGED_FILE, "no-frame"),
        (a_jpeg().replace(b"\xff\xc0", b"\x00\xc0"), Code.DAMAGED_FILE, "segment"),
        (a_tiff([(5, 5), (20_001, 1)]), Code.TOO_COMPLEX, "picture-size"),
        (a_tiff([(5, 5), (5, 5)], is_loop=True), Code.DAMAGED_FILE, "page-loop"),
        (a_tiff([(0, 5)]), Code.DAMAGED_FILE, "no-size"),
        (a_tiff([(5, 5)], strip=(8, 1 << 20)), Code.DAMAGED_FILE, "cut-off"),
        (a_tiff([(5, 5)])[:-1], Code.DAMAGED_FILE, "cut-off"),
        (a_tiff([(5, 5)]).replace(b"\x04\x00\x00\x01", b"\xff\xff\x00\x01"), Code.DAMAGED_FILE, "tags"),
        (b"GIF89a" + struct.pack("<HH", 30_000, 1) + b";", Code.TOO_COMPLEX, "picture-size"),
        (b"BM" + bytes(16) + struct.pack("<ii", 1, -30_000), Code.TOO_COMPLEX, "picture-size"),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\xff\xff\x7f\0\0\0", Code.TOO_COMPLEX, "picture-size"),
        (b"GIF89a\1", Code.DAMAGED_FILE, "cut-off"),
    ],
    ids=range(22),
)
def test_a_picture_is_judged_by_its_headers(data: bytes, code: Code, finding: str) -> None:
    assert findings(look(data)) == [(code, finding)]


def test_a_tiff_of_too_many_pages_is_refused() -> None:
    looked = look(a_tiff([(1, 1)] * 4), replace(FILE, pictures=3))
    assert findings(looked) == [(Code.DAMAGED_FILE, "pages")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.EMPTY_FILE),
        (b"{\\rtf1}", Code.OLD_FORMAT),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Code.PHOTO_FORMAT),
        (b"\0\0\0\x1cftypavif\0\0\0\0", Code.PHOTO_FORMAT),
        (b"Rar!\x1a\x07\x00", Code.PACKED_FILE),
        (b"From: a@example.org\nTo: b@example.org\n\n", Code.PACKED_FILE),
        ("公开承诺书".encode(), Code.UNKNOWN_TYPE),
        (b"\x01\x02", Code.UNKNOWN_TYPE),
    ],
)
def test_kinds_that_nobody_reads_are_told_apart(data: bytes, code: Code) -> None:
    assert [problem.code for problem in look(data).problems] == [code]


def test_what_a_child_saw_comes_through_the_pipe_unchanged() -> None:
    with (FOLDER / "too-complex" / "image-bomb-40000.pdf").open("rb") as file:
        seen = preflight_job(file.fileno(), {"limits": asdict(FILE)})
        assert looked_from_json(seen) == preflight(file.fileno())
        lenient = asdict(replace(FILE, side=1 << 20, pixels=1 << 40))
        assert preflight_job(file.fileno(), {"limits": lenient})["problems"] == []


@pytest.mark.parametrize(
    "seen", [None, [], {}, {"kind": "pdf"}, {"kind": "exe", "problems": []}, {"kind": "pdf", "problems": [1]}]
)
def test_what_no_child_of_ours_writes_is_out_of_shape(seen: object) -> None:
    with pytest.raises(ValueError, match=r"shape|exe"):
        looked_from_json(seen)


SEEDS = [path.read_bytes() for path in FILES if path.stat().st_size < 20_000]
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=8)


@settings(max_examples=300, deadline=None)
@given(seed=st.sampled_from(SEEDS), changes=CHANGES, kept=st.floats(0, 1))
def test_no_bytes_whatever_make_the_look_fail(seed: bytes, changes: list[tuple[float, bytes]], kept: float) -> None:
    data = bytearray(seed)
    for place, written in changes:
        at = int(place * len(data))
        data[at : at + len(written)] = written
    assert isinstance(look(bytes(data[: int(kept * len(data)) + 1])), Looked)
