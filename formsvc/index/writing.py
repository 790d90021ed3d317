"""Noting records in the index, and building it anew: the side that writes.

One note is one transaction: a reader sees all of it or nothing, and several processes may note at once. The index
holds nothing that the archive does not: whatever is lost here is brought back by a rebuild.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from formsvc.errors import BusyError
from formsvc.index.entry import Entry, Query, pack_document
from formsvc.index.finding import Finder
from formsvc.index.readings import readings_of
from formsvc.index.schema import BUSY_SECONDS, Fault, NeedsRebuild, connect, partial_rank, whole_rank
from formsvc.index.tables import create_tables
from formsvc.index.tokens import NameTokens, name_tokens, place_tokens, search_key

_BATCH = 500
_Named = tuple[int, str]
"""(year, name): what postings stand for."""


class SqliteIndex(Finder):
    """An open index that answers and takes notes; not to be shared between threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        connection.execute("PRAGMA synchronous = FULL")
        self._database = Database(connection, execute_plugins=False)

    def note(self, entries: Iterable[Entry], *, head: str | None = None) -> None:
        """Take records in, or anew, in one transaction; with `head`, also how far the archive is taken in by that.

        Raises BusyError if another writer does not end in time.
        """
        with _transaction(self._connection):
            _take(self._database, entries)
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
    Raises BusyError if another writer does not end in time.
    """
    made = path.with_name(f"{path.name}.rebuild")
    made.unlink(missing_ok=True)
    connection = sqlite3.connect(made, isolation_level=None)
    try:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -131072"):
            connection.execute(f"PRAGMA {pragma}")
        database = Database(connection, execute_plugins=False)
        create_tables(database)
        connection.execute("BEGIN")
        count = _take(database, entries)
        _set_head(database, head)
        connection.execute("COMMIT")
        _replace(path, connection, busy_seconds)
    finally:
        connection.close()
        made.unlink(missing_ok=True)
    return count


def _replace(path: Path, made: sqlite3.Connection, busy_seconds: float) -> None:
    """Copy a finished index over the one in use, as one transaction of SQLite's own."""
    old = connect(path, busy_seconds=busy_seconds)
    if isinstance(old, NeedsRebuild):
        if old.fault is Fault.DAMAGED:
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
        old = sqlite3.connect(path, isolation_level=None, timeout=busy_seconds)
    try:
        with _busy_told():
            old.execute("PRAGMA journal_mode = WAL")
            old.execute("PRAGMA synchronous = FULL")
            made.backup(old)
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        old.close()


@contextmanager
def _busy_told() -> Iterator[None]:
    """Turn SQLite's word for a lock that is held too long into ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise BusyError(lock="index") from error
        raise


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    with _busy_told():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _set_head(database: Database, head: str) -> None:
    database.table("fact").upsert({"key": "head", "value": head}, pk="key")


def _take(database: Database, entries: Iterable[Entry]) -> int:
    """Write entries batch by batch; the last one of an id holds. Return how many there were."""
    count = 0
    rest = iter(entries)
    while batch := list(islice(rest, _BATCH)):
        _take_batch(database, {entry.id: entry for entry in batch})
        count += len(batch)
    return count


def _take_batch(database: Database, entries: dict[str, Entry]) -> None:
    connection = database.conn
    numbers = {int(entry.id, 16): entry for entry in entries.values()}
    asked = json.dumps(list(numbers))
    of_ids = "SELECT year, name FROM record WHERE id IN (SELECT value FROM json_each(?))"
    before = set(connection.execute(of_ids, (asked,)))
    after = {(entry.year, entry.name) for entry in numbers.values()}
    new = {named for named in after if not _is_held(connection, named)}
    places = _places(database, entries.values())
    rows = (_row(number, entry, places) for number, entry in numbers.items())
    database.table("record").upsert_all(rows, pk="id", batch_size=_BATCH)
    hashes = (
        (bytes.fromhex(sha256), reading, number) for number, entry in numbers.items() for sha256, reading in entry.filed
    )
    connection.executemany("INSERT OR IGNORE INTO filed VALUES (?, ?, ?)", hashes)
    _add_postings(connection, sorted(new))
    _drop_postings(connection, sorted(named for named in before - after if not _is_held(connection, named)))


def _is_held(connection: sqlite3.Connection, named: _Named) -> bool:
    found = connection.execute("SELECT 1 FROM record WHERE year = ? AND name = ? LIMIT 1", named)
    return found.fetchone() is not None


def _row(number: int, entry: Entry, places: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "form": entry.form,
        "year": entry.year,
        "subject": entry.subject,
        "name": entry.name,
        "organisation": None if entry.organisation is None else places[entry.organisation],
        "unit": None if entry.unit is None else places[entry.unit],
        "status": entry.status,
        "version": entry.version,
        "path": entry.path,
        "identity": entry.identity,
        "events": entry.events,
        "document": pack_document(entry.document),
    }


def _places(database: Database, entries: Iterable[Entry]) -> dict[str, int]:
    """Give the numbers of all organisations and units of some entries, new ones written first."""
    texts = {text for entry in entries for text in (entry.organisation, entry.unit) if text is not None}
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


def _add_postings(connection: sqlite3.Connection, names: Iterable[_Named]) -> None:
    syllables: set[str] = set()
    for year, name in names:
        tokens = name_tokens(name, readings_of)
        syllables |= tokens.syllables
        connection.executemany("INSERT OR IGNORE INTO posting VALUES (?, ?, ?)", _postings(tokens, year, name))
    connection.executemany("INSERT OR IGNORE INTO syllable VALUES (?)", ((text,) for text in sorted(syllables)))


def _drop_postings(connection: sqlite3.Connection, names: Iterable[_Named]) -> None:
    for year, name in names:
        gone = _postings(name_tokens(name, readings_of), year, name)
        connection.executemany("DELETE FROM posting WHERE token = ? AND rank = ? AND name = ?", gone)


def _postings(tokens: NameTokens, year: int, name: str) -> Iterator[tuple[str, int, str]]:
    for token in tokens.whole:
        yield token, whole_rank(year), name
    for token in tokens.partial:
        yield token, partial_rank(year), name
