"""Every record's line in the index, from the archive alone, in order.

A large archive is read by other processes beside the one that builds, each a part of the records. They only read,
while whoever calls keeps writers out; what one of them does not finish, the caller reads itself, and so meets in its
own process whatever stopped it.
"""

from __future__ import annotations

import gc
import heapq
import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import islice, takewhile
from pathlib import Path
from threading import Event, Thread
from typing import Self

import msgspec

from formsvc.extraction.sandbox.worker import LENGTH, command
from formsvc.index.entry import Entry
from formsvc.operations.entry import entry_of
from formsvc.operations.workspace import Workspace, open_workspace

ALONE = 5_000
"""Up to so many records other processes cost more to start than they save."""
_MOST = 3
"""Readers that keep one builder at work."""
_TOGETHER = 32
"""Entries sent at once: less than a pipe holds."""
_AHEAD = 1 << 19
"""Bytes that readers may be ahead, where pipes can be made so large: more than a builder writes at once."""
_READY = b"\n"
_ENCODER = msgspec.msgpack.Encoder()
_DOCUMENTS = msgspec.json.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Entry])


def every_entry(workspace: Workspace, *, expected: int) -> Generator[Entry]:
    """Yield the entry of every record; raises DamagedArchiveError at the first that cannot be read.

    `expected` is about how many there are: it decides whether other processes are worth their start, no more.
    """
    last = ""
    with ExitStack() as opened:
        others = _readers(workspace.root, opened) if expected > ALONE else []
        if others:
            for entry in takewhile(lambda _: not all(one.is_ready.is_set() for one in others), _entries(workspace)):
                last = entry.path
                yield entry
            yield from heapq.merge(*[_share(workspace, other, last) for other in others], key=_order)
            return
    yield from _entries(workspace)


def main(arguments: Sequence[str]) -> None:
    """Write a part of the entries behind a record to standard output, some at once: another process.

    What it writes first is an empty line, when it is ready to be told on standard input behind which record.
    """
    gc.disable()  # there is next to nothing in cycles, and much to look through
    asked = json.loads(arguments[0])
    with open_workspace(Path(asked["root"]), environ={}) as workspace:
        sys.stdout.buffer.write(_READY)
        sys.stdout.buffer.flush()
        after = sys.stdin.buffer.readline()
        entries = _entries(workspace, json.loads(after), asked["part"], asked["of"]) if after else iter(())
        while some := list(islice(entries, _TOGETHER)):
            data = _ENCODER.encode(some)
            sys.stdout.buffer.write(LENGTH.pack(len(data)) + data)
            sys.stdout.buffer.flush()


class Reader:
    """A process that reads one of so many parts; it ends with the `with`, whether it is done or not."""

    def __init__(self, root: Path, part: int, of: int) -> None:
        self.part, self.of = part, of
        asked = {"root": str(root.absolute()), "part": part, "of": of}
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command("formsvc.operations.entries", asked),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pipesize=_AHEAD,
        )
        self.is_ready = Event()
        """Set when the process waits to be told where to begin, and when it is dead."""
        self.is_done = False
        self._waiting = Thread(target=self._wait, daemon=True)
        self._waiting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._waiting.join()
        with suppress(BrokenPipeError):
            self._process.communicate()

    def _wait(self) -> None:
        if self._process.stdout is not None:
            self._process.stdout.readline()
        self.is_ready.set()

    def begin(self, last: str) -> None:
        """Tell it behind which record to begin."""
        self._waiting.join()
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(f"{json.dumps(last)}\n".encode())
                self._process.stdin.flush()

    def entries(self) -> Iterator[Entry]:
        """Yield what it writes, as far as it comes."""
        while data := self._received():
            yield from _DECODER.decode(data)
        self.is_done = self._process.wait() == 0

    def _received(self) -> bytes:
        """Return what it sent at once; nothing when it sent no more, or not all of it."""
        source = self._process.stdout
        if source is None or len(head := source.read(LENGTH.size)) < LENGTH.size:
            return b""
        (length,) = LENGTH.unpack(head)
        data = source.read(length)
        return data if len(data) == length else b""


def _readers(root: Path, opened: ExitStack) -> list[Reader]:
    """Start readers, if there are processors for more than one; none if one cannot be started."""
    count = min(os.cpu_count() or 1, _MOST)
    try:
        return [opened.enter_context(Reader(root, part, count)) for part in range(count)] if count > 1 else []
    except OSError:
        return []


def _share(workspace: Workspace, reader: Reader, last: str) -> Iterable[Entry]:
    """Begin a reader's part, and return all of it: what the reader does not come to is read here."""
    reader.begin(last)

    def entries() -> Iterator[Entry]:
        reached = last
        for entry in reader.entries():
            reached = entry.path
            yield entry
        if not reader.is_done:
            yield from _entries(workspace, reached, reader.part, reader.of)

    return entries()


def _entries(workspace: Workspace, after: str = "", part: int = 0, of: int = 1) -> Iterator[Entry]:
    for history in workspace.archive.outlines(after, part=part, of=of):
        yield entry_of(workspace, history, write=compact_too)


def compact_too(document: object) -> str:
    """Return what `compact` makes of a document, in a third of the time; who files does without msgspec's memory."""
    return _DOCUMENTS.encode(document).decode()


def _order(entry: Entry) -> str:
    return f"{entry.path}/"
