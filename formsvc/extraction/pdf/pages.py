"""Tables that run on over pages become one table again.

The table at the top of a page goes on with the one at the bottom of the page before it when both have the same sides
and only page numbers stand between them. Its first row goes on with the last row there when a label stands on
one page only (or is itself cut), since a new row would have labels in the same places.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace

from formsvc.extraction.pdf.drafts import CellDraft, Draft, TableDraft, TextDraft
from formsvc.extraction.pdf.lines import Line

_SAME_SIDE = 1.0
"""How far sides of one table may differ between pages, mm."""
_PAGE_NUMBER = re.compile(r"[\W_]*(?:[第共页/\d]|of|page|[ivx]+|[\W_])*", re.IGNORECASE)


def continued(blocks: list[Draft], page: list[Draft]) -> list[Draft]:
    """Append a page's blocks to those before it; a table that goes on is put together."""
    last = next((block for block in reversed(blocks) if not _is_page_number(block)), None)
    first = next((block for block in page if not _is_page_number(block)), None)
    if not isinstance(last, TableDraft) or not isinstance(first, TableDraft) or not _goes_on(last, first):
        return [*blocks, *page]
    _put_together(last, first)
    return [*blocks, *(block for block in page if block is not first)]


def _is_page_number(block: Draft) -> bool:
    return (
        isinstance(block, TextDraft)
        and not block.tagged
        and all(_PAGE_NUMBER.fullmatch(line.text) is not None for line in block.lines)
    )


def _goes_on(last: TableDraft, first: TableDraft) -> bool:
    """Whether a table has the sides of the one before it and does not begin as that one does."""
    if abs(last.box[0] - first.box[0]) > _SAME_SIDE or abs(last.box[2] - first.box[2]) > 2 * _SAME_SIDE:
        return False
    return _text(last.cells[0]) != _text(first.cells[0]) or not _text(first.cells[0])


def _text(cell: CellDraft) -> str:
    return "".join("".join(line.text.split()) for line in cell.lines)


def _put_together(last: TableDraft, first: TableDraft) -> None:
    """Append a table's rows to those of the table it goes on with."""
    down = last.rows
    pairs = _cut_row(last, first)
    if pairs:
        down -= 1
        for upper, lower in pairs:
            _put_below(upper, lower)
    joined = {id(lower) for _, lower in pairs}
    _number_columns(last, first)
    for cell in first.cells:
        if id(cell) not in joined:
            last.cells.append(replace(cell, row=cell.row + down))


def _cut_row(last: TableDraft, first: TableDraft) -> list[tuple[CellDraft, CellDraft]]:
    """Return the cells of a row that a page's end cut, upper and lower part; none when the row is a new one."""
    bottom = last.rows
    upper = sorted((cell for cell in last.cells if cell.row + cell.rows == bottom), key=lambda cell: cell.box[0])
    lower = sorted((cell for cell in first.cells if cell.row == 0), key=lambda cell: cell.box[0])
    pairs = list(zip(upper, lower, strict=False))
    if len(upper) != len(lower) or not all(_same_sides(one, other) for one, other in pairs):
        return []
    label, rest = pairs[0]
    cut = label.is_blank != rest.is_blank or (_is_stacked(label) and _is_stacked(rest))
    if len(pairs) >= 4 and len(pairs) % 2 == 0:  # label and value in turn
        cut = cut or any(rest.is_blank and not label.is_blank for label, rest in pairs[::2])
    return pairs if cut else []


def _same_sides(one: CellDraft, other: CellDraft) -> bool:
    left, right = one.box[0], one.box[0] + one.box[2]
    return abs(left - other.box[0]) <= _SAME_SIDE and abs(right - other.box[0] - other.box[2]) <= _SAME_SIDE


def _is_stacked(cell: CellDraft) -> bool:
    """Whether a label is set with one character below the other."""
    return not cell.is_blank and all(len(line.text.strip()) <= 1 for line in cell.lines)


def _put_below(upper: CellDraft, lower: CellDraft) -> None:
    """Let a cell's lines go on with those on the next page, as if the page had no end."""
    if lower.lines:
        pitch = 1.3 * lower.lines[0].size
        shift = (upper.lines[-1].level + pitch if upper.lines else 0.0) - lower.lines[0].level
        upper.lines += [_lowered(line, shift) for line in lower.lines]
    upper.rows += lower.rows - 1
    upper.tagged += lower.tagged
    upper.pictures += lower.pictures
    upper.tables += lower.tables


def _lowered(line: Line, shift: float) -> Line:
    x, y, width, height = line.box
    return replace(line, level=line.level + shift, box=(x, y + shift, width, height))


def _number_columns(last: TableDraft, first: TableDraft) -> None:
    """Count the columns of both parts by the sides of both."""
    cells = [*last.cells, *first.cells]
    sides: list[float] = []
    for side in sorted(side for cell in cells for side in (cell.box[0], cell.box[0] + cell.box[2])):
        if not sides or side - sides[-1] > _SAME_SIDE:
            sides.append(side)
    for cell in cells:
        cell.column = max(0, bisect_left(sides, cell.box[0] + _SAME_SIDE) - 1)
        end = bisect_left(sides, cell.box[0] + cell.box[2] + _SAME_SIDE) - 1
        cell.columns = max(1, end - cell.column)
