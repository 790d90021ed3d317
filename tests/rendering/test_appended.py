"""What is added behind a copy: nothing of the copy changes, and what comes out is PDF/A for independent validators."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import page as validator
import pikepdf
import pikepdf.pdfa
import pytest

from formsvc import durable
from formsvc.rendering.appended import append_job
from formsvc.rendering.copies import draw_copies
from formsvc.rendering.fonts import bundled_fonts
from formsvc.rendering.marks import Text
from formsvc.rendering.metadata import Metadata, info, packet, pdf_date
from formsvc.rendering.pdf import Document, Layer, Page, write
from tests.forms.factories import a_reading, a_spec
from tests.rendering.scan_files import DATE, a_jpeg, image_data, one_copy, shown

FILES = {
    "来件（一）.docx": b"PK of a kind",
    "record.json": b'{"a":1}',
    "b)(\\c.json": b"\0\r\nendstream\nendobj\n",
    "end": b"\r",
}


def a_typed_copy() -> bytes:
    copies = draw_copies(a_spec(), a_reading(), record="7f3c9a0b12de", version=1, date=DATE)
    data = copies["member"].data
    assert isinstance(data, bytes)
    return data


def asked(*texts: str, is_over: bool = True, files: Sequence[str] = (), part: int = 2) -> dict[str, Any]:
    """Return a request: a page for each text, the first over the copy's own, and some of the files."""
    about = Metadata("题", DATE, part=part)
    pages = tuple(Page((Layer((Text(30.0, 280.0, text, 12.0),)),)) for text in texts)
    overlay = write([Document(pages, about)], bundled_fonts())[0] if pages else b""
    return {
        "overlay": base64.b64encode(overlay).decode("ascii"),
        "is_over": is_over and bool(texts),
        "xmp": packet(about).decode("utf-8"),
        "info": info(about).decode("ascii"),
        "files": [
            {
                "name": name,
                "plain": "plain.json",
                "media_type": "application/json",
                "relationship": "Data",
                "modified": pdf_date(DATE),
                "size": len(FILES[name]),
                "sha256": hashlib.sha256(FILES[name]).hexdigest(),
            }
            for name in files
        ],
    }


def appended(folder: Path, copy: bytes, request: dict[str, Any]) -> bytes:
    path = folder / "copy.pdf"
    path.write_bytes(copy)
    opened = durable.open_regular(path)
    assert isinstance(opened, durable.OpenFile)
    with opened:
        pieces = append_job(opened.descriptor, request)["pieces"]
    files = [FILES[file["name"]] for file in request["files"]]
    return copy + b"".join(files[piece] if isinstance(piece, int) else base64.b64decode(piece) for piece in pieces)


def flaws(pdf: bytes, flavour: str) -> list[str]:
    theirs = validator.validate_pdf_bytes(pdf, profile=validator.ValidationProfile(flavour))
    ours = pikepdf.pdfa.validate_written(io.BytesIO(pdf), flavour).findings
    return [*map(str, theirs.failures), *map(str, ours)]


@pytest.fixture(params=["typed", "scan"])
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> bytes:
    """Return a copy of either kind: one with a stream, one with a table of cross references."""
    return a_typed_copy() if request.param == "typed" else one_copy(tmp_path, a_jpeg())


def test_the_copy_stands_unchanged_at_the_beginning_and_what_comes_out_is_pdf_a(copy: bytes, tmp_path: Path) -> None:
    made = appended(tmp_path, copy, asked("审定签注", "末页"))
    assert made.startswith(copy)
    assert len(made) > len(copy)
    assert flaws(made, "2b") == []
    assert image_data(made)[:1] == image_data(copy)[:1]


