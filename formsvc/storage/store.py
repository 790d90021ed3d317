"""The contract of a store: named bytes that are written once, whole, and never over something.

A name is a relative POSIX path (`2011/annex2/…/v1/record.json`); see `names.py` for what it may hold. A prefix is the
name of a folder. A folder that holds nothing is nothing. Every writing call returns only when what it wrote would
survive a power cut. A call that is refused has stored nothing; one that ends in an OSError may have stored things
whole, never in part, and doing it again finds them taken. Names may be listed and read while others write: they show
whole objects only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Protocol

from formsvc.errors import ChangedError, TakenError


@dataclass(frozen=True, slots=True)
class Again:
    """A stored file that nobody changes, stored once more: as a second name of it where that can be, else as a copy."""

    path: Path


Content = bytes | Path | Again | Iterable[bytes]
"""What a file holds: bytes that were made here, whole or piece by piece each time it is gone through, a received file,
which is copied in and stays where it is, or a stored file once more."""


@dataclass(frozen=True, slots=True)
class Item:
    """A folder to publish."""

    prefix: str
    """The name the folder will have."""
    files: Mapping[str, Content]
    """What it holds, by names below the prefix; at least one file."""
    sha256: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What must have been written (hex), by the same names: of every file that comes in pieces, and of received ones
    where it is known."""


class ReadableStore(Protocol):
    """A store as those see it who only look.

    Errors of all calls: BadNameError for a name that cannot be; DamagedArchiveError when what is found under a name
    is not a stored file (a link, a pipe); OSError when the disk or the network fails.
    """

    def get(self, name: str) -> bytes:
        """Read a file whole; raise MissingError when there is none."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading, for one that may be large; raise MissingError when there is none."""

    def names(self, prefix: str = "") -> Iterator[str]:
        """List the names of everything below `prefix`, however deep, in the order of their characters.

        Below "" lies the whole store. What is there but is not a stored file is listed too, so that a check sees it.
        """

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name, or a folder that holds one."""


def everywhere(_folder: str) -> bool:
    """Enter every folder."""
    return True


class Store(ReadableStore, Protocol):
    """What the archive needs of the place where it is kept."""

    def names(self, prefix: str = "", *, enters: Callable[[str], bool] = everywhere) -> Iterator[str]:
        """List as a readable store does, passing over folders `enters` is false for (their name, with a slash)."""

    def publish(self, prefix: str, files: Mapping[str, Content]) -> None:
        """Store several files as the folder `prefix`, all of them or none.

        Raises TakenError when anything has that name.
        """

    def publish_many(self, items: Sequence[Item]) -> tuple[TakenError | ChangedError | None, ...]:
        """Publish several folders at the price of about one; each is stored whole or not at all.

        Returns for each item None when it was stored, else why not: TakenError, also when an earlier item of the
        same call has the name, or ChangedError when a received file did not hash as told. Raises OSError after what
        could be stored was stored, and BadNameError when one prefix lies below another.
        """

    def put_new(self, name: str, data: bytes) -> None:
        """Store one file; raise TakenError when anything has that name."""

    def put_many(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Store several files at the price of about one, each by itself; return the names that were taken.

        Raises BadNameError when one is to lie below another.
        """

    def append_lines(self, name: str, lines: Iterable[str]) -> None:
        """Append lines, all or none of them, to a file that grows, made when missing.

        A torn last line, left by a writer that died, is ended first and stays to be seen. Raises ValueError when a
        line holds a line end, TakenError when a folder has that name, BusyError when another writer keeps the file.
        """

    def append_line(self, name: str, line: str) -> None:
        """Append one line; see `append_lines`."""

    def cut_torn_line(self, name: str) -> bytes:
        """Cut a torn last line and return it (b"" when the file is whole or missing).

        For files whose lines follow from elsewhere, by whoever holds the lock of that file.
        """

    def dispose(self, prefix: str, warrant: str) -> None:
        """Delete the file or folder `prefix`: the one deletion there is.

        `warrant` is the name of the stored file that orders it and says what was here; it must not lie below
        `prefix`. Raises NotAllowedError without it, MissingError when nothing has the name `prefix`.
        """
