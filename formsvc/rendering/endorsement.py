"""The endorsement of a delivered copy: what the archive knows of its review, drawn where the paper says nothing.

It stands in a frame in the margin below the form, where a form drawn here is known to be empty, or on pages of its own
behind the copy: always where the copy's pages are pictures, of which nobody knows what their margins hold, and where
the margin has no room. It is told to be a note by record and looks like no seal; colour and frame part it from what
the paper says. The boxes for opinion and seal stay free for ink.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from formsvc.forms.spec import CONTINUED, FormSpec
from formsvc.rendering.copies import LACKING
from formsvc.rendering.fonts import Fonts, Role
from formsvc.rendering.layout import SMALLEST, layout_of
from formsvc.rendering.lines import Align, Fitted, Paragraph, fit
from formsvc.rendering.marks import POINTS_A_MM, Box, Colour, Mark, Rule, Text, texts_of_block
from formsvc.rendering.papers import Setter
from formsvc.rendering.pdf import Layer, Page

INK: Colour = (0.09, 0.20, 0.42)
"""Dark blue: not the black of the form, and not the red of a seal."""
_EDGE = 0.6
_GAP, _PRINTER = 3.0, 9.0
"""Millimetres kept free below the form, and at the edge of the paper, where printers print nothing."""
_HEAD, _SMALL, _TEXT = 9.5, 8.0, 10.0
"""Points of the frame's heading, of what stands beside it, and of its text."""
_HEAD_HEIGHT, _PAD = 7.0, 2.2
_RULE = 6.0
_NOTE = 12.0
"""The height of a form's note with its white, at most (mm)."""
_TITLE, _BODY, _FOOT = 22.0, 12.0, 9.0
_SHEET_LEFT, _SHEET_WIDTH, _SHEET_BOTTOM = 28.0, 156.0, 262.0
"""The text block of a page of its own, as GB/T 9704-2012 has it on A4 (mm)."""
_LABELS = 34.0
"""The width of the column of labels on a page."""
_LEADING = 1.5
_LEAST_ROW = 10.0
_SEPARATOR = "："
_WIDE = "\u3000"


@dataclass(frozen=True, slots=True)
class Endorsement:
    """One review stamp as it is told on a copy; what is empty is not told."""

    step: str
    decision: str
    organisation: str = ""
    by: str = ""
    on: str = ""
    opinion: tuple[str, ...] = ()
    """Its lines."""
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The wording of endorsements."""

    title: str
    notice: str
    """That it is a note by record."""
    record: str
    """Which record and version it is of."""
    behind: str
    """That it stands on the last page."""
    labels: Mapping[str, str]
    """What each part of a stamp is called, by its name here, in the order of the rows."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn: over the copy's first page, and on pages behind its last."""

    over: Page | None
    behind: tuple[Page, ...]


def draw_endorsement(
    spec: FormSpec, stamps: Sequence[Endorsement], words: Words, fonts: Fonts, *, about: str, mark: str, is_drawn: bool
) -> Drawn:
    """Return the endorsement of a copy; `is_drawn` says whether its pages were drawn here.

    `about` and `mark` stand on pages of their own: which form of whom it belongs to, and the copy mark.
    """
    stamps = [_printable(stamp, fonts) for stamp in stamps]
    strip = _Strip(spec, words, fonts)
    if is_drawn:
        over = strip.page(_told(stamps, words))
        if over is not None:
            return Drawn(over, ())
    over = strip.page([Paragraph(words.behind)]) if is_drawn else None
    return Drawn(over, tuple(_Sheets(words, fonts, _clean(about, fonts), _clean(mark, fonts)).pages(stamps)))


def _told(stamps: Sequence[Endorsement], words: Words) -> list[Paragraph]:
    """Return stamps as short text: what was decided by whom and when, and the opinion."""
    told = []
    for stamp in stamps:
        facts = [part for part in (stamp.organisation, stamp.by, stamp.on) if part]
        told.append(Paragraph(_WIDE.join([f"{stamp.step}{_SEPARATOR}{stamp.decision}", *facts])))
        if stamp.opinion:
            told.append(Paragraph(f"{words.labels['opinion']}{_SEPARATOR}{stamp.opinion[0]}"))
            told += [Paragraph(line) for line in stamp.opinion[1:]]
    return told


class _Strip:
    """The frame in the margin below the form."""

    def __init__(self, spec: FormSpec, words: Words, fonts: Fonts) -> None:
        self._words = words
        self._set = Setter(fonts)
        self._page = page = spec.page
        layout = layout_of(spec, fonts)
        boxes = [layout.cell_box(cell) for cell in spec.grid.cells]
        lowest = max(box.y + box.height for box in boxes) + (_NOTE if spec.note else 0.0)
        self._top = max(lowest, page.height - page.bottom) + _GAP
        self.height = page.height - _PRINTER - self._top

    def page(self, told: Sequence[Paragraph]) -> Page | None:
        """Return the frame with a text on a page that is otherwise empty; None when there is no room for all of it."""
        page = self._page
        width = page.width - page.left - page.right
        inside = (width - 2 * _PAD, self.height - _HEAD_HEIGHT - _PAD)
        if inside[1] <= 0:
            return None
        block = self._set.set(told, inside, (_TEXT, SMALLEST), 1.35)
        if block.remainder:
            return None
        used = _HEAD_HEIGHT + len(block.lines) * block.leading / POINTS_A_MM + _PAD
        marks = [
            Box(page.left, self._top, width, used, _EDGE, None, INK),
            *self._heading(page.left + _PAD, width - 2 * _PAD),
            *_coloured(texts_of_block(block, x=page.left + _PAD, y=self._top + _HEAD_HEIGHT)),
        ]
        return Page((Layer(tuple(marks)),), page.width, page.height)

    def _heading(self, x: float, width: float) -> list[Mark]:
        y = self._top + 4.4
        words = self._words
        title = self._set.line(words.title, (x, y, width), _HEAD, Role.HEADS, colour=INK)
        start = self._set.width(words.title, _HEAD, Role.HEADS) + 3.0
        end = self._set.width(words.record, _SMALL, Role.NOTES)
        record = (x + width - end, y, end)
        notice = (x + start, y, width - start - end - 3.0)
        return [
            title,
            self._set.line(words.notice, notice, _SMALL, Role.NOTES, colour=INK),
            self._set.line(words.record, record, _SMALL, Role.NOTES, colour=INK),
            Rule(x, self._top + _RULE, x + width, self._top + _RULE, 0.3, INK),
        ]


