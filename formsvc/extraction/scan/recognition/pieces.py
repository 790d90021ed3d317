"""Pieces of writing in a cell of several values, and what was read for one of its fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formsvc.extraction.scan.recognition.choose import Choice, lessened_by
from formsvc.extraction.scan.recognition.confidence import THROUGH
from formsvc.extraction.scan.recognition.detect import TextBox
from formsvc.extraction.scan.recognition.inked import Inked
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.registered import PixelBox
from formsvc.forms.spec import Field

ANOTHER = 0.9
"""The width of a line for its second reading, as a part of how it stands; the first is narrower or as it stands."""


@dataclass
class Piece:
    """One piece of writing, and which part of its text is still to be given to a field."""

    row: Row
    ink: Inked
    """The picture it was read from."""
    place: TextBox
    """Where in it."""
    start: int = 0
    end: int = 0

    @property
    def text(self) -> str:
        """What is left of it."""
        return self.row.line.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for one field of a cell."""

    choice: Choice | None
    """None when nothing stands where its value goes."""
    box: PixelBox
    rows: tuple[Row, ...] = ()
    is_doubtful: bool = False
    """Whether it seems empty although there is ink that nothing was made of."""


def doubted(choice: Choice, field: Field, ink: Inked, pieces: Sequence[Piece]) -> Choice:
    """Return a choice with the doubt that what was not read of all its ink, a seal's with it, may lack strokes."""
    return choice if all(piece.ink is ink for piece in pieces) else lessened_by(choice, field, 1.0, THROUGH)


def around(boxes: Sequence[PixelBox]) -> PixelBox:
    """Return the smallest box around some boxes."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
