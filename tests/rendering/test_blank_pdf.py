"""Printable forms, many at once."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from formsvc.errors import UnknownFieldError
from formsvc.rendering.blank_pdf import write_one_pdf, write_pdf, write_pdfs
from tests.road import MEMBER, a_member

FILLED = [a_member(name=name) for name in ("王伟", "单雄", "赵敏")]


def texts(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def test_each_of_many_holds_its_own_values_alone() -> None:
    files = write_pdfs(MEMBER, year=2011, filled=FILLED)
    shown = ["".join(texts(data)) for data in files]
    assert [[name in text for name in ("王伟", "单雄", "赵敏")] for text in shown] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_one_by_itself_is_what_it_is_among_many_of_one() -> None:
    assert write_pdfs(MEMBER, year=2011, filled=FILLED[:1]) == [write_pdf(MEMBER, year=2011, values=FILLED[0])]


def test_one_file_holds_a_page_for_each() -> None:
    shown = texts(write_one_pdf(MEMBER, year=2011, filled=FILLED))
    assert ["王伟" in shown[0], "单雄" in shown[1], "赵敏" in shown[2], len(shown)] == [True, True, True, 3]


def test_a_form_that_runs_on_has_its_further_pages_behind_it() -> None:
    long = a_member(pledges=tuple("长" * 300 for _ in range(12)))
    shown = texts(write_one_pdf(MEMBER, year=2011, filled=[long, FILLED[1]]))
    assert ("单雄" in shown[-1], len(shown) > 2) == (True, True)


def test_a_field_the_form_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownFieldError):
        write_pdfs(MEMBER, year=2011, filled=[{"height": "1"}])
