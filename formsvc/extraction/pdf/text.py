"""Strings become characters at their places: the text part of the graphics state, and what showing text does (9.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from formsvc.extraction.pdf.cmaps import UNREADABLE
from formsvc.extraction.pdf.fonts import Font, Sign
from formsvc.extraction.pdf.matrix import Matrix, times
from formsvc.extraction.pdf.shown import DOWNWARD, SLANTED, STACKED, TURNED, UPRIGHT, UPWARD, Glyph


@dataclass(slots=True)
class State:
    """The graphics state, as far as it matters for text and lines."""

    ctm: Matrix
    """From user space to mm on the page."""
    font: Font | None = None
    size: float = 0.0
    char_space: float = 0.0
    word_space: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: float = 0.0
    white_fill: bool = False
    white_stroke: bool = False
    line_width: float = 1.0


def shown_text(parts: Sequence[object], state: State, text: Matrix) -> tuple[list[Glyph], Matrix]:
    """Show strings with shifts between them (thousandths of an em); return the characters and the moved text matrix."""
    font = state.font
    if font is not None and font.vertical:
        return _stacked(parts, state, text, font)
    a, b, c, d, e, f = times(text, state.ctm)
    size, stretch, spacing = state.size, state.stretch, state.char_space
    way = _way(a * size * stretch, b * size * stretch)
    along, em = hypot(a, b) * abs(stretch), abs(size) * hypot(c, d)
    x, y = e + c * state.rise, f + d * state.rise
    glyphs: list[Glyph] = []
    at = 0.0
    for part in parts:
        if isinstance(part, float):
            at -= part / 1000 * size * stretch
        elif isinstance(part, bytes):
            for sign in _read(font, part):
                step = sign.width * size
                glyphs.append(Glyph(sign.text, x + a * at, y + b * at, abs(step) * along, em, way))
                at += (step + spacing + state.word_space if sign.is_space else step + spacing) * stretch
    m, n, o, p, q, r = text
    return glyphs, (m, n, o, p, q + m * at, r + n * at)


def _stacked(parts: Sequence[object], state: State, text: Matrix, font: Font) -> tuple[list[Glyph], Matrix]:
    """Show strings in a font that writes downwards; the origin is the middle of a character's upper edge (9.7.4.3)."""
    a, b, c, d, e, f = times(text, state.ctm)
    size = state.size
    em = abs(size) * hypot(c, d)
    way = STACKED if _way(a * size, b * size) == UPRIGHT else SLANTED
    left = state.rise - size / 2
    glyphs: list[Glyph] = []
    at = 0.0
    for part in parts:
        if isinstance(part, float):
            at -= part / 1000 * size
        elif isinstance(part, bytes):
            for sign in font.read(part):
                glyphs.append(Glyph(sign.text, a * left + c * at + e, b * left + d * at + f, em, em, way))
                at -= sign.width * size + state.char_space + (state.word_space if sign.is_space else 0.0)
    m, n, o, p, q, r = text
    return glyphs, (m, n, o, p, q + o * at, r + p * at)


def _read(font: Font | None, data: bytes) -> list[Sign]:
    """Read a string; in a font that is not there it shows something, but nobody knows what."""
    return [Sign(UNREADABLE, 0.5, is_space=False)] * len(data) if font is None else font.read(data)


def _way(x: float, y: float) -> int:
    """Tell the way of writing from the direction of the baseline."""
    if abs(y) <= 0.02 * abs(x):
        return UPRIGHT if x > 0 else TURNED
    if abs(x) <= 0.02 * abs(y):
        return DOWNWARD if y > 0 else UPWARD
    return SLANTED
