"""Short ways to look at what was read from a PDF."""

from __future__ import annotations

from pathlib import Path

from formsvc.extraction.document import Document, Paragraph, Table, TableCell
from formsvc.extraction.pdf.reader import read_pdf
from tests.extraction.pdf.sheets import Sheet, pdf_of

FOLDER = Path(__file__).parents[2] / "data" / "pdf"


def read(name: str) -> Document:
    """Read one of the files under tests/data/pdf."""
    return read_pdf((FOLDER / name).read_bytes())


def sheets_read(*sheets: Sheet) -> Document:
    """Write sheets as a PDF and read it."""
    return read_pdf(pdf_of(*sheets))


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def texts(document: Document) -> list[str]:
    """Return the text outside of tables."""
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def cells(document: Document) -> dict[tuple[int, int], TableCell]:
    """Return the cells of the only table by row and column."""
    (table,) = tables(document)
    return {(cell.row, cell.column): cell for cell in table.cells}


def grid(document: Document) -> dict[tuple[int, int], list[str]]:
    """Return the paragraphs of the only table's cells by row and column."""
    return {place: list(cell.paragraphs) for place, cell in cells(document).items()}
