"""Building the index anew: beside the old one, which answers until the new one takes its place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from itertools import count
from pathlib import Path

from formsvc.errors import BusyError
from formsvc.index.entry import Entry
from formsvc.index.library import Database
from formsvc.index.readings import readings_of
from formsvc.index.schema import BUSY_SECONDS, Fault, NeedsRebuild, connect, faults_told, partial_rank, whole_rank
from formsvc.index.tables import create_indexes, create_tables
from formsvc.index.tokens import name_tokens
from formsvc.index.writing import batches, set_head, write_records, write_syllables

_NAP_SECONDS = 0.05
_STAGES = "CREATE TEMP TABLE staged (name TEXT PRIMARY KEY, whole TEXT, partial TEXT)"
_STAGE = "INSERT INTO staged VALUES (?, ?, ?)"
_NOT_STAGED = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT name FROM staged)"
_WRITE_ALL_POSTINGS = """
WITH named AS MATERIALIZED (SELECT DISTINCT year, name FROM record)
INSERT INTO posting SELECT token, rank, name FROM (
  SELECT j.value AS token, ? - year AS rank, name FROM staged JOIN named USING (name) JOIN json_each(whole) AS j
  UNION ALL
  SELECT j.value AS token, ? - year AS rank, name FROM staged JOIN named USING (name) JOIN json_each(partial) AS j
) ORDER BY token, rank, name
"""
"""In the table's own order, which is quicker and closer packed."""


def rebuild(path: Path, entries: Iterable[Entry], head: str, *, busy_seconds: float = BUSY_SECONDS) -> int:
    """Build the index at `path` anew from all records of the archive; return how many there are.

    It is made beside the old one, which answers until the new one takes its place in one transaction. What others
    note meanwhile is lost to it: whoever calls holds them off, or notes again what came after `head`.
    Raises BusyError if another writer does not end in time, and OSError when the disk is full or fails.
    """
    made = path.with_name(f"{path.name}.rebuild")
    made.unlink(missing_ok=True)
    try:
        with faults_told(path), closing(sqlite3.connect(made, isolation_level=None)) as connection:
            written = _build(connection, entries, head)
            _replace(path, connection, busy_seconds)
    finally:
        made.unlink(missing_ok=True)
    return written


def _build(connection: sqlite3.Connection, entries: Iterable[Entry], head: str) -> int:
    """Fill an empty database, without a thought for what a kill would leave of it; return how many records it holds."""
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -131072"):
        connection.execute(f"PRAGMA {pragma}")
    database = Database(connection, execute_plugins=False)
    create_tables(database)
    connection.execute(_STAGES)
    connection.execute("BEGIN")
    written = 0
    for batch in batches(entries):
        write_records(connection, batch)
        _stage_tokens(connection, {entry.name for entry in batch})
        written += len(batch)
    create_indexes(database)
    connection.execute(_WRITE_ALL_POSTINGS, (whole_rank(0), partial_rank(0)))
    set_head(connection, head)
    connection.execute("COMMIT")
    connection.execute("VACUUM")
    return written


def _replace(path: Path, made: sqlite3.Connection, busy_seconds: float) -> None:
    """Copy a finished index over the one in use, as one transaction of SQLite's own."""
    old = connect(path, busy_seconds=busy_seconds)
    if isinstance(old, NeedsRebuild):
        if old.fault is Fault.DAMAGED:
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
        old = sqlite3.connect(path, isolation_level=None, timeout=busy_seconds)
    try:
        with faults_told(path):
            old.execute("PRAGMA journal_mode = WAL")
            old.execute("PRAGMA synchronous = FULL")
            made.backup(old, progress=_patience(busy_seconds), sleep=_NAP_SECONDS)
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        old.close()


def _patience(busy_seconds: float) -> Callable[[int, int, int], None]:
    """Make a backup give up on a lock after so many naps; by itself it would try for ever."""
    naps = count(1)

    def look(status: int, _remaining: int, _pages: int) -> None:
        locked = status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
        if locked and next(naps) * _NAP_SECONDS > busy_seconds:
            raise BusyError(lock="index")

    return look


def _stage_tokens(connection: sqlite3.Connection, names: set[str]) -> None:
    """Lay by what names are found by, of those that were not met before: while others read, there is time for it."""
    new = [name for (name,) in connection.execute(_NOT_STAGED, (json.dumps(list(names)),))]
    tokens = [(name, name_tokens(name, readings_of)) for name in new]
    write_syllables(connection, (made for _, made in tokens))
    staged = ((name, json.dumps(list(made.whole)), json.dumps(list(made.partial))) for name, made in tokens)
    connection.executemany(_STAGE, staged)
