"""What can be wrong with an archive, as codes without sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Damage(StrEnum):
    """What can be wrong; each has a sentence in the catalogues and a test of its name."""

    DECLARATION_MISSING = "declaration-missing"
    FILE_MISSING = "file-missing"
    FILE_CHANGED = "file-changed"
    FILE_UNKNOWN = "file-unknown"
    MANIFEST_MISSING = "manifest-missing"
    MANIFEST_CHANGED = "manifest-changed"
    MANIFEST_UNREADABLE = "manifest-unreadable"
    VERSION_MISSING = "version-missing"
    RECORD_UNREADABLE = "record-unreadable"
    RECORD_MISPLACED = "record-misplaced"
    EVENT_MISSING = "event-missing"
    EVENT_UNREADABLE = "event-unreadable"
    EVENT_CHAIN = "event-chain"
    JOURNAL_UNREADABLE = "journal-unreadable"
    JOURNAL_CHAIN = "journal-chain"
    JOURNAL_EVENT = "journal-event"
    JOURNAL_SILENT = "journal-silent"
    SOURCE_MISSING = "source-missing"
    FORM_MISSING = "form-missing"
    HEAD_CHANGED = "head-changed"
    HEADS_MISSING = "heads-missing"
    INDEX_DIFFERS = "index-differs"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    code: Damage
    path: str
    """The store name of the object."""
    detail: str = ""
    """A further fact: a name, a hash."""
