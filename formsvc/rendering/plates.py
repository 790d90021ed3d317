"""Plates for posts: cards of 90 by 60 mm, eight on a page of A4, with marks to cut along. Lengths are millimetres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from formsvc.rendering.fonts import Fonts, Role, bundled_fonts
from formsvc.rendering.lines import Align
from formsvc.rendering.marks import WHITE, Box, Mark, Picture, Rule
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.papers import GOLD, GREY, RED, Pledge, Setter, Words, said, spread
from formsvc.rendering.pdf import Document, Layer, Page, write

_WIDTH, _HEIGHT = 90.0, 60.0
_ACROSS, _DOWN = 2, 4
_GAP = 6.0
_LEFT = (210.0 - _ACROSS * _WIDTH - (_ACROSS - 1) * _GAP) / 2
_TOP = (297.0 - _DOWN * _HEIGHT - (_DOWN - 1) * _GAP) / 2
_BAND = 15.0
_PORTRAIT = (23.0, 31.0)
_PORTRAIT_LEFT, _PORTRAIT_TOP = 6.0, 20.0
_CUT, _CUT_APART = 2.0, 0.7
"""A mark to cut along, and the white between it and the card."""
_PAGE = _ACROSS * _DOWN


def write_plates(pledges: Sequence[Pledge], words: Words, metadata: Metadata, *, fonts: Fonts | None = None) -> bytes:
    """Return a plate for each pledge, eight a page, as a PDF/A-2b; of its contacts a plate shows the first.

    Raises NoGlyphError for a character no face has.
    """
    fonts = fonts or bundled_fonts()
    drawer = _Plates(words, fonts)
    pages = []
    for start in range(0, len(pledges), _PAGE):
        some = pledges[start : start + _PAGE]
        marks = tuple(mark for number, pledge in enumerate(some) for mark in drawer.plate(number, pledge))
        pages.append(Page((drawer.cards(len(some)), Layer(marks))))
    return write([Document(tuple(pages), metadata)], fonts)[0]


class _Plates:
    """Draws plates."""

    def __init__(self, words: Words, fonts: Fonts) -> None:
        self._words = words
        self._set = Setter(fonts)

    @lru_cache(maxsize=_PAGE)  # noqa: B019 - the drawer lives as long as its document is drawn
    def cards(self, count: int) -> Layer:
        """Return so many empty cards, with all that is the same on them."""
        marks: list[Mark] = []
        for number in range(count):
            x, y = _corner(number)
            marks.append(Box(x, y, _WIDTH, _BAND, 0, RED))
            marks.append(Rule(x, y + _BAND + 0.9, x + _WIDTH, y + _BAND + 0.9, 1.2, GOLD))
            marks.append(Box(x + 0.35, y + 0.35, _WIDTH - 0.7, _HEIGHT - 0.7, 2.0, None, RED))
            place = (x + 4, y + 10.6, _WIDTH - 8)
            marks.append(
                self._set.line(self._words.plates.title, place, 20, Role.TITLE, align=Align.CENTRE, colour=WHITE)
            )
            marks += _cuts(x, y)
        return Layer(tuple(marks))

    def plate(self, number: int, pledge: Pledge) -> Iterator[Mark]:
        """Yield what stands on one card."""
        x, y = _corner(number)
        left, width = x + 5, _WIDTH - 10
        if pledge.portrait is not None:
            yield _portrait(pledge, x + _PORTRAIT_LEFT, y + _PORTRAIT_TOP)
            left += _PORTRAIT[0] + 4
            width -= _PORTRAIT[0] + 4
        centre = Align.CENTRE
        yield self._set.line(spread(pledge.name), (left, y + 34.5, width), 32, Role.TITLE, align=centre, least=14)
        if pledge.unit:
            yield self._set.line(pledge.unit, (left, y + 43.2, width), 12, align=centre, least=7)
        motto, line = self._words.plates.motto, said(pledge.contacts[:1], self._words)
        if motto:
            yield self._set.line(motto, (left, y + 51.4, width), 9.5, Role.NOTES, align=centre, colour=RED)
        if line:
            yield self._set.line(line, (left, y + 56.2, width), 9, Role.NOTES, align=centre, colour=GREY, least=5)


def _corner(number: int) -> tuple[float, float]:
    down, across = divmod(number, _ACROSS)
    return _LEFT + across * (_WIDTH + _GAP), _TOP + down * (_HEIGHT + _GAP)


def _cuts(x: float, y: float) -> Iterator[Rule]:
    """Yield the marks at the corners of a card."""
    near, far = _CUT_APART, _CUT_APART + _CUT
    for corner_x, outward_x in ((x, -1), (x + _WIDTH, 1)):
        for corner_y, outward_y in ((y, -1), (y + _HEIGHT, 1)):
            yield Rule(corner_x + outward_x * near, corner_y, corner_x + outward_x * far, corner_y, 0.25)
            yield Rule(corner_x, corner_y + outward_y * near, corner_x, corner_y + outward_y * far, 0.25)


def _portrait(pledge: Pledge, x: float, y: float) -> Picture:
    """Return the portrait, as large as its place allows without being stretched."""
    raster = pledge.portrait
    if raster is None:
        raise ValueError(pledge.name)
    scale = min(_PORTRAIT[0] / raster.width, _PORTRAIT[1] / raster.height)
    width, height = raster.width * scale, raster.height * scale
    return Picture(x + (_PORTRAIT[0] - width) / 2, y + (_PORTRAIT[1] - height) / 2, width, height, raster)
