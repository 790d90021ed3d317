"""The rows of a roster as values of a form: columns are matched by what the form's data calls its fields.

A column is a field's when its head is the field's key, label or printed label, or, when none is, one of its aliases.
Nothing is guessed: two columns that could be the same field, a cell that has no normal form, a number Excel has
spoilt, a row without a name and a person who stands there twice are named by sheet, row and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from formsvc import chinese
from formsvc.errors import Code, Param, Problem
from formsvc.forms.reading import Value
from formsvc.forms.spec import Field, FormSpec, Kind
from formsvc.forms.values import normalise
from formsvc.organisations.heads import Heads, find_heads, letters, rows_below
from formsvc.organisations.sheets import Sheet, is_rounded, is_spoilt_month

_UNSEEN = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_DATES = (Kind.MONTH, Kind.DATE)
_NO_FIELDS = (Kind.YEAR, Kind.SIGNATURE, Kind.SEAL)
"""What no column fills: the year is said once for the whole batch, marks are ink."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands."""

    sheet: str
    row: int
    """From 1, as the spreadsheet counts."""
    columns: Mapping[str, int]
    """Field key -> column, from 0."""

    def facts(self, key: str) -> dict[str, Param]:
        """Return where the cell of a field is, for a problem."""
        return {"sheet": self.sheet, "row": self.row, "column": letters(self.columns[key])}


@dataclass(frozen=True, slots=True)
class FormRow:
    """One form to be filled."""

    place: Place
    values: Mapping[str, Value]
    """Field key -> normal form, for the fields that are not empty."""


@dataclass(frozen=True, slots=True)
class UnusedColumn:
    """A column that fills no field of the form."""

    sheet: str
    column: str
    head: str


@dataclass(frozen=True, slots=True)
class FormRows:
    """What one roster gives for one form."""

    rows: tuple[FormRow, ...]
    """In the order of the file; what could not be read is among the problems, and in no row."""
    problems: tuple[Problem, ...]
    unused: tuple[UnusedColumn, ...]

    @property
    def is_sound(self) -> bool:
        """Whether every row below heads can be used as it stands; sheets without heads are passed over."""
        return bool(self.rows) and all(problem.code is Code.ROSTER_NO_HEADER for problem in self.problems)


def read_form_rows(spec: FormSpec, sheets: Sequence[Sheet]) -> FormRows:
    """Read the rows of sheets as values of a form."""
    rows: list[FormRow] = []
    problems: list[Problem] = []
    unused: list[UnusedColumn] = []
    names = _names(spec)
    labels = {key: frozenset(n for n, (k, _) in names.items() if k == key) for key in spec.fields}
    subject = spec.subject.name
    for sheet in sheets:
        if not any(any(row) for row in sheet.rows):
            continue
        found = find_heads(sheet, labels, (subject,), least=1)
        if found is None:
            problems.append(_without_name(spec, sheet, labels))
            continue
        heads, twice = _matched(sheet, found, names, unused)
        problems += twice
        for number, cells in rows_below(sheet, heads, (subject, labels[subject])):
            place = Place(sheet.name, number, heads.columns)
            values, row_problems = _values(spec, place, cells)
            problems += row_problems
            if subject in values:
                rows.append(FormRow(place, values))
    problems += _twice(spec, rows)
    return FormRows(tuple(rows), tuple(problems), tuple(unused))


def _names(spec: FormSpec) -> dict[str, tuple[str, int]]:
    """Return folded head -> (field key, rank): 0 for its own names, 1 for an alias; what could be two is none."""
    names: dict[str, tuple[str, int]] = {}
    fields = [field for field in spec.fields.values() if field.kind not in _NO_FIELDS]
    for rank in (0, 1):
        meant: dict[str, set[str]] = {}
        for field in fields:
            for name in (field.key, field.label, field.printed) if rank == 0 else field.aliases:
                meant.setdefault(chinese.fold_label(name), set()).add(field.key)
        for name, keys in meant.items():
            if name and len(keys) == 1:
                names.setdefault(name, (keys.pop(), rank))
    return names


