"""From marks to the operators of a page.

Operators are kept few and short, because a year's handbook is thousands of pages of them: what is set stays set, a
line is placed from the one before it, and the white within a line is one spacing with a few exceptions. Places are
kept in thousandths of a point, so that nothing adds up along a page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import assert_never
from weakref import WeakKeyDictionary

from formsvc.rendering.embedding import Font, code_of, font_of
from formsvc.rendering.fonts import Chain, Fonts
from formsvc.rendering.marks import BLACK, POINTS_A_MM, Box, Colour, Mark, Picture, Raster, Rule, Squares, Text

_FINE = 1000
"""Numbers are written to this part of a unit."""
_WIDE = 100
"""Thousandths of an em: white from here on might be taken for a blank."""


class _Signs:
    """What draws the characters of one role, found when it is first asked for."""

    def __init__(self, chain: Chain) -> None:
        self._face = chain.face
        self._fonts: dict[str, Font] = {}
        self._known: dict[Font, set[str]] = {}
        """The characters that were asked for, by the font that draws them."""

    def runs(self, text: str) -> list[tuple[int, Font]]:
        """Return where each run of characters of one font begins, and the font."""
        for font, characters in self._known.items():
            if characters.issuperset(text):
                return [(0, font)]
        found = [self._font(character) for character in text]
        changes = [at for at in range(len(text)) if not at or found[at] != found[at - 1]]
        return [(at, found[at]) for at in changes]

    def _font(self, character: str) -> Font:
        font = self._fonts.get(character)
        if font is None:
            font = self._fonts[character] = font_of(self._face(character), character)
            self._known.setdefault(font, set()).add(character)
        return font


_SIGNS: WeakKeyDictionary[Chain, _Signs] = WeakKeyDictionary()


@dataclass(slots=True)
class _State:
    """What is set on the page; a new one is what PDF begins with."""

    fill: Colour = BLACK
    edge: Colour = BLACK
    width: float = 1.0
    font: Font | None = None
    size: float = 0.0
    spacing: int = 0
    """Thousandths of a point after each character."""


class Pen:
    """Turns marks into the operators of a page `height` millimetres high."""

    def __init__(self, height: float, fonts: Fonts) -> None:
        self.fonts: dict[Font, set[str]] = {}
        """The characters that were drawn, by font."""
        self.pictures: dict[str, Raster] = {}
        """The pictures that were drawn, by the names of their resources."""
        self._operators: list[bytes] = []
        self._height = height
        self._chains = fonts
        self._state = _State()
        self._line: tuple[int, int] | None = None
        """Where the last line of text began, in thousandths of a point, while text is being drawn."""

    def operators(self) -> bytes:
        """Return what was drawn; it leaves the state of the page as it found it."""
        self._end_text()
        return b"\n".join((b"q", *self._operators, b"Q\n"))

    def draw(self, mark: Mark) -> None:
        """Draw a mark over what there is."""
        if isinstance(mark, Text):
            self._text(mark)
            return
        self._end_text()
        match mark:
            case Rule():
                self._rule(mark)
            case Box():
                self._box(mark)
            case Squares():
                self._squares(mark)
            case Picture():
                self._picture(mark)
            case _:
                assert_never(mark)

    def _text(self, mark: Text) -> None:
        if not mark.text:
            return
        chain = self._chains.chain(mark.role)
        weight = chain.weight if mark.weight is None else mark.weight
        if not weight:
            self._line_of(mark, chain)
            return
        self._end_text()
        before = copy(self._state)
        self._operators.append(b"q")
        self._set_edge(mark.colour, weight * mark.size)
        self._operators.append(b"2 Tr 1 j")
        self._line_of(mark, chain)
        self._end_text()
        self._operators.append(b"Q")
        self._state = before

    def _line_of(self, mark: Text, chain: Chain) -> None:
        """Draw a text as the state of the page has it."""
        self._set_fill(mark.colour)
        fonts = _SIGNS.setdefault(chain, _Signs(chain)).runs(mark.text)
        spacings, corrections = _white(mark)
        parts = [self._moved(mark)]
        for start, end, font, spacing in _runs(len(mark.text), fonts, spacings):
            here = [(at - start, white) for at, white in corrections if start <= at < end] if corrections else []
            shown = _shown(_codes(mark.text[start:end], font), here)
            parts.append(self._setting(mark.text[start:end], font, mark.size, spacing) + shown)
        self._operators.append(b"\n".join(parts))

    def _setting(self, text: str, font: Font, size: float, spacing: int) -> bytes:
        """Return the operators that set what a run of text is drawn with, if it is not set."""
        state, parts = self._state, b""
        self.fonts.setdefault(font, set()).update(text)
        if spacing != state.spacing:
            state.spacing = spacing
            parts = _figure(spacing) + b" Tc"
        if font != state.font or size != state.size:
            state.font, state.size = font, size
            parts += b"/%s %s Tf" % (font.resource.encode("ascii"), _number(size))
        return parts

    def _moved(self, mark: Text) -> bytes:
        """Return the operators that begin a line of text where it stands."""
        x, y = round(mark.x * POINTS_A_MM * _FINE), round((self._height - mark.y) * POINTS_A_MM * _FINE)
        old, self._line = self._line, (x, y)
        if old is None:
            return b"BT %s %s Td" % (_figure(x), _figure(y))
        return b"%s %s Td" % (_figure(x - old[0]), _figure(y - old[1]))

    def _end_text(self) -> None:
        if self._line is not None:
            self._line = None
            self._operators.append(b"ET")

    def _rule(self, mark: Rule) -> None:
        self._set_edge(mark.colour, mark.width)
        self._operators.append(b"%s m %s l S" % (self._place(mark.x1, mark.y1), self._place(mark.x2, mark.y2)))

    def _box(self, mark: Box) -> None:
        if mark.fill:
            self._set_fill(mark.fill)
        if mark.edge:
            self._set_edge(mark.colour, mark.edge)
        if operator := (b"B" if mark.edge else b"f") if mark.fill else b"S" if mark.edge else b"":
            corner = self._place(mark.x, mark.y + mark.height)
            size = _number(mark.width * POINTS_A_MM), _number(mark.height * POINTS_A_MM)
            self._operators.append(b"%s %s %s re %s" % (corner, *size, operator))

    def _squares(self, mark: Squares) -> None:
        self._set_fill(mark.colour)
        side = f"{mark.side * POINTS_A_MM:.5f}".encode("ascii")
        parts = [b"q %s 0 0 -%s %s cm" % (side, side, self._place(mark.x, mark.y))]
        for down, row in enumerate(mark.rows):
            across = 0
            for filled, run in groupby(row, key=" ".__ne__):
                count = len(list(run))
                if filled:
                    parts.append(b"%d %d %d 1 re" % (across, down, count))
                across += count
        self._operators += [*parts, b"f Q"]

    def _picture(self, mark: Picture) -> None:
        name = f"P{hashlib.sha256(mark.raster.samples).hexdigest()[:16]}"
        self.pictures[name] = mark.raster
        width, height = _number(mark.width * POINTS_A_MM), _number(mark.height * POINTS_A_MM)
        place = self._place(mark.x, mark.y + mark.height)
        self._operators.append(b"q %s 0 0 %s %s cm /%s Do Q" % (width, height, place, name.encode("ascii")))

    def _set_fill(self, colour: Colour) -> None:
        if colour != self._state.fill:
            self._state.fill = colour
            self._operators.append(_colour(colour, b"g", b"rg"))

    def _set_edge(self, colour: Colour, width: float) -> None:
        if colour != self._state.edge:
            self._state.edge = colour
            self._operators.append(_colour(colour, b"G", b"RG"))
        if width != self._state.width:
            self._state.width = width
            self._operators.append(_number(width) + b" w")

    def _place(self, x: float, y: float) -> bytes:
        return b"%s %s" % (_number(x * POINTS_A_MM), _number((self._height - y) * POINTS_A_MM))


def _white(mark: Text) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the white after the characters of a text: where it changes and to what, and corrections of it.

    Changes are in thousandths of a point, corrections in thousandths of an em added after one character. Only what is
    small is corrected: a program that reads the text would take a wide gap for a blank, but no change of the spacing.
    What follows the last character does not matter.
    """
    gaps = mark.extra[:-1]
    kinds = set(gaps)
    if len(kinds) <= 1:
        return [(0, round(gaps[0] * _FINE) if gaps else 0)], []
    usual = max(kinds, key=lambda white: (gaps.count(white), -white))
    changes, corrections = [(0, round(usual * _FINE))], []
    for at, white in enumerate(gaps):
        if white == usual:
            continue
        added = (white - usual) * 1000 / mark.size
        if added <= _WIDE:
            corrections.append((at, round(added)))
            continue
        wide = round(white * _FINE)
        if changes[-1][0] == at:
            changes.pop()
        if not changes or changes[-1][1] != wide:
            changes.append((at, wide))
        changes.append((at + 1, round(usual * _FINE)))
    return changes, [(at, number) for at, number in corrections if number]


