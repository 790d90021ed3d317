"""The table of a Word form: the grid of its form data in fixed layout, with a place left for every field.

Rows are at least as high as the grid says, unless the form would not fit its page: then the highest row with a growing
line is lower. A cell whose lines after the growing one belong at its bottom (seal, date)
takes two rows of Word's, without a line between them: what a clerk types above fills the upper one and only then
pushes the lower one down. Lengths are millimetres, heights of type points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tbl, CT_Tc
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from lxml import etree

from formsvc.chinese import display_width
from formsvc.forms.spec import Align, Cell, Field, FormSpec, Line
from formsvc.rendering.docx_controls import Place
from formsvc.rendering.docx_package import (
    CELL_SIZE,
    CELL_SIZES,
    HEADING_LINE,
    NOTE_BEFORE,
    NOTE_LINE,
    NOTE_SIZE,
    SIGN_LINE,
    TITLE_AFTER,
    TITLE_BEFORE,
    TITLE_LINE,
    TITLE_SIZE,
    StyleName,
)

PLACE = "formsvc-place"
"""The target of the processing instruction that stands where a field's XML goes; its text is the place's number."""

_MM = 72 / 25.4
"""Points a millimetre."""
_OUTER, _INNER = 12, 6
"""Widths of the table's lines in eighths of a point: 1.5 pt and 0.75 pt."""
_SIDE, _WIDE_SIDE = 0.9, 2.0
"""The space between a line and the text beside it, in cells of one line and in cells of many, in mm."""
_TOP_SPACE = 1.2
"""The space above the first line of a cell of many, in mm."""
_SIGN_INDENT = 2 * CELL_SIZE
"""How far a date or seal at the right stays from the line, in points."""
_TAIL_SPACE = 4.0
"""Points below the last line of a cell's lower part."""
_STACK_PITCH = 28.0
_FILLED = 0.92
"""How much of its lines a text fills that is broken into several."""
_SPARE = 6.0
"""Points on a page for the widths of lines and what programs round."""
_ALIGN = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTRE: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}
_JC = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}
_MIDDLE, _BOTTOM, _TOP = (
    WD_CELL_VERTICAL_ALIGNMENT.CENTER,
    WD_CELL_VERTICAL_ALIGNMENT.BOTTOM,
    WD_CELL_VERTICAL_ALIGNMENT.TOP,
)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The lines of a cell that follow each other from the top, and those that stand at its bottom."""

    upper: tuple[Line, ...]
    lower: tuple[Line, ...]


class FormTable:
    """Builds the table of one form in a document and keeps the places of its fields."""

    def __init__(self, document: Document, spec: FormSpec, places: list[Place]) -> None:
        self._spec = spec
        self._places = places
        self._rows = fitted_rows(spec)
        self._parts = {cell: _parts(cell) for cell in spec.grid.cells}
        self._lower_heights = self._heights_of_lower_rows()
        self._first_rows, self._last_rows = self._rows_of_word()
        self._table = document.add_table(self._last_rows[-1] + 1, len(spec.grid.columns))

    def build(self) -> None:
        """Fill the table: lines, sizes, labels and places."""
        _set_table(self._table, self._spec.grid.columns)
        for row, height in enumerate(self._rows):
            lower = self._lower_heights[row]
            self._set_height(self._first_rows[row], height - lower)
            if lower:
                self._set_height(self._last_rows[row], lower)
            elif not any(line.grow for cell in self._spec.grid.cells if cell.row == row for line in cell.lines):
                _keep_whole(self._table.rows[self._first_rows[row]])
        for cell in self._spec.grid.cells:
            self._build_cell(cell)

    def _heights_of_lower_rows(self) -> list[float]:
        """Return for each row of the grid the height of what stands at the bottom of cells that end in it, in mm."""
        heights = [0.0] * len(self._rows)
        for cell, parts in self._parts.items():
            if parts.lower:
                row = cell.row + cell.rows - 1
                height = (len(parts.lower) * SIGN_LINE + _TAIL_SPACE) / _MM
                heights[row] = max(heights[row], min(height, self._rows[row] / 2))
        return heights

    def _rows_of_word(self) -> tuple[list[int], list[int]]:
        """Return for each row of the grid its first and its last row in Word's table."""
        first, last, count = [], [], 0
        for lower in self._lower_heights:
            first.append(count)
            count += 2 if lower else 1
            last.append(count - 1)
        return first, last

    def _set_height(self, row: int, height: float) -> None:
        found = self._table.rows[row]
        found.height, found.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST

    def _build_cell(self, cell: Cell) -> None:
        parts = self._parts[cell]
        top, bottom = self._first_rows[cell.row], self._last_rows[cell.row + cell.rows - 1]
        upper = self._merged(cell, top, bottom - 1 if parts.lower else bottom)
        has_room = any(line.grow for line in cell.lines)
        upper.vertical_alignment = _TOP if has_room else _MIDDLE
        self._add_lines(upper, cell, parts.upper)
        if parts.lower:
            lower = self._merged(cell, bottom, bottom)
            lower.vertical_alignment = _BOTTOM
            self._add_lines(lower, cell, parts.lower, is_lower=True)
            _leave_out_line(upper, "bottom")
            _leave_out_line(lower, "top")
            _set_sides(lower, 0)
        if has_room:
            _set_sides(upper, _TOP_SPACE)

    def _merged(self, cell: Cell, top: int, bottom: int) -> _Cell:
        merged: _Cell = self._table.cell(top, cell.column)
        if (cell.columns, bottom) != (1, top):
            merged = merged.merge(self._table.cell(bottom, cell.column + cell.columns - 1))
        element = _element_of(merged)
        for paragraph in list(element.p_lst):
            element.remove(paragraph)
        return merged

    def _add_lines(self, target: _Cell, cell: Cell, lines: Sequence[Line], *, is_lower: bool = False) -> None:
        width = max((_printed_width(self._spec.fields[line.key]) for line in lines), default=0.0)
        for number, line in enumerate(lines, 1):
            field = self._spec.fields[line.key]
            if line.is_label:
                self._add_label(target, cell, line)
                continue
            indent = 0.0
            if is_lower and line.align is Align.RIGHT:
                indent = _SIGN_INDENT + (width - _printed_width(field)) / 2
            after = _TAIL_SPACE if is_lower and number == len(lines) else 0.0
            self._add_place(target, cell, line, _paragraph(_style(field, line, is_lower=is_lower), line, indent, after))

    def _add_label(self, target: _Cell, cell: Cell, line: Line) -> None:
        text = self._spec.fields[line.key].printed
        if not cell.stacked:
            is_narrow = display_width(text) * CELL_SIZE / 2 > self._room(cell)
            style = StyleName.NARROW_LABEL if is_narrow else StyleName.LABEL
            paragraph = target.add_paragraph(text, style=style.value)
            if line.align is not Align.CENTRE:
                paragraph.alignment = _ALIGN[line.align]
            return
        characters = [character for character in text if not character.isspace()]
        height = sum(self._rows[cell.row : cell.row + cell.rows]) * _MM
        pitch = min(_STACK_PITCH, (height - CELL_SIZE / 2) / max(len(characters), 1))
        for character in characters or [""]:
            paragraph = target.add_paragraph(character, style=StyleName.LABEL.value)
            layout = paragraph.paragraph_format
            layout.line_spacing = Pt(max(pitch, CELL_SIZE * 1.15))
            layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY

    def _add_place(self, target: _Cell, cell: Cell, line: Line, paragraph: str) -> None:
        field = self._spec.fields[line.key]
        place = Place(
            field=field,
            number=len(self._places),
            paragraph=paragraph,
            fits=self._fits(cell, paragraph),
            spaces=max(1, min(4, int(self._room(cell) / CELL_SIZE))),
        )
        _element_of(target).append(etree.ProcessingInstruction(PLACE, str(place.number)))
        self._places.append(place)

    def _fits(self, cell: Cell, paragraph: str) -> tuple[tuple[float, str], ...]:
        """Return how wide a value may be in each size of type and the properties of its paragraph then."""
        style = f'"{StyleName.CELL.value}"'
        if len(cell.lines) > 1 or style not in paragraph:
            return ()
        room, height = self._room(cell), sum(self._rows[cell.row : cell.row + cell.rows]) * _MM
        fits = []
        for name, (size, line) in CELL_SIZES.items():
            lines = max(1, int(height / line))
            filled = room if lines == 1 else lines * room * _FILLED
            fits.append((filled / size, paragraph.replace(style, f'"{name.value}"')))
        return tuple(fits)

    def _room(self, cell: Cell) -> float:
        """Return the width of the text in a cell, in points."""
        return (sum(self._spec.grid.columns[cell.column : cell.column + cell.columns]) - 2 * _SIDE) * _MM


