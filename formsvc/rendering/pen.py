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

from formsvc.rendering.embedding import Codes, Font, code_of, font_of
from formsvc.rendering.fonts import Chain, Fonts
from formsvc.rendering.marks import (
    BLACK,
    POINTS_A_MM,
    Box,
    Colour,
    Layer,
    Mark,
    Picture,
    Raster,
    Repeated,
    Rule,
    Squares,
    Text,
)
from formsvc.rendering.objects import literal

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
        return [(at, font) for at, font in enumerate(found) if not at or font is not found[at - 1]]

    def _font(self, character: str) -> Font:
        font = self._fonts.get(character)
        if font is None:
            font = font_of(self._face(character), character)
            font = self._fonts[character] = next((one for one in self._known if one == font), font)
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


@lru_cache(maxsize=256)
def resource_of(font: Font, fonts: Fonts) -> str:
    """Return the name by which the operators of a page call a font: short, and the same in every document."""
    return f"F{fonts.number(font.face)}" + (f".{font.block}" if font.block else "")


class Pen:
    """Turns marks into the operators of a page `height` millimetres high."""

    def __init__(self, height: float, fonts: Fonts, codes: Codes | None = None) -> None:
        self._codes = codes
        self.fonts: dict[Font, set[str]] = {}
        """The characters that were drawn, by font; with codes of their own for a document, they are counted there."""
        self.pictures: dict[str, Raster] = {}
        """The pictures that were drawn, by the names of their resources."""
        self.repeated: dict[str, Layer] = {}
        """The layers that are drawn by name."""
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
            case Repeated():
                self._set_fill(BLACK)
                self._set_edge(BLACK, _State().width)
                self._set_spacing(0)
                self.repeated[mark.name] = mark.layer
                self._operators.append(b"/%s Do" % mark.name.encode("ascii"))
            case _:
                assert_never(mark)

    def _text(self, mark: Text) -> None:
        if not mark.text:
            return
        chain = self._chains.chain(mark.role)
        signs = _SIGNS.get(chain) or _SIGNS.setdefault(chain, _Signs(chain))
        weight = chain.weight if mark.weight is None else mark.weight
        if not weight:
            self._line_of(mark, signs)
            return
        self._end_text()
        before = copy(self._state)
        self._operators.append(b"q")
        self._set_edge(mark.colour, weight * mark.size)
        self._operators.append(b"2 Tr 1 j")
        self._line_of(mark, signs)
        self._end_text()
        self._operators.append(b"Q")
        self._state = before

    def _line_of(self, mark: Text, signs: _Signs) -> None:
        """Draw a text as the state of the page has it."""
        self._set_fill(mark.colour)
        text, size = mark.text, mark.size
        alone = None if self._codes is None else self._codes.alone.get(mark.role)
        fonts = signs.runs(text) if alone is None else [(0, alone)]
        spacings, corrections = _white(mark)
        moved = self._moved(mark)
        if len(fonts) == len(spacings) == 1:
            font = fonts[0][1]
            setting = self._spaced(spacings[0][1]) + self._setting(text, font, size)
            self._operators.append(b"%s\n%s%s" % (moved, setting, _shown(self._written(text, font), corrections)))
            return
        parts = [moved]
        if len(fonts) == 1:
            font = fonts[0][1]
            setting, codes = self._setting(text, font, size), self._written(text, font)
            ends = [*[start for start, _spacing in spacings[1:]], len(text)]
            for (start, spacing), end in zip(spacings, ends, strict=True):
                here = [(at - start, white) for at, white in corrections if start <= at < end] if corrections else []
                parts.append(self._spaced(spacing) + setting + _shown(codes[2 * start : 2 * end], here))
                setting = b""
        else:
            for start, end, font, spacing in _runs(len(text), fonts, spacings):
                here = [(at - start, white) for at, white in corrections if start <= at < end]
                setting = self._spaced(spacing) + self._setting(text[start:end], font, size)
                parts.append(setting + _shown(self._written(text[start:end], font), here))
        self._operators.append(b"\n".join(parts))

    def _written(self, text: str, font: Font) -> bytes:
        """Return the codes of a text."""
        if self._codes is not None:
            return self._codes.written(font, text)
        if font.block == 0:
            return text.encode("utf-16-be")
        return b"".join(code_of(character).to_bytes(2, "big") for character in text)

    def _setting(self, text: str, font: Font, size: float) -> bytes:
        """Return the operator that sets the font of a text, if it is not set."""
        drawn = self.fonts.get(font)
        if drawn is None:
            drawn = self.fonts[font] = set()
        if self._codes is None:
            drawn.update(text)
        state = self._state
        if font is state.font and size == state.size:
            return b""
        state.font, state.size = font, size
        return b"/%s %s Tf" % (resource_of(font, self._chains).encode("ascii"), _number(size))

    def _spaced(self, spacing: int) -> bytes:
        """Return the operator that sets the white after each character, if it is not set."""
        if spacing == self._state.spacing:
            return b""
        self._state.spacing = spacing
        return _figure(spacing) + b" Tc"

    def _moved(self, mark: Text) -> bytes:
        """Return the operators that begin a line of text where it stands."""
        x, y = _placed(mark.x), _placed(self._height - mark.y)
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

    def _set_spacing(self, spacing: int) -> None:
        if set_now := self._spaced(spacing):
            self._operators.append(set_now)

    def _place(self, x: float, y: float) -> bytes:
        return b"%s %s" % (_number(x * POINTS_A_MM), _number((self._height - y) * POINTS_A_MM))


def _placed(length: float) -> int:
    """Return millimetres as thousandths of a point, to a hundredth: nobody sees less, and it is shorter to write."""
    return round(length * POINTS_A_MM * _FINE / 10) * 10


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
    plain = round(usual * _FINE)
    changes, corrections = [(0, plain)], []
    for at, white in enumerate(gaps):
        if white == usual:
            continue
        added = (white - usual) * 1000 / mark.size
        if added <= _WIDE:
            number = round(added)
            if number:
                corrections.append((at, number))
            continue
        wide = round(white * _FINE)
        if changes[-1][0] == at:
            changes.pop()
        if not changes or changes[-1][1] != wide:
            changes.append((at, wide))
        changes.append((at + 1, plain))
    return changes, corrections


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
        return literal(codes) + b"Tj"
    return b"[%s]TJ" % b"".join(_pieces(codes, corrections))


def _pieces(codes: bytes, corrections: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    start = 0
    for at, white in corrections:
        yield b"%s%d" % (literal(codes[start : 2 * at + 2]), -white)
        start = 2 * at + 2
    if start < len(codes):
        yield literal(codes[start:])


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
