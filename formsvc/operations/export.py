"""Lists of records for Excel: every cell is text, and nothing in it can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from formsvc.operations.find import find
from formsvc.operations.workspace import Workspace

_COLUMNS = ("id", "year", "form", "name", "organisation", "unit", "status", "version", "copies", "reviews", "path")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class ExportFormat(StrEnum):
    """The kinds of file a list can be."""

    XLSX = "xlsx"
    CSV = "csv"


def export(workspace: Workspace, kind: ExportFormat, year: int | None = None, *, form: str | None = None) -> bytes:
    """Return the list of every record of the year and form as a file of this kind."""
    return to_file(kind, export_rows(workspace, year, form=form))


def to_file(kind: ExportFormat, rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a file of this kind."""
    return to_xlsx(rows) if kind is ExportFormat.XLSX else to_csv(rows)


def export_rows(workspace: Workspace, year: int | None = None, *, form: str | None = None) -> list[list[str]]:
    """Return a head and one row of texts for every record of the year and form."""
    heads = [workspace.messages.text(f"column.{column}") for column in _COLUMNS]
    return [heads, *(_row(workspace, found) for found in find(workspace, year=year, form=form))]


def to_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a csv that Excel opens right: UTF-8 with a mark; cells that look like formulas get a `'`."""
    out = io.StringIO()
    csv.writer(out).writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a spreadsheet of text cells."""
    import openpyxl  # noqa: PLC0415 - only this export needs it

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for row in rows:
        cells = []
        for text in row:
            cell = openpyxl.cell.WriteOnlyCell(sheet, openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(workspace: Workspace, found: Mapping[str, Any]) -> list[str]:
    copies = "；".join(f"{copy['number']} {copy['holder'] or '—'}" for copy in found["copies"])
    reviews = "；".join(
        f"{review['on'] or ''} {review['organisation'] or ''} "
        f"{workspace.messages.text('decision.' + review['decision'])}".strip()
        for review in found["reviews"]
    )
    values = {
        **found,
        "status": workspace.messages.text(f"status.{found['status']}"),
        "form": workspace.form(found["form"]).name if found["form"] in workspace.forms else found["form"],
        "copies": copies,
        "reviews": reviews,
    }
    return ["" if values[column] is None else str(values[column]) for column in _COLUMNS]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
