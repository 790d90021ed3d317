"""A form as the program knows it: the content of one `templates/<form>/form.toml`, checked.

Everything the program does with a form comes from here: its printed look, its fields, how it is read, which copies
are filed and who reviews it. Lengths are millimetres, rows and columns count from 0, and the tuples keep the order
of the file. `forms.load` makes these objects; nothing else should.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

CONTINUED = "（续）"
"""What stands behind a title or a label on a further page of a form."""


class Kind(StrEnum):
    """What a field holds, which decides how it is read, checked, drawn and written."""

    TEXT = "text"
    NAME = "name"
    ORGANISATION = "organisation"
    CHOICE = "choice"
    INTEGER = "integer"
    YEAR = "year"
    MONTH = "month"
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    ITEMS = "items"
    SIGNATURE = "signature"
    SEAL = "seal"

    @property
    def is_mark(self) -> bool:
        """Whether the field is a mark on paper (ink or seal) and not text."""
        return self in (Kind.SIGNATURE, Kind.SEAL)


class HolderRule(StrEnum):
    """Who keeps a copy: the closed set of rules; roles are open keys of form data."""

    SUBJECT = "subject"
    """The one who pledges: the member, or the organisation itself."""
    SUPERIOR = "superior"
    """The parent of the pledging organisation in the organisation tree."""
    WORKPLACE = "workplace"
    """The member's workplace organisation by the roster."""
    RESIDENCE = "residence"
    """The member's residence organisation by the roster."""
    POSTING = "posting"
    """The public: the copy is drawn anew from public fields only."""
    OFFICE = "office"
    """The office this workspace belongs to."""


class SubjectKind(StrEnum):
    """Who pledges."""

    MEMBER = "member"
    ORGANISATION = "organisation"


class Align(StrEnum):
    """Where a line stands in its cell."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled value of a form."""

    key: str
    """Its stable name in JSON, content controls and the fillable PDF."""
    kind: Kind
    label: str
    """What people call it, and the label the form prints, spaces included, unless `printed` is given."""
    printed: str
    """The printed label; empty when the form prints none (a date under a signature)."""
    aliases: tuple[str, ...]
    """Other printed labels that mean this field; read and offered for confirmation."""
    required: bool
    """Whether a form without it waits for a person."""
    public: bool
    """Whether the posting copy shows it."""
    options: tuple[str, ...]
    """The values a choice allows."""
    blank: str
    """What an empty form prints where the value goes, such as "年    月    日"."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line (or growing block of lines) inside a cell: a printed label or a field's value."""

    key: str
    """The field it belongs to."""
    is_label: bool
    """True prints the field's label; False is where its value goes."""
    align: Align
    grow: bool
    """Whether it takes the height the other lines leave."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One rectangle of the grid."""

    row: int
    column: int
    rows: int
    columns: int
    lines: tuple[Line, ...]
    stacked: bool
    """Whether its label is set one character below the other."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The table of a form, in millimetres."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The paper and its margins, in millimetres (GB/T 9704-2012 for A4)."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float


@dataclass(frozen=True, slots=True)
class Subject:
    """Which fields say who pledges."""

    kind: SubjectKind
    name: str
    """The field with the name."""
    identity: tuple[str, ...]
    """Further fields that must be equal for two forms of one year to be one record."""
    unit: str | None
    """The field with the unit, which tells namesakes apart."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Which fields say that and when it was pledged."""

    date: str | None
    mark: str | None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a reviewer answers yes or no to."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """One review the form goes through, and the fields a paper may bring along from it."""

    key: str
    label: str
    reviewer: HolderRule
    """Which organisation reviews."""
    opinion: str | None
    seal: str | None
    date: str | None
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class CopySpec:
    """One of the copies the rules ask for."""

    role: str
    label: str
    """The short name in file names, such as 本人."""
    place: str
    """Where it is kept, as the copy mark prints it, such as 党员个人."""
    holder: HolderRule

    @property
    def is_public(self) -> bool:
        """Whether it is drawn from public fields only."""
        return self.holder is HolderRule.POSTING


@dataclass(frozen=True, slots=True)
class FormSpec:
    """One form and version."""

    id: str
    version: int
    name: str
    """What people call the form."""
    title: str
    """The printed title with `{year}` where the year goes."""
    heading: str
    """The line above the title, such as 附件2."""
    note: str
    """The line below the table."""
    basis: str
    """The document that prescribes the form."""
    subject: Subject
    signing: Signing
    fields: Mapping[str, Field]
    page: Page
    grid: Grid
    reviews: tuple[ReviewStep, ...]
    copies: tuple[CopySpec, ...]
    negative_titles: tuple[str, ...]
    """Words in a title that say a document is something else (a ballot, a statistic)."""
    retention_years: int | None
    """Years to keep a record; None is for ever."""
    source: bytes
    """The form.toml itself, as filed with the archive."""

    @property
    def year_key(self) -> str:
        """The field that holds the year of the form."""
        return next(key for key, field in self.fields.items() if field.kind is Kind.YEAR)

    @property
    def printed_title(self) -> str:
        """The title without its year: what stays the same on every such form."""
        return self.title.replace("{year}", "")

    def step(self, key: str | None) -> ReviewStep | None:
        """Return the review step of this key, the first one for None, or None when there is no such step."""
        return next((step for step in self.reviews if key in (None, step.key)), None)
