"""The heads of a sheet: where they stand, which columns they name, and the rows below that are no totals.

Titles above the heads, heads in two or three rows, totals, empty rows and heads that are printed again are passed over.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from formsvc import chinese
from formsvc.organisations.sheets import Sheet

_HEAD_ROWS = 20
"""Rows at the top of a sheet among which the heads are looked for."""
_HEIGHTS = (1, 2, 3)
"""How many rows heads can take."""

Labels = Mapping[str, frozenset[str]]
"""Key -> the folded heads that mean it."""


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of one sheet."""

    rows: tuple[tuple[str, ...], ...]
    """The rows they stand in."""
    columns: Mapping[str, int]
    """Key -> column, from 0."""
    first: int
    """Index of the first row below them."""


def find_heads(sheet: Sheet, labels: Labels, needed: Collection[str], *, least: int) -> Heads | None:
    """Return the heads that name most keys, the needed ones and at least so many among them; None without any."""
    best: Heads | None = None
    for index in range(min(_HEAD_ROWS, len(sheet.rows))):
        for height in _HEIGHTS:
            rows = sheet.rows[index : index + height]
            columns = _columns(rows, labels)
            is_enough = len(columns) >= least and set(needed) <= columns.keys()
            if is_enough and (best is None or len(columns) > len(best.columns)):
                best = Heads(rows, columns, index + len(rows))
    return best


def rows_below(
    sheet: Sheet, heads: Heads, repeated: tuple[str, frozenset[str]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and cells of each row but empty ones, totals, and heads that are printed again.

    `repeated` is the key, and its heads, by which those are known.
    """
    key, names = repeated
    totals = head_words()["totals"]["words"]
    for index in range(heads.first, len(sheet.rows)):
        row = sheet.rows[index]
        cells = {key: row[column] if column < len(row) else "" for key, column in heads.columns.items()}
        folded = [chinese.fold_label(cell) for cell in row if cell]
        is_total = bool(folded) and (folded[0].startswith(tuple(totals)) or not set(totals).isdisjoint(folded))
        if any(cells.values()) and not is_total and chinese.fold_label(cells[key]) not in names:
            yield index + 1, cells


def letters(column: int) -> str:
    """Return what a spreadsheet calls a column: 0 is A."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@cache
def head_words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the words of rosters: kind of roster -> key -> heads, and what totals are called."""
    return tomllib.loads(resources.files("formsvc.organisations").joinpath("heads.toml").read_text("utf-8"))


def _columns(rows: Sequence[Sequence[str]], labels: Labels) -> dict[str, int]:
    columns: dict[str, int] = {}
    for row in rows:
        for column, text in enumerate(row):
            head = chinese.fold_label(text)
            for key, names in labels.items():
                if head in names:
                    columns.setdefault(key, column)
    return columns
