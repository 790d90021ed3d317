"""Which cells and lines of a sheet stand behind which label.

A value stands right of its label, below it when the row is a row of labels or nothing stands right of it, or behind it
in the same cell. A cell that holds only a date or a place for a seal goes on with what stands above it or before it.
What then still has text is a row the form does not have, which is noted, or text that belongs nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from formsvc.chinese import DateFault, fold_label
from formsvc.chinese.tails import date_at_end
from formsvc.extraction.labels import FormMap, Inline, Label
from formsvc.extraction.pieces import Stretch, is_tail, says_nothing
from formsvc.extraction.sheets import CellLine, CellText, Sheet

AROUND = -1
"""The table number of paragraphs that stand around the table."""
_LONGEST_HINT = 4
"""Letters before a colon that may be a hint, such as those for a date or a seal."""
_LONGEST_HEADING = 14
"""Letters of a heading beside rows, or of a label; a longer text says something."""


@dataclass(slots=True)
class Region:
    """What stands behind one label."""

    label: Label
    lines: list[Stretch] = field(default_factory=list)
    runs: list[list[CellText]] = field(default_factory=list)
    """Its cells; those of one row that make one line together."""

    @property
    def cells(self) -> list[CellText]:
        """Its cells in order."""
        return [cell for run in self.runs for cell in run]


@dataclass(slots=True)
class Layout:
    """A sheet laid out by the labels of one form."""

    regions: list[Region] = field(default_factory=list)
    extra: list[tuple[str, str]] = field(default_factory=list)
    """Labels of rows the form does not have, and what stands there; headings, with nothing."""
    left_over: list[str] = field(default_factory=list)
    """Text inside the table that belongs to no field."""


def lay_out(sheet: Sheet, form: FormMap, around: Sequence[CellText] = ()) -> Layout:
    """Lay out a sheet; `around` are the paragraphs above and below it, where only printed labels count."""
    return _Work(sheet, form, around).done()


def whole_labels(sheet: Sheet, form: FormMap) -> Mapping[CellText, Label]:
    """Return the cells that are labels: every printed one, and an alias where the printed one is missing."""
    if form in sheet.labels:
        return sheet.labels[form]
    hits = {cell: label for cell in sheet.cells if (label := cell.label(form)) is not None}
    known = {label.key for label in hits.values() if not label.is_alias}
    found: dict[CellText, Label] = {}
    for cell, label in hits.items():
        if label.is_alias and (label.key in known or _is_alias_value(sheet, cell, hits)):
            continue
        found[cell] = label
        known.add(label.key)
    sheet.labels[form] = found
    return found


def _begins_with_label(cell: CellText, form: FormMap, known: Collection[str]) -> bool:
    """Whether the first line of a cell begins with a printed label that no cell is."""
    first = next((number for number, line in enumerate(cell.lines) if line.text.strip()), None)
    for number, place, wordings in cell.candidates:
        label = form.label(place.text, wordings) if number == first else None
        if label is not None and not label.is_alias and label.key not in known:
            return not cell.lines[number].text[: place.start].strip()
    return False


def _is_alias_value(sheet: Sheet, cell: CellText, hits: Mapping[CellText, Label]) -> bool:
    """Whether a cell that could be an alias is the value of the printed label at its left."""
    before = [other for other in sheet.row(cell.grid, cell.cell.row) if other.cell.column < cell.cell.column]
    left = hits.get(before[-1]) if before else None
    return left is not None and not left.is_alias and not is_header(sheet, cell, hits)


def is_header(sheet: Sheet, cell: CellText, labels: Mapping[CellText, Label]) -> bool:
    """Whether a cell stands in a row of labels over a row of values."""
    row = [other for other in sheet.row(cell.grid, cell.cell.row) if other.cell.row == cell.cell.row]
    heads = [other for other in row if other in labels]
    if len(heads) < 2 or any(other.cell.rows != cell.cell.rows for other in heads):
        return False
    values = sheet.row(cell.grid, cell.cell.row + cell.cell.rows)
    places = {(other.cell.column, other.cell.columns) for other in values}
    return not any(other in labels for other in values) and all(
        (head.cell.column, head.cell.columns) in places for head in heads
    )


class _Work:
    """The laying out of one sheet."""

    def __init__(self, sheet: Sheet, form: FormMap, around: Sequence[CellText]) -> None:
        self._sheet = sheet
        self._form = form
        self._around = Sheet(around)
        self._labels = whole_labels(sheet, form)
        keys = {label.key for label in self._labels.values()}
        self._opened = {cell for cell in sheet.cells if _begins_with_label(cell, form, keys)}
        """Cells that begin with a label of their own: no label's value."""
        self._owner: dict[CellText, Region] = {}
        """The region a cell's text belongs to, at its end if it has several."""
        self._behind: dict[CellText, Region] = {}
        """The region of each cell that is a label."""
        self._heads: dict[CellText, tuple[CellLine, ...]] = {}
        """What stands in a cell before the first label inside it."""
        self._layout = Layout()

    def done(self) -> Layout:
        """Do the work in its order."""
        for cell, label in self._labels.items():
            self._place_value(cell, label)
        for cell, hits in self._labels_inside().items():
            self._split(cell, hits)
        for region in self._layout.regions:
            for run in region.runs:
                region.lines += self._lines_of(run)
        for sheet in (self._sheet, self._around):
            for cell in sheet.cells:
                if self._is_free(cell) and (cell.bare or cell.cell.pictures):
                    self._go_on(sheet, cell)
        for row in self._sheet.rows():
            self._look_over(row)
        return self._layout

    def _is_free(self, cell: CellText) -> bool:
        return cell not in self._labels and cell not in self._owner

    def _is_value(self, cell: CellText) -> bool:
        return self._is_free(cell) and cell not in self._opened

    def _place_value(self, cell: CellText, label: Label) -> None:
        """Find the value of a label that is a cell of its own."""
        region = self._behind[cell] = Region(label)
        self._layout.regions.append(region)
        runs = [list(takewhile(self._is_value, row)) for row in self._sheet.right_of(cell)]
        if is_header(self._sheet, cell, self._labels) or not any(runs):
            below = self._sheet.below(cell)
            region.runs = [[value] for value in below] if all(map(self._is_value, below)) else []
        else:
            takes_all = cell.cell.rows > 1 and label.key in self._form.grows
            region.runs = [run if takes_all else run[:1] for run in runs if run]
        for value in region.cells:
            self._owner[value] = region

    def _lines_of(self, run: Sequence[CellText]) -> list[Stretch]:
        """Return the lines of a cell, or the one line that several cells of a row make."""
        if len(run) == 1:
            return [Stretch(line, run[0]) for line in self._heads.get(run[0], run[0].lines)]
        text = " ".join(filter(None, (cell.bare for cell in run)))
        return [Stretch(CellLine(text, numbered=False), run[0])]

    def _labels_inside(self) -> dict[CellText, list[_Hit]]:
        """Find the labels of fields that no cell is the label of, inside of cells and paragraphs."""
        known = {label.key for label in self._labels.values()}
        hits: dict[CellText, list[_Hit]] = {}
        for takes_alias in (False, True):
            found: list[_Hit] = []
            for cell in (*self._sheet.cells, *self._around.cells):
                if cell not in self._labels:
                    found += self._hits_in(cell, known, takes_alias=takes_alias)
            for hit in found:
                inside = hits.setdefault(hit.cell, [])
                if hit.label.key not in known and not any(hit.overlaps(other) for other in inside):
                    known.add(hit.label.key)
                    inside.append(hit)
        return {cell: sorted(inside, key=lambda hit: (hit.line, hit.place.start)) for cell, inside in hits.items()}

    def _hits_in(self, cell: CellText, known: Collection[str], *, takes_alias: bool) -> Iterator[_Hit]:
        is_value, is_around = cell in self._owner, cell.grid == AROUND
        for line, place, wordings in cell.candidates:
            label = self._form.label(place.text, wordings)
            if label is None or label.key in known or label.is_alias is not takes_alias:
                continue
            begins_line = not cell.lines[line].text[: place.start].strip()
            if label.is_alias and (is_value or is_around or not place.has_colon):
                continue
            if (is_value and not begins_line) or (is_around and not place.has_colon):
                continue
            yield _Hit(cell, line, place, label)

    def _split(self, cell: CellText, hits: Sequence[_Hit]) -> None:
        """Give what stands behind each label in a cell a region of its own."""
        if not hits:
            return
        lines = cell.lines
        first = hits[0]
        head = (*lines[: first.line], lines[first.line].until(first.place.start))
        if cell in self._owner:
            self._heads[cell] = head
        elif cell.grid != AROUND:
            text = "\n".join(line.text for line in head).strip()
            if text and not self._form.is_furniture(text):
                self._layout.left_over.append(text)
        for hit, after in zip(hits, (*hits[1:], None), strict=True):
            region = Region(hit.label)
            for number in range(hit.line, len(lines) if after is None else after.line + 1):
                line = lines[number]
                if after is not None and number == after.line:
                    line = line.until(after.place.start)
                if number == hit.line:
                    line = line.since(hit.place.end)
                region.lines.append(Stretch(line, cell))
            self._layout.regions.append(region)
            self._owner[cell] = region

    def _go_on(self, sheet: Sheet, cell: CellText) -> None:
        """Give a cell that holds only a date, a place for a seal or a picture to the region it goes on with."""
        if cell.bare and (not is_tail(cell.bare) or self._has_own_label(cell)):
            return
        left = [other for other in sheet.row(cell.grid, cell.cell.row) if other.cell.column < cell.cell.column]
        above = sheet.above(cell)
        nearest = [other for other in above if other.cell.row == above[0].cell.row]
        for others in (nearest, left[-1:]):
            regions = (self._owner.get(other) or self._behind.get(other) for other in others)
            region = next(filter(None, regions), None)
            if region is not None and self._lacks_tail(region):
                region.lines += self._lines_of([cell])
                region.runs.append([cell])
                self._owner[cell] = region
                return

    def _has_own_label(self, cell: CellText) -> bool:
        """Whether a cell begins with a label the form does not have, and not with a hint such as a date's."""
        before = re.split("[:：]", cell.bare, maxsplit=1)
        return len(before) > 1 and len(fold_label(before[0])) > _LONGEST_HINT and not says_nothing(before[0])

    def _lacks_tail(self, region: Region) -> bool:
        """Whether a seal or a date of the region may stand in another cell: it has such fields, and no date yet."""
        if len(self._form.groups.get(region.label.key, ())) < 2:
            return False
        date = date_at_end("\n".join(stretch.line.text for stretch in region.lines))
        return date is None or date.reading.fault is DateFault.BLANK

    def _look_over(self, row: Sequence[CellText]) -> None:
        """Sort what nobody claimed in a row into rows the form does not have and text left over."""
        for cell, after in zip(row, (*row[1:], None), strict=True):
            if not self._is_free(cell) or not cell.bare or self._form.is_furniture(cell.bare):
                continue
            value = self._value_of_unknown(cell, after)
            colon = next((place for _, place, _ in cell.candidates if place.has_colon), None)
            if value is not None:
                self._layout.extra.append((cell.bare, value.bare))
                self._owner[value] = self._owner[cell] = _NOWHERE
            elif colon is not None and len(colon.text.strip()) <= _LONGEST_HEADING:
                self._layout.extra.append((colon.text.strip(), cell.bare))
            elif says_nothing(cell.bare):
                continue
            elif self._is_heading(cell, after):
                self._layout.extra.append((cell.bare, ""))
            else:
                self._layout.left_over.append(cell.bare)

    def _value_of_unknown(self, cell: CellText, after: CellText | None) -> CellText | None:
        """Return the cell an unknown label stands before, or above in a row of labels."""
        if not 0 < cell.letters <= _LONGEST_HEADING:
            return None
        if is_header(self._sheet, cell, self._labels):
            return next((other for other in self._sheet.below(cell) if self._is_free(other)), None)
        if after is None or not self._is_free(after) or self._is_under_header(cell):
            return None
        return after

    def _is_under_header(self, cell: CellText) -> bool:
        """Whether a cell stands in a further row below a row of labels, as in a list of people."""
        heads = (other for other in self._sheet.above(cell) if other in self._labels)
        nearest = next(heads, None)
        return nearest is not None and is_header(self._sheet, nearest, self._labels)

    def _is_heading(self, cell: CellText, after: CellText | None) -> bool:
        """Whether a short text stands beside rows of the form, or any above its first label."""
        if after is not None and not self._is_free(after) and 0 < cell.letters <= _LONGEST_HEADING:
            return True
        first = next((other for other in self._sheet.cells if other in self._owner or other in self._labels), None)
        return first is None or (cell.grid, cell.cell.row) < (first.grid, first.cell.row)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A label inside a cell."""

    cell: CellText
    line: int
    place: Inline
    label: Label

    def overlaps(self, other: _Hit) -> bool:
        return self.line == other.line and self.place.start < other.place.end and other.place.start < self.place.end


_NOWHERE = Region(Label("", is_alias=False, text=""))
"""The owner of cells that belong to rows the form does not have."""
