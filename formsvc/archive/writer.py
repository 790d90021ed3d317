"""Who may write to the archive now, and what is being written.

The events being written are durable here before the first of them is in its place: a writer that dies between its
events, or between an event and its journal line, is finished by the next one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol

from formsvc import durable
from formsvc.archive import layout
from formsvc.errors import DamagedArchiveError

_PATIENCE = 30.0
"""Seconds to wait for another writer; a group of filings takes about one."""


class Writer(Protocol):
    """The right to write, held inside a `with`."""

    def __enter__(self) -> object:
        """Wait for other writers; raises BusyError when one does not end."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let others write."""

    def pending(self) -> dict[str, bytes]:
        """Return the events, name -> content, that a dead writer may not have written or not told the journal."""

    def set_pending(self, events: Mapping[str, bytes]) -> None:
        """Remember the events being written, name -> content; none when all are told."""


class LocalWriter:
    """The writer of an archive in a local folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = durable.Lock(root / layout.WRITER_LOCK, wait=_PATIENCE)
        self._file = root / layout.WRITER_PENDING

    def __enter__(self) -> object:
        self._lock.acquire()
        try:
            for left in filter(durable.is_unfinished, self._root.iterdir()):
                durable.discard(left)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lock.release()

    def pending(self) -> dict[str, bytes]:
        """Return what is noted; nothing when no writer died. Raises DamagedArchiveError when it cannot be read."""
        try:
            noted = json.loads(self._file.read_bytes())
            return {str(name): str(text).encode("utf-8") for name, text in noted.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError) as error:
            raise DamagedArchiveError(path=layout.WRITER_PENDING, reason=str(error)) from error

    def set_pending(self, events: Mapping[str, bytes]) -> None:
        """Note the events durably, or forget them."""
        if events:
            texts = {name: data.decode("utf-8") for name, data in events.items()}
            durable.replace(self._file, json.dumps(texts, ensure_ascii=False).encode("utf-8"))
        else:
            durable.discard(self._file)