def _runs(
    length: int, fonts: Sequence[tuple[int, Font]], spacings: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, Font, int]]:
    """Yield the runs of a text in which neither font nor spacing changes: start, end, and both."""
    font_at, spacing_at = dict(fonts), dict(spacings)
    font, spacing = fonts[0][1], 0
    starts = sorted({*font_at, *spacing_at})
    for start, end in zip(starts, [*starts[1:], length], strict=True):
        font, spacing = font_at.get(start, font), spacing_at.get(start, spacing)
        yield start, end, font, spacing


def _shown(codes: bytes, corrections: Sequence[tuple[int, int]]) -> bytes:
    """Return the operator that shows codes of two bytes each, with corrections of the white after some."""
    if not corrections:
        return b"(%s)Tj" % _escaped(codes)
    return b"[%s]TJ" % b"".join(_pieces(codes, corrections))


def _pieces(codes: bytes, corrections: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    start = 0
    for at, white in corrections:
        yield b"(%s)%d" % (_escaped(codes[start : 2 * at + 2]), -white)
        start = 2 * at + 2
    if start < len(codes):
        yield b"(%s)" % _escaped(codes[start:])


def _codes(text: str, font: Font) -> bytes:
    if font.block == 0:
        return text.encode("utf-16-be")
    return b"".join(code_of(character).to_bytes(2, "big") for character in text)


def _escaped(codes: bytes) -> bytes:
    codes = codes.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return codes.replace(b"\r", b"\\r")  # as it stands it would be read as a line feed


@lru_cache(maxsize=256)
def _colour(colour: Colour, grey: bytes, coloured: bytes) -> bytes:
    if len(set(colour)) == 1:
        return b"%s %s" % (_number(colour[0]), grey)
    return b"%s %s" % (b" ".join(map(_number, colour)), coloured)


def _number(value: float) -> bytes:
    return _figure(round(value * _FINE))


@lru_cache(maxsize=65536)
def _figure(thousandths: int) -> bytes:
    """Return so many thousandths as PDF writes a number."""
    whole, part = divmod(abs(thousandths), _FINE)
    fraction = f".{part:03}".rstrip("0") if part else ""
    text = f"{whole or '' if part else whole}{fraction}"
    return f"{'-' if thousandths < 0 else ''}{text}".encode("ascii")
