"""Breaking Chinese text into lines that are exactly as wide as their column.

Pure arithmetic over advances: no font is opened and nothing is drawn here. What the result promises:

- no line begins with a mark that must not be first or ends with one that must not be last (`punctuation`), and
  numbers, words, and doubled dashes stay whole, in any column wide enough to hold them;
- neighbouring full-width marks give up the half em of white between them, a mark at the edge of a line gives up the
  half em that faces the margin, and any mark may give up its white when that saves a line from being torn apart;
- a quarter of an em stands between ideographs and Latin letters or digits, as white, never as a character;
- every line but the last of a justified paragraph ends at the right edge exactly, white going between ideographs
  alone, unless it is too little to be seen; only a line that would need more than an em of extra white in each gap (a
  long address beside few characters) is left ragged;
- the texts of the lines joined are the text of the paragraph: spaces at the end of a line are kept and hang.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from formsvc.rendering.punctuation import DOUBLED
from formsvc.rendering.spacing import HALF, Advance, Spacing, measured

_TORN = 1.0
"""More white than this in every gap (em) is uglier than a ragged edge."""
_VISIBLE = 0.12
"""White added to every gap (em) that is about as ugly as squeezing all the marks of a line flat."""
_UNSEEN = 0.03
"""White of up to so much (em) is shared by all gaps alike, those inside words and before marks too: nobody sees it."""
_TOLERANCE = 1e-6
_CUT_AFTER = "-/._@,:;?&="


class Align(StrEnum):
    """How lines lie in their column."""

    JUSTIFY = "justify"
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of text without line ends, to be broken into lines."""

    text: str
    indent: float = 0.0
    """White before the first line, in em."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a run of characters and the white after each of them."""

    text: str
    x: float
    """Where the first character's origin stands, in points from the left edge of the column; it may be negative."""
    extra: tuple[float, ...]
    """Points added to the advance of each character."""
    right: float
    """Where the line ends to the eye, in points from the left edge."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Text set into a box of a given width and height."""

    size: float
    """The size that was needed, in points."""
    leading: float
    """The distance from one line to the next, in points."""
    lines: tuple[Line, ...]
    remainder: tuple[Paragraph, ...]
    """What did not fit even at the smallest size; it goes to a continuation page."""
    counts: tuple[int, ...] = ()
    """How many of the lines each paragraph has, as far as there are lines of it."""

    def baseline(self, number: int) -> float:
        """Return how far below the top of the box a line's baseline lies, in points, the em centred in its line."""
        return self.leading * number + (self.leading - self.size) / 2 + 0.88 * self.size


def break_lines(
    paragraph: Paragraph, *, width: float, size: float, advance: Advance, align: Align = Align.JUSTIFY
) -> tuple[Line, ...]:
    """Break a paragraph into lines of `width` points at `size` points; an empty one gives one empty line."""
    return _lines(measured(paragraph.text, advance), paragraph.indent, width=width, size=size, align=align)


def set_line(text: str, *, size: float, advance: Advance) -> Line:
    """Set a text as one line of its natural width, from x = 0."""
    spacing = measured(text, advance)
    end, width = spacing.shown(0, len(text))
    extra = [white * size for white in spacing.gaps]
    if end < len(text):
        extra[max(end - 1, 0) :] = [0.0] * bool(end) + [-white * size for white in spacing.advances[end:]]
    return Line(text, 0.0, tuple(extra), width * size)


def fit(
    paragraphs: Sequence[Paragraph],
    *,
    width: float,
    height: float,
    size: float,
    leading: float,
    minimum: float,
    advance: Advance,
    align: Align = Align.JUSTIFY,
) -> Fitted:
    """Set paragraphs into a box, smaller by half points down to `minimum` until they fit.

    Widths, heights and sizes are in points; `leading` is the distance of lines as a multiple of the size. At the
    smallest size, whole lines fill the box and the rest is handed back. Nothing is lost or clipped.
    """
    spacings = [measured(paragraph.text, advance) for paragraph in paragraphs]
    while True:
        room = max(0, int(height / (leading * size) + _TOLERANCE))
        lines: list[Line] = []
        counts: list[int] = []
        remainder: tuple[Paragraph, ...] = ()
        for number, (paragraph, spacing) in enumerate(zip(paragraphs, spacings, strict=True)):
            now = _lines(spacing, paragraph.indent, width=width, size=size, align=align)
            kept = min(len(now), room - len(lines))
            lines += now[:kept]
            counts.append(kept)
            if kept < len(now):
                rest = Paragraph("".join(line.text for line in now[kept:])) if kept else paragraph
                remainder = (rest, *paragraphs[number + 1 :])
                break
        if not remainder or size - HALF < minimum:
            return Fitted(size, leading * size, tuple(lines), remainder, tuple(counts))
        size -= HALF


