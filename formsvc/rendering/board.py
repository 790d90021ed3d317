"""The notice-board sheet: the pledges as cards under a heading, on A3 or A4. Lengths are millimetres.

What does not fit its card goes on on the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from formsvc.forms.spec import CONTINUED
from formsvc.rendering.fonts import Fonts, Role, bundled_fonts
from formsvc.rendering.lines import Align, Paragraph
from formsvc.rendering.marks import WHITE, Box, Mark, Rule, Text, texts_of_block
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.papers import GOLD, GREY, RED, Pledge, Setter, Words, foot, spread
from formsvc.rendering.pdf import Document, Layer, Page, write


class Sheet(StrEnum):
    """The paper of a notice-board sheet."""

    A3 = "a3"
    A4 = "a4"


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things are on a sheet."""

    width: float
    height: float
    band: float
    title: float
    """The size of the title in points."""
    across: int
    down: int
    text: float
    """The size of the pledges in points."""
    side: float = 12.0
    gap: float = 4.0

    @property
    def card(self) -> tuple[float, float]:
        """Width and height of a card."""
        width = (self.width - 2 * self.side - (self.across - 1) * self.gap) / self.across
        height = (self.height - self.band - 8.0 - 16.0 - (self.down - 1) * self.gap) / self.down
        return width, height

    def corner(self, number: int) -> tuple[float, float]:
        """Return where a card stands."""
        down, across = divmod(number, self.across)
        width, height = self.card
        return self.side + across * (width + self.gap), self.band + 8.0 + down * (height + self.gap)


_PLANS = {
    Sheet.A3: _Plan(297.0, 420.0, 58.0, 44.0, 3, 4, 13.0),
    Sheet.A4: _Plan(210.0, 297.0, 38.0, 30.0, 2, 4, 11.0),
}
_LEAST = 9.0


def write_board(
    pledges: Sequence[Pledge],
    words: Words,
    metadata: Metadata,
    *,
    sheet: Sheet,
    year: int,
    office: str,
    fonts: Fonts | None = None,
) -> bytes:
    """Return the sheets as a PDF/A-2b; raises NoGlyphError for a character no face has."""
    fonts = fonts or bundled_fonts()
    board = _Board(words, _PLANS[sheet], fonts)
    cards = [card for pledge in pledges for card in board.cards(pledge)]
    plan = _PLANS[sheet]
    room = plan.across * plan.down
    sheets = [cards[start : start + room] for start in range(0, len(cards), room)] or [[]]
    head = board.head(words.board.line.format(year=year, office=office).strip("\u3000 "))
    pages = []
    for number, some in enumerate(sheets, 1):
        marks: list[Mark] = [board.foot(words.board.page.format(page=number, pages=len(sheets)))]
        for place, card in enumerate(some):
            marks += card.marks(*plan.corner(place))
        pages.append(Page((head, Layer(tuple(marks))), plan.width, plan.height))
    return write([Document(tuple(pages), metadata)], fonts)[0]


@dataclass(frozen=True, slots=True)
class _Card:
    """What stands on one card."""

    board: _Board
    pledge: Pledge
    name: str
    block: tuple[Text, ...]
    """The pledges, placed from the card's own corner."""

    def marks(self, x: float, y: float) -> Iterator[Mark]:
        """Yield the card at its place."""
        yield from self.board.frame(self, x, y)
        for mark in self.block:
            yield _moved(mark, x, y)


class _Board:
    """Draws the cards of one kind of sheet."""

    def __init__(self, words: Words, plan: _Plan, fonts: Fonts) -> None:
        self._words = words
        self._plan = plan
        self._set = Setter(fonts)

    def head(self, line: str) -> Layer:
        """Return the band at the top of every sheet."""
        plan = self._plan
        place = (10.0, plan.band * 0.58, plan.width - 20.0)
        below = (10.0, plan.band * 0.84, plan.width - 20.0)
        centre = Align.CENTRE
        return Layer(
            (
                Box(0, 0, plan.width, plan.band, 0, RED),
                Rule(0, plan.band + 1.2, plan.width, plan.band + 1.2, 2.0, GOLD),
                self._set.line(
                    self._words.board.title, place, plan.title, Role.TITLE, align=centre, colour=(1.0, 0.92, 0.62)
                ),
                self._set.line(line, below, plan.title * 0.38, Role.BODY, align=centre, colour=WHITE),
            )
        )

    def foot(self, text: str) -> Mark:
        """Return the line at the foot of a sheet."""
        plan = self._plan
        place = (plan.side, plan.height - 7.0, plan.width - 2 * plan.side)
        return self._set.line(text, place, 10, Role.NOTES, align=Align.RIGHT, colour=GREY)

    def cards(self, pledge: Pledge) -> Iterator[_Card]:
        """Yield the cards of one pledge: as many as it needs."""
        width, height = self._plan.card
        text = self._plan.text
        items: Sequence[Paragraph] = [Paragraph(item) for item in pledge.items]
        name = pledge.name if pledge.is_organisation else spread(pledge.name)
        top = text * 1.05 + (text * 0.4 if self._beside(pledge) is None else 0.0)
        box = (width - 8.0, height - top - (text * 0.62 if foot(pledge, self._words) else 3.0))
        block = self._set.set(items, box, (text, _LEAST), 1.5)
        if block.remainder:
            block = self._set.set(items, box, (text, text), 1.5)
        yield _Card(self, pledge, name, texts_of_block(block, x=4.0, y=top))
        while block.remainder:
            block = self._set.set(block.remainder, box, (text, text), 1.5)
            yield _Card(self, pledge, f"{name}{CONTINUED}", texts_of_block(block, x=4.0, y=top))

    def _beside(self, pledge: Pledge) -> tuple[float, float] | None:
        """Return start and width of the place for a unit beside the name; None when it has to go below."""
        if not pledge.unit or pledge.is_organisation:
            return 0.0, 0.0
        width, text = self._plan.card[0], self._plan.text
        start = 4.0 + self._set.width(f"{spread(pledge.name)}{CONTINUED}", text * 1.3, Role.TITLE) + 2.0
        fits = self._set.width(pledge.unit, text * 0.6, Role.NOTES) <= width - 4.0 - start
        return (start, width - 4.0 - start) if fits else None

    def frame(self, card: _Card, x: float, y: float) -> Iterator[Mark]:
        """Yield the edge of a card, its heading and its foot."""
        width, height = self._plan.card
        text, pledge = self._plan.text, card.pledge
        yield Box(x, y, width, height, 0.9, None, RED)
        base = y + text * 0.66
        name = (x + 4, base, width - 8)
        yield self._set.line(card.name, name, text * 1.3, Role.TITLE, colour=RED)
        beside = self._beside(pledge)
        if beside is None:
            place = (x + 4, base + 2.2 + text * 0.4, width - 8)
            yield self._set.line(pledge.unit, place, text * 0.8, Role.NOTES, colour=RED)
        elif beside[1]:
            place = (x + beside[0], base, beside[1])
            yield self._set.line(pledge.unit, place, text * 0.8, Role.NOTES, align=Align.RIGHT, colour=RED)
        yield Rule(x + 4, base + 2.2, x + width - 4, base + 2.2, 1.2, RED)
        line = foot(pledge, self._words)
        if line:
            yield self._set.line(line, (x + 4, y + height - 3.0, width - 8), text * 0.7, Role.NOTES, colour=GREY)


def _moved(mark: Text, x: float, y: float) -> Text:
    return replace(mark, x=mark.x + x, y=mark.y + y)