class _Sheets:
    """Pages of A4 of their own: a table for each stamp."""

    def __init__(self, words: Words, fonts: Fonts, about: str, mark: str) -> None:
        self._words = words
        self._fonts = fonts
        self._set = Setter(fonts)
        self._about = about
        self._mark = mark
        self._sheets: list[list[Mark]] = []
        self._y = 0.0

    def pages(self, stamps: Sequence[Endorsement]) -> list[Page]:
        """Return the pages."""
        self._turn()
        for stamp in stamps:
            if self._y + 2 * _LEAST_ROW > _SHEET_BOTTOM:
                self._turn()
            for key, label in self._words.labels.items():
                value = getattr(stamp, key)
                lines = (value,) if isinstance(value, str) else value
                if any(lines):
                    self._row(label, [Paragraph(line) for line in lines])
            self._y += 6.0
        if len(self._sheets) > 1:
            for number, marks in enumerate(self._sheets, 1):
                marks.append(self._centred(f"— {number} —", _SHEET_BOTTOM + 14.0, _BODY))
        return [Page((Layer(tuple(marks)),)) for marks in self._sheets]

    def _turn(self) -> None:
        """Begin a page."""
        words = self._words
        title = f"{words.title}{CONTINUED if self._sheets else ''}"
        mark = (_SHEET_LEFT, 27.0, _SHEET_WIDTH)
        self._sheets.append(
            [
                self._set.line(self._mark, mark, _FOOT, Role.NOTES, align=Align.RIGHT),
                self._centred(title, 47.0, _TITLE, Role.TITLE),
                self._centred(self._about, 59.0, _BODY),
                self._centred(words.record, 66.0, _BODY),
                self._centred(words.notice, _SHEET_BOTTOM + 8.0, _FOOT),
            ]
        )
        self._y = 73.0

    def _centred(self, text: str, y: float, size: float, role: Role = Role.BODY) -> Text:
        return self._set.line(text, (_SHEET_LEFT, y, _SHEET_WIDTH), size, role, align=Align.CENTRE, colour=INK)

    def _row(self, label: str, told: Sequence[Paragraph]) -> None:
        """Add a row of the table; what does not fit goes on on the next page."""
        width, left = _SHEET_WIDTH - _LABELS, _SHEET_LEFT
        while told:
            block = self._fitted(told, width - 2 * _PAD, _SHEET_BOTTOM - self._y - 2 * _PAD)
            height = max(_LEAST_ROW, len(block.lines) * block.leading / POINTS_A_MM + 2 * _PAD)
            if not block.lines or self._y + height > _SHEET_BOTTOM:
                self._turn()
                continue
            marks = self._sheets[-1]
            marks.append(Box(left, self._y, _LABELS, height, _EDGE, None, INK))
            marks.append(Box(left + _LABELS, self._y, width, height, _EDGE, None, INK))
            place = (left + _PAD, self._y + (height + 0.76 * _BODY / POINTS_A_MM) / 2, _LABELS - 2 * _PAD)
            marks.append(self._set.line(label, place, _BODY, Role.HEADS, align=Align.CENTRE, colour=INK))
            free = height - len(block.lines) * block.leading / POINTS_A_MM
            marks += _coloured(texts_of_block(block, x=left + _LABELS + _PAD, y=self._y + free / 2))
            self._y += height
            told, label = block.remainder, f"{label.removesuffix(CONTINUED)}{CONTINUED}"
            if told:
                self._turn()

    def _fitted(self, told: Sequence[Paragraph], width: float, height: float) -> Fitted:
        return fit(
            told,
            width=width * POINTS_A_MM,
            height=max(height, 0.0) * POINTS_A_MM,
            size=_BODY,
            leading=_LEADING,
            minimum=_BODY,
            advance=self._fonts.advance(Role.BODY),
        )


def _coloured(texts: Sequence[Text]) -> list[Text]:
    return [replace(text, colour=INK) for text in texts]


def _printable(stamp: Endorsement, fonts: Fonts) -> Endorsement:
    """Return a stamp with the mark for what is lacking in place of characters that no face has."""
    return Endorsement(
        step=_clean(stamp.step, fonts),
        decision=_clean(stamp.decision, fonts),
        organisation=_clean(stamp.organisation, fonts),
        by=_clean(stamp.by, fonts),
        on=_clean(stamp.on, fonts),
        opinion=tuple(_clean(line, fonts) for line in stamp.opinion),
        recorded=_clean(stamp.recorded, fonts),
    )


def _clean(text: str, fonts: Fonts) -> str:
    shown = "".join(character if character.isprintable() or character == _WIDE else " " for character in text)
    missing = fonts.missing(shown)
    return "".join(LACKING if character in missing else character for character in shown)
