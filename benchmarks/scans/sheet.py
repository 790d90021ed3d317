"""An empty form on paper: our own blank, or the table as another office would typeset it.

A sheet knows where each value goes, and where the signs of a printed date stand so that a hand writes between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from benchmarks.scans.paper import Box, Paper, printed_width
from benchmarks.scans.people import Chance, pick
from formsvc.forms.reading import Value
from formsvc.forms.spec import Align, Cell, FormSpec, Line
from formsvc.rendering.blank_pdf import write_pdf
from formsvc.rendering.fonts import bundled_fonts
from formsvc.rendering.layout import layout_of

_POINT = 25.4 / 72
_LABEL_FONTS = ("song", "old-song", "hei", "kai", "uming", "xiaowei", "ukai")


@dataclass(frozen=True)
class Slot:
    """Where the value of a field goes."""

    key: str
    box: Box
    align: Align
    grow: bool
    cell: Box
    signs: tuple[tuple[str, float, float, float], ...] = ()
    """Printed signs of a date: sign, left, right, baseline in mm."""


@dataclass(frozen=True)
class Sheet:
    """An empty form as a picture, and where things go on it."""

    paper: Paper
    layout: str
    slots: Mapping[str, Slot]
    table: Box
    year_room: tuple[float, float, float] | None
    """Left, right and baseline of the gap in the title where a hand writes the year; None when it is printed."""


def our_sheet(
    spec: FormSpec, year: int, per_mm: float, values: Mapping[str, Value] | None = None, *, marked: bool = True
) -> Sheet:
    """Return our own blank as our writer draws it; with values it is typed.

    Without its marks it is what an office gets that prints the Word form, or cuts the margins off.
    """
    document = pdfium.PdfDocument(write_pdf(spec, year=year, values=values or {}))
    page = document[0]
    picture = page.render(scale=per_mm * 25.4 / 72).to_numpy()[:, :, :3].copy()
    signs = _signs(page)
    document.close()
    layout = layout_of(spec, bundled_fonts())
    slots = {}
    for cell in spec.grid.cells:
        at = layout.cell_box(cell)
        for line in cell.lines:
            if not line.is_label:
                place = layout.value_box(line.key)
                box = (place.x, place.y, place.width, place.height)
                within = tuple(sign for sign in signs if _inside(sign, box)) if line.align is Align.RIGHT else ()
                slots[line.key] = Slot(line.key, box, line.align, line.grow, (at.x, at.y, at.width, at.height), within)
    cells = [layout.cell_box(cell) for cell in spec.grid.cells]
    left, top = min(cell.x for cell in cells), min(cell.y for cell in cells)
    table = (left, top, max(c.x + c.width for c in cells) - left, max(c.y + c.height for c in cells) - top)
    if not marked:
        _without_marks(picture, table, per_mm)
    return Sheet(Paper(picture, per_mm), "ours", slots, table, None)


def _without_marks(picture: NDArray[Any], table: Box, per_mm: float) -> None:
    """Whiten the margins where the corner squares and the code stand; heading and note keep to the text's width."""
    left, right = round((table[0] - 2) * per_mm), round((table[0] + table[2] + 2) * per_mm)
    picture[:, :left], picture[:, right:] = 255, 255
    picture[: round(32 * per_mm)], picture[-round(24 * per_mm) :] = 255, 255


def _signs(page: pdfium.PdfPage) -> list[tuple[str, float, float, float]]:
    text, height = page.get_textpage(), page.get_height()
    found = []
    for number in range(text.count_chars()):
        character = text.get_text_range(number, 1)
        if character in {"年", "月", "日"}:
            left, bottom, right, _ = text.get_charbox(number, loose=False)
            found.append((character, left * _POINT, right * _POINT, (height - bottom) * _POINT))
    return found


def _inside(sign: tuple[str, float, float, float], box: Box) -> bool:
    _, left, right, baseline = sign
    return box[0] < left and right < box[0] + box[2] and box[1] < baseline - 1 and baseline - 1 < box[1] + box[3]