@lru_cache(maxsize=256)
def _lines(spacing: Spacing, indent: float, *, width: float, size: float, align: Align) -> tuple[Line, ...]:
    """Break a measured paragraph; from here on everything is in em, but for the finished lines."""
    column = width / size
    lines: list[Line] = []
    start = 0
    first_unit = spacing.natural(0, spacing.breaks[0]) - spacing.tail(spacing.breaks[0])
    if first_unit > column - indent:
        indent = 0.0  # rather than cut a word that a line without indent may hold
    while not lines or start < len(spacing.text):
        left = 0.0 if lines else indent
        end = _end_of_line(spacing, start, column - left, column=column)
        lines.append(_set(spacing, (start, end), left, column=column, size=size, align=align))
        start = end
    return tuple(lines)


def _end_of_line(spacing: Spacing, start: int, room: float, *, column: float) -> int:
    """Return where the line that begins at `start` ends: the last break that fits, or, if better, the one after.

    What no line can hold, a long address say, is cut; it begins where the text before it ends.
    """
    loose = tight = 0
    places, breaks = spacing.places, spacing.breaks
    reached = bisect_right(places, places[start] + room) - 1
    first = max(bisect_right(breaks, start), bisect_right(breaks, reached) - 2)
    for place in breaks[first:]:
        end, width = spacing.shown(start, place)
        lacking = width - room
        if lacking <= _TOLERANCE:
            loose = place
            continue
        give = spacing.give(start, end)
        if lacking <= give + _TOLERANCE:
            tight = place
        elif lacking > give + 1:
            break
    if tight and (not loose or _squeezing_is_better(spacing, start, loose, tight, room=room)):
        return tight
    after = bisect_right(breaks, loose or start)
    if not loose or (after < len(breaks) and _is_wider(spacing, loose, breaks[after], column)):
        return max(loose, _forced_end(spacing, start, room))
    return loose


def _is_wider(spacing: Spacing, start: int, end: int, column: float) -> bool:
    return spacing.natural(start, end) - spacing.tail(end) > column + _TOLERANCE


def _squeezing_is_better(spacing: Spacing, start: int, loose: int, tight: int, *, room: float) -> bool:
    """Say whether taking white from the marks harms a line less than adding white between its characters."""
    end = spacing.visible_end(start, loose)
    gaps = sum(spacing.even[start : end - 1])
    added = (room - spacing.natural(start, end) + spacing.tail(end)) / gaps if gaps else _TORN
    end = spacing.visible_end(start, tight)
    taken = (spacing.natural(start, end) - spacing.tail(end) - room) / spacing.give(start, end)
    return added / _VISIBLE > taken


def _forced_end(spacing: Spacing, start: int, room: float) -> int:
    """Return where to cut what is wider than the column: at a sign inside an address, else between characters."""
    end, length = start, len(spacing.text)
    while end < length and spacing.natural(start, end + 1) - spacing.tail(end + 1) <= room + _TOLERANCE:
        end += 1
    end = max(end, min(start + 1, length))
    places = [place for place in range(end, start, -1) if place == length or spacing.may_begin(place)]
    signs = [place for place in places if spacing.text[place - 1] in _CUT_AFTER and 2 * (place - start) > end - start]
    return (signs or places or [end])[0]


def _set(spacing: Spacing, span: tuple[int, int], left: float, *, column: float, size: float, align: Align) -> Line:
    """Place the characters of `span` in their column, `left` em from its left edge."""
    start, end = span
    visible, width = spacing.shown(start, end)
    to_the_edge = align is Align.JUSTIFY and end < len(spacing.text)
    spare = column - left - width
    gaps, moved = _gaps(spacing, start, visible, spare if to_the_edge else min(spare, 0.0))
    if align is Align.CENTRE:
        left += max(0.0, spare - spacing.tail(visible) - moved) / 2
    elif align is Align.RIGHT:
        left += max(0.0, spare - moved)
    extra = [white * size for white in gaps]
    if visible < end:
        extra += [-advance * size for advance in spacing.advances[max(start, visible) : end]]
    return Line(
        text=spacing.text[start:end],
        x=(left - spacing.lead(start)) * size,
        extra=tuple(extra),
        right=(left + width + moved) * size,
    )


def _gaps(spacing: Spacing, start: int, end: int, spare: float) -> tuple[list[float], float]:
    """Return the white after each character of the visible line [start, end) once `spare` em of it is shared out.

    The second is how much of it was: less than nothing where white was taken away.
    """
    if end <= start:
        return [], 0.0
    gaps, moved = spacing.gaps[start : end - 1], 0.0
    if spare < -_TOLERANCE and (give := spacing.give(start, end)):
        share = min(1.0, -spare / give)
        gaps, moved = [gap - share * spacing.give_of(start + at) for at, gap in enumerate(gaps)], -share * give
    elif spare > _TOLERANCE and spare <= _UNSEEN * len(gaps) and DOUBLED.isdisjoint(spacing.text):
        white, moved = spare / len(gaps), spare
        gaps = [gap + white for gap in gaps]
    elif spare > _TOLERANCE:
        even = spacing.even[start : end - 1]
        count = sum(even)
        if count and spare / count <= _TORN:
            white = spare / count
            gaps, moved = [gap + white * may for gap, may in zip(gaps, even, strict=True)], spare
    return [*gaps, 0.0], moved
