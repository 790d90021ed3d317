"""Characters become lines of text, by their places and not by the order they were drawn in.

Blanks the file holds are kept. A gap is read as a blank only where it is wider than the letter spacing, the
justification and the quarter em between Han and Latin that programs put in explain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from formsvc.extraction.document import Box
from formsvc.extraction.pdf.shown import DOWNWARD, SLANTED, TURNED, UPRIGHT, UPWARD, Glyph

_TWICE = 0.12
"""The same character drawn again within this share of an em is bold by overprinting, or a shadow."""
_WORD_GAP = 0.18
"""A gap between Latin characters that is a blank, in em beyond the line's usual gap; a space is 0.25 to 0.5 em."""
_HAN_GAP = 0.75
"""The same beside a Han character: beyond the quarter em between Han and Latin and some justification."""
_WIDE_GAP = 2.0
"""A gap that is a blank in any line that is not stretched as wide, in em."""


HARD = "\n"
"""Ends the text of a character whose line ends a paragraph, whatever it looks like: the lines of a filled-in field."""


class Placed(NamedTuple):
    """A character in its line."""

    text: str
    start: float
    """Where it begins and ends along the line, mm."""
    end: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text."""

    text: str
    """With its blanks, also those at its ends."""
    places: tuple[Placed, ...]
    """Its characters without the blanks at its ends."""
    level: float
    """Where its baseline lies across the lines: its y for upright text, mm."""
    size: float
    """The height of an em, mm."""
    gap: float
    """The usual gap between its characters, in em; what justification or letter spacing adds."""
    way: int
    box: Box
    hard: bool
    """Whether it is a paragraph by itself, whatever it looks like."""

    @property
    def start(self) -> float:
        """Where its first character begins, mm."""
        return self.places[0].start

    @property
    def end(self) -> float:
        """Where its last character ends, mm."""
        return self.places[-1].end


class _Spot(NamedTuple):
    across: float
    along: float
    end: float
    glyph: Glyph


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """Return the lines some characters make, in reading order; lines of blanks alone come with no places."""
    ways: dict[int, list[_Spot]] = {}
    for glyph in glyphs:
        ways.setdefault(glyph.way, []).append(_spot(glyph))
    lines: list[Line] = []
    for way in sorted(ways):
        lines += [_line(row, way) for row in _rows(ways[way])]
    return lines


def _spot(glyph: Glyph) -> _Spot:
    """Turn a character's place so that lines run to the right and follow one another downwards."""
    x, y, width = glyph.x, glyph.y, glyph.width
    match glyph.way:
        case way if way in (UPRIGHT, SLANTED):
            return _Spot(y, x, x + width, glyph)
        case way if way == DOWNWARD:
            return _Spot(-x, y, y + width, glyph)
        case way if way == TURNED:
            return _Spot(-y, -x, width - x, glyph)
        case way if way == UPWARD:
            return _Spot(x, -y, width - y, glyph)
        case _:
            return _Spot(-x - glyph.size / 2, y, y + width, glyph)


def _rows(spots: list[_Spot]) -> list[list[_Spot]]:
    """Group characters whose baselines agree; raised and lowered ones stay in their line."""
    rows: list[list[_Spot]] = []
    level, size = 0.0, 0.0
    for spot in sorted(spots, key=lambda spot: spot.across):
        if not rows or spot.across - level > 0.25 * (size + spot.glyph.size):
            rows.append([])
            level, size = spot.across, spot.glyph.size
        rows[-1].append(spot)
    return rows


def _line(row: list[_Spot], way: int) -> Line:
    spots = _seen(sorted(row, key=lambda spot: spot.along))
    solid = [spot for spot in spots if not spot.glyph.text.isspace()]
    usual = _usual_gaps(solid)
    parts: list[str] = []
    places: list[Placed] = []
    last: _Spot | None = None
    for spot in spots:
        text = spot.glyph.text
        if text.isspace():
            last = None
        else:
            if last is not None and _is_blank(last, spot, usual):
                parts.append(" ")
            last = spot
        parts.append(text)
        places.append(Placed(text, spot.along, spot.end))
    while places and places[-1].text.isspace():
        places.pop()
    first = next((index for index, place in enumerate(places) if not place.text.isspace()), len(places))
    measured = solid or spots
    text = "".join(parts)
    return Line(
        text=text.replace(HARD, ""),
        places=tuple(places[first:]),
        level=measured[0].across,
        size=_middle([spot.glyph.size for spot in measured]),
        gap=usual[0] if len(solid) > 1 else 0.0,
        way=way,
        box=around(spot.glyph.box() for spot in measured),
        hard=HARD in text,
    )


def _usual_gaps(solid: list[_Spot]) -> tuple[float, float]:
    """Return the usual gap between any two characters, and that beside a Han character, in em."""
    every: list[float] = []
    han: list[float] = []
    for before, after in pairwise(solid):
        if before.glyph.size > 0:
            gap = (after.along - before.end) / before.glyph.size
            every.append(gap)
            if not _are_latin(before, after):
                han.append(gap)
    return _middle(every or [0.0]), _middle(han or [0.0])


def _middle(numbers: list[float]) -> float:
    """Return the median, the lower one of two."""
    return sorted(numbers)[(len(numbers) - 1) // 2]


def _are_latin(before: _Spot, after: _Spot) -> bool:
    return before.glyph.text[-1:] < "\u2000" and after.glyph.text[:1] < "\u2000"


def _seen(spots: list[_Spot]) -> list[_Spot]:
    """Leave out what is drawn twice, and blanks that lie under other characters."""
    kept: list[_Spot] = []
    for spot in spots:
        glyph = spot.glyph
        near = _TWICE * glyph.size
        blank = glyph.text.isspace()
        if any(
            (
                other.glyph.text == glyph.text
                and spot.along - other.along < near
                and abs(spot.across - other.across) < near
            )
            or (blank and other.end - spot.along > 0.6 * (spot.end - spot.along) > 0)
            for other in kept[-3:]
        ):
            continue
        while not blank and kept and _lies_under(kept[-1], spot):
            kept.pop()
        kept.append(spot)
    return kept


def _lies_under(blank: _Spot, spot: _Spot) -> bool:
    """Whether a blank takes room that a character takes."""
    return blank.glyph.text.isspace() and spot.along < blank.along + 0.4 * (blank.end - blank.along)


def _is_blank(before: _Spot, after: _Spot, usual: tuple[float, float]) -> bool:
    """Whether the gap between two characters that stand side by side is a blank."""
    em = min(before.glyph.size, after.glyph.size)
    if em <= 0:
        return False
    gap = (after.along - before.end) / em
    if gap <= _WORD_GAP:
        return False
    every, han = usual
    if gap > max(_WIDE_GAP, 1.5 * every, 1.5 * han):
        return True
    if _are_latin(before, after):
        return gap > max(every, 0.0) + _WORD_GAP
    return gap > max(han, 0.0) + max(_HAN_GAP, han)


def around(boxes: Iterable[Box]) -> Box:
    """Return the box around some boxes; there has to be one."""
    left, top, right, bottom = 1e9, 1e9, -1e9, -1e9
    for x, y, width, height in boxes:
        left, top = min(left, x), min(top, y)
        right, bottom = max(right, x + width), max(bottom, y + height)
    return left, top, right - left, bottom - top
