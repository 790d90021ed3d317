"""What can stand on a page: text, rules, boxes, squares and pictures, as values.

Places are millimetres from the top left corner of the page; sizes of type and widths of lines are points.
"""

from __future__ import annotations

from dataclasses import dataclass

from formsvc.rendering.fonts import Role
from formsvc.rendering.lines import Fitted, Line

POINTS_A_MM = 72 / 25.4

Colour = tuple[float, float, float]
"""Red, green and blue from 0 to 1."""
BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text."""

    x: float
    """Where the origin of the first character stands (mm)."""
    y: float
    """Where the baseline stands (mm)."""
    text: str
    size: float
    """In points."""
    role: Role = Role.BODY
    extra: tuple[float, ...] = ()
    """Points added to the advance of each character; none for the natural width."""
    weight: float | None = None
    """Thickness added to every stroke, in em; None for what the role has."""
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float = 0.5
    """In points."""
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its top left corner, its edge drawn, or filled, or both."""

    x: float
    y: float
    width: float
    height: float
    edge: float = 0.5
    """The width of the edge in points, centred on it; 0 for none."""
    fill: Colour | None = None
    colour: Colour = BLACK
    """The colour of the edge."""


@dataclass(frozen=True, slots=True)
class Squares:
    """A pattern of filled squares, such as a matrix code, by its top left corner."""

    x: float
    y: float
    side: float
    """The side of one square (mm)."""
    rows: tuple[str, ...]
    """One string for each row: a space is a square left out, anything else is one filled."""
    colour: Colour = BLACK


@dataclass(frozen=True, slots=True)
class Raster:
    """The pixels of a picture, without compression or transparency."""

    width: int
    height: int
    bits: int
    """1 or 8 for each sample; with 1, rows are filled up to whole bytes and 0 is black."""
    channels: int
    """1 for grey, 3 for red, green and blue."""
    samples: bytes

    def __post_init__(self) -> None:
        row = (self.width * self.bits * self.channels + 7) // 8
        if (self.bits, self.channels) not in {(1, 1), (8, 1), (8, 3)} or len(self.samples) != row * self.height:
            raise ValueError((self.width, self.height, self.bits, self.channels, len(self.samples)))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its top left corner and its size on the page."""

    x: float
    y: float
    width: float
    height: float
    raster: Raster


@dataclass(frozen=True, eq=False)
class Layer:
    """Marks drawn one over the other. Keep a layer that stands on many pages: it is compressed only once."""

    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Marks that stand at the same place on many pages, in the midst of others: a file holds them only once."""

    name: str
    """ASCII letters and digits, with which this and nothing else is named in a document."""
    layer: Layer


Mark = Text | Rule | Box | Squares | Picture | Repeated


def text_of_line(line: Line, *, x: float, y: float, size: float, role: Role = Role.BODY) -> Text:
    """Return a set line as a mark; `x` is the left edge of its column and `y` its baseline."""
    return Text(x + line.x / POINTS_A_MM, y, line.text, size, role, line.extra)


def texts_of_block(
    block: Fitted, *, x: float, y: float, role: Role = Role.BODY, some: slice = slice(None)
) -> tuple[Text, ...]:
    """Return the lines of fitted text, or some of them, as marks; `x` and `y` are the top left corner of its box."""
    return tuple(
        text_of_line(line, x=x, y=y + block.baseline(number) / POINTS_A_MM, size=block.size, role=role)
        for number, line in list(enumerate(block.lines))[some]
        if line.text
    )
