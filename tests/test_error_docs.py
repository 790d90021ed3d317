"""docs/errors.md explains every code, and nothing that is no code."""

from __future__ import annotations

import re

import pytest

from formsvc.archive.damage import Damage
from formsvc.errors import Code, Weight
from formsvc.i18n import Language
from tests import sources
from tests.i18n.catalogues import entries, facts

PAGE = (sources.ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
WEIGHTS = {
    "Problems: rejected": Weight.REFUSES,
    "Problems: a person decides": Weight.ASKS,
    "Problems: noted": Weight.NOTES,
    "Problems: a row of a roster": Weight.NOTES,
}
ERRORS = {kind.code: kind for kind in sources.error_classes().values()}


def rows(section: str) -> dict[str, list[str]]:
    """Return code -> the other cells of its row."""
    lines = re.findall(r"^\| `([a-z-]+)` \|(.*)\|$", SECTIONS[section], re.MULTILINE)
    return {code: [cell.strip() for cell in cells.split("|")] for code, cells in lines}


def test_the_page_explains_every_problem_once_and_no_other() -> None:
    assert sorted(code for section in WEIGHTS for code in rows(section)) == sorted(Code)


def test_the_page_explains_every_error_once_and_no_other() -> None:
    assert sorted(rows("Errors")) == sorted(ERRORS)


def test_the_page_explains_every_finding_once_and_no_other() -> None:
    assert sorted(rows("Findings")) == sorted(Damage)


@pytest.mark.parametrize("section", WEIGHTS)
def test_a_problem_stands_under_what_it_does_to_a_form(section: str) -> None:
    assert {Code(code).weight for code in rows(section)} == {WEIGHTS[section]}


def test_the_page_gives_the_exit_code_of_every_error() -> None:
    assert {code: int(cells[0]) for code, cells in rows("Errors").items()} == {
        code: int(kind.exit_code) for code, kind in ERRORS.items()
    }


@pytest.mark.parametrize(
    ("section", "family"), [*((name, "problem") for name in WEIGHTS), ("Errors", "error"), ("Findings", "finding")]
)
def test_the_page_names_the_facts_of_every_sentence(section: str, family: str) -> None:
    known = entries(Language.ZH)
    assert {code: set(filter(None, cells[-2].split(", "))) for code, cells in rows(section).items()} == {
        code: facts(known[f"{family}.{code}"]) for code in rows(section)
    }


def test_every_row_says_what_it_means_and_what_to_do() -> None:
    short = [code for name in SECTIONS for code, cells in rows(name).items() if not (cells[-3] and cells[-1])]
    assert short == []
