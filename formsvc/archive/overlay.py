"""A store as it would be after a plan: what is to be put and taken lies over what is there. Writes nothing."""

from __future__ import annotations

import io
from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import BinaryIO

from formsvc.errors import MissingError
from formsvc.storage.store import ReadableStore


class Overlay:
    """What is planned, over the store below; read like any store."""

    def __init__(self, below: ReadableStore) -> None:
        self._below = below
        self._planned: dict[str, bytes | None] = {}
        self._names = sorted(below.names())

    def put(self, name: str, data: bytes) -> None:
        """Plan a file."""
        if not self._is_file(name):
            insort(self._names, name)
        self._planned[name] = data

    def take(self, name: str) -> None:
        """Plan that a file is gone."""
        if self._is_file(name):
            del self._names[bisect_left(self._names, name)]
        self._planned[name] = None

    def get(self, name: str) -> bytes:
        """Read a file whole."""
        if name not in self._planned:
            return self._below.get(name)
        data = self._planned[name]
        if data is None:
            raise MissingError(path=name)
        return data

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return io.BytesIO(self.get(name)) if name in self._planned else self._below.open(name)

    def names(self, prefix: str = "") -> Iterator[str]:
        """List everything below a prefix."""
        before = f"{prefix}/" if prefix else ""
        place = bisect_left(self._names, before)
        while place < len(self._names) and self._names[place].startswith(before):
            yield self._names[place]
            place += 1

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name, or a folder that holds one."""
        return self._is_file(name) or any(True for _ in self.names(name))

    def _is_file(self, name: str) -> bool:
        place = bisect_left(self._names, name)
        return place < len(self._names) and self._names[place] == name
