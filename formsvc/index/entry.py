"""What the index holds of a record: for writing only; a look-up needs no more than `asked`."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from formsvc.index.asked import ID_LENGTH, PHRASES_OF_DOCUMENTS, FiledAs, Found, Query, unpack_document

__all__ = ["ID_LENGTH", "Entry", "FiledAs", "Found", "Query", "pack_document", "unpack_document"]

_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as the index keeps it: everything by which it is found, and what is shown of it."""

    id: str
    """The record's id, twelve hexadecimal digits."""
    form: str
    """The form's id."""
    year: int
    """The year the form is for."""
    subject: str
    """The kind of subject the form is about, as the form's data names it."""
    name: str
    """The subject's name in normal form."""
    organisation: str | None
    """The resolved organisation, or None."""
    unit: str | None
    """The unit as it was read, or None."""
    status: str
    """The status that the record's history gives it."""
    version: int
    """The number of its latest version."""
    path: str
    """Where it lies in the archive: the prefix of all its names."""
    identity: str
    """The key that another paper of the same subject for the same form and year would have."""
    events: int
    """How many events its history holds."""
    document: str
    """The JSON text shown for it; opaque to the index."""
    filed: tuple[tuple[str, int], ...]
    """(SHA-256 in hexadecimal, number of the reading in the file) of each submission filed in it."""

    def __post_init__(self) -> None:
        if len(self.id) != ID_LENGTH or not _HEX.issuperset(self.id):
            raise ValueError(self.id)
        if self.year not in range(1, 10_000):
            raise ValueError(self.year)


def pack_document(document: str) -> bytes:
    """Compress a document for the index."""
    # what zlib sets up by default for texts this short is fetched from the system each time, and costs four times them
    packer = zlib.compressobj(level=6, wbits=-15, memLevel=5, zdict=PHRASES_OF_DOCUMENTS)
    return packer.compress(document.encode()) + packer.flush()
