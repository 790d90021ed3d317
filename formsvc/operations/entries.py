"""Every record's line in the index, from the archive alone, in order.

A large archive is read by a second process beside the one that builds: reading and building cost about the same. The
second one only reads, while whoever calls keeps writers out; what it does not finish, the caller reads itself, and so
meets in its own process whatever stopped it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from itertools import islice, takewhile
from operator import attrgetter
from pathlib import Path
from threading import Event, Thread
from typing import Self

from formsvc.extraction.sandbox.worker import command
from formsvc.index.entry import Entry
from formsvc.operations.entry import entry_of
from formsvc.operations.workspace import Workspace, open_workspace

ALONE = 5_000
"""Up to so many records a second process costs more to start than it saves."""
_LINES = 64
_READY = b"\n"
_VALUES_OF = attrgetter(*(field.name for field in fields(Entry)))


def every_entry(workspace: Workspace, *, expected: int) -> Generator[Entry]:
    """Yield the entry of every record; raises DamagedArchiveError at the first that cannot be read.

    `expected` is about how many there are: it decides whether a second process is worth its start, no more.
    """
    last = ""
    if expected > ALONE and (os.cpu_count() or 1) > 1:
        with suppress(OSError), SecondReader(workspace.root) as reader:
            for entry in takewhile(lambda _: not reader.is_ready.is_set(), _entries(workspace, last)):
                last = entry.path
                yield entry
            for entry in reader.entries_behind(last):
                last = entry.path
                yield entry
            if reader.is_done:
                return
    yield from _entries(workspace, last)


def main(arguments: Sequence[str]) -> None:
    """Write the entries behind a record to standard output, one a line: the second process.

    What it writes first is an empty line, when it is ready to be told on standard input behind which record.
    """
    with open_workspace(Path(json.loads(arguments[0])["root"]), environ={}) as workspace:
        sys.stdout.buffer.write(_READY)
        sys.stdout.buffer.flush()
        after = sys.stdin.buffer.readline()
        entries = _entries(workspace, json.loads(after)) if after else iter(())
        while some := list(islice(entries, _LINES)):
            text = "".join(f"{json.dumps(_VALUES_OF(entry), ensure_ascii=False)}\n" for entry in some)
            sys.stdout.buffer.write(text.encode())


class SecondReader:
    """The second process; it ends with the `with`, whether it is done or not."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command("formsvc.operations.entries", {"root": str(root.absolute())}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
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

    def entries_behind(self, last: str) -> Iterator[Entry]:
        """Yield what it writes, as far as it comes."""
        self._waiting.join()
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(f"{json.dumps(last)}\n".encode())
                self._process.stdin.flush()
        for line in self._process.stdout or ():
            if line.endswith(b"\n"):
                row = json.loads(line)
                row[-1] = tuple(map(tuple, row[-1]))
                yield Entry(*row)
        self.is_done = self._process.wait() == 0


def _entries(workspace: Workspace, after: str) -> Iterator[Entry]:
    for history in workspace.archive.outlines(after):
        yield entry_of(workspace, history)
