"""A part of a store, or a store under other names: what a hand-over takes out of an archive, or brings back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from formsvc.errors import MissingError
from formsvc.storage.store import ReadableStore


class Part:
    """Some files of a store, read like any store; `places` says where each name lies in the store below."""

    def __init__(self, below: ReadableStore, places: Mapping[str, str]) -> None:
        self._below = below
        self._places = dict(places)
        self._names = sorted(places)

    def get(self, name: str) -> bytes:
        """Read a file whole."""
        return self._below.get(self._place(name))

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return self._below.open(self._place(name))

    def names(self, prefix: str = "") -> Iterator[str]:
        """List everything below a prefix."""
        before = f"{prefix}/" if prefix else ""
        for name in self._names[bisect_left(self._names, before) :]:
            if not name.startswith(before):
                return
            yield name

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name, or a folder that holds one."""
        return name in self._places or any(True for _ in self.names(name))

    def _place(self, name: str) -> str:
        if name not in self._places:
            raise MissingError(path=name)
        return self._places[name]
