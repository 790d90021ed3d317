"""What the index holds of a record, what it is asked, and what it answers."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import NamedTuple

ID_LENGTH = 12
"""The hexadecimal digits of a record's id."""

_HEX = frozenset("0123456789abcdef")
_PHRASES_OF_DOCUMENTS = (
    b'{"schema":1,"id":"","form":"annex","year":20,"name":"","organisation":"","unit":"","status":"filed","version":1,'
    b'"copies":[{"role":"member","number":1,"holder":null,"path":"archive/20","sha256":"0123456789abcdef","state":"filed"},'
    b'{"role":"workplace","number":2,"holder":"","path":"archive/20","sha256":"","state":"sent"},'
    b'{"role":"residence","number":3,"holder":"","path":"/v1/copies/3-.pdf","sha256":"","state":"received"},'
    b'{"role":"posting","number":4,"holder":null,"path":"/v1/copies/4-.pdf","sha256":"","state":"filed"}],"reviews":[]}'
)
"""Text that documents share, so that a short one packs well; another text here needs another SCHEMA_VERSION."""


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


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; every part that is given must hold."""

    name: str | None = None
    """A name, a part of one, its pinyin (whole or the beginning of it from any character on), or its initials."""
    year: int | None = None
    form: str | None = None
    organisation: str | None = None
    """A part of the organisation's or the unit's text."""
    limit: int | None = None
    """How many records at most; None for all."""


class Found(NamedTuple):
    """One record found."""

    id: str
    form: str
    year: int
    subject: str
    name: str
    organisation: str | None
    unit: str | None
    status: str
    version: int
    path: str
    identity: str
    events: int
    packed_document: bytes

    @property
    def document(self) -> str:
        """The JSON text shown for the record."""
        return unpack_document(self.packed_document)


class FiledAs(NamedTuple):
    """Where a submission's bytes are filed."""

    id: str
    """The record's id."""
    reading: int
    """The number of the reading in the file."""


def pack_document(document: str) -> bytes:
    """Compress a document for the index."""
    packer = zlib.compressobj(level=6, wbits=-15, zdict=_PHRASES_OF_DOCUMENTS)
    return packer.compress(document.encode()) + packer.flush()


def unpack_document(packed: bytes) -> str:
    """Give back a document that `pack_document` compressed."""
    unpacker = zlib.decompressobj(wbits=-15, zdict=_PHRASES_OF_DOCUMENTS)
    return (unpacker.decompress(packed) + unpacker.flush()).decode()
