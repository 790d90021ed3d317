"""The yearly handbook of pledges: cover, contents with page numbers that lead there, a page for every pledge.

A5, upright, in the order the pledges are given; those of one organisation stand together. Page numbers count from the
first pledge, and the bookmarks are organisations with their members. Lengths are millimetres.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from formsvc.forms.spec import CONTINUED
from formsvc.rendering.fonts import Fonts, Role, bundled_fonts
from formsvc.rendering.lines import Align, Fitted, Paragraph
from formsvc.rendering.marks import POINTS_A_MM, WHITE, Box, Layer, Mark, Repeated, Rule, Text, texts_of_block
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.navigation import Bookmark, Link
from formsvc.rendering.papers import GOLD, GREY, RED, Pledge, Setter, Words, said, spread
from formsvc.rendering.pdf import Document, Page, write
from formsvc.rendering.uncollected import uncollected

_WIDTH, _HEIGHT = 148.0, 210.0
_SIDE = 18.0
_TEXT = _WIDTH - 2 * _SIDE
_RUNNING, _FOOT = 15.0, 198.0
"""Baselines of the line at the top and of the page number."""
_NAME, _UNIT, _PLEDGES = 33.0, 41.0, 48.0
_DETAILS, _DETAILS_HEIGHT = 178.0, 12.0
_ROOM = _DETAILS - 3.0 - _PLEDGES
_SIZE, _LEAST = 13.0, 9.0
"""Points; pledges that do not fit a page in the smaller size go on on a further one in the larger."""
_ROW = 6.4
_ROWS = 24
"""Rows of a page of contents."""
_TOP_OF_CONTENTS = 42.0
_COLUMNS = 2
_GUTTER = 8.0
_OFTEN = 8
"""A pledge that so many give in the same words is written once for each place where it stands."""
_DOT = "\u00b7"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the contents."""

    text: str
    number: int
    """The page number printed behind it."""
    is_heading: bool


def write_handbook(
    pledges: Sequence[Pledge], words: Words, metadata: Metadata, *, year: int, office: str, fonts: Fonts | None = None
) -> bytes:
    """Return the handbook as a PDF/A-2b; pledges of one organisation have to stand together.

    Raises NoGlyphError for a character no face has.
    """
    with uncollected():
        made = handbook(pledges, words, metadata, year=year, office=office, fonts=fonts)
        return write([made], fonts or bundled_fonts(), is_long=True)[0]


def handbook(
    pledges: Sequence[Pledge], words: Words, metadata: Metadata, *, year: int, office: str, fonts: Fonts | None = None
) -> Document:
    """Return the pages of the handbook and its bookmarks."""
    made = _Handbook(words, year, office, fonts or bundled_fonts())
    made.expect(text for pledge in pledges for text in pledge.items)
    body: list[Page] = []
    entries: list[_Entry] = []
    groups: list[tuple[_Entry, list[_Entry]]] = []
    for organisation, group in groupby(pledges, key=lambda pledge: pledge.organisation):
        heading = _Entry(organisation, len(body) + 1, is_heading=True)
        members = []
        frame = made.frame(organisation)
        for pledge in group:
            if not pledge.is_organisation or pledge.name != organisation:
                members.append(_Entry(pledge.name, len(body) + 1, is_heading=False))
            body += made.pledge(pledge, frame, len(body) + 1)
        groups.append((heading, members))
        entries += [heading, *members]
    front = 1 + made.pages_of_contents(entries)
    contents = made.contents(entries, front)
    bookmarks = tuple(
        Bookmark(
            heading.text, front + heading.number - 1, tuple(Bookmark(one.text, front + one.number - 1) for one in more)
        )
        for heading, more in groups
    )
    return Document((made.cover(), *contents, *body), metadata, bookmarks)


