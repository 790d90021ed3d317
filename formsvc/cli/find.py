"""`formsvc find`: records by name and year, at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from formsvc.chinese import fold
from formsvc.cli import screen
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared, json_option, option
from formsvc.errors import ExitCode
from formsvc.operations.find import find

_COLUMNS = ("id", "year", "form", "name", "organisation", "status", "version")
_FEW = 3
"""Up to so many records are shown with their copies, for a person; whoever finds more asks again or for one of them."""


@declared("find")
@argument("words", nargs=-1, metavar="name-year")
@option("--form", metavar="form")
@option("--org", metavar="text")
@json_option
def command(door: Door, words: Sequence[str], form: str | None, org: str | None, *, as_json: bool) -> None:
    """Show the records that fit; exit with 3 when none does."""
    name, year = name_and_year([part for word in words for part in word.split()])
    found = find(door.lookup(), name, year, form=form, organisation=org)
    if as_json:
        screen.as_json(found)
    elif found:
        _show(door, found)
    else:
        screen.note(door.messages.text("cli.nothing-found"))
    if not found:
        click.get_current_context().exit(int(ExitCode.NOTHING_FOUND))


def name_and_year(words: Sequence[str]) -> tuple[str | None, int | None]:
    """Tell the name from the year: four digits behind the name, or else before it, are the year."""
    for place in (-1, 0):
        year = _year(words[place]) if words else None
        if year is not None:
            rest = words[:-1] if place else words[1:]
            return " ".join(rest) or None, year
    return " ".join(words) or None, None


def _year(word: str) -> int | None:
    digits = fold(word).strip().removesuffix("年")
    return int(digits) if len(digits) == 4 and digits.isdecimal() else None


def _show(door: Door, found: Sequence[dict[str, Any]]) -> None:
    rows = [[*(one[column] for column in _COLUMNS)] for one in found]
    for row, one in zip(rows, found, strict=True):
        row[_COLUMNS.index("organisation")] = one["organisation"] or one["unit"]
    if not screen.is_terminal():
        for row, one in zip(rows, found, strict=True):
            screen.tsv([*row, one["path"]])
        return
    screen.table(door.messages, _COLUMNS, rows, {"status": "status"})
    for one in found if len(found) <= _FEW else ():
        screen.line()
        copies = [(str(copy["number"]), copy["holder"], copy["path"]) for copy in one["copies"]]
        screen.aligned([[number, screen.plain(holder, "—"), path] for number, holder, path in copies])
