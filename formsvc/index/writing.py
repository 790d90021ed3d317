"""Noting records in the index, and building it anew: the side that writes.

One note is one transaction: a reader sees all of it or nothing, and several processes may note at once. The index
holds nothing that the archive does not: whatever is lost here is brought back by a rebuild.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import count, groupby, islice
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from formsvc.errors import BusyError
from formsvc.index.entry import Entry, Query, pack_document
from formsvc.index.finding import Finder
from formsvc.index.library import Database
from formsvc.index.readings import readings_of
from formsvc.index.schema import BUSY_SECONDS, Fault, NeedsRebuild, connect, faults_told, partial_rank, whole_rank
from formsvc.index.tables import create_indexes, create_tables
from formsvc.index.tokens import NameTokens, name_tokens, place_tokens, search_key

_BATCH = 500
_WRITE = """
INSERT OR REPLACE INTO record
  (form, year, subject, name, organisation, unit, status, version, path, identity, events, id, document)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_kept_of = attrgetter(
    "form", "year", "subject", "name", "organisation", "unit", "status", "version", "path", "identity", "events"
)
_NAP_SECONDS = 0.05
_NAMED = "SELECT year, name FROM record WHERE id IN (SELECT value FROM json_each(?))"
_LEAVE = """DELETE FROM belonging WHERE (place, record) IN (
  SELECT place.id, record.id FROM json_each(?) AS j JOIN record ON record.id = j.value
  JOIN place ON place.text IN (record.organisation, record.unit))
"""
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
_Named = tuple[int, str]
"""(year, name): what postings stand for."""


class SqliteIndex(Finder):
    """An open index that answers and takes notes; not to be shared between threads."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(connection, path)
        connection.execute("PRAGMA synchronous = FULL")
        self._database = Database(connection, execute_plugins=False)

    def note(self, entries: Iterable[Entry], *, head: str | None = None) -> None:
        """Take records in, or anew, in one transaction; with `head`, also how far the archive is taken in by that.

        Raises BusyError if another writer does not end in time.
        """
        with faults_told(self._path), _transaction(self._connection):
            for batch in _batches(entries):
                _note(self._database, batch)
            if head is not None:
                _set_head(self._database, head)

    def rows_for_export(self, query: Query) -> Iterator[dict[str, Any]]:
        """Give the rows of the listing that `find` finds, in its order, as dictionaries by column."""
        ids = [found.id for found in self.find(query)]
        for begin in range(0, len(ids), _BATCH):
            yield from self._database.query(
                "SELECT listing.* FROM json_each(:ids) AS j CROSS JOIN listing ON listing.id = j.value ORDER BY j.key",
                {"ids": json.dumps(ids[begin : begin + _BATCH])},
            )


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
    for batch in _batches(entries):
        _write_records(database, batch)
        _stage_tokens(connection, {entry.name for entry in batch})
        written += len(batch)
    create_indexes(database)
    connection.execute(_WRITE_ALL_POSTINGS, (whole_rank(0), partial_rank(0)))
    _set_head(database, head)
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


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _set_head(database: Database, head: str) -> None:
    database.table("fact").upsert({"key": "head", "value": head}, pk="key")


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Cut entries into batches; within a batch the last one of an id holds."""
    rest = iter(entries)
    while batch := list(islice(rest, _BATCH)):
        yield list({entry.id: entry for entry in batch}.values())


def _note(database: Database, entries: list[Entry]) -> None:
    """Write records over what stood of them, and bring the postings after."""
    connection = database.conn
    numbers = json.dumps([int(entry.id, 16) for entry in entries])
    before = set(connection.execute(_NAMED, (numbers,)))
    after = {(entry.year, entry.name) for entry in entries}
    new = sorted(named for named in after if not _is_held(connection, named))
    connection.execute(_LEAVE, (numbers,))
    _write_records(database, entries)
    gone = sorted(named for named in before - after if not _is_held(connection, named))
    connection.executemany("INSERT OR IGNORE INTO posting VALUES (?, ?, ?)", _postings(connection, new))
    connection.executemany("DELETE FROM posting WHERE token = ? AND rank = ? AND name = ?", _postings(connection, gone))


def _write_records(database: Database, entries: list[Entry]) -> None:
    places = _places(database, entries)
    numbered = [(int(entry.id, 16), entry) for entry in entries]
    database.conn.executemany(_WRITE, (_row(*one) for one in numbered))
    belongings = ((places[text], number) for number, entry in numbered for text in _texts(entry))
    database.conn.executemany("INSERT OR IGNORE INTO belonging VALUES (?, ?)", belongings)
    hashes = ((bytes.fromhex(sha), reading, number) for number, entry in numbered for sha, reading in entry.filed)
    database.conn.executemany("INSERT OR IGNORE INTO filed VALUES (?, ?, ?)", hashes)


def _is_held(connection: sqlite3.Connection, named: _Named) -> bool:
    found = connection.execute("SELECT 1 FROM record WHERE year = ? AND name = ? LIMIT 1", named)
    return found.fetchone() is not None


def _row(number: int, entry: Entry) -> tuple[object, ...]:
    return (*_kept_of(entry), number, pack_document(entry.document))


def _texts(entry: Entry) -> set[str]:
    """Give the texts a record's place is found by."""
    return {text for text in (entry.organisation, entry.unit) if text is not None}


def _places(database: Database, entries: list[Entry]) -> dict[str, int]:
    """Give the numbers of all organisations and units of some entries, new ones written first."""
    texts = {text for entry in entries for text in _texts(entry)}
    known = _numbers_of_places(database, texts)
    fresh = sorted(texts - known.keys())
    if not fresh:
        return known
    database.table("place").insert_all(({"text": text, "key": search_key(text)} for text in fresh), batch_size=_BATCH)
    made = _numbers_of_places(database, set(fresh))
    tokens = ((token, number) for text, number in made.items() for token in place_tokens(text))
    database.conn.executemany("INSERT INTO place_token VALUES (?, ?)", tokens)
    return known | made


def _numbers_of_places(database: Database, texts: set[str]) -> dict[str, int]:
    of_texts = "SELECT text, id FROM place WHERE text IN (SELECT value FROM json_each(?))"
    return dict(database.conn.execute(of_texts, (json.dumps(list(texts)),)))


def _stage_tokens(connection: sqlite3.Connection, names: set[str]) -> None:
    """Lay by what names are found by, of those that were not met before: while others read, there is time for it."""
    new = [name for (name,) in connection.execute(_NOT_STAGED, (json.dumps(list(names)),))]
    tokens = [(name, name_tokens(name, readings_of)) for name in new]
    _write_syllables(connection, (made for _, made in tokens))
    staged = ((name, json.dumps(list(made.whole)), json.dumps(list(made.partial))) for name, made in tokens)
    connection.executemany(_STAGE, staged)


def _postings(connection: sqlite3.Connection, named: Iterable[_Named]) -> Iterator[tuple[str, int, str]]:
    """Give the postings of names, each name's tokens made once; their syllables are written on the way."""
    for name, years in groupby(named, key=itemgetter(1)):
        tokens = name_tokens(name, readings_of)
        _write_syllables(connection, [tokens])
        for year, _ in years:
            yield from ((token, whole_rank(year), name) for token in tokens.whole)
            yield from ((token, partial_rank(year), name) for token in tokens.partial)


def _write_syllables(connection: sqlite3.Connection, tokens: Iterable[NameTokens]) -> None:
    syllables = {text for made in tokens for text in made.syllables}
    connection.executemany("INSERT OR IGNORE INTO syllable VALUES (?)", ((text,) for text in syllables))
