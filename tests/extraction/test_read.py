"""The sandbox's job gives an answer for every kind of file."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from formsvc.errors import Code
from formsvc.extraction.read import prepare, read_job
from formsvc.extraction.sandbox.outcome import Answer
from formsvc.extraction.sandbox.sandbox import open_sandbox
from formsvc.forms.reading import Reading
from formsvc.forms.reading_json import reading_from_json
from tests.extraction.docx.factory import FORMS, PNG, docx, p, picture, untagged
from tests.forms.factories import a_spec

REQUEST: Mapping[str, Any] = {"forms": {form: a_spec(form).source.decode() for form in FORMS}}
MEMBER = untagged({"name": "张三", "pledges": "好事", "sex": "男", "joined": "1998.7"})


def answered(path: Path, data: bytes, request: Mapping[str, Any] = REQUEST) -> tuple[str, list[Reading]]:
    """Return the kind and the readings of a file of these bytes."""
    path.write_bytes(data)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        answer = read_job(descriptor, request)
    finally:
        os.close(descriptor)
    return answer["kind"], [reading_from_json(one) for one in answer["readings"]]


def test_a_form_is_read_from_an_open_file(tmp_path: Path) -> None:
    kind, (found,) = answered(tmp_path / "x", MEMBER)
    assert (kind, found.form, found.value("name"), found.decision) == ("docx", "annex2", "张三", "file")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (PNG, Code.NO_READER),
        (docx(p(picture("r9"))), Code.NO_READER),
        (b"", Code.EMPTY_FILE),
        (b"plain words", Code.UNKNOWN_TYPE),
        (docx(parts={"word/document.xml": "<w:document"}), Code.DAMAGED_FILE),
        (docx(p("早上好")), Code.NOT_A_FORM),
    ],
    ids=["picture", "picture-in-word", "empty", "text", "damaged", "letter"],
)
def test_what_is_no_form_has_one_reading_that_says_why(tmp_path: Path, data: bytes, code: Code) -> None:
    _, (found,) = answered(tmp_path / "x", data)
    assert (found.form, [problem.code for problem in found.problems]) == (None, [code])


def test_the_request_may_carry_limits(tmp_path: Path) -> None:
    _, (found,) = answered(tmp_path / "x", MEMBER, {**REQUEST, "limits": {"file_bytes": 10}})
    assert [problem.code for problem in found.problems] == [Code.TOO_LARGE]


def a_tiff(pages: int) -> bytes:
    """Return a TIFF of so many small pages."""
    packed = io.BytesIO()
    page = Image.new("1", (8, 8), 1)
    page.save(packed, "TIFF", save_all=True, append_images=[page] * (pages - 1))
    return packed.getvalue()


def scanned_pages(path: Path, data: bytes) -> list[int]:
    path.write_bytes(data)
    with path.open("rb") as file:
        pages: list[int] = read_job(file.fileno(), REQUEST)["scanned"]
    return pages


def test_the_pages_of_a_picture_are_named_for_the_reader_of_scans(tmp_path: Path) -> None:
    assert scanned_pages(tmp_path / "x", PNG) == [1]
    assert scanned_pages(tmp_path / "x", a_tiff(3)) == [1, 2, 3]
    assert scanned_pages(tmp_path / "x", MEMBER) == []


def test_more_pages_than_can_be_read_as_pictures_are_refused(tmp_path: Path) -> None:
    request = {**REQUEST, "limits": {"scanned": 3}}
    _, (found,) = answered(tmp_path / "x", a_tiff(4), request)
    (problem,) = found.problems
    assert (problem.code, dict(problem.params)) == (Code.TOO_MANY_PAGES, {"found": 4, "limit": 3})
    _, (found,) = answered(tmp_path / "x", a_tiff(3), request)
    assert [problem.code for problem in found.problems] == [Code.NO_READER]


def test_a_form_that_is_not_asked_for_is_not_found(tmp_path: Path) -> None:
    _, (found,) = answered(tmp_path / "x", MEMBER, {"forms": {"annex3": REQUEST["forms"]["annex3"]}})
    assert found.form is None


def test_preparing_says_nothing_about_a_form_that_is_wrong() -> None:
    prepare({"forms": {"annex9": "schema = 1"}})
    prepare({})


def test_a_form_is_read_in_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(MEMBER)
    with open_sandbox("formsvc.extraction.read:read_job") as sandbox, path.open("rb") as file:
        outcome = sandbox.submit(file.fileno(), REQUEST).result()
    assert isinstance(outcome, Answer)
    (found,) = map(reading_from_json, outcome.value["readings"])
    assert (found.form, found.value("pledges")) == ("annex2", ("好事",))
