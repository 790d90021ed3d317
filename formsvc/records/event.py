"""Events: what befell a record, numbered from 1, each naming the hash of the one before.

An event is written once and never changed; undoing something is a later event. What an event of each kind says is
one of the small classes below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class EventKind(StrEnum):
    """What can befall a record."""

    FILED = "filed"
    CORRECTED = "corrected"
    REVIEWED = "reviewed"
    RETURNED = "returned"
    ASSIGNED = "assigned"
    REDRAWN = "redrawn"


class ReviewDecision(StrEnum):
    """What a reviewer decided; `unset` is what a paper brought along and no person has decided yet."""

    APPROVE = "approve"
    RETURN = "return"
    UNSET = "unset"


class StampSource(StrEnum):
    """Where a review stamp comes from."""

    PERSON = "person"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Filed:
    """A version was filed."""

    version: int
    manifest_sha256: str
    """The hash of the version's manifest, which binds every file of it into the chain of events."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A person corrected values of a filed version; the original and the copies stay as they are."""

    version: int
    changes: Mapping[str, tuple[str, str]]
    """Field key -> (before, after), as text."""
    why: str


@dataclass(frozen=True, slots=True)
class Review:
    """A review stamp."""

    version: int
    step: str
    decision: ReviewDecision
    organisation: str | None
    """The reviewing organisation."""
    on: str | None
    """The date on the stamp, as much as is written of YYYY-MM-DD."""
    opinion: str
    criteria: Mapping[str, bool]
    """Criterion key -> met; a criterion that is not here is unset."""
    seal: str | None
    """What was seen of the seal: present, absent, unclear; None when nobody looked."""
    source: StampSource
    crop: str | None = None
    """A picture of the seal as it was seen on the paper: its path inside the version's folder."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Holders of copies became known."""

    version: int
    holders: Mapping[str, str]
    """Role -> holder, for the copies that got one."""
    basis: str
    """What says so: the name of the roster import in the archive, or a person."""


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A copy that was lost was drawn again, and came out otherwise than the one that was filed."""

    version: int
    role: str
    path: str
    """Where the new copy lies, below the record."""
    sha256: str
    """The hash of the new copy."""
    conformance: str | None
    """The PDF/A level it claims."""
    lost: str
    """The path of the lost copy, inside its version."""


Details = Filed | Corrected | Review | Assigned | Redrawn


def kind_of(details: Details) -> EventKind:
    """Return the kind of event that says this."""
    match details:
        case Filed():
            return EventKind.FILED
        case Corrected():
            return EventKind.CORRECTED
        case Review():
            return EventKind.RETURNED if details.decision is ReviewDecision.RETURN else EventKind.REVIEWED
        case Assigned():
            return EventKind.ASSIGNED
        case Redrawn():
            return EventKind.REDRAWN
        case _:
            assert_never(details)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one record."""

    record: str
    number: int
    kind: EventKind
    at: str
    """When it was written: ISO 8601 with offset."""
    by: str | None
    """Who: a person, or None for the program."""
    previous: str
    """SHA-256 of the event file before, 64 zeros for the first."""
    details: Details


FIRST_PREVIOUS = "0" * 64
