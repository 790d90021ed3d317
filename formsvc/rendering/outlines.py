"""Outlines of any kind as charstrings: HarfBuzz draws, and what it draws is written in the language of CFF.

Coordinates are thousandths of an em and become integers, which moves no point by more than half of one. A quadratic
curve of TrueType is the same curve as a cubic one (Adobe Technical Note 5177, "The Type 2 Charstring Format").
"""

from __future__ import annotations

from formsvc.rendering import cff

_LINE, _CURVE, _MOVE, _END = bytes([5]), bytes([8]), bytes([21]), bytes([14])
_MOST = 16000
"""The largest coordinate written, so that every distance can be said; a glyph that is wider is broken."""

Point = tuple[float, float]


class CharstringPen:
    """Takes the drawing of one glyph, by the names HarfBuzz calls a pen's methods."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at: Point = (0.0, 0.0)
        self._written = (0, 0)

    def charstring(self, advance: int) -> bytes:
        """Return the glyph drawn, with its advance in thousandths of an em; the drawing has ended."""
        width = b"" if advance == cff.DEFAULT_WIDTH else cff.number(advance)
        return b"".join((width, *self._parts, _END))

    def moveTo(self, point: Point) -> None:
        """Begin a contour."""
        self._write(_MOVE, point)

    def lineTo(self, point: Point) -> None:
        """Draw a straight line."""
        self._write(_LINE, point)

    def curveTo(self, first: Point, second: Point, point: Point) -> None:
        """Draw a cubic curve."""
        self._write(_CURVE, first, second, point)

    def qCurveTo(self, control: Point, point: Point) -> None:
        """Draw a quadratic curve."""
        self.curveTo(_towards(self._at, control), _towards(point, control), point)

    def closePath(self) -> None:
        """End a contour; a charstring closes it by itself."""

    def _write(self, operator: bytes, *points: Point) -> None:
        for point in points:
            x, y = (max(-_MOST, min(_MOST, round(value))) for value in point)
            self._parts += (cff.number(x - self._written[0]), cff.number(y - self._written[1]))
            self._written = (x, y)
        self._parts.append(operator)
        self._at = points[-1]


def _towards(point: Point, control: Point) -> Point:
    return point[0] + (control[0] - point[0]) * 2 / 3, point[1] + (control[1] - point[1]) * 2 / 3
