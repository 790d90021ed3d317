"""What became of one form of a submission."""

from __future__ import annotations

from dataclasses import dataclass

from formsvc.errors import Problem


@dataclass(frozen=True, slots=True)
class About:
    """Which form of which file an outcome is about."""

    file: str
    """The file's name as it can be shown, with the folder below the inbox it lay in."""
    form: str | None = None
    year: int | None = None
    name: str | None = None
    """The subject's name."""
    problems: tuple[Problem, ...] = ()
    pages: tuple[int, ...] = ()
    """The pages of the file it stands on, from 1; empty where there are no pages."""
    pages_in_file: int = 0
    """How many pages the file has; 0 where that is not known."""


@dataclass(frozen=True, slots=True)
class Filed:
    """It was filed: every copy, the original and the record are durable and can be found."""

    about: About
    record: str
    version: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same bytes are filed or wait already."""

    about: About
    record: str
    """The record, or the id in the review queue."""


@dataclass(frozen=True, slots=True)
class NeedsConfirmation:
    """It waits for a person."""

    about: About
    waiting: str
    """Its id in the review queue."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """It was set aside untouched."""

    about: About
    folder: str
    """Where, below the inbox."""


Outcome = Filed | Duplicate | NeedsConfirmation | Rejected
