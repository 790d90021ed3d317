"""What can be handed out, what of it is wanted, and what became of it: the values of `delivery`, without its work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeliveryFormat(StrEnum):
    """What is handed out."""

    COPIES = "copies"
    """The copies as they go to their holders."""
    PDFA3 = "pdfa3"
    """One PDF/A-3b for each record, with its data and its original attached."""


class LeftOut(StrEnum):
    """Why something is not handed out."""

    RETURNED = "returned-not-posted"
    """A returned pledge is not posted."""
    NO_OWN_COPY = "no-own-copy"
    """All copies of the form are for the public."""
    NOT_ARCHIVABLE = "not-archivable"
    """Its received pages are not PDF/A."""
    UNREADABLE = "copy-unreadable"
    """Nothing can be added to the copy."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records are handed out, as `find` is asked, and which copy."""

    name: str | None = None
    year: int | None = None
    form: str | None = None
    organisation: str | None = None
    records: tuple[str, ...] = ()
    """The beginnings of ids; with them nothing else is looked for."""
    copy: str | None = None
    """The role of the copies, or their label; None for all."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was handed out."""

    files: int
    left_out: tuple[tuple[str, LeftOut], ...] = ()
    """Record and reason."""
