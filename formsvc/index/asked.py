"""What the index is asked and what it answers."""

from __future__ import annotations

import zlib
from typing import NamedTuple

ID_LENGTH = 12
"""The hexadecimal digits of a record's id."""

PHRASES_OF_DOCUMENTS = (
    b'{"schema":1,"id":"","form":"annex","year":20,"name":"","organisation":"","unit":"","status":"filed","version":1,'
    b'"copies":[{"role":"member","number":1,"holder":null,"path":"archive/20","sha256":"0123456789abcdef","state":"filed"},'
    b'{"role":"workplace","number":2,"holder":"","path":"archive/20","sha256":"","state":"sent"},'
    b'{"role":"residence","number":3,"holder":"","path":"/v1/copies/3-.pdf","sha256":"","state":"received"},'
    b'{"role":"posting","number":4,"holder":null,"path":"/v1/copies/4-.pdf","sha256":"","state":"filed"}],"reviews":[]}'
)
"""Text that documents share, so that a short one packs well; another text here needs another SCHEMA_VERSION."""


class Query(NamedTuple):
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


def unpack_document(packed: bytes) -> str:
    """Give back a document that `pack_document` compressed."""
    unpacker = zlib.decompressobj(wbits=-15, zdict=PHRASES_OF_DOCUMENTS)
    return (unpacker.decompress(packed) + unpacker.flush()).decode()
