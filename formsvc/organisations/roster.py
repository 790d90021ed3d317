"""A roster read into members and organisations; every cell that cannot be read is named by sheet, row and column.

Titles above the heads, heads in two rows, totals below and empty rows are passed over. A date is never guessed: a
number such as 1995.1, which Excel makes of 1995.10 too, is reported.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from formsvc import chinese
from formsvc.errors import Code, Problem
from formsvc.organisations.sheets import Sheet

_HEAD_ROWS = 20
"""Rows at the top of a sheet among which the heads are looked for."""
_SPOILT_MONTH = re.compile(r"\d{4}\.1")


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the roster has them."""

    name: str
    details: Mapping[str, str]
    """What else identifies them, by key: sex, joined (YYYY-MM)."""
    unit: str
    workplace: str
    residence: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as the organisation tree has it."""

    name: str
    parent: str
    other_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """What one file says."""

    members: tuple[Member, ...]
    organisations: tuple[Organisation, ...]
    problems: tuple[Problem, ...]


def read_roster(sheets: Sequence[Sheet]) -> Roster:
    """Read members and organisations out of sheets; what cannot be read is a problem, the other rows stand."""
    members: list[Member] = []
    organisations: list[Organisation] = []
    problems: list[Problem] = []
    for sheet in sheets:
        if not any(any(row) for row in sheet.rows):
            continue
        found = _heads(sheet)
        if found is None:
            problems.append(Problem(Code.ROSTER_NO_HEADER, params={"sheet": sheet.name}))
            continue
        kind, columns, first = found
        reader = _member if kind == "member" else _organisation
        for number, cells in _rows(sheet, first, columns, _labels()[kind]):
            made, row_problems = reader(cells)
            problems += [_placed(problem, sheet, number, columns) for problem in row_problems]
            if isinstance(made, Member):
                members.append(made)
            elif made is not None:
                organisations.append(made)
    problems += _twice(members)
    return Roster(tuple(members), tuple(organisations), tuple(problems))


def _heads(sheet: Sheet) -> tuple[str, dict[str, int], int] | None:
    """Return (kind, key -> column, index of the first row below the heads) of the kind most heads speak for."""
    best: tuple[int, str, dict[str, int], int] | None = None
    for index in range(min(_HEAD_ROWS, len(sheet.rows))):
        for height in (1, 2):
            rows = sheet.rows[index : index + height]
            for kind in ("member", "organisation"):
                columns = _columns(rows, _labels()[kind])
                needed = {"member": "name", "organisation": "parent"}[kind]
                if "name" in columns and needed in columns and (best is None or len(columns) > best[0]):
                    best = (len(columns), kind, columns, index + height)
    return None if best is None or best[0] < 2 else best[1:]


def _columns(rows: Sequence[Sequence[str]], labels: Mapping[str, frozenset[str]]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for row in rows:
        for column, text in enumerate(row):
            for key, heads in labels.items():
                if chinese.fold_label(text) in heads:
                    columns.setdefault(key, column)
    return columns


def _labels() -> dict[str, dict[str, frozenset[str]]]:
    data = tomllib.loads(resources.files("formsvc.organisations").joinpath("heads.toml").read_text("utf-8"))
    return {
        kind: {key: frozenset(map(chinese.fold_label, heads)) for key, heads in data[kind].items()} for kind in data
    }


def _rows(
    sheet: Sheet, first: int, columns: Mapping[str, int], labels: Mapping[str, frozenset[str]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and cells of each row but empty ones, totals, and heads that are printed again."""
    totals = tuple(_labels()["totals"]["words"])
    for index in range(first, len(sheet.rows)):
        row = sheet.rows[index]
        cells = {key: row[column] if column < len(row) else "" for key, column in columns.items()}
        folded = [chinese.fold_label(cell) for cell in row if cell]
        is_total = bool(folded) and (folded[0].startswith(totals) or not set(totals).isdisjoint(folded))
        if any(cells.values()) and not is_total and chinese.fold_label(cells["name"]) not in labels["name"]:
            yield index + 1, cells


def _member(cells: Mapping[str, str]) -> tuple[Member | None, list[Problem]]:
    name = chinese.clean_name(cells.get("name", ""))
    if not name:
        return None, [Problem(Code.ROSTER_CELL_UNREADABLE, "name", {"raw": ""})]
    problems = []
    details = {"sex": chinese.fold(cells.get("sex", ""))}
    joined = cells.get("joined", "")
    month = None if _SPOILT_MONTH.fullmatch(joined) else chinese.parse_month(joined)
    if joined and month is None:
        problems.append(Problem(Code.ROSTER_CELL_UNREADABLE, "joined", {"raw": joined}))
    details["joined"] = month or ""
    kept = MappingProxyType({key: value for key, value in details.items() if value})
    workplace, residence = (cells.get(key, "") for key in ("workplace", "residence"))
    return Member(name, kept, cells.get("unit_post", ""), workplace, residence), problems


def _organisation(cells: Mapping[str, str]) -> tuple[Organisation | None, list[Problem]]:
    name = cells.get("name", "")
    if not name:
        return None, [Problem(Code.ROSTER_CELL_UNREADABLE, "name", {"raw": ""})]
    others = tuple(part for part in re.split(r"[、,，;；/\n]", cells.get("other_names", "")) if part.strip())
    return Organisation(name, cells.get("parent", ""), others), []


def _placed(problem: Problem, sheet: Sheet, row: int, columns: Mapping[str, int]) -> Problem:
    column = _letters(columns[problem.field or "name"])
    return Problem(problem.code, None, {**problem.params, "sheet": sheet.name, "row": row, "column": column})


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _twice(members: Sequence[Member]) -> list[Problem]:
    seen: set[tuple[str, tuple[tuple[str, str], ...], str]] = set()
    problems = []
    for member in members:
        key = (chinese.fold_name(member.name), tuple(sorted(member.details.items())), chinese.fold_name(member.unit))
        if key in seen:
            problems.append(Problem(Code.ROSTER_DUPLICATE, params={"name": member.name}))
        seen.add(key)
    return problems
