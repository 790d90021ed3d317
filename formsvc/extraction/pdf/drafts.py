"""A PDF's blocks while they are put together: tables and stretches of text, before lines are joined to paragraphs.

A row that is cut by the end of a page is one row: its cells' lines have to meet before they are joined.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from formsvc.extraction.document import Box, Paragraph, PlacedPicture, Table, TableCell, Tagged
from formsvc.extraction.pdf.lines import Line
from formsvc.extraction.pdf.paragraphs import Joined, paragraphs_of


@dataclass(slots=True)
class PictureDraft:
    """A picture at its place in a cell."""

    media_type: str
    data: bytes
    box: Box


@dataclass(slots=True)
class CellDraft:
    """A cell and what stands in it."""

    row: int
    column: int
    rows: int
    columns: int
    box: Box
    page: int
    lines: list[Line] = field(default_factory=list)
    tagged: list[Tagged] = field(default_factory=list)
    pictures: list[PictureDraft] = field(default_factory=list)
    tables: list[TableDraft] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(line.places for line in self.lines) and not self.tables

    def made(self, page: int) -> TableCell:
        """Return the cell, its lines joined to paragraphs."""
        left, _, width, _ = self.box
        joined = paragraphs_of(self.lines, left, left + width)
        texts = [(paragraph.lines[0].box[1], paragraph.text, paragraph.unsure) for paragraph in joined]
        tables = tuple(table.made() for table in self.tables)
        for draft, table in zip(self.tables, tables, strict=True):
            texts += [(draft.box[1], row, False) for row in table.row_lines()]
        texts.sort(key=lambda placed: placed[0])
        return TableCell(
            row=self.row,
            column=self.column,
            rows=self.rows,
            columns=self.columns,
            paragraphs=tuple(text for _, text, _ in texts),
            box=self.box,
            tagged=tuple(self.tagged),
            pictures=tuple(_placed(picture, joined) for picture in self.pictures),
            tables=tables,
            page=None if self.page == page else self.page,
            unsure=tuple(index for index, (_, _, unsure) in enumerate(texts) if unsure),
        )


def _placed(picture: PictureDraft, paragraphs: list[Joined]) -> PlacedPicture:
    _, top, width, height = picture.box
    middle = top + height / 2
    above = sum(paragraph.box[1] + paragraph.box[3] / 2 < middle for paragraph in paragraphs)
    return PlacedPicture(picture.media_type, picture.data, width, height, above)


@dataclass(slots=True)
class TableDraft:
    """A table and its cells in reading order."""

    page: int
    box: Box
    cells: list[CellDraft]

    @property
    def rows(self) -> int:
        """The number of its rows."""
        return max(cell.row + cell.rows for cell in self.cells)

    def made(self) -> Table:
        """Return the table."""
        return Table(tuple(cell.made(self.page) for cell in self.cells), self.page)


@dataclass(slots=True)
class TextDraft:
    """Lines outside of tables that follow one another."""

    page: int
    lines: list[Line]
    left: float
    right: float
    tagged: list[tuple[Tagged, Box]] = field(default_factory=list)

    @property
    def box(self) -> Box:
        """The box of its first line, or of its first field."""
        return self.lines[0].box if self.lines else self.tagged[0][1]

    def made(self) -> list[Paragraph]:
        """Return the paragraphs; a field's value stands with the paragraph it lies on."""
        joined = paragraphs_of(self.lines, self.left, self.right, bordered=False)
        tags: dict[int, list[Tagged]] = {}
        alone: list[Paragraph] = []
        for tagged, box in self.tagged:
            index = next((index for index, paragraph in enumerate(joined) if _is_beside(box, paragraph.box)), None)
            if index is None:
                alone.append(Paragraph("\n".join(tagged.paragraphs), self.page, box, (tagged,)))
            else:
                tags.setdefault(index, []).append(tagged)
        made = [
            Paragraph(paragraph.text, self.page, paragraph.box, tuple(tags.get(index, ())))
            for index, paragraph in enumerate(joined)
        ]
        return sorted([*made, *alone], key=lambda paragraph: paragraph.box[1] if paragraph.box is not None else 0.0)


def _is_beside(box: Box, other: Box) -> bool:
    """Whether the middle of a box lies level with another one."""
    return other[1] <= box[1] + box[3] / 2 <= other[1] + other[3]


Draft = TableDraft | TextDraft