def _without_name(spec: FormSpec, sheet: Sheet, labels: Mapping[str, frozenset[str]]) -> Problem:
    """Say that a sheet has no heads, or has some and lacks the one that says who pledges."""
    if find_heads(sheet, labels, (), least=2) is None:
        return Problem(Code.ROSTER_NO_HEADER, params={"sheet": sheet.name})
    name = "".join(spec.fields[spec.subject.name].label.split())
    return Problem(Code.ROSTER_COLUMN_MISSING, params={"sheet": sheet.name, "column": name})


def _matched(
    sheet: Sheet, heads: Heads, names: Mapping[str, tuple[str, int]], unused: list[UnusedColumn]
) -> tuple[Heads, list[Problem]]:
    """Return the heads with the columns that count, and a problem for each field that two columns could be."""
    texts = _texts(heads)
    by_rank: dict[str, dict[int, list[int]]] = {}
    for column, heard in texts.items():
        for key, rank in {names[head] for head in map(chinese.fold_label, heard) if head in names}:
            by_rank.setdefault(key, {}).setdefault(rank, []).append(column)
    chosen = {key: ranks[min(ranks)] for key, ranks in by_rank.items()}
    problems = [
        Problem(Code.ROSTER_COLUMN_TWICE, key, {"sheet": sheet.name, "column": letters(one), "other": letters(another)})
        for key, (one, *others) in chosen.items()
        for another in others
    ]
    used = {column for columns in chosen.values() for column in columns}
    left = {column: heard[-1] for column, heard in texts.items() if column not in used}
    unused += [UnusedColumn(sheet.name, letters(column), " ".join(head.split())) for column, head in left.items()]
    return Heads(heads.rows, {key: columns[0] for key, columns in chosen.items()}, heads.first), problems


def _texts(heads: Heads) -> dict[int, list[str]]:
    """Return column -> what its heads say, from above, for those that say something."""
    width = max(map(len, heads.rows))
    texts = {
        column: [row[column] for row in heads.rows if column < len(row) and row[column]] for column in range(width)
    }
    return {column: heard for column, heard in texts.items() if heard}


def _values(spec: FormSpec, place: Place, cells: Mapping[str, str]) -> tuple[Mapping[str, Value], list[Problem]]:
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for key, cell in cells.items():
        text = _UNSEEN.sub(" ", cell.replace("\r\n", "\n").replace("\r", "\n"))
        normal = normalise(spec.fields[key], text)
        if is_spoilt(spec.fields[key], text.strip()):
            problems.append(Problem(Code.ROSTER_CELL_SPOILT, key, {**place.facts(key), "raw": cell}))
        elif not normal.is_readable:
            problems.append(Problem(Code.ROSTER_CELL_UNREADABLE, key, {**place.facts(key), "raw": cell}))
        elif normal.value is not None:
            values[key] = normal.value
    subject = spec.subject.name
    if not cells[subject].strip() or (subject not in values and not problems):
        problems.append(Problem(Code.ROSTER_NAME_MISSING, subject, place.facts(subject)))
    return MappingProxyType(values), problems


def is_spoilt(field: Field, text: str) -> bool:
    """Whether Excel has made another text of what was typed into the cell of a field."""
    return is_rounded(text) or (field.kind in _DATES and is_spoilt_month(text))


def _twice(spec: FormSpec, rows: Sequence[FormRow]) -> Iterator[Problem]:
    """Tell of people who stand there twice, nothing telling the one from the other."""
    subject = spec.subject
    telling = [key for key in (*subject.identity, subject.unit) if key is not None]
    seen: dict[tuple[str, ...], FormRow] = {}
    for row in rows:
        person = tuple(chinese.fold_name(str(row.values.get(key, ""))) for key in (subject.name, *telling))
        first = seen.setdefault(person, row)
        if first is not row:
            facts: dict[str, Param] = {"name": str(row.values[subject.name]), "other": first.place.row}
            facts["other_sheet"] = first.place.sheet
            yield Problem(Code.ROSTER_SAME_PERSON, subject.name, {**row.place.facts(subject.name), **facts})
