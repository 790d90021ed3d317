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
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Self

from formsvc.extraction.sandbox.worker import command
from formsvc.index.entry import Entry
from formsvc.operations.entry import entry_of
from formsvc.operations.workspace import Workspace, open_workspace

ALONE = 1_000
"""So many records are read before it is worth the start of a second process."""
_LINES = 64
_VALUES_OF = attrgetter(*(field.name for field in fields(Entry)))


def every_entry(workspace: Workspace, *, alone: int = ALONE) -> Generator[Entry]:
    """Yield the entry of every record; raises DamagedArchiveError at the first that cannot be read."""
    last = ""
    if (os.cpu_count() or 1) > 1:
        count = 0
        for entry in islice(_entries(workspace, last), alone):
            last = entry.path
            count += 1
            yield entry
        if count < alone:
            return
        with suppress(OSError), _Reader(workspace.root, last) as reader:
            for entry in reader.entries():
                last = entry.path
                yield entry
            if reader.is_done:
                return
    yield from _entries(workspace, last)


def main(arguments: Sequence[str]) -> None:
    """Write the entries behind a record to standard output, one a line: the second process."""
    settings = json.loads(arguments[0])
    with open_workspace(Path(settings["root"]), environ={}) as workspace:
        entries = _entries(workspace, settings["after"])
        while some := list(islice(entries, _LINES)):
            text = "".join(f"{json.dumps(_VALUES_OF(entry), ensure_ascii=False)}\n" for entry in some)
            sys.stdout.buffer.write(text.encode())


class _Reader:
    """The second process; it ends with the `with`, whether it is done or not."""

    def __init__(self, root: Path, after: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command("formsvc.operations.entries", {"root": str(root.absolute()), "after": after}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.is_done = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def entries(self) -> Iterator[Entry]:
        """Yield what it writes, as far as it comes."""
        for line in self._process.stdout or ():
            if line.endswith(b"\n"):
                row = json.loads(line)
                row[-1] = tuple(map(tuple, row[-1]))
                yield Entry(*row)
        self.is_done = self._process.wait() == 0


def _entries(workspace: Workspace, after: str) -> Iterator[Entry]:
    for history in workspace.archive.outlines(after):
        yield entry_of(workspace, history)
