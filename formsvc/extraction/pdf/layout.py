"""One page's characters, fields and pictures, each in the cell of the table it stands in."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from formsvc.extraction.document import Box
from formsvc.extraction.pdf.drafts import CellDraft, Draft, PictureDraft, TableDraft, TextDraft
from formsvc.extraction.pdf.fields import Value
from formsvc.extraction.pdf.grid import Grid
from formsvc.extraction.pdf.lines import Line, lines_of
from formsvc.extraction.pdf.shown import SLANTED, UPRIGHT, Glyph

_APART = 0.3
"""A gap that parts words drawn by one operator, in em."""
_LEADERS = frozenset("_＿.．…-—‐ \u3000")
"""What forms print where something is to be written."""

Spot = tuple[int, int]
"""A grid's number and a cell's number in it."""


class PageLayout:
    """Sorts what a page shows into its grids."""

    def __init__(self, page: int, grids: Sequence[Grid], strings: Sequence[Sequence[Glyph]]) -> None:
        self._page = page
        self._grids = grids
        """Smallest first: what lies in a nested table belongs to that one."""
        self._cells: dict[Spot, list[Glyph]] = {}
        self._outside: list[Glyph] = []
        self._slanted: list[Glyph] = []
        self._values: dict[Spot | None, list[Value]] = {}
        self._pictures: dict[Spot, list[PictureDraft]] = {}
        for string in strings:
            self._sort(string)

    def _sort(self, string: Sequence[Glyph]) -> None:
        if string[0].way == SLANTED:
            self._slanted += string
            return
        spots = [self.spot_at(*_middle(glyph)) for glyph in string]
        if any(spot != spots[0] for spot in spots):
            spots = _whole_words(string, spots)
        for glyph, spot in zip(string, spots, strict=True):
            (self._outside if spot is None else self._cells.setdefault(spot, [])).append(glyph)

    def spot_at(self, x: float, y: float) -> Spot | None:
        """Return the innermost cell at a point; None outside of tables."""
        for number, grid in enumerate(self._grids):
            cell = grid.cell_at(x, y)
            if cell is not None:
                return number, cell
        return None

    def fill(self, value: Value) -> None:
        """Put a field's value where it stands, unless what is printed there says the same or holds its place."""
        x, y, width, height = value.box
        spot = self.spot_at(x + width / 2, y + height / 2)
        self._values.setdefault(spot, []).append(value)
        printed = self._outside if spot is None else self._cells.setdefault(spot, [])
        below = "".join(glyph.text for glyph in printed if _is_in(glyph, value.box) and glyph.text not in _LEADERS)
        told = "".join("".join(value.paragraphs).split())
        if not below or (value.key is None and told not in "".join(below.split())):
            printed += value.glyphs()

    def hang(self, picture: PictureDraft) -> bool:
        """Put a picture into its cell; False when it lies outside of tables."""
        x, y, width, height = picture.box
        spot = self.spot_at(x + width / 2, y + height / 2)
        if spot is not None:
            self._pictures.setdefault(spot, []).append(picture)
        return spot is not None

    def blocks(self) -> list[Draft]:
        """Return the page's tables and the text around them, from top to bottom."""
        tables = [self._table(number, grid) for number, grid in enumerate(self._grids)]
        top = [table for number, table in enumerate(tables) if not self._nest(number, tables)]
        blocks: list[Draft] = [*top, *self._texts(top)]
        return sorted(blocks, key=lambda block: (block.box[1], block.box[0]))

    def _table(self, number: int, grid: Grid) -> TableDraft:
        cells = []
        for index, span in enumerate(grid.spans):
            spot = (number, index)
            cells.append(
                CellDraft(
                    *(span.row, span.column, span.rows, span.columns),
                    box=grid.box(index),
                    page=self._page,
                    lines=lines_of(self._cells.get(spot, ())),
                    tagged=[tag for value in self._values.get(spot, ()) if (tag := value.tagged) is not None],
                    pictures=self._pictures.get(spot, []),
                )
            )
        left, top = grid.xs[0], grid.ys[0]
        return TableDraft(self._page, (left, top, grid.xs[-1] - left, grid.ys[-1] - top), cells)

    def _nest(self, number: int, tables: list[TableDraft]) -> bool:
        """Put a table into the cell of a larger one it lies in."""
        x, y, width, height = tables[number].box
        for outer in range(number + 1, len(self._grids)):
            cell = self._grids[outer].cell_at(x + width / 2, y + height / 2)
            if cell is not None:
                tables[outer].cells[cell].tables.append(tables[number])
                return True
        return False

    def _texts(self, tables: Sequence[TableDraft]) -> Iterator[TextDraft]:
        """Yield the lines above, between and below the tables."""
        edges = sorted(table.box[1] + table.box[3] / 2 for table in tables)
        lines = lines_of(self._outside)
        reach = [(line.start, line.end) for line in lines if line.places and line.way == UPRIGHT]
        reach += [(table.box[0], table.box[0] + table.box[2]) for table in tables]
        left, right = min((start for start, _ in reach), default=0.0), max((end for _, end in reach), default=0.0)
        groups: dict[int, TextDraft] = {}

        def group(level: float) -> TextDraft:
            return groups.setdefault(bisect_right(edges, level), TextDraft(self._page, [], left, right))

        for line in lines:
            if line.places:
                group(line.box[1] + line.box[3] / 2).lines.append(line)
        for value in self._values.get(None, ()):
            if value.tagged is not None:
                group(value.box[1] + value.box[3] / 2).tagged.append((value.tagged, value.box))
        yield from groups.values()
        if self._slanted:
            yield TextDraft(self._page, _one_line(self._slanted), left, right)


def _one_line(glyphs: Sequence[Glyph]) -> list[Line]:
    """Make one line of slanted characters (a watermark), in the order they were drawn."""
    return [
        line for line in lines_of([glyphs[0]._replace(text="".join(glyph.text for glyph in glyphs))]) if line.places
    ]


def _middle(glyph: Glyph) -> tuple[float, float]:
    if glyph.way == UPRIGHT:
        return glyph.x + glyph.width / 2, glyph.y - 0.36 * glyph.size
    x, y, width, height = glyph.box()
    return x + width / 2, y + height / 2


def _is_in(glyph: Glyph, box: Box) -> bool:
    x, y = _middle(glyph)
    return box[0] < x < box[0] + box[2] and box[1] < y < box[1] + box[3]


def _whole_words(string: Sequence[Glyph], spots: list[Spot | None]) -> list[Spot | None]:
    """Keep words together that run over a border: all of a word belongs where most of it stands."""
    found: list[Spot | None] = []
    begin = 0
    for index in range(1, len(string) + 1):
        if index < len(string) and not _parts(string[index - 1], string[index]):
            continue
        word = spots[begin:index]
        found += [Counter(word).most_common(1)[0][0]] * len(word)
        begin = index
    return found


def _parts(before: Glyph, after: Glyph) -> bool:
    """Whether a word ends between two characters drawn by one operator."""
    if before.text.isspace() or after.text.isspace():
        return True
    if before.way != UPRIGHT:
        return False
    return abs(after.x - before.x - before.width) > _APART * before.size or abs(after.y - before.y) > 0.1 * before.size
