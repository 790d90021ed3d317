"""Bytes that are put together from a received file and from what was made beside it, without being held whole.

Inside the sandbox a kept image is a list of spans of the received file; outside it a copy is a list of such spans and
of bytes between them. So image data is neither changed nor carried about, however large it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from formsvc import durable
from formsvc.errors import ChangedError

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the received file."""

    start: int
    length: int


Part = Span | bytes
"""Bytes as they are, or where they stand in the received file."""


def joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the same bytes in few parts; large ones stay as they are."""
    found: list[Part] = []
    for part in parts:
        before = found[-1] if found else b""
        if isinstance(before, bytes) and isinstance(part, bytes) and found and len(before) + len(part) < _CHUNK:
            found[-1] = before + part
        elif isinstance(before, Span) and isinstance(part, Span) and before.start + before.length == part.start:
            found[-1] = Span(before.start, before.length + part.length)
        elif size_of(part):
            found.append(part)
    return tuple(found)


def size_of(part: Part) -> int:
    """Return how many bytes a part is."""
    return part.length if isinstance(part, Span) else len(part)


@dataclass(frozen=True, slots=True)
class Spliced:
    """A file made of parts; each time it is gone through, the received file is read anew.

    Raises ChangedError when that file is gone or shorter than it was.
    """

    original: Path
    parts: tuple[Part, ...]

    def __iter__(self) -> Iterator[bytes]:
        opened = durable.open_regular(self.original)
        if not isinstance(opened, durable.OpenFile):
            raise ChangedError(path=str(self.original))
        with opened:
            for part in self.parts:
                if isinstance(part, Span):
                    yield from self._read(opened.descriptor, part)
                else:
                    yield part

    def _read(self, descriptor: int, span: Span) -> Iterator[bytes]:
        os.lseek(descriptor, span.start, os.SEEK_SET)
        left = span.length
        while left:
            chunk = os.read(descriptor, min(left, _CHUNK))
            if not chunk:
                raise ChangedError(path=str(self.original))
            left -= len(chunk)
            yield chunk
