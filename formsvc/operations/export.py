"""Lists of records: for Excel, every cell text and none a formula, and as a register for printing."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from formsvc.i18n import visible
from formsvc.operations.find import find
from formsvc.operations.workspace import Workspace

if TYPE_CHECKING:
    from formsvc.operations.lacking import Lacking

_COLUMNS = ("id", "year", "form", "name", "organisation", "unit", "status", "version", "copies", "reviews", "path")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class ExportFormat(StrEnum):
    """The kinds of file a list can be."""

    XLSX = "xlsx"
    CSV = "csv"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of records, and what it was asked for."""

    rows: list[list[str]]
    """A head and one row of texts for each record."""
    year: int | None
    form: str | None
    """The name of the form."""
    filed_at: str | None
    """When the newest of the records was filed; None when there is none."""


def export(workspace: Workspace, kind: ExportFormat, year: int | None = None, *, form: str | None = None) -> bytes:
    """Return the list of every record of the year and form as a file of this kind."""
    return to_file(workspace, kind, list_records(workspace, year, form=form))


def to_file(
    workspace: Workspace,
    kind: ExportFormat,
    records: RecordList,
    lacking: Callable[[Sequence[Lacking]], None] = lambda _: None,
) -> bytes:
    """Return a list as a file of this kind; `lacking` is told where a register says less, for want of a face."""
    if kind is ExportFormat.PDF:
        return to_pdf(workspace, records, lacking)
    return to_xlsx(records.rows) if kind is ExportFormat.XLSX else to_csv(records.rows)


def list_records(workspace: Workspace, year: int | None = None, *, form: str | None = None) -> RecordList:
    """Return the list of every record of the year and form."""
    heads = [workspace.messages.text(f"column.{column}") for column in _COLUMNS]
    found = find(workspace, year=year, form=form)
    return RecordList(
        rows=[heads, *(_row(workspace, one) for one in found)],
        year=year,
        form=None if form is None else _form_name(workspace, form),
        filed_at=max((str(one["filed_at"]) for one in found), default=None),
    )


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


def to_pdf(workspace: Workspace, records: RecordList, lacking: Callable[[Sequence[Lacking]], None]) -> bytes:
    """Return a list as a register for printing, a PDF/A-2b; the same list gives the same bytes.

    It is dated by the newest of its records. A character no face has is the mark for one, and `lacking` is told of it.
    """
    from formsvc.rendering.metadata import Metadata  # noqa: PLC0415 - only this export draws
    from formsvc.rendering.register import RegisterWords, write_register  # noqa: PLC0415 - reportlab is for it alone

    messages = workspace.messages
    title = messages.text("register.title" if records.year is None else "register.title-year", year=records.year or "")
    words = RegisterWords(
        title=title,
        left="\u3000".join(filter(None, (workspace.settings.office, records.form))),
        right=messages.text("register.count", count=len(records.rows) - 1),
        page=lambda page, pages: messages.text("register.page", page=page, pages=pages),
    )
    moment = dt.datetime.fromisoformat(records.filed_at or workspace.now())
    about = Metadata(title, moment, language=messages.language.locale.replace("_", "-"))
    rows, found = _drawable(workspace, records)
    lacking(found)
    return write_register(rows, words, about, fonts=workspace.fonts)


def _drawable(workspace: Workspace, records: RecordList) -> tuple[list[list[str]], tuple[Lacking, ...]]:
    """Return the rows as they can be drawn, and what is lacking in them."""
    from formsvc.operations.lacking import Shown  # noqa: PLC0415 - only the register draws

    heads, named, form = records.rows[0], _COLUMNS.index("id"), _COLUMNS.index("form")
    rows = [list(map(visible, heads))]
    found: list[Lacking] = []
    for row in records.rows[1:]:
        shown = Shown(workspace.fonts, row[named], row[form])
        rows.append([shown.lines(head, [visible(cell)])[0] for head, cell in zip(heads, row, strict=True)])
        found += shown.lacking
    return rows, tuple(found)


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
        "form": _form_name(workspace, found["form"]),
        "copies": copies,
        "reviews": reviews,
    }
    return ["" if values[column] is None else str(values[column]) for column in _COLUMNS]


def _form_name(workspace: Workspace, form: str) -> str:
    return workspace.form(form).name if form in workspace.forms else form


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
