"""The mark of a blank: what a printed form says of itself, and where on the page its marks stand.

A blank says the same thing twice: as a property of its file, for what comes back typed, and as a DataMatrix with four
corner squares, for what comes back on paper. Places are millimetres from the top left corner of the page.

A serial is the tag of a run (letters and digits), followed by a number where every paper of the run has its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from formsvc import chinese
from formsvc.forms.spec import FormSpec

MATRIX_SIDE = 8.0
"""The side of the DataMatrix without its quiet zone: read at 150 dots an inch after three copies of copies."""
SQUARE_SIDE = 4.0
_EDGE = 10.0
"""From the edge of the paper to a corner square; office printers leave 5 mm white."""
_LEAST_EDGE = 6.0
_APART = 1.0
"""White between a corner square and the text block."""
_MATRIX_TOP = 12.0
_QUIET = 2.0
"""White around the DataMatrix; its standard wants one module, at most 0.5 mm here."""

_MATRIX_SIGN = "F1"
"""The first word of a DataMatrix of ours: its format."""
_FORM = r"(?P<form>[a-z][a-z0-9_-]{0,39})"
_PROPERTY = re.compile(rf"{_FORM}/(?P<version>\d{{1,6}})/(?P<year>\d{{4}}|-)/(?P<serial>[^/]{{1,40}})", re.ASCII)
_MATRIX = re.compile(
    rf"{_MATRIX_SIGN};{_FORM};(?P<version>\d{{1,6}});(?P<year>\d{{4}}|-);(?P<serial>[A-Z0-9]{{1,16}}|-)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class BlankMark:
    """What a blank says it is."""

    form: str
    version: int
    year: int | None
    serial: str | None

    @property
    def property_text(self) -> str:
        """The mark as the property of a file has it: `<form>/<version>/<year or ->/<serial or ->`."""
        return "/".join((self.form, str(self.version), *self._open()))

    @property
    def matrix_text(self) -> str:
        """The mark as the DataMatrix holds it: `F1;<form>;<version>;<year or ->;<serial or ->`."""
        return ";".join((_MATRIX_SIGN, self.form, str(self.version), *self._open()))

    def _open(self) -> tuple[str, str]:
        return ("-" if self.year is None else str(self.year), self.serial or "-")


def mark_of_blank(spec: FormSpec, year: int | None, serial: str | None) -> BlankMark:
    """Return the mark of a blank of this form."""
    return BlankMark(spec.id, spec.version, year, serial)


def parse_property(text: str) -> BlankMark | None:
    """Read the mark out of a file's property; None for anything else."""
    return _mark(_PROPERTY.fullmatch(text.strip()))


def parse_mark(text: str) -> BlankMark | None:
    """Read the mark out of a DataMatrix; None for one that is not ours."""
    return _mark(_MATRIX.fullmatch(text.strip()))


@dataclass(frozen=True, slots=True)
class Spot:
    """A square on the page."""

    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class ClosingMarks:
    """Where the marks of a blank stand, all of them outside its text block."""

    squares: tuple[Spot, Spot, Spot, Spot]
    """Solid black: top left, top right, bottom left, bottom right."""
    matrix: Spot
    """The DataMatrix, without its quiet zone."""


def closing_marks(spec: FormSpec) -> ClosingMarks | None:
    """Return where the marks of the form's blanks stand; None for a page whose margins have no room for them."""
    page = spec.page
    edge = min(_EDGE, *(_room(*margins) for margins in _corners(spec)))
    top = min(_MATRIX_TOP, page.top - MATRIX_SIDE - _QUIET)
    if edge < _LEAST_EDGE or top < _LEAST_EDGE:
        return None
    right, bottom = page.width - edge - SQUARE_SIDE, page.height - edge - SQUARE_SIDE
    square = [Spot(x, y, SQUARE_SIDE) for y in (edge, bottom) for x in (edge, right)]
    x = min(page.width - page.right, right - _QUIET) - MATRIX_SIDE
    return ClosingMarks((square[0], square[1], square[2], square[3]), Spot(x, top, MATRIX_SIDE))


def _corners(spec: FormSpec) -> list[tuple[float, float]]:
    page = spec.page
    return [(side, end) for end in (page.top, page.bottom) for side in (page.left, page.right)]


def _room(side: float, end: float) -> float:
    """Return how far from both edges a corner square may stand: it need clear the text block on one side only."""
    return max(side, end) - SQUARE_SIDE - _APART


def _mark(match: re.Match[str] | None) -> BlankMark | None:
    if match is None:
        return None
    serial = None if match["serial"] == "-" else match["serial"]
    return BlankMark(match["form"], int(match["version"]), chinese.parse_year(match["year"]), serial)