class _Handbook:
    """Draws the pages of one handbook."""

    def __init__(self, words: Words, year: int, office: str, fonts: Fonts) -> None:
        self._words = words
        self._facts = {"year": year, "office": office}
        self._set = Setter(fonts)
        self._dot = fonts.advance(Role.BODY)(_DOT)
        self._often: frozenset[str] = frozenset()
        self._rule = Repeated("R", Layer((Rule(_SIDE, _DETAILS, _SIDE + _TEXT, _DETAILS, 0.4, GREY),)))
        self._repeated: dict[tuple[Paragraph, float, int], Repeated] = {}

    def expect(self, texts: Iterable[str]) -> None:
        """Learn which texts many pages have."""
        self._often = frozenset(text for text, count in Counter(texts).items() if count >= _OFTEN)

    def cover(self) -> Page:
        """Return the cover."""
        words, whole = self._words.handbook, (10.0, _WIDTH - 20.0)
        marks: list[Mark] = [
            Box(0, 0, _WIDTH, 92, 0, RED),
            Rule(0, 94.2, _WIDTH, 94.2, 2.5, GOLD),
            self._centred(words.year.format(**self._facts), 40, 20, Role.BODY, WHITE, whole),
            self._centred(words.title, 62, 34, Role.TITLE, WHITE, whole),
        ]
        if self._facts["office"]:
            marks.append(self._centred(str(self._facts["office"]), 180, 15, Role.BODY, RED, whole))
        return Page((Layer(tuple(marks)),), _WIDTH, _HEIGHT)

    def frame(self, organisation: str) -> Layer:
        """Return what stands at the top of every page of an organisation."""
        running = self._words.handbook.running.format(**self._facts)
        left = self._set.line(organisation, (_SIDE, _RUNNING, _TEXT * 0.62), 9, Role.NOTES, colour=GREY)
        right = self._set.line(
            running, (_SIDE + _TEXT * 0.64, _RUNNING, _TEXT * 0.36), 9, Role.NOTES, align=Align.RIGHT, colour=GREY
        )
        return Layer((left, right, Rule(_SIDE, _RUNNING + 2.4, _SIDE + _TEXT, _RUNNING + 2.4, 1.0, RED)))

    def pledge(self, pledge: Pledge, frame: Layer, number: int) -> list[Page]:
        """Return the pages of one pledge."""
        pages: list[Page] = []
        rest: Sequence[Paragraph] = [Paragraph(text, indent=2.0) for text in pledge.items]
        while rest or not pages:
            block = self._set.set(rest, (_TEXT, _ROOM), (_SIZE, _SIZE if pages else _LEAST), 1.75)
            if block.remainder:
                block = self._set.set(rest, (_TEXT, _ROOM), (_SIZE, _SIZE), 1.75)
            marks = self._head(pledge, is_further=bool(pages))
            marks += self._block(rest, block)
            rest = block.remainder
            if not rest:
                marks += self._details(pledge)
            marks.append(self._foot(str(number + len(pages))))
            pages.append(Page((frame, Layer(tuple(marks))), _WIDTH, _HEIGHT))
        return pages

    def _block(self, paragraphs: Sequence[Paragraph], block: Fitted) -> Iterator[Mark]:
        """Yield the lines of paragraphs that were set, those that stand there on many pages as one mark."""
        start = 0
        for paragraph, count in zip(paragraphs, block.counts, strict=False):
            place = paragraph, block.size, start
            lines = slice(start, start + count)
            start += count
            if paragraph.text not in self._often or (block.remainder and place[2] + count == len(block.lines)):
                yield from texts_of_block(block, x=_SIDE, y=_PLEDGES, some=lines)
                continue
            if place not in self._repeated:
                marks = texts_of_block(block, x=_SIDE, y=_PLEDGES, some=lines)
                self._repeated[place] = Repeated(f"T{len(self._repeated)}", Layer(marks))
            yield self._repeated[place]

    def _details(self, pledge: Pledge) -> list[Mark]:
        lines = [said(details, self._words) for details in (pledge.facts, pledge.contacts) if details]
        if not lines:
            return []
        block = self._set.set([Paragraph(line) for line in lines], (_TEXT, _DETAILS_HEIGHT), (10.0, 6.0), 1.4)
        return [self._rule, *texts_of_block(block, x=_SIDE, y=_DETAILS + 1.5)]

    def _head(self, pledge: Pledge, *, is_further: bool) -> list[Mark]:
        name = (pledge.name if pledge.is_organisation else spread(pledge.name)) + (CONTINUED if is_further else "")
        size = 18 if pledge.is_organisation else 22
        marks: list[Mark] = [self._set.line(name, (_SIDE, _NAME, _TEXT), size, Role.TITLE, colour=RED, least=11)]
        if pledge.unit:
            marks.append(self._set.line(pledge.unit, (_SIDE, _UNIT, _TEXT), 11, Role.NOTES, colour=GREY))
        return marks

    def pages_of_contents(self, entries: Sequence[_Entry]) -> int:
        """Return how many pages the contents take."""
        return len(_rows_by_page(entries))

    def contents(self, entries: Sequence[_Entry], front: int) -> list[Page]:
        """Return the pages of the contents; the pledges begin at page `front`, from 0."""
        pages = []
        for place, rows in enumerate(_rows_by_page(entries)):
            marks: list[Mark] = []
            links: list[Link] = []
            if place == 0:
                marks.append(self._centred(self._words.handbook.contents, 30, 20, Role.TITLE, RED, (_SIDE, _TEXT)))
            for down, row in enumerate(rows):
                y = _TOP_OF_CONTENTS + down * _ROW
                for across, entry in enumerate(row):
                    x, width = _cell(across, is_heading=entry.is_heading)
                    marks += self._entry(entry, x, y, width)
                    links.append(Link(x, y - 4.4, width, _ROW, front + entry.number - 1))
            pages.append(Page((Layer(tuple(marks)),), _WIDTH, _HEIGHT, tuple(links)))
        return pages

    def _entry(self, entry: _Entry, x: float, y: float, width: float) -> list[Mark]:
        """Return an entry: its text, its page number at the right, and dots between them."""
        role, size = (Role.HEADS, 11.0) if entry.is_heading else (Role.BODY, 10.5)
        number = self._set.line(str(entry.number), (x, y, width), size, align=Align.RIGHT)
        text = self._set.line(entry.text, (x, y, number.x - x - 3), size, role)
        start = x + _width_of(text, self._set.fonts) + 1.5
        pitch = 1.6
        first = int(start / pitch) + 1
        count = int((number.x - 1.5) / pitch) - first
        dots = [Text(first * pitch, y, _DOT * count, 8.0, extra=(self._white(pitch),) * count, colour=GREY)]
        return [text, number, *(dots if count > 0 else [])]

    def _white(self, pitch: float) -> float:
        return pitch * POINTS_A_MM - self._dot * 8.0

    def _foot(self, number: str) -> Mark:
        text = self._words.handbook.page.format(page=number)
        return self._centred(text, _FOOT, 9, Role.NOTES, GREY, (_SIDE, _TEXT))

    def _centred(
        self,
        text: str,
        y: float,
        size: float,
        role: Role,
        colour: tuple[float, float, float],
        across: tuple[float, float],
    ) -> Text:
        return self._set.line(text, (across[0], y, across[1]), size, role, align=Align.CENTRE, colour=colour)