def fitted_rows(spec: FormSpec) -> tuple[float, ...]:
    """Return the heights of the rows in mm, with all of the form on one page.

    What is too much is taken from the highest row with a growing line, of which at least a third stays.
    """
    page, rows = spec.page, list(spec.grid.rows)
    width = (page.width - page.left - page.right) * _MM
    title = TITLE_BEFORE + _line_count(spec.title, TITLE_SIZE, width) * TITLE_LINE + TITLE_AFTER
    note = NOTE_BEFORE + _line_count(spec.note, NOTE_SIZE, width) * NOTE_LINE
    around = (HEADING_LINE if spec.heading else 0) + title + note + _SPARE
    too_much = sum(rows) + around / _MM - (page.height - page.top - page.bottom)
    growing = {cell.row for cell in spec.grid.cells if cell.rows == 1 and any(line.grow for line in cell.lines)}
    if too_much > 0 and growing:
        highest = max(growing, key=rows.__getitem__)
        rows[highest] = max(rows[highest] - too_much, rows[highest] / 3)
    return tuple(rows)


def _line_count(text: str, size: float, width: float) -> int:
    return math.ceil(display_width(text) * size / 2 / width)


def _parts(cell: Cell) -> _Parts:
    growing = [number for number, line in enumerate(cell.lines, 1) if line.grow]
    cut = growing[-1] if growing else len(cell.lines)
    return _Parts(cell.lines[:cut], cell.lines[cut:])


