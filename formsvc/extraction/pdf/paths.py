"""Paths as they are built and painted, reduced to the straight lines that may rule a table.

Word and WPS fill thin rectangles, LibreOffice and typst stroke lines: both come out as rules.
"""

from __future__ import annotations

from itertools import pairwise

from formsvc.extraction.pdf.shown import Rule

THIN = 1.3
"""The thickest border that is one line, mm; Word's thickest is 6 pt = 2.1 mm, its usual ones 0.2 to 0.8 mm."""
_THICK = 3.0
_SKEW = 0.3
Point = tuple[float, float]


class Path:
    """The current path, in mm."""

    __slots__ = ("is_curved", "parts")

    def __init__(self) -> None:
        self.parts: list[list[Point]] = []
        self.is_curved = False

    def move(self, point: Point) -> None:
        """Begin a part."""
        self.parts.append([point])

    def line(self, point: Point) -> None:
        """Go straight to a point."""
        if self.parts:
            self.parts[-1].append(point)

    def curve(self, point: Point) -> None:
        """Go to a point by a curve: what came before is cut off."""
        self.is_curved = True
        self.parts.append([point])

    def close(self) -> None:
        """Go back to where the part began."""
        if self.parts and len(self.parts[-1]) > 1:
            self.parts[-1].append(self.parts[-1][0])

    def stroked(self, width: float) -> list[Rule]:
        """Return the rules that stroking with a pen of this width (mm) draws."""
        if width > _THICK:
            return []
        rules = []
        for part in self.parts:
            for (x0, y0), (x1, y1) in pairwise(part):
                if abs(y1 - y0) <= _SKEW and abs(x1 - x0) > _SKEW:
                    rules.append(Rule(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1)))
                elif abs(x1 - x0) <= _SKEW and abs(y1 - y0) > _SKEW:
                    rules.append(Rule(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1)))
        return rules

    def filled(self) -> list[Rule]:
        """Return the rules among the filled rectangles; a small square where borders meet counts as both."""
        if self.is_curved:
            return []
        rules = []
        for part in self.parts:
            if not 4 <= len(part) <= 6:
                continue
            left, right = min(x for x, _ in part), max(x for x, _ in part)
            top, bottom = min(y for _, y in part), max(y for _, y in part)
            if not all(_is_corner(point, left, right, top, bottom) for point in part):
                continue
            if bottom - top <= THIN:
                rules.append(Rule(True, (top + bottom) / 2, left, right))
            if right - left <= THIN:
                rules.append(Rule(False, (left + right) / 2, top, bottom))
        return rules


def _is_corner(point: Point, left: float, right: float, top: float, bottom: float) -> bool:
    x, y = point
    return min(x - left, right - x) <= 0.05 and min(y - top, bottom - y) <= 0.05