def _rows_by_page(entries: Sequence[_Entry]) -> list[list[tuple[_Entry, ...]]]:
    """Return the rows of each page of contents: a heading by itself, members side by side; no heading at a foot."""
    rows: list[tuple[_Entry, ...]] = []
    for is_heading, run in groupby(entries, key=lambda entry: entry.is_heading):
        found = list(run)
        step = 1 if is_heading else _COLUMNS
        rows += [tuple(found[start : start + step]) for start in range(0, len(found), step)]
    pages: list[list[tuple[_Entry, ...]]] = [[]]
    for number, row in enumerate(rows):
        goes_on = row[0].is_heading and number + 1 < len(rows) and not rows[number + 1][0].is_heading
        if len(pages[-1]) + goes_on >= _ROWS:
            pages.append([])
        pages[-1].append(row)
    return pages


def _cell(across: int, *, is_heading: bool) -> tuple[float, float]:
    """Return left edge and width of an entry of the contents."""
    if is_heading:
        return _SIDE, _TEXT
    width = (_TEXT - 4.0 - _GUTTER * (_COLUMNS - 1)) / _COLUMNS
    return _SIDE + 4.0 + across * (width + _GUTTER), width


def _width_of(text: Text, fonts: Fonts) -> float:
    advance = fonts.advance(text.role)
    return (sum(map(advance, text.text)) * text.size + sum(text.extra)) / POINTS_A_MM
