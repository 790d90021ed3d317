"""What a PDF page shows, before anything is made of it: characters, ruling lines, pictures, each with its place.

All places are mm from the visible page's top left corner, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pypdf.generic import StreamObject

from formsvc.extraction.document import Box
from formsvc.extraction.pdf.matrix import Matrix

UPRIGHT, DOWNWARD, TURNED, UPWARD, STACKED, SLANTED = range(6)
"""Ways of writing: to the right; turned by 90, 180 and 270 degrees; characters upright one below the other; others."""


class Glyph(NamedTuple):
    """One character (or ligature) as drawn."""

    text: str
    x: float
    """Where its baseline begins; the top left corner for STACKED, mm."""
    y: float
    width: float
    """How far it reaches along the way it is written, mm."""
    size: float
    """The height of an em, mm."""
    way: int

    def box(self) -> Box:
        """Return the room it takes, an em high."""
        x, y, width, size = self.x, self.y, self.width, self.size
        above, below = 0.86 * size, 0.14 * size
        match self.way:
            case 1:
                return x - below, y, size, width
            case 2:
                return x - width, y - below, width, size
            case 3:
                return x - above, y - width, size, width
            case 4:
                return x, y, size, size
            case _:
                return x, y - above, width, size


class Rule(NamedTuple):
    """A straight line along or across the page."""

    level: bool
    """True for a horizontal one."""
    at: float
    """Its y when level, else its x, mm."""
    start: float
    end: float


class Image(NamedTuple):
    """A picture as placed on the page."""

    stream: StreamObject | None
    """None for a picture inside the content stream."""
    box: Box


@dataclass(slots=True)
class Shown:
    """Everything one page shows."""

    width: float
    """The visible page, mm."""
    height: float
    view: Matrix
    """From the page's user space to mm."""
    strings: list[list[Glyph]] = field(default_factory=list)
    """The characters, as each operator showed them."""
    rules: list[Rule] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    unseen: int = 0
    """Characters that are in the file but show nothing."""
    curves: int = 0
    """Painted paths that are not straight: drawings, or text turned into outlines."""
