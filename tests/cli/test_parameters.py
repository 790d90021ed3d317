"""Words of the command line are read as people write them, or refused as a usage error that says how."""

from __future__ import annotations

import pytest

from formsvc.cli.parameters import assignments, criteria, formats, year
from formsvc.errors import UsageError
from formsvc.operations.blank import BlankFormat


def test_an_assignment_parts_at_its_first_sign() -> None:
    assert assignments(["phone=a=b", "姓名＝王伟", " name =x"]) == {"phone": "a=b", "姓名": "王伟", "name": "x"}


def test_an_empty_value_empties_a_field() -> None:
    assert assignments(["email="]) == {"email": ""}


def test_a_field_given_several_times_has_a_line_for_each() -> None:
    assert assignments(["pledges=甲", "pledges=乙"]) == {"pledges": "甲\n乙"}


def test_criteria_are_answered_yes_or_no_in_either_language() -> None:
    assert criteria(["a=yes", "b=No", "c=是", "d=否"]) == {"a": True, "b": False, "c": True, "d": False}


def test_formats_are_parted_by_commas_of_any_width_and_asked_for_once() -> None:
    assert formats("docx，PDF, fillable,docx") == [BlankFormat.DOCX, BlankFormat.PDF, BlankFormat.FILLABLE]


@pytest.mark.parametrize("word", ["2011", "2011年", "２０１１", "二〇一一年"])
def test_a_year_is_read_in_any_style(word: str) -> None:
    assert year(word) == 2011


@pytest.mark.parametrize("words", [["joined"], ["=x"], [""]])
def test_an_assignment_without_field_or_sign_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match="not-an-assignment"):
        assignments(words)


@pytest.mark.parametrize("words", [["a=maybe"], ["a"], ["=yes"]])
def test_a_criterion_without_an_answer_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match="not-a-criterion"):
        criteria(words)


@pytest.mark.parametrize("word", ["", ",", "doc", "docx,odt"])
def test_a_format_there_is_none_of_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="unknown-format"):
        formats(word)


@pytest.mark.parametrize("word", ["", "11", "0", "year", "20111"])
def test_what_is_no_year_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="not-a-year"):
        year(word)
