"""Where everything of a form stands on its page: the grid of form data laid out as marks. Lengths are millimetres.

The frame (heading, title, rules, labels, note) is the same for all papers of one form and year and is kept; values go
into a layer above it. Text that is too long shrinks by half points and then goes on on a further page: nothing is
ever clipped. Sizes and margins follow GB/T 9704-2012: heading 16 pt, title 22 pt, cells 14 pt.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from formsvc.forms.spec import CONTINUED, Align, Cell, FormSpec
from formsvc.forms.spec import Line as FormLine
from formsvc.rendering.fonts import Fonts, Role
from formsvc.rendering.lines import Align as Set
from formsvc.rendering.lines import Fitted, Paragraph, fit, set_line
from formsvc.rendering.marks import POINTS_A_MM, Mark, Rule, Text, texts_of_block
from formsvc.rendering.pdf import Layer, Page

HEADING_SIZE = 16.0
TITLE_SIZE = 22.0
CELL_SIZE = 14.0
NOTE_SIZE = 11.0
SMALLEST = 8.0
"""Points; text that does not fit at this size goes on on a further page."""

_PITCH = 29.0 / POINTS_A_MM
"""The distance of lines of body text by the standard: 22 lines on 225 mm."""
_TITLE_BASELINE = 2.1 * _PITCH
"""From the top of the text block, or from the heading's line, to the title's baseline."""
_TITLE_TO_TABLE = 7.5
_NOTE_GAP = 6.0
_LEADING = 1.6
"""Distance of lines as a multiple of the size."""
_SIGN_LINE = 8.6
"""Height of a line that stands at the bottom of a cell: a seal, a date."""
_SIDE, _WIDE_SIDE = 0.9, 2.2
"""White beside the text of cells of one line, and of many."""
_TOP = 1.6
SIGN_INDENT = 10.0
"""White right of a seal or date at the right edge."""
_STACK_PITCH = 28.0
_OUTER, _INNER = 1.5, 0.6
"""Widths of rules in points."""
_NO_YEAR = "\u3000" * 2
"""What stands in a title for a year that is not printed: as wide as its four digits."""

_SET = {Align.LEFT: Set.LEFT, Align.CENTRE: Set.CENTRE, Align.RIGHT: Set.RIGHT}
Printed = Mapping[str, Sequence[str]]
"""Field key -> the lines it is printed in."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A place on the page."""

    x: float
    y: float
    width: float
    height: float


_ONE_LINE = 10.5
"""The least size, in points, to which a short text is made smaller so that it needs no second line."""
_WHITES = (1.2, 0.8, 0.4)
"""The white between a rule and a text of several lines, above and below, in mm: as much as lets it fit its cell."""


@dataclass(frozen=True, slots=True)
class Overflow:
    """What of a field goes on on a further page."""

    key: str
    paragraphs: tuple[Paragraph, ...]


