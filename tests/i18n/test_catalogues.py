"""The catalogues are complete, alike in both languages, compiled, and say nothing that nobody asks for."""

from __future__ import annotations

import io
import re
import string
from enum import StrEnum
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo

from formsvc.archive.damage import Damage
from formsvc.archive.spares import Deed
from formsvc.errors import Code
from formsvc.forms.reading import MarkState, YearSource
from formsvc.i18n.language import CATALOGUES, Language
from formsvc.index.schema import Fault
from formsvc.operations.delivered import LeftOut
from formsvc.records.event import EventKind, ReviewDecision
from formsvc.records.history import CopyState, Status
from tests import sources
from tests.i18n.catalogues import entries, facts, read

FAMILIES: dict[str, type[StrEnum]] = {
    "problem": Code,
    "finding": Damage,
    "status": Status,
    "copy-state": CopyState,
    "deed": Deed,
    "event": EventKind,
    "decision": ReviewDecision,
    "mark": MarkState,
    "source": YearSource,
    "left-out": LeftOut,
}
"""Entries made from the members of an enumeration: the prefix, and the enumeration that must match it exactly."""
REASONS: tuple[type[StrEnum], ...] = (Fault,)
"""Enumerations whose members are given as reasons."""
NAMED_BY_FACTS = ("reason.", "detail.")
"""Entries found by a fact's name and value: the value stands in the sources alone."""
COMPLETED_LATER = {"problem.roster-cell-unreadable": {"sheet", "row", "column"}}
"""Facts that are put into a problem after it was made, by whoever knows them."""
HAN = re.compile("[\u3400-\u9fff]")
ID = re.compile(r"[a-z][a-z-]*(\.[a-z0-9][a-z0-9_-]*)+")
"""What an entry's name looks like: a family, a dot, a key."""
SPECS = {"", "MB"}
CATALOGUE_FILES = sorted(CATALOGUES.rglob("*.po"), key=str)


def plurals(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return an entry's forms: one, or one for each plural."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def compiled(data: bytes) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {plurals(message.id): plurals(message.string) for message in read_mo(io.BytesIO(data)) if message.id}


def error_codes() -> list[str]:
    """Return the code of every error below the root of the tree."""
    return [kind.code for kind in sources.error_classes().values()]


@pytest.mark.parametrize("path", CATALOGUE_FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_the_compiled_catalogue_is_the_edited_one(path: Path) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, read(path))
    assert compiled(path.with_suffix(".mo").read_bytes()) == compiled(fresh.getvalue()), "run make messages"


@pytest.mark.parametrize("path", CATALOGUE_FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_entry_is_empty_or_fuzzy_or_given_up(path: Path) -> None:
    catalogue = read(path)
    unfinished = [
        message.id
        for message in catalogue
        if message.id and (message.fuzzy or not all(plurals(message.string) or [""]))
    ]
    assert unfinished == []
    assert not catalogue.fuzzy
    assert not catalogue.obsolete


@pytest.mark.parametrize("path", CATALOGUE_FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_entry_stands_twice_in_a_catalogue(path: Path) -> None:
    ids = re.findall(r"^msgid (.*(?:\n\".*)*)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(ids) == sorted(set(ids))


def test_both_languages_have_the_same_entries_with_the_same_facts() -> None:
    chinese, english = entries(Language.ZH), entries(Language.EN)
    assert chinese.keys() == english.keys()
    assert {key: facts(text) for key, text in chinese.items()} == {key: facts(text) for key, text in english.items()}


@pytest.mark.parametrize("language", Language)
def test_facts_are_plain_names(language: Language) -> None:
    for key, text in entries(language).items():
        for _, name, spec, conversion in string.Formatter().parse(text):
            assert name is None or (name.isidentifier() and spec in SPECS and conversion is None), key


def test_no_screen_mixes_the_languages() -> None:
    assert [key for key, text in entries(Language.EN).items() if HAN.search(text)] == []
    assert [key for key, text in entries(Language.ZH).items() if not HAN.search(text)] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_member_of_an_enumeration_has_its_entry_and_no_other_stands(family: str) -> None:
    written = {key.removeprefix(f"{family}.") for key in entries(Language.ZH) if key.startswith(f"{family}.")}
    assert written == {str(member) for member in FAMILIES[family]}


def test_every_error_has_its_entry_and_no_other_stands() -> None:
    written = {key for key in entries(Language.ZH) if key.startswith("error.")}
    assert written == {f"error.{code}" for code in error_codes()}


def test_no_two_errors_share_a_code() -> None:
    assert sorted(error_codes()) == sorted({*error_codes()})


def test_every_entry_is_asked_for_somewhere() -> None:
    derived = (*FAMILIES, "error")
    texts = sources.texts()
    unused = [
        key
        for key in entries(Language.ZH)
        if key.partition(".")[0] not in derived
        and key not in texts
        and not (key.startswith(NAMED_BY_FACTS) and key.partition(".")[2] in texts)
        and not any(key.startswith(prefix) for prefix in sources.beginnings())
    ]
    assert unused == []


def test_every_reason_given_has_its_entry() -> None:
    known = entries(Language.ZH)
    assert [
        reason for reason in sources.reasons() if not {f"reason.{reason}", f"problem.{reason}"} & known.keys()
    ] == []


def test_every_family_asked_for_has_entries() -> None:
    families = {key.partition(".")[0] + "." for key in entries(Language.ZH)}
    assert sources.families_asked_for() <= families


@pytest.mark.parametrize("made", [*sources.errors_made(), *sources.problems_made()], ids=lambda made: made.place)
def test_whoever_makes_a_problem_or_an_error_brings_the_facts_of_its_sentence(made: sources.Made) -> None:
    assert facts(entries(Language.ZH)[made.key]) - COMPLETED_LATER.get(made.key, set()) <= made.facts


@pytest.mark.parametrize("asked", list(sources.asked_for()), ids=lambda asked: asked.place)
def test_whoever_asks_for_an_entry_brings_its_facts(asked: sources.Made) -> None:
    if ID.fullmatch(asked.key):
        assert facts(entries(Language.ZH)[asked.key]) <= asked.facts


def test_every_word_click_can_say_is_translated() -> None:
    folder = Path(click.__file__).parent
    said = {plurals(message)[0] for _, _, message, _, _ in extract_from_dir(folder)} | {"required"}
    known = {plurals(message.id)[0] for message in read(CATALOGUES / Language.ZH.locale / "LC_MESSAGES" / "click.po")}
    assert said - known == set()


def test_a_translation_of_click_asks_for_no_fact_that_click_does_not_give() -> None:
    for message in read(CATALOGUES / Language.ZH.locale / "LC_MESSAGES" / "click.po"):
        said = plurals(message.id)
        for text in plurals(message.string) if said != ("",) else ():
            assert facts(text) <= set().union(*map(facts, said)), said
            assert re.findall(r"%\(\w+\)", text) == re.findall(r"%\(\w+\)", said[0]), said
