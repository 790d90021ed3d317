"""The tables of the SQLite index, and how one is opened for looking things up.

The tables:

- `record`: one row a record; `id` is the record's id read as a number, so that an id's prefix is a range.
- `posting`: what names are found by. A row says: under this token, at this rank, stands this name. The rank puts
  names the token covers whole before the others, and later years before earlier ones, so that the table's own order
  is the order of the answer and the first hits cost the same however many there are.
- `syllable`: every reading in use; how half-typed pinyin may go on.
- `place`, `place_token`, `belonging`: the texts of organisations and units, their signs and pairs of signs, and the
  records that belong to them.
- `filed`: the hashes of submissions and the records they are filed in.
- `fact`: bookkeeping, one row a key.
- `listing`: a view of the records to read and to export.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from formsvc.errors import BusyError, NoIndexError

SCHEMA_VERSION = 1
"""Kept as `user_version`; another number in a file means that it must be rebuilt: there are no migrations."""

BUSY_SECONDS = 10.0
"""How long a writer waits for another one before it gives up."""

_YEARS = 10_000


class Fault(StrEnum):
    """Why an index cannot be used as it is."""

    MISSING = "missing"
    """There is no file."""
    OTHER_VERSION = "other-version"
    """It was made by a program with other tables."""
    DAMAGED = "damaged"
    """It is no SQLite database, or a damaged one."""


@dataclass(frozen=True, slots=True)
class NeedsRebuild:
    """The index must be built anew from the archive before it can answer."""

    path: Path
    fault: Fault


def whole_rank(year: int) -> int:
    """Give the rank of names a token covers whole, of one year; later years come first."""
    return _YEARS - 1 - year


def partial_rank(year: int) -> int:
    """Give the rank of names a token covers in part, of one year."""
    return _YEARS + whole_rank(year)


def year_of(rank: int) -> int:
    """Give the year of a rank."""
    return _YEARS - 1 - rank % _YEARS


_OF_THE_DISK = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_CANTOPEN: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
}
"""What SQLite says when the disk, not the file, is at fault."""


@contextmanager
def faults_told(path: Path) -> Iterator[None]:
    """Turn SQLite's word for a lock held too long, a damaged file and a failing disk into ours.

    Raises BusyError, NoIndexError when only a rebuild helps, and OSError when the disk is full or fails.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        cause = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if cause in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise BusyError(lock="index") from error
        if cause in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise NoIndexError(path=str(path), reason=Fault.DAMAGED.value) from error
        if cause in _OF_THE_DISK:
            code = _OF_THE_DISK[cause]
            raise OSError(code, os.strerror(code), str(path)) from error
        raise


def connect(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection | NeedsRebuild:
    """Open the index at `path` if it is one of ours; never makes a file. Raises BusyError."""
    if not path.is_file():
        return NeedsRebuild(path, Fault.MISSING)
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with ExitStack() as unless_good:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=busy_seconds)
        unless_good.callback(connection.close)
        try:
            with faults_told(path):
                version = connection.execute("PRAGMA user_version").fetchone()[0]
        except NoIndexError:
            return NeedsRebuild(path, Fault.DAMAGED)
        if version != SCHEMA_VERSION:
            return NeedsRebuild(path, Fault.OTHER_VERSION)
        unless_good.pop_all()
    return connection
