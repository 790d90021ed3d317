"""Stores that fail at their n-th step, and a reader of files that say themselves what is to be read in them."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from formsvc.archive.archive import Archive
from formsvc.archive.writer import LocalWriter
from formsvc.errors import ChangedError, TakenError
from formsvc.extraction.sandbox.outcome import Answer, Outcome
from formsvc.forms.reading import Reading
from formsvc.forms.reading_json import reading_to_json
from formsvc.operations.workspace import Workspace
from formsvc.storage import Item, LocalStore
from formsvc.storage.store import Content, everywhere


@dataclass
class Fault:
    """A disk that is full from its n-th step on; 0 is never. Before each write is a step, and after it another."""

    at: int = 0
    steps: int = 0

    def step(self) -> None:
        """Count a step, and fail from the chosen one on."""
        self.steps += 1
        if self.at and self.steps >= self.at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class FailingStore:
    """A store over another one that fails by a plan; groups are written one by one, so that they can fail midway."""

    def __init__(self, inner: LocalStore, fault: Fault) -> None:
        self._inner = inner
        self._fault = fault

    def publish(self, prefix: str, files: Mapping[str, Content]) -> None:
        self._fault.step()
        self._inner.publish(prefix, files)
        self._fault.step()

    def publish_many(self, items: Sequence[Item]) -> tuple[TakenError | ChangedError | None, ...]:
        answers: list[TakenError | ChangedError | None] = []
        for item in items:
            self._fault.step()
            answers += self._inner.publish_many([item])
            self._fault.step()
        return tuple(answers)

    def put_new(self, name: str, data: bytes) -> None:
        if self.put_many({name: data}):
            raise TakenError(path=name)

    def put_many(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        taken: list[str] = []
        for name, data in files.items():
            self._fault.step()
            taken += self._inner.put_many({name: data})
            self._fault.step()
        return tuple(taken)

    def get(self, name: str) -> bytes:
        return self._inner.get(name)

    def open(self, name: str) -> BinaryIO:
        return self._inner.open(name)

    def names(self, prefix: str = "", *, enters: Callable[[str], bool] = everywhere) -> Iterator[str]:
        return self._inner.names(prefix, enters=enters)

    def exists(self, name: str) -> bool:
        return self._inner.exists(name)

    def append_lines(self, name: str, lines: Iterable[str]) -> None:
        self._fault.step()
        self._inner.append_lines(name, lines)
        self._fault.step()

    def append_line(self, name: str, line: str) -> None:
        self.append_lines(name, (line,))

    def cut_torn_line(self, name: str) -> bytes:
        return self._inner.cut_torn_line(name)

    def dispose(self, prefix: str, warrant: str) -> None:
        self._inner.dispose(prefix, warrant)

    def recover(self) -> tuple[str, ...]:
        return self._inner.recover()


@contextmanager
def failing(workspace: Workspace, fault: Fault) -> Iterator[None]:
    """Let archive and inbox of a workspace fail by a plan; what the failing ones began is left as it is."""
    real = {name: getattr(workspace, name) for name in ("archive", "inbox_store")}
    store = FailingStore(LocalStore(workspace.archive_folder), fault)
    workspace.__dict__["archive"] = Archive(store, LocalWriter(workspace.archive_folder))
    workspace.__dict__["inbox_store"] = FailingStore(LocalStore(workspace.inbox), fault)
    try:
        yield
    finally:
        workspace.__dict__.update(real)
        workspace.close_index()


@dataclass(frozen=True)
class _Read:
    outcome: Outcome

    def result(self) -> Outcome:
        return self.outcome


class PlainReader:
    """Reads files whose bytes are the JSON of their readings."""

    def active_layers(self) -> tuple[str, ...]:
        return ()

    def submit(self, descriptor: int, *_: object) -> _Read:
        os.lseek(descriptor, 0, os.SEEK_SET)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return _Read(Answer({"readings": json.loads(file.read())}))


def bytes_of(*readings: Reading) -> bytes:
    """Return a file in which the plain reader reads just this."""
    return json.dumps([reading_to_json(reading) for reading in readings], ensure_ascii=False).encode()


def read_plainly(workspace: Workspace) -> None:
    """Give a workspace the plain reader."""
    workspace.__dict__["reader"] = PlainReader()
