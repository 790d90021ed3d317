"""A received document with its file format taken off: paragraphs and tables in reading order.

The docx and pdf readers make these, and `extraction.interpret` turns them into readings, so that labels, titles and
values are understood in one place whatever the file was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from formsvc.forms.reading import Source

Box = tuple[float, float, float, float]
"""x, y, width, height in mm from the page's top left corner."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A stretch of text that carries a field's key: a content control, a bookmark, a fillable field."""

    key: str
    source: Source
    paragraphs: tuple[str, ...]
    """Its text, one string a paragraph; a placeholder shown for an empty control is left out."""
    numbered: tuple[int, ...] = ()
    """Which of them, from 0, show a number that is not in the text."""


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture inside a cell."""

    media_type: str
    data: bytes
    width: float
    """Its width on the page in mm."""
    height: float
    """Its height on the page in mm."""
    after: int
    """How many of the cell's paragraphs stand above it."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph (or a line of a PDF) outside of tables."""

    text: str
    page: int | None = None
    box: Box | None = None
    tagged: tuple[Tagged, ...] = ()
    mark: str = ""
    """What the DataMatrix of a blank says that is anchored here, by the text that stands for the picture."""


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell; merged cells are one cell with its spans."""

    row: int
    column: int
    rows: int
    columns: int
    paragraphs: tuple[str, ...]
    """Every paragraph's text, content controls included, empty ones kept."""
    box: Box | None = None
    tagged: tuple[Tagged, ...] = ()
    pictures: tuple[PlacedPicture, ...] = ()
    tables: tuple[Table, ...] = ()
    """Tables inside the cell; their text stands in `paragraphs` too, a line for each of their rows."""
    numbered: tuple[int, ...] = ()
    """Which paragraphs, from 0, show a number that is not in the text."""
    page: int | None = None
    """The page it begins on where that is not the table's: tables run on over pages."""
    unsure: tuple[int, ...] = ()
    """Which paragraphs, from 0, may be two: a printed line ended with a sentence and was full, and nothing tells
    whether the next one goes on."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its cells in row order."""

    cells: tuple[TableCell, ...]
    page: int | None = None

    def row_lines(self) -> tuple[str, ...]:
        """Return the text of each row, as it stands in the text of a cell that holds this table."""
        rows: dict[int, list[str]] = {}
        for cell in self.cells:
            rows.setdefault(cell.row, []).append("\n".join(filter(str.strip, cell.paragraphs)))
        return tuple("\t".join(filter(None, texts)) for texts in rows.values())


@dataclass(frozen=True, slots=True)
class Document:
    """A received document in reading order."""

    blocks: tuple[Paragraph | Table, ...]
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Custom document properties, such as the mark of a blank."""
    pages: int | None = None
    has_tracked_changes: bool = False
    """Whether insertions or deletions await a decision, so that the text is not settled."""
    is_typed: bool = True
    """Whether all of it is drawn text; False when pages hold pictures of text."""
    scanned: tuple[int, ...] = ()
    """The pages, from 1, of which no text could be had because they are pictures of it."""