@dataclass(frozen=True)
class Style:
    """How another office typesets a form."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    left: float
    top: float
    size: float
    """mm an em."""
    font: str
    title_font: str
    outer: float
    """Width of the outer rules in mm; below 0 they are double."""
    inner: float
    grey: int
    spread: str
    """What stands between the characters of a short label."""
    aliases: Mapping[str, str]
    """Field key -> its label here."""
    heading: bool
    note: bool
    year_by_hand: bool


def a_style(spec: FormSpec, chance: Chance) -> Style:
    """Return a style: widths, heights, faces, rules and labels as somebody else might choose them."""
    width, height = float(chance.uniform(148, 178)), float(chance.uniform(186, 216))
    columns = _varied(spec.grid.columns, 0.14, width, chance)
    rows = _varied(spec.grid.rows, 0.12, height, chance)
    font = pick(chance, _LABEL_FONTS)
    aliases = {
        key: pick(chance, field.aliases)
        for key, field in spec.fields.items()
        if field.aliases and field.printed and chance.random() < 0.2
    }
    rule = chance.random()
    return Style(
        columns=columns,
        rows=rows,
        left=(spec.page.width - width) / 2 + float(chance.uniform(-4, 4)),
        top=float(chance.uniform(38, 56)),
        size=float(chance.choice([3.7, 4.2, 4.2, 4.94, 5.3])),
        font=font,
        title_font=pick(chance, ["hei", "song", font]),
        outer=-0.25
        if rule < 0.12
        else float(chance.uniform(0.5, 1.1))
        if rule < 0.55
        else float(chance.uniform(0.14, 0.3)),
        inner=float(chance.uniform(0.12, 0.32)),
        grey=int(chance.choice([0, 0, 0, 60, 110])),
        spread=pick(chance, ["", "", " ", "\u3000"]),
        aliases=aliases,
        heading=bool(chance.random() < 0.5),
        note=bool(chance.random() < 0.6),
        year_by_hand=bool(chance.random() < 0.15),
    )


def _varied(lengths: Sequence[float], spread: float, total: float, chance: Chance) -> tuple[float, ...]:
    rough = [length * float(np.exp(spread * chance.standard_normal())) for length in lengths]
    least = [0.82 * length for length in lengths]
    kept = [max(one, low) for one, low in zip(rough, least, strict=True)]
    return tuple(one * total / sum(kept) for one in kept)


def other_sheet(spec: FormSpec, year: int, per_mm: float, style: Style, *, with_signs: bool) -> Sheet:
    """Return a form as another office typesets it; `with_signs` prints the signs of dates for a hand to fill."""
    paper = Paper.white(spec.page.width, spec.page.height, per_mm)
    drawing = _Drawing(spec, style, paper)
    slots = {}
    for cell in spec.grid.cells:
        box = drawing.box(cell)
        drawing.rules(cell, box)
        for line, place in _places(cell, box, style.size * 1.75):
            if line.is_label:
                drawing.label(cell, line, place)
            else:
                signs = drawing.blank(line, place) if with_signs or spec.fields[line.key].kind.is_mark else ()
                slots[line.key] = Slot(line.key, place, line.align, line.grow, box, signs)
    drawing.frame()
    gap = drawing.title(year)
    table = (style.left, style.top, sum(style.columns), sum(style.rows))
    return Sheet(paper, "other", slots, table, gap)


def _places(cell: Cell, box: Box, line_height: float) -> list[tuple[Line, Box]]:
    """Return where each line of a cell goes: fixed ones as high as a line, growing ones what is left."""
    x, y, width, height = box
    if len(cell.lines) == 1 and not cell.lines[0].grow:
        return [(cell.lines[0], (x + 0.9, y, width - 1.8, height))]
    fixed = sum(not line.grow for line in cell.lines) * line_height
    growing = max(sum(line.grow for line in cell.lines), 1)
    room = max(height - 1.6 - fixed, 0.0) / growing
    places, at = [], y + 1.2
    for line in cell.lines:
        tall = room if line.grow else line_height
        places.append((line, (x + 2.0, at, width - 4.0, tall)))
        at += tall
    return places


class _Drawing:
    """Draws the parts of a form in a style."""

    def __init__(self, spec: FormSpec, style: Style, paper: Paper) -> None:
        self._spec, self._style, self._paper = spec, style, paper
        self._ink = (style.grey,) * 3

    def box(self, cell: Cell) -> Box:
        style = self._style
        return (
            style.left + sum(style.columns[: cell.column]),
            style.top + sum(style.rows[: cell.row]),
            sum(style.columns[cell.column : cell.column + cell.columns]),
            sum(style.rows[cell.row : cell.row + cell.rows]),
        )

    def rules(self, cell: Cell, box: Box) -> None:
        x, y, width, height = box
        if cell.column:
            self._paper.line((x, y), (x, y + height), self._style.inner, self._ink)
        if cell.row:
            self._paper.line((x, y), (x + width, y), self._style.inner, self._ink)

    def frame(self) -> None:
        style = self._style
        for gap in (0.0, 0.9) if style.outer < 0 else (0.0,):
            x0, y0 = style.left - gap, style.top - gap
            x1, y1 = style.left + sum(style.columns) + gap, style.top + sum(style.rows) + gap
            for start, end in (((x0, y0), (x1, y0)), ((x0, y1), (x1, y1)), ((x0, y0), (x0, y1)), ((x1, y0), (x1, y1))):
                self._paper.line(start, end, abs(style.outer), self._ink)

    def label(self, cell: Cell, line: Line, place: Box) -> None:
        field, style = self._spec.fields[line.key], self._style
        text = style.aliases.get(line.key, field.printed)
        x, y, width, height = place
        if cell.stacked or (width < 14 and height > 40):
            self._stacked("".join(text.split()), place)
            return
        if len(cell.lines) > 1:
            text = text.rstrip("：:") + ("：" if field.printed.endswith("：") or line.key in style.aliases else "")
        elif len("".join(text.split())) <= 3:
            text = style.spread.join("".join(text.split()))
        size = min(style.size, style.size * width / max(printed_width(text, style.size, style.font), 1e-6))
        lines = [text]
        if size < 0.8 * style.size and height > 2.4 * style.size:
            bare = "".join(text.split())
            half = (len(bare) + 1) // 2
            lines = [bare[:half], bare[half:]]
            size = min(style.size, style.size * width / printed_width(lines[0], style.size, style.font))
        top = y + height / 2 - len(lines) * 1.25 * size / 2 + 1.05 * size
        for number, part in enumerate(lines):
            spare = width - printed_width(part, size, style.font)
            shift = {Align.LEFT: 0.0, Align.CENTRE: spare / 2, Align.RIGHT: spare}[line.align]
            self._paper.print_text(part, x + shift, top + number * 1.25 * size, size, font=style.font)

    def _stacked(self, text: str, place: Box) -> None:
        x, y, width, height = place
        pitch = min(self._style.size * 1.9, height / max(len(text), 1) * 0.98)
        size = min(self._style.size, pitch)
        top = y + (height - pitch * len(text)) / 2
        for number, character in enumerate(text):
            baseline = top + pitch * number + (pitch + 0.76 * size) / 2
            self._paper.print_text(character, x + (width - size) / 2, baseline, size, font=self._style.font)

    def blank(self, line: Line, place: Box) -> tuple[tuple[str, float, float, float], ...]:
        """Print what the empty form shows for a value; return the signs of a date."""
        field, style = self._spec.fields[line.key], self._style
        if not field.blank:
            return ()
        parts = field.blank.split()
        x, y, width, height = place
        baseline = y + height / 2 + 0.38 * style.size
        gap = 2.2 * style.size if len(parts) == 3 else 0.0
        at = x + width - sum(printed_width(part, style.size, style.font) for part in parts) - gap * 2 - 5.0
        found = []
        for part in parts:
            end = self._paper.print_text(part, at, baseline, style.size, font=style.font)
            found.append((part, at, end, baseline))
            at = end + gap
        return tuple(found) if len(parts) == 3 else ()

    def title(self, year: int) -> tuple[float, float, float] | None:
        """Print heading, title and note; return the gap for the year when a hand is to write it."""
        spec, style = self._spec, self._style
        size = 7.4 if style.size > 4 else 6.3
        baseline = style.top - 6.5
        before, after = spec.title.split("{year}")
        shown = "\u3000" * 3 if style.year_by_hand else str(year)
        width = printed_width(before + shown + after, size, style.title_font)
        x = self._paper.print_text(before, (spec.page.width - width) / 2, baseline, size, font=style.title_font)
        end = self._paper.print_text(shown, x, baseline, size, font=style.title_font)
        self._paper.print_text(after, end, baseline, size, font=style.title_font)
        if style.heading and spec.heading:
            self._paper.print_text(spec.heading, style.left, baseline - 11, 5.0, font="hei")
        if style.note and spec.note:
            small = min(3.7, sum(style.columns) / max(len(spec.note), 1))
            self._paper.print_text(spec.note, style.left, style.top + sum(style.rows) + 6, small, font=style.font)
        return (x, end, baseline) if style.year_by_hand else None