def _style(field: Field, line: Line, *, is_lower: bool) -> StyleName:
    if is_lower or field.kind.is_mark:
        return StyleName.SIGN
    return StyleName.ITEM if line.grow else StyleName.CELL


def _paragraph(style: StyleName, line: Line, indent: float, after: float) -> str:
    """Return a `w:pPr`, its children in the order of the schema; lengths in points."""
    spacing = f'<w:spacing w:after="{round(after * 20)}"/>' if after else ""
    right = f'<w:ind w:right="{round(indent * 20)}"/>' if indent else ""
    align = "" if line.align is Align.LEFT else f'<w:jc w:val="{_JC[line.align]}"/>'
    return f'<w:pPr><w:pStyle w:val="{style.value}"/>{spacing}{right}{align}</w:pPr>'


def _printed_width(field: Field) -> float:
    """Return the width of a field's blank in points: a full-width sign is one em, any other half of it."""
    return display_width(field.blank) * CELL_SIZE / 2


def _set_table(table: Table, columns: Sequence[float]) -> None:
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, columns, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, columns, strict=True):
            cell.width = Mm(width)
    properties = _tbl(table).tblPr
    properties.remove_all("w:tblW")
    properties.insert_element_before(_width("w:tblW", sum(columns)), "w:jc")
    properties.insert_element_before(_lines(), "w:tblLayout")
    properties.insert_element_before(_margins("w:tblCellMar", left=_SIDE, right=_SIDE), "w:tblLook")


def _keep_whole(row: _Row) -> None:
    """Let a row that has no room go to the next page whole, not in parts."""
    row._tr.get_or_add_trPr().insert(0, _element("w:cantSplit"))  # noqa: SLF001 - python-docx has no public way


def _lines() -> BaseOxmlElement:
    borders = _element("w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        width = _INNER if edge.startswith("inside") else _OUTER
        borders.append(_element(f"w:{edge}", val="single", sz=str(width), space="0", color="000000"))
    return borders


def _margins(tag: str, **sides: float) -> BaseOxmlElement:
    """Return margins in mm; the schema wants top before left before right."""
    margins = _element(tag)
    for edge, size in sides.items():
        margins.append(_width(f"w:{edge}", size))
    return margins


def _width(tag: str, size: float) -> BaseOxmlElement:
    """Return a width in mm, as twentieths of a point."""
    return _element(tag, w=str(round(size * _MM * 20)), type="dxa")


def _element(tag: str, **attributes: str) -> BaseOxmlElement:
    element = cast("BaseOxmlElement", OxmlElement(tag))
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _set_sides(cell: _Cell, top: float) -> None:
    _insert(cell, _margins("w:tcMar", top=top, left=_WIDE_SIDE, right=_WIDE_SIDE))


def _leave_out_line(cell: _Cell, edge: str) -> None:
    borders = _element("w:tcBorders")
    borders.append(_element(f"w:{edge}", val="nil"))
    _insert(cell, borders)


_CELL_PROPERTIES = (
    "cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection",
    "tcFitText", "vAlign", "hideMark",
)  # fmt: skip
"""The children of `w:tcPr` in the order of the schema."""


def _insert(cell: _Cell, element: BaseOxmlElement) -> None:
    """Put an element into a cell's properties where the schema wants it."""
    order = _CELL_PROPERTIES.index(etree.QName(element).localname)
    later = tuple(f"w:{name}" for name in _CELL_PROPERTIES[order + 1 :])
    _element_of(cell).get_or_add_tcPr().insert_element_before(element, *later)


def _tbl(table: Table) -> CT_Tbl:
    return cast("CT_Tbl", next(_element_of(table.cell(0, 0)).iterancestors(qn("w:tbl"))))


def _element_of(cell: _Cell) -> CT_Tc:
    return cell._tc  # noqa: SLF001 - python-docx has no public way to a cell's margins, lines and removal of paragraphs
