"""Who may write to the archive now, and what is being written.

The names of the events being written are durable before the first of them is: a writer that dies between an event
and its journal line is finished by the next one.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Protocol

from formsvc import durable
from formsvc.archive import layout

_PATIENCE = 30.0
"""Seconds to wait for another writer; a group of filings takes about one."""


class Writer(Protocol):
    """The right to write, held inside a `with`."""

    def __enter__(self) -> object:
        """Wait for other writers; raises BusyError when one does not end."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let others write."""

    def pending(self) -> list[str]:
        """Return the names of the events a dead writer may not have told the journal."""

    def set_pending(self, names: list[str]) -> None:
        """Remember the names of the events being written; an empty list when all are told."""


class LocalWriter:
    """The writer of an archive in a local folder."""

    def __init__(self, root: Path) -> None:
        self._lock = durable.Lock(root / layout.WRITER_LOCK, wait=_PATIENCE)
        self._file = root / layout.WRITER_PENDING

    def __enter__(self) -> object:
        self._lock.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lock.release()

    def pending(self) -> list[str]:
        """Return what is noted; nothing when no writer died."""
        try:
            return [str(name) for name in json.loads(self._file.read_bytes())]
        except FileNotFoundError:
            return []

    def set_pending(self, names: list[str]) -> None:
        """Note the names durably, or forget them."""
        if names:
            durable.replace(self._file, json.dumps(names, ensure_ascii=False).encode("utf-8"))
        else:
            durable.discard(self._file)
