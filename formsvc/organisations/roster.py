"""A roster read into members and organisations; every cell that cannot be read is named by sheet, row and column.

Titles above the heads, heads in two rows, totals below and empty rows are passed over. A date is never guessed: a
number such as 1995.1, which Excel makes of 1995.10 too, is reported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from formsvc import chinese
from formsvc.errors import Code, Problem
from formsvc.organisations.heads import Heads, find_heads, head_words, letters, rows_below
from formsvc.organisations.sheets import Sheet, is_spoilt_month

_NEEDED = {"member": ("name",), "organisation": ("name", "parent")}
"""Kind of roster -> the columns without which a sheet is none."""


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
            problems.append(_without_heads(sheet))
            continue
        kind, heads = found
        reader = _member if kind == "member" else _organisation
        for number, cells in rows_below(sheet, heads, ("name", _labels(kind)["name"])):
            made, row_problems = reader(cells)
            problems += [_placed(problem, sheet, number, heads.columns) for problem in row_problems]
            if isinstance(made, Member):
                members.append(made)
            elif made is not None:
                organisations.append(made)
    if not (members or organisations or problems):
        problems.append(Problem(Code.ROSTER_EMPTY, params={"sheet": ", ".join(sheet.name for sheet in sheets)}))
    problems += _twice(members)
    return Roster(tuple(members), tuple(organisations), tuple(problems))


def _heads(sheet: Sheet) -> tuple[str, Heads] | None:
    """Return the kind most heads speak for, and its heads; the upper ones when as many speak for another."""
    found = [(kind, find_heads(sheet, _labels(kind), needed, least=2)) for kind, needed in _NEEDED.items()]
    known = [(kind, heads) for kind, heads in found if heads is not None]
    return min(known, key=lambda one: (-len(one[1].columns), one[1].first), default=None)


def _without_heads(sheet: Sheet) -> Problem:
    """Say which column is not there, or that there are no heads at all."""
    for kind, needed in _NEEDED.items():
        labels = _labels(kind)
        heads = find_heads(sheet, labels, (), least=2)
        lacking = [key for key in needed if heads is not None and key not in heads.columns]
        if lacking:
            column = head_words()[kind][lacking[0]][0]
            return Problem(Code.ROSTER_COLUMN_MISSING, params={"sheet": sheet.name, "column": column})
    return Problem(Code.ROSTER_NO_HEADER, params={"sheet": sheet.name})


def _labels(kind: str) -> dict[str, frozenset[str]]:
    return {key: frozenset(map(chinese.fold_label, heads)) for key, heads in head_words()[kind].items()}


def _member(cells: Mapping[str, str]) -> tuple[Member | None, list[Problem]]:
    name = chinese.clean_name(cells.get("name", ""))
    if not name:
        return None, [Problem(Code.ROSTER_CELL_UNREADABLE, "name", {"raw": ""})]
    problems = []
    details = {"sex": chinese.fold(cells.get("sex", ""))}
    joined = cells.get("joined", "")
    month = None if is_spoilt_month(joined) else chinese.parse_month(joined)
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
    column = letters(columns[problem.field or "name"])
    return Problem(problem.code, None, {**problem.params, "sheet": sheet.name, "row": row, "column": column})


def _twice(members: Sequence[Member]) -> list[Problem]:
    seen: set[tuple[str, tuple[tuple[str, str], ...], str]] = set()
    problems = []
    for member in members:
        key = (chinese.fold_name(member.name), tuple(sorted(member.details.items())), chinese.fold_name(member.unit))
        if key in seen:
            problems.append(Problem(Code.ROSTER_DUPLICATE, params={"name": member.name}))
        seen.add(key)
    return problems
