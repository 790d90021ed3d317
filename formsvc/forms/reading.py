"""What extraction made of one form: each field's value, raw text, confidence and evidence.

A reading is a value: validation and people's corrections make new readings. `forms.reading_json` is its only JSON.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from formsvc.errors import Problem, Weight

Value = str | int | tuple[str, ...] | None
"""A field's normal form: text, a whole number, the items of a list, or None for empty."""


class MarkState(StrEnum):
    """The normal form of a signature or a seal."""

    PRESENT = "present"
    ABSENT = "absent"
    UNCLEAR = "unclear"


class Decision(StrEnum):
    """What follows from a reading and its problems."""

    FILE = "file"
    CONFIRM = "confirm"
    REFUSE = "refuse"


class Source(StrEnum):
    """Where in the document a value stood."""

    CONTROL = "control"
    """A content control with the field's tag."""
    BOOKMARK = "bookmark"
    """A bookmark with the field's name."""
    CELL = "cell"
    """The cell that belongs to the field's printed label."""
    FORM_FIELD = "form-field"
    """The /V of a fillable PDF's field."""
    PROPERTY = "property"
    """A document property."""
    TEXT = "text"
    """Running text, such as the title."""
    PERSON = "person"
    """A person typed it in the review queue or a correction."""


class YearSource(StrEnum):
    """What says which year a form is of; only title, mark and person file by themselves."""

    TITLE = "title"
    MARK = "mark"
    DATE = "date"
    FOLDER = "folder"
    CAMPAIGN = "campaign"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value was read."""

    source: Source
    page: int | None = None
    """Counted from 1; None where the document has no pages (docx)."""
    box: tuple[float, float, float, float] | None = None
    """x, y, width, height in mm from the page's top left corner."""
    cell: tuple[int, int] | None = None
    """Row and column in the document's own table, from 0."""


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field as read."""

    value: Value
    """The normal form; None when the field is empty or could not be normalised."""
    raw: str
    """The text as it stood, items separated by line feeds."""
    confidence: float
    """0 to 1: how sure the reading is that `value` is what the paper says."""
    evidence: Evidence | None = None
    alternatives: tuple[str, ...] = ()
    """Other readings of the same field: what a second source said, say."""


@dataclass(frozen=True, slots=True)
class YearReading:
    """The year of the form and what says so."""

    value: int | None
    source: YearSource | None
    confidence: float
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture pasted into a signature or seal box, kept as evidence."""

    field: str
    media_type: str
    """image/png or image/jpeg; anything else is not kept."""
    data: bytes
    width: float
    """Its width on the page in mm."""
    height: float
    """Its height on the page in mm."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One form found in a submission."""

    number: int
    """Its number in the submission, from 1."""
    form: str | None
    """The form's id; None when the document is none of the known forms."""
    form_version: int | None
    year: YearReading
    fields: Mapping[str, FieldReading]
    problems: tuple[Problem, ...] = ()
    pages: tuple[int, ...] = ()
    """The submission's pages it stands on, from 1; empty where there are no pages."""
    serial: str | None = None
    """The serial of the blank, from its mark."""
    typed: bool = True
    """Whether copies are drawn from the values; False keeps the pages as received."""
    pictures: tuple[Picture, ...] = ()

    @property
    def decision(self) -> Decision:
        """What follows: refuse if anything refuses, confirm if anything asks, else file."""
        return decide(self.problems)

    def value(self, key: str | None) -> Value:
        """Return the value of a field; None when it was not read or `key` is None."""
        found = self.fields.get(key) if key is not None else None
        return None if found is None else found.value

    def text(self, key: str | None) -> str:
        """Return the value of a text field, empty when there is none."""
        value = self.value(key)
        return value if isinstance(value, str) else ""

    def with_problems(self, more: Iterable[Problem]) -> Reading:
        """Return this reading with further problems, each problem once."""
        return dataclasses.replace(self, problems=tuple(dict.fromkeys([*self.problems, *more])))

    def with_field(self, key: str, found: FieldReading) -> Reading:
        """Return this reading with one field read anew."""
        return dataclasses.replace(self, fields=MappingProxyType({**self.fields, key: found}))


def decide(problems: Iterable[Problem]) -> Decision:
    """Return the decision that follows from these problems."""
    weights = {problem.code.weight for problem in problems}
    if Weight.REFUSES in weights:
        return Decision.REFUSE
    return Decision.CONFIRM if Weight.ASKS in weights else Decision.FILE
