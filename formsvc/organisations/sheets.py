"""Rows out of a csv or a spreadsheet, cell by cell as text, with the numbers Excel has spoilt recognised as such.

A roster is the office's own file; still, it is only ever read as values: no formula is computed, nothing is opened.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from pathlib import Path

from formsvc.errors import UsageError

_SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})
_EXACT = 10**15
"""Excel keeps fifteen digits of a number; from here on the last ones are lost."""
_ROUNDED = re.compile(r"-?\d(\.\d+)?[eE]\+\d{1,3}")
_SPOILT_MONTH = re.compile(r"\d{4}\.1")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; a csv is a sheet by the name of its file."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    """Cell texts; row 1 of the file is index 0."""


def read_sheets(path: Path) -> list[Sheet]:
    """Return the sheets of a csv or spreadsheet file; raises UsageError when it is neither."""
    if path.suffix.lower() in _SPREADSHEETS:
        return _spreadsheet(path)
    try:
        rows = list(csv.reader(io.StringIO(_text(path), newline="")))
    except csv.Error as error:
        raise UsageError(reason="roster-unreadable", file=path.name, found=str(error)) from None
    return [Sheet(path.name, tuple(tuple(cell.strip() for cell in row) for row in rows))]


def is_rounded(text: str) -> bool:
    """Whether a cell is a number that Excel has rounded, such as 3.3E+17: its last digits are lost."""
    return _ROUNDED.fullmatch(text) is not None


def is_spoilt_month(text: str) -> bool:
    """Whether a cell is such as 1995.1, which Excel makes of 1995.10 too."""
    return _SPOILT_MONTH.fullmatch(text) is not None


def _text(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(reason="roster-encoding", file=path.name)


def _spreadsheet(path: Path) -> list[Sheet]:
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 - only an import needs it

    try:
        workbook = load_workbook(path)
        return [
            Sheet(
                name,
                tuple(
                    tuple(_cell(cell) for cell in row)
                    for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                ),
            )
            for name in workbook.sheet_names
        ]
    except CalamineError as error:
        raise UsageError(reason="roster-unreadable", file=path.name, found=str(error)) from None


def _cell(value: object) -> str:
    """Return a cell as a person sees it; a number keeps its digits as far as it has any, a date is ISO."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        if abs(value) >= _EXACT:
            return f"{value:.14E}"
        return f"{value:.0f}"
    return "" if value is None else str(value).strip()
