"""Text as it is met in a Word document: lines of a body or a cell, what is tagged in them, and tables in the making.

A flow knows nothing of XML; the walker of `extraction.docx.reader` feeds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from formsvc.extraction.document import Paragraph, PlacedPicture, Table, TableCell, Tagged
from formsvc.forms.reading import Source

Place = tuple[int, int]
"""A line and how many of its pieces stand before."""


class Flow:
    """The text of one body, header or cell."""

    __slots__ = ("_bookmarks", "_inside", "_lines", "_marks", "_numbered", "_tables", "_tagged", "pictures")

    def __init__(self) -> None:
        self._lines: list[list[str]] = []
        self._inside = False
        self._numbered: list[int] = []
        self._marks: dict[int, str] = {}
        self._tagged: list[tuple[int, Tagged]] = []
        self._bookmarks: dict[str, tuple[str, Place]] = {}
        self._tables: list[tuple[int, Table]] = []
        self.pictures: list[PlacedPicture] = []

    def begin(self, *, numbered: bool) -> None:
        """Begin a paragraph; `numbered` when it shows a number that is not in its text."""
        if numbered:
            self._numbered.append(len(self._lines))
        self._lines.append([])
        self._inside = True

    def end(self) -> None:
        """End the paragraph."""
        self._inside = False

    def add(self, text: str) -> None:
        """Add a piece of text to the paragraph under way."""
        if not self._inside:
            self.begin(numbered=False)
        self._lines[-1].append(text)

    def add_table(self, table: Table, *, as_text: bool) -> None:
        """Add a table; `as_text` puts a line for each of its rows into the text as well."""
        self._tables.append((len(self._lines), table))
        if as_text:
            self._lines += ([line] for line in table.row_lines())

    @property
    def place(self) -> Place:
        """Where the next piece of text will stand."""
        return (len(self._lines) - 1, len(self._lines[-1])) if self._inside else (len(self._lines), 0)

    @property
    def length(self) -> int:
        """How many paragraphs are complete."""
        return len(self._lines) - self._inside

    def tag(self, key: str, source: Source, start: Place) -> None:
        """Tag the text from `start` to here."""
        end = self.place
        lines: tuple[str, ...]
        if start[0] == end[0]:  # most tags are a piece of one line
            lines = ("".join(self._lines[end[0]][start[1] : end[1]]),) if self._inside else ()
        else:
            lines = tuple(self._lines_between(start, end))
        numbered = tuple(number - start[0] for number in self._numbered if start[0] <= number <= end[0])
        self._tagged.append((start[0], Tagged(key, source, lines, numbered)))

    def _lines_between(self, start: Place, end: Place) -> Iterator[str]:
        for number in range(start[0], min(end[0] + 1, len(self._lines))):
            first = start[1] if number == start[0] else 0
            last = end[1] if number == end[0] else None
            yield "".join(self._lines[number][first:last])

    def add_mark(self, text: str) -> None:
        """Note what a DataMatrix says that is anchored here."""
        self._marks[max(len(self._lines) - self._inside, 0)] = text

    def open_bookmark(self, number: str, key: str) -> None:
        """Begin a bookmark."""
        self._bookmarks[number] = (key, self.place)

    def close_bookmark(self, number: str) -> None:
        """End a bookmark, if it began in this flow."""
        key, start = self._bookmarks.pop(number, ("", (0, 0)))
        if key:
            self.tag(key, Source.BOOKMARK, start)

    def finish(self) -> None:
        """End what is still open, such as a bookmark that goes on in another cell."""
        self.end()
        for number in tuple(self._bookmarks):
            self.close_bookmark(number)

    @property
    def has_text(self) -> bool:
        """Whether anything is written in it."""
        return any(map(str.strip, self.texts())) or any(
            text.strip() for _, table in self._tables for cell in table.cells for text in cell.paragraphs
        )

    def texts(self) -> tuple[str, ...]:
        """Return every paragraph's text."""
        return tuple(map("".join, self._lines))

    def blocks(self) -> tuple[Paragraph | Table, ...]:
        """Return paragraphs and tables in reading order, each tag with the paragraph it begins in."""
        tagged: dict[int, list[Tagged]] = {}
        for line, tag in self._tagged:
            tagged.setdefault(min(line, max(len(self._lines) - 1, 0)), []).append(tag)
        blocks: list[Paragraph | Table] = []
        tables = iter([*self._tables, (len(self._lines) + 1, None)])
        position, table = next(tables)
        for number, text in enumerate((*self.texts(), "")):
            while position == number and table is not None:
                blocks.append(table)
                position, table = next(tables)
            if number < len(self._lines):
                blocks.append(Paragraph(text, tagged=tuple(tagged.get(number, ())), mark=self._marks.get(number, "")))
        return tuple(blocks)

    def cell(self, draft: CellDraft) -> TableCell:
        """Return the cell this flow is the text of."""
        return TableCell(
            row=draft.row,
            column=draft.column,
            rows=draft.rows,
            columns=draft.columns,
            paragraphs=self.texts(),
            tagged=tuple(tag for _, tag in self._tagged),
            pictures=tuple(self.pictures),
            tables=tuple(table for _, table in self._tables),
            numbered=tuple(self._numbered),
        )


@dataclass(slots=True)
class CellDraft:
    """A cell in the making."""

    row: int
    column: int
    columns: int
    rows: int = 1
    flow: Flow = field(default_factory=Flow)


class TableDraft:
    """A table in the making: knows the grid, merges cells."""

    __slots__ = ("_above", "_column", "_row", "cells")

    def __init__(self) -> None:
        self.cells: list[CellDraft] = []
        self._above: dict[int, CellDraft] = {}
        self._row = -1
        self._column = 0

    def begin_row(self, skipped: int) -> None:
        """Begin a row whose first `skipped` columns are left out."""
        self._row += 1
        self._column = skipped

    def add_cell(self, columns: int) -> CellDraft:
        """Add the next cell of the row."""
        draft = CellDraft(self._row, self._column, columns)
        self.cells.append(draft)
        self._above[self._column] = draft
        self._column += columns
        return draft

    def extend_above(self, columns: int) -> bool:
        """Make the next cell of the row part of the one above it; False when there is none to extend."""
        above = self._above.get(self._column)
        if above is None or above.row + above.rows != self._row:
            return False
        above.rows += 1
        self._column += columns
        return True

    def extend_left(self, columns: int) -> bool:
        """Make the next cell of the row part of the one before it; False when there is none to extend."""
        if not self.cells or self.cells[-1].row != self._row:
            return False
        self.cells[-1].columns += columns
        self._column += columns
        return True

    def table(self) -> Table:
        """Return the table."""
        for draft in self.cells:
            draft.flow.finish()
        return Table(tuple(draft.flow.cell(draft) for draft in self.cells))