class FormLayout:
    """One form laid out with some fonts."""

    def __init__(self, spec: FormSpec, fonts: Fonts) -> None:
        self.spec = spec
        self._fonts = fonts
        page = spec.page
        heading = _PITCH if spec.heading else 0.0
        self._title_baseline = page.top + heading + (_TITLE_BASELINE - _PITCH if spec.heading else _PITCH)
        self.table_top = self._title_baseline + _TITLE_TO_TABLE
        note = _NOTE_GAP + 2 if spec.note else 0.0
        self._rows = _fitted(spec, page.height - page.bottom - self.table_top - note)
        self._left = page.left + (page.width - page.left - page.right - sum(spec.grid.columns)) / 2

    def pages(self, year: int | None, printed: Printed, *more: Layer) -> tuple[Page, ...]:
        """Return the pages of the form with these lines in its fields; `more` layers stand on every page.

        Fields that are not in `printed` show what an empty form shows there.
        """
        marks: list[Mark] = []
        overflows: list[Overflow] = []
        for cell in self.spec.grid.cells:
            self._fill(cell, printed, marks, overflows)
        size = (self.spec.page.width, self.spec.page.height)
        first = Page((self._frame(year), Layer(tuple(marks)), *more), *size)
        return (first, *(Page((layer, *more), *size) for layer in self._further(year, overflows)))

    def value_box(self, key: str) -> Rectangle:
        """Return where the value of a field goes."""
        return next(place for line, place in self._places(self.cell_of(key)) if line.key == key and not line.is_label)

    def cell_of(self, key: str) -> Cell:
        """Return the cell where the value of a field goes; raises KeyError for a field that is in none."""
        for cell in self.spec.grid.cells:
            if any(line.key == key and not line.is_label for line in cell.lines):
                return cell
        raise KeyError(key)

    def cell_box(self, cell: Cell) -> Rectangle:
        """Return the rectangle of a cell, rules included."""
        columns, rows = self.spec.grid.columns, self._rows
        return Rectangle(
            self._left + sum(columns[: cell.column]),
            self.table_top + sum(rows[: cell.row]),
            sum(columns[cell.column : cell.column + cell.columns]),
            sum(rows[cell.row : cell.row + cell.rows]),
        )

    @lru_cache(maxsize=8)  # noqa: B019 - layouts are kept for the life of the process
    def _frame(self, year: int | None) -> Layer:
        spec = self.spec
        marks: list[Mark] = [*self._rules(), *self._title(year, "")]
        if spec.heading:
            baseline = spec.page.top + 0.75 * _PITCH
            marks.append(self._text(spec.heading, spec.page.left, baseline, HEADING_SIZE, Role.HEADS))
        for cell in spec.grid.cells:
            for line, place in self._places(cell):
                if line.is_label:
                    marks += self._label(cell, line, place)
        if spec.note:
            marks += self._note()
        return Layer(tuple(marks))

    def _title(self, year: int | None, suffix: str) -> Iterator[Mark]:
        shown = _NO_YEAR if year is None else str(year)
        text = self.spec.title.replace("{year}", shown) + suffix
        advance = self._fonts.advance(Role.TITLE)
        line = set_line(text, size=TITLE_SIZE, advance=advance)
        width = sum(advance(character) for character in text) * TITLE_SIZE + sum(line.extra)
        x = (self.spec.page.width - width / POINTS_A_MM) / 2
        yield Text(x, self._title_baseline, line.text, TITLE_SIZE, Role.TITLE, line.extra)

    def _note(self) -> Iterator[Mark]:
        page = self.spec.page
        block = fit(
            [Paragraph(self.spec.note)],
            width=(page.width - page.left - page.right) * POINTS_A_MM,
            height=2.6 * NOTE_SIZE,
            size=NOTE_SIZE,
            leading=1.3,
            minimum=SMALLEST,
            advance=self._fonts.advance(Role.NOTES),
        )
        y = self.table_top + sum(self._rows) + 1.6
        return iter(texts_of_block(block, x=page.left, y=y, role=Role.NOTES))

    def _rules(self) -> Iterator[Mark]:
        width, height = sum(self.spec.grid.columns), sum(self._rows)
        for cell in self.spec.grid.cells:
            box = self.cell_box(cell)
            if cell.column:
                yield Rule(box.x, box.y, box.x, box.y + box.height, _INNER)
            if cell.row:
                yield Rule(box.x, box.y, box.x + box.width, box.y, _INNER)
        x, y = self._left, self.table_top
        for x1, y1, x2, y2 in ((x, y, x + width, y), (x, y + height, x + width, y + height)):
            yield Rule(x1 - _OUTER / 2 / POINTS_A_MM, y1, x2 + _OUTER / 2 / POINTS_A_MM, y2, _OUTER)
        yield Rule(x, y, x, y + height, _OUTER)
        yield Rule(x + width, y, x + width, y + height, _OUTER)

    def _places(self, cell: Cell) -> list[tuple[FormLine, Rectangle]]:
        """Return where each line of a cell goes: what is above the growing one, that one, what is below."""
        box = self.cell_box(cell)
        if len(cell.lines) == 1 and not cell.lines[0].grow:
            side = Rectangle(box.x + _SIDE, box.y, box.width - 2 * _SIDE, box.height)
            return [(cell.lines[0], side)]
        fixed = sum(not line.grow for line in cell.lines) * _SIGN_LINE
        growing = sum(line.grow for line in cell.lines) or 1
        room = max(box.height - _TOP - fixed, 0.0) / growing
        places, y = [], box.y + _TOP
        for line in cell.lines:
            height = room if line.grow else _SIGN_LINE
            places.append((line, Rectangle(box.x + _WIDE_SIDE, y, box.width - 2 * _WIDE_SIDE, height)))
            y += height
        return places

    def _label(self, cell: Cell, line: FormLine, place: Rectangle) -> Iterator[Mark]:
        text = self.spec.fields[line.key].printed
        if cell.stacked:
            return self._stacked("".join(text.split()), place)
        return iter(self._set((text,), place, line.align, Role.BODY)[0])

    def _stacked(self, text: str, place: Rectangle) -> Iterator[Mark]:
        height = place.height * POINTS_A_MM
        pitch = min(_STACK_PITCH, (height - CELL_SIZE / 2) / max(len(text), 1))
        size = min(CELL_SIZE, pitch)
        top = place.y + (height - pitch * len(text)) / 2 / POINTS_A_MM
        advance = self._fonts.advance(Role.BODY)
        for number, character in enumerate(text):
            x = place.x + (place.width - advance(character) * size / POINTS_A_MM) / 2
            y = top + (pitch * number + (pitch - size) / 2 + 0.88 * size) / POINTS_A_MM
            yield Text(x, y, character, size)

    def _fill(self, cell: Cell, printed: Printed, marks: list[Mark], overflows: list[Overflow]) -> None:
        for line, place in self._places(cell):
            if line.is_label:
                continue
            field = self.spec.fields[line.key]
            texts = tuple(printed.get(line.key, ())) or ((field.blank,) if field.blank else ())
            if not texts:
                continue
            indent = SIGN_INDENT if line.align is Align.RIGHT else 0.0
            room = Rectangle(place.x, place.y, place.width - indent, place.height)
            drawn, rest = self._block(texts, room) if line.grow else self._set(texts, room, line.align, Role.BODY)
            marks += drawn
            if rest:
                overflows.append(Overflow(line.key, rest))

    def _block(self, texts: Sequence[str], place: Rectangle) -> tuple[tuple[Mark, ...], tuple[Paragraph, ...]]:
        block = self._fitted([Paragraph(text, indent=2.0) for text in texts], place, _LEADING, Set.JUSTIFY, Role.BODY)
        return texts_of_block(block, x=place.x, y=place.y), block.remainder

    def _set(
        self, texts: Sequence[str], place: Rectangle, align: Align, role: Role
    ) -> tuple[tuple[Mark, ...], tuple[Paragraph, ...]]:
        """Set short text in the vertical middle of its place."""
        block = self._short([Paragraph(text) for text in texts], place, _SET[align], role)
        y = place.y + (place.height - len(block.lines) * block.leading / POINTS_A_MM) / 2
        return texts_of_block(block, x=place.x, y=y, role=role), block.remainder

    def _short(self, paragraphs: Sequence[Paragraph], place: Rectangle, align: Set, role: Role) -> Fitted:
        """Return short text on one line if its type need not be small for that, else with white above and below it."""
        block = self._fitted(paragraphs, place, 1.2, align, role)
        if len(block.lines) < 2:
            return block
        advance, width = self._fonts.advance(role), place.width * POINTS_A_MM
        if len(paragraphs) == 1:
            size = int(2 * width / set_line(paragraphs[0].text, size=1.0, advance=advance).right) / 2
            if size >= _ONE_LINE:
                whole = fit(
                    paragraphs,
                    width=width,
                    height=size * 1.2,
                    size=size,
                    leading=1.2,
                    minimum=size,
                    advance=advance,
                    align=align,
                )
                if not whole.remainder:
                    return whole
        for white in _WHITES:
            room = dataclasses.replace(place, height=place.height - 2 * white)
            inner = self._fitted(paragraphs, room, 1.2, align, role)
            if not inner.remainder:
                return inner
        return block

    def _fitted(
        self, paragraphs: Sequence[Paragraph], place: Rectangle, leading: float, align: Set, role: Role
    ) -> Fitted:
        return fit(
            paragraphs,
            width=place.width * POINTS_A_MM,
            height=place.height * POINTS_A_MM,
            size=CELL_SIZE,
            leading=leading,
            minimum=SMALLEST,
            advance=self._fonts.advance(role),
            align=align,
        )

    def _further(self, year: int | None, overflows: Sequence[Overflow]) -> Iterator[Layer]:
        """Return further pages with what did not fit, under the labels of its fields."""
        page = self.spec.page
        text: list[Paragraph] = []
        for overflow in overflows:
            text.append(Paragraph(f"{self.spec.fields[overflow.key].label}{CONTINUED}"))
            text += overflow.paragraphs
        place = Rectangle(
            page.left, self.table_top, page.width - page.left - page.right, page.height - page.bottom - self.table_top
        )
        while text:
            block = fit(
                text,
                width=place.width * POINTS_A_MM,
                height=place.height * POINTS_A_MM,
                size=CELL_SIZE,
                leading=_LEADING,
                minimum=CELL_SIZE,
                advance=self._fonts.advance(Role.BODY),
            )
            yield Layer((*self._title(year, CONTINUED), *texts_of_block(block, x=place.x, y=place.y)))
            text = list(block.remainder)

    def _text(self, text: str, x: float, y: float, size: float, role: Role) -> Text:
        line = set_line(text, size=size, advance=self._fonts.advance(role))
        return Text(x, y, line.text, size, role, line.extra)


@lru_cache(maxsize=16)
def _layout(source: bytes, holder: _Held) -> FormLayout:
    del source
    return FormLayout(holder.spec, holder.fonts)


@dataclass(frozen=True)
class _Held:
    """A spec and fonts that are the same for the cache whenever the form's source is."""

    spec: FormSpec
    fonts: Fonts

    def __hash__(self) -> int:
        return hash(id(self.fonts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.fonts is other.fonts


def layout_of(spec: FormSpec, fonts: Fonts) -> FormLayout:
    """Return the layout of a form, made once for each content of its form.toml."""
    return _layout(spec.source, _Held(spec, fonts))


def _fitted(spec: FormSpec, room: float) -> tuple[float, ...]:
    """Return the heights of the rows; what is more than the room is taken from the highest row with a growing line."""
    rows = list(spec.grid.rows)
    too_much = sum(rows) - room
    growing = {cell.row for cell in spec.grid.cells if cell.rows == 1 and any(line.grow for line in cell.lines)}
    if too_much > 0 and growing:
        highest = max(growing, key=rows.__getitem__)
        rows[highest] = max(rows[highest] - too_much, rows[highest] / 3)
    return tuple(rows)
