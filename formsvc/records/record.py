"""A version of a record: what was filed in one go, and never changes.

A record is one subject's form for one year. It has versions (a first filing and resubmissions), each a folder with
the original, the copies and record.json, and events (`records.event`) that say what befell it since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from formsvc.errors import Problem
from formsvc.forms.reading import FieldReading, YearReading
from formsvc.forms.spec import SubjectKind


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes as received."""

    name: str
    """The file name as received, as it can be shown (NFC; undecodable bytes replaced)."""
    name_bytes: bytes
    """The file name's own bytes."""
    sha256: str
    size: int
    """Bytes."""
    path: str
    """Where it lies in the archive: inside the version, or under sources/ when the file held several forms."""
    reading: int
    """Which form in the file, from 1."""
    pages: tuple[int, ...]
    """The pages this form stands on, from 1; empty where there are no pages."""


class Pages(StrEnum):
    """Where the pages of a copy come from."""

    DRAWN = "drawn"
    """Set anew from the values."""
    RECEIVED = "received"
    """Those of the submission, their image data unchanged or packed anew without loss."""
    RASTERISED = "rasterised"
    """Pictures made of those of the submission, which PDF/A does not take as they are."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One of the copies the rules ask for, as a file."""

    role: str
    number: int
    """n of m in the copy mark."""
    total: int
    """m of m."""
    label: str
    path: str
    """Inside the version's folder."""
    sha256: str
    conformance: str | None
    """The PDF/A level it claims, such as PDF/A-2b."""
    pages: Pages = Pages.DRAWN


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person decided in the review queue before the version was filed."""

    by: str
    at: str
    """ISO 8601 with offset."""
    changes: Mapping[str, tuple[str, str]]
    """Field key -> (as read, as confirmed), for what the person changed; the year under its field's key."""


@dataclass(frozen=True, slots=True)
class Version:
    """One filed version of a record."""

    record: str
    """The record's id: 12 hexadecimal digits."""
    number: int
    """From 1."""
    form: str
    form_version: int
    year: YearReading
    """Its value is set: a form without a year is not filed."""
    subject_kind: SubjectKind
    name: str
    """The subject's name in normal form."""
    unit: str | None
    """The unit as read; None for organisations."""
    organisation: str | None
    """The resolved branch by the roster and organisation tree at filing, or None."""
    identity: str
    """The key that decides "same record?"; see `records.identity`."""
    fields: Mapping[str, FieldReading]
    problems: tuple[Problem, ...]
    """What was noted or confirmed at filing."""
    original: Original
    copies: tuple[Copy, ...]
    typed: bool
    """Whether the submission was typed: its copies are drawn from the values."""
    serial: str | None
    confirmation: Confirmation | None
    arrived_at: str
    """When the submission was claimed: ISO 8601 with offset."""
    filed_at: str
    """When the version was made: ISO 8601 with offset."""
    program: str
    """The program and version that filed it."""
    crops: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Field key -> pictures of its mark as it was seen, by their paths inside the version's folder."""