def test_the_cross_references_of_what_is_added_are_of_the_copys_kind(copy: bytes, tmp_path: Path) -> None:
    made = appended(tmp_path, copy, asked("审定签注"))
    assert (b"\nxref\n" in made[len(copy) :]) is (b"\nxref\n" in copy)
    assert (b"/Type /XRef" in made[len(copy) :]) is (b"/XRef" in copy)
    with pikepdf.open(io.BytesIO(made)) as opened:
        objects: Any = opened.objects
        assert int(opened.trailer.Size) > max(one.objgen[0] for one in objects if isinstance(one, pikepdf.Object))
        assert opened.check_pdf_syntax() == []


def test_the_first_page_lies_over_the_copys_first_and_the_others_behind_its_last(tmp_path: Path) -> None:
    copy = a_typed_copy()
    made = appended(tmp_path, copy, asked("审定签注", "末页"))
    with pikepdf.open(io.BytesIO(made)) as opened, pikepdf.open(io.BytesIO(copy)) as before:
        assert len(opened.pages) == len(before.pages) + 1
    assert shown(made, page=0) != shown(copy, page=0)
    only_behind = appended(tmp_path, copy, asked("末页", is_over=False))
    assert shown(only_behind, page=0) == shown(copy, page=0)
    assert shown(only_behind, page=1) == shown(made, page=1)


def test_attached_files_make_it_part_3_and_come_out_byte_for_byte(copy: bytes, tmp_path: Path) -> None:
    made = appended(tmp_path, copy, asked(files=list(FILES), part=3))
    assert made.startswith(copy)
    assert flaws(made, "3b") == []
    assert flaws(made, "2b") != []
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert {name: file.get_file().read_bytes() for name, file in opened.attachments.items()} == FILES
        keys = [bytes(name) for name in list(opened.Root.Names.EmbeddedFiles.Names)[0::2]]
        assert keys == sorted(keys)
        for spec in opened.Root.AF:
            stream = spec.EF.F
            assert str(stream.Subtype) == "/application/json"
            assert int(stream.Params.Size) == len(FILES[str(spec.UF)])
            assert str(stream.Params.ModDate) == "D:20110221093000+08'00'"
            assert str(spec.F) == "plain.json"


def test_a_validator_finds_it_when_the_files_are_attached_to_nothing(tmp_path: Path) -> None:
    made = appended(tmp_path, a_typed_copy(), asked(files=["record.json"], part=3))
    assert flaws(made.replace(b"/AF ", b"/Ax "), "3b") != []


def test_the_same_input_gives_the_same_bytes_and_another_another_id(tmp_path: Path) -> None:
    copy = a_typed_copy()
    request = asked("审定签注", files=["record.json"], part=3)
    one = appended(tmp_path, copy, request)
    assert one == appended(tmp_path, copy, request)
    request["files"][0]["sha256"] = "0" * 64
    assert one != appended(tmp_path, copy, request)


def test_what_is_given_back_is_small_whatever_the_copy_and_the_files_are(tmp_path: Path) -> None:
    copy = one_copy(tmp_path, a_jpeg(quality=100))
    made = appended(tmp_path, copy, asked("审定签注", files=["record.json"], part=3))
    assert len(made) - len(copy) < len(copy)
    assert copy[-5000:-2000] not in made[len(copy) :]


def test_a_name_that_the_copys_own_pictures_have_is_not_taken_from_them(tmp_path: Path) -> None:
    once = appended(tmp_path, a_typed_copy(), asked("审定签注"))
    twice = appended(tmp_path, once, asked("", "末页"))
    with pikepdf.open(io.BytesIO(twice)) as opened:
        assert {"/Endorsement0", "/Endorsement1"} <= set(opened.pages[0].obj.Resources.XObject.keys())
    assert shown(twice, page=0) == shown(once, page=0)
    assert flaws(twice, "2b") == []


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\nstartxref\n0\n%%EOF\n", a_typed_copy()[:-20]])
def test_a_copy_that_is_not_as_ours_are_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no cross references"):
        appended(tmp_path, data, asked("审定签注"))
