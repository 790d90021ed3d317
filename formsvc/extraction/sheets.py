"""The cells of a document's table as a form is looked for in them: with their lines, letters and neighbours.

A sheet is what one form may stand on: the cells of a table, those of tables inside its cells, or a band of rows of a
table into which several forms were pasted one below the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from formsvc.extraction.document import Table, TableCell
from formsvc.extraction.labels import FormMap, Inline, Label, Wordings, inline_candidates, wordings_of


@dataclass(frozen=True, slots=True)
class CellLine:
    """One line of a cell."""

    text: str
    numbered: bool
    """Whether a number that is not in the text is shown before it."""

    def until(self, end: int) -> CellLine:
        """Return the line up to a place."""
        return CellLine(self.text[:end], self.numbered)

    def since(self, start: int) -> CellLine:
        """Return the line from a place on."""
        return CellLine(self.text[start:], self.numbered and not start)


class CellText:
    """One cell and what can be asked of its text."""

    def __init__(self, cell: TableCell, page: int | None, grid: int) -> None:
        self.cell = cell
        self.page = page
        self.grid = grid
        """Which table of the sheet it stands in; places compare within one table only."""
        nested = {line for table in cell.tables for line in table.row_lines()} if cell.tables else ()
        own = [(number, text) for number, text in enumerate(cell.paragraphs) if not nested or text not in nested]
        self.lines = tuple(
            CellLine(line, numbered=not place and number in cell.numbered)
            for number, text in own
            for place, line in enumerate(text.split("\n"))
        )
        """The cell's lines; those of tables inside it are left out when they are read as cells of their own."""
        self.text = "\n".join(text for _, text in own)
        self.bare = self.text.strip()
        """The text without blanks around it."""
        self.wordings = wordings_of(self.bare)
        self.letters = len(self.wordings[0][0]) if self.wordings else 0
        """How many letters the text has if it may be a label, else 0."""
        self._candidates: tuple[tuple[int, Inline, Wordings], ...] | None = None

    @property
    def candidates(self) -> tuple[tuple[int, Inline, Wordings], ...]:
        """Places in the lines that may be labels: the line's number, the place, its wordings."""
        if self._candidates is None:
            is_word = len(self.bare.split()) < 2 and ":" not in self.bare and "：" not in self.bare
            lines = () if is_word else self.lines  # one word is a label as a whole or not at all
            self._candidates = tuple(
                (number, found, wordings)
                for number, line in enumerate(lines)
                for found in inline_candidates(line.text)
                if (wordings := wordings_of(found.text))
            )
        return self._candidates

    def label(self, form: FormMap) -> Label | None:
        """Return the label of the form that the whole cell is."""
        return form.label(self.text, self.wordings) if self.wordings else None

    def overlaps(self, other: CellText) -> bool:
        """Whether one stands above the other."""
        return (
            self.cell.column < other.cell.column + other.cell.columns
            and other.cell.column < self.cell.column + self.cell.columns
        )


class Sheet:
    """The cells a form may stand on, in reading order."""

    def __init__(self, cells: Iterable[CellText]) -> None:
        self.cells = tuple(cells)
        self.labels: dict[FormMap, Mapping[CellText, Label]] = {}
        """The cells that are labels of a form, once somebody looked."""
        self._rows: dict[tuple[int, int], list[CellText]] = {}
        for cell in self.cells:
            for row in range(cell.cell.row, cell.cell.row + cell.cell.rows):
                self._rows.setdefault((cell.grid, row), []).append(cell)

    def row(self, grid: int, row: int) -> Sequence[CellText]:
        """Return the cells of one row, those reaching down from above included, from left to right."""
        return self._rows.get((grid, row), ())

    def rows(self) -> Iterator[Sequence[CellText]]:
        """Yield the rows that cells begin in."""
        for place in dict.fromkeys((cell.grid, cell.cell.row) for cell in self.cells):
            yield [cell for cell in self._rows[place] if cell.cell.row == place[1]]

    def right_of(self, cell: CellText) -> list[list[CellText]]:
        """Return for each row a cell spans the cells at its right, from left to right."""
        end = cell.cell.column + cell.cell.columns
        return [
            [other for other in self.row(cell.grid, row) if other.cell.column >= end and other.cell.row == row]
            for row in range(cell.cell.row, cell.cell.row + cell.cell.rows)
        ]

    def below(self, cell: CellText) -> list[CellText]:
        """Return the cells in the row right below a cell that stand under it."""
        row = cell.cell.row + cell.cell.rows
        return [other for other in self.row(cell.grid, row) if other.cell.row == row and other.overlaps(cell)]

    def above(self, cell: CellText) -> list[CellText]:
        """Return the cells above a cell, the nearest first."""
        return [
            other
            for other in reversed(self.cells)
            if other.grid == cell.grid and other.cell.row + other.cell.rows <= cell.cell.row and other.overlaps(cell)
        ]

    def joined(self, other: Sheet) -> Sheet:
        """Return a sheet that goes on with the cells of another."""
        grids = 1 + max((cell.grid for cell in self.cells), default=-1)
        moved = (CellText(cell.cell, cell.page, cell.grid + grids) for cell in other.cells)
        return Sheet((*self.cells, *moved))

    def bands(self, starts: Sequence[int]) -> list[Sheet]:
        """Cut the rows of the first table at these rows, each of which begins a sheet of its own."""
        ends = [*starts[1:], 1 << 30]
        return [
            Sheet(cell for cell in self.cells if first <= cell.cell.row < last)
            for first, last in zip((0, *starts[1:]), ends, strict=True)
        ]


def sheet_of(table: Table, forms: Iterable[FormMap]) -> Sheet:
    """Return the sheet of a table, with the tables inside its cells that hold labels of a form."""
    forms = tuple(forms)
    cells: list[CellText] = []
    _collect(table, forms, cells, grid=0)
    return Sheet(cells)


def _collect(table: Table, forms: tuple[FormMap, ...], cells: list[CellText], grid: int) -> int:
    """Add a table's cells and return the number of the last table added."""
    last = grid
    for cell in table.cells:
        inner = tuple(inside for inside in cell.tables if has_labels(inside, forms))
        own = cell if inner == cell.tables else dataclasses.replace(cell, tables=inner)
        cells.append(CellText(own, table.page if own.page is None else own.page, grid))
        for inside in inner:
            last = _collect(inside, forms, cells, last + 1)
    return last


def has_labels(table: Table, forms: Iterable[FormMap]) -> bool:
    """Whether a cell of the table, or of one inside it, is a label of one of the forms."""
    texts = [CellText(cell, None, 0) for cell in table.cells]
    return any(text.label(form) for text in texts for form in forms) or any(
        has_labels(inside, forms) for cell in table.cells for inside in cell.tables
    )
