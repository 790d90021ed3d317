"""What the notice's other papers are made from: the public part of pledges, and the wording of the papers.

The wording is data (`papers.toml`); an office may have its own. Nothing here knows what a withheld field is: whoever
makes `Pledge` objects puts public fields into them and no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import resources

from formsvc.errors import BrokenFormError, FormSpecError
from formsvc.forms.toml_text import BrokenTomlError, read_toml
from formsvc.rendering.fonts import Fonts, Role
from formsvc.rendering.lines import Align, Fitted, Paragraph, fit, set_line
from formsvc.rendering.marks import BLACK, POINTS_A_MM, Colour, Raster, Text

RED: Colour = (0.75, 0.07, 0.09)
GOLD: Colour = (0.93, 0.76, 0.38)
GREY: Colour = (0.42, 0.42, 0.42)
CONTINUED_GAP = "\u3000"
"""What parts the two characters of a short name, so that names look equally wide."""


@dataclass(frozen=True, slots=True)
class Pledge:
    """The public part of one record."""

    name: str
    organisation: str
    """The heading it stands under."""
    unit: str
    items: tuple[str, ...]
    """The pledges, numbered as they are printed, and further texts."""
    contacts: tuple[tuple[str, str], ...]
    """How it is supervised: what each is called, and its text."""
    facts: tuple[tuple[str, str], ...]
    """What else is public and short, dates above all."""
    is_organisation: bool
    portrait: Raster | None = None


@dataclass(frozen=True, slots=True)
class HandbookWords:
    """The wording of the handbook."""

    title: str
    year: str
    contents: str
    page: str
    running: str


@dataclass(frozen=True, slots=True)
class PlateWords:
    """The wording of the plates."""

    title: str
    motto: str


@dataclass(frozen=True, slots=True)
class BoardWords:
    """The wording of the notice-board sheet."""

    title: str
    line: str
    page: str


@dataclass(frozen=True, slots=True)
class Words:
    """The wording of all papers."""

    elsewhere: str
    separator: str
    handbook: HandbookWords
    plates: PlateWords
    board: BoardWords


def load_words(data: bytes | None = None, file: str = "papers.toml") -> Words:
    """Read the wording of an office, or our own; raises FormSpecError that names table and key."""
    if data is None:
        data = resources.files("formsvc.rendering").joinpath("papers.toml").read_bytes()
    try:
        found = read_toml(data)
    except BrokenTomlError as error:
        raise BrokenFormError(file=file, line=error.line) from None
    tables = {"handbook": HandbookWords, "plates": PlateWords, "board": BoardWords}
    made = {name: kind(**_texts(file, name, found.pop(name, {}), kind)) for name, kind in tables.items()}
    top = _texts(file, "", found, Words, without=tables)
    return Words(**top, **made)  # type: ignore[arg-type]  # the tables are made by name


def _texts(
    file: str, table: str, found: object, kind: type, without: Mapping[str, object] | Sequence[str] = ()
) -> dict[str, str]:
    if not isinstance(found, dict):
        raise FormSpecError(file=file, table=table, key="", reason="not-a-table", found=str(found))
    wanted = [one.name for one in fields(kind) if one.name not in without]
    for key in found:
        if key not in wanted:
            raise FormSpecError(file=file, table=table, key=key, reason="unknown-key", found="")
    for key in wanted:
        if key not in found:
            raise FormSpecError(file=file, table=table, key=key, reason="missing-key", found="")
        if not isinstance(found[key], str):
            raise FormSpecError(file=file, table=table, key=key, reason="wrong-kind", found=str(found[key]))
    return found


class Setter:
    """Sets short texts in millimetres: at the left, in the middle or at the right of a place."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts

    def line(
        self,
        text: str,
        place: tuple[float, float, float],
        size: float,
        role: Role = Role.BODY,
        *,
        align: Align = Align.LEFT,
        colour: Colour = BLACK,
        least: float = 6.0,
    ) -> Text:
        """Return a line whose baseline stands at `place` (x, y, width), smaller by half points until it fits.

        What is too wide even at the least size is set as small as it takes: nothing runs past its place.
        """
        x, y, width = place
        advance = self.fonts.advance(role)
        line = set_line(text, size=size, advance=advance)
        while line.right > width * POINTS_A_MM and size - 0.5 >= least:
            size -= 0.5
            line = set_line(text, size=size, advance=advance)
        if line.right > width * POINTS_A_MM:
            size *= width * POINTS_A_MM / line.right
            line = set_line(text, size=size, advance=advance)
        room = width - line.right / POINTS_A_MM
        shift = {Align.CENTRE: room / 2, Align.RIGHT: room}.get(align, 0.0)
        return Text(x + shift, y, line.text, size, role, line.extra, colour=colour)

    def width(self, text: str, size: float, role: Role) -> float:
        """Return the width of a line."""
        return set_line(text, size=size, advance=self.fonts.advance(role)).right / POINTS_A_MM

    def set(
        self, texts: Sequence[Paragraph], box: tuple[float, float], sizes: tuple[float, float], leading: float
    ) -> Fitted:
        """Set paragraphs into a box (width, height), from the first size down to the second."""
        return fit(
            texts,
            width=box[0] * POINTS_A_MM,
            height=box[1] * POINTS_A_MM,
            size=sizes[0],
            leading=leading,
            minimum=sizes[1],
            advance=self.fonts.advance(Role.BODY),
        )


def spread(name: str) -> str:
    """Return a name of two Han characters with a space between them, as plates and lists set it."""
    is_han = len(name) == 2 and all(character >= "\u3400" for character in name)
    return CONTINUED_GAP.join(name) if is_han else name


def foot(pledge: Pledge, words: Words) -> str:
    """Return the one line at the foot of a small card: how to supervise, or else the facts."""
    return said(pledge.contacts or pledge.facts, words)


def said(details: Sequence[tuple[str, str]], words: Words, gap: str = "\u3000\u3000") -> str:
    """Return details in one line."""
    return gap.join(f"{label}{words.separator}{text}" for label, text in details)
