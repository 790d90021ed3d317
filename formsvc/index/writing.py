"""Noting records in the index: the side that writes.

One note is one transaction: a reader sees all of it or nothing, and several processes may note at once. The index
holds nothing that the archive does not: whatever is lost here is brought back by `building`. Whoever files keeps this
file loaded, so that it does with sqlite3 alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from formsvc.index.entry import Entry, Query, pack_document
from formsvc.index.finding import Finder
from formsvc.index.readings import readings_of
from formsvc.index.schema import faults_told, partial_rank, whole_rank
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
_NAMED = "SELECT year, name FROM record WHERE id IN (SELECT value FROM json_each(?))"
_LEAVE = """DELETE FROM belonging WHERE (place, record) IN (
  SELECT place.id, record.id FROM json_each(?) AS j JOIN record ON record.id = j.value
  JOIN place ON place.text IN (record.organisation, record.unit))
"""
_Named = tuple[int, str]
"""(year, name): what postings stand for."""


class SqliteIndex(Finder):
    """An open index that answers and takes notes; not to be shared between threads."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(connection, path)
        connection.execute("PRAGMA synchronous = FULL")

    def note(self, entries: Iterable[Entry], *, head: str | None = None) -> None:
        """Take records in, or anew, in one transaction; with `head`, also how far the archive is taken in by that.

        Raises BusyError if another writer does not end in time.
        """
        with faults_told(self._path), _transaction(self._connection):
            for batch in batches(entries):
                _note(self._connection, batch)
            if head is not None:
                set_head(self._connection, head)

    def rows_for_export(self, query: Query) -> Iterator[dict[str, Any]]:
        """Give the rows of the listing that `find` finds, in its order, as dictionaries by column."""
        from formsvc.index.library import Database  # noqa: PLC0415 - whoever files keeps this file loaded

        database = Database(self._connection, execute_plugins=False)
        ids = [found.id for found in self.find(query)]
        for begin in range(0, len(ids), _BATCH):
            yield from database.query(
                "SELECT listing.* FROM json_each(:ids) AS j CROSS JOIN listing ON listing.id = j.value ORDER BY j.key",
                {"ids": json.dumps(ids[begin : begin + _BATCH])},
            )


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def set_head(connection: sqlite3.Connection, head: str) -> None:
    """Note how far the archive is taken in."""
    connection.execute("INSERT OR REPLACE INTO fact VALUES ('head', ?)", (head,))


def batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Cut entries into batches; within a batch the last one of an id holds."""
    rest = iter(entries)
    while batch := list(islice(rest, _BATCH)):
        yield list({entry.id: entry for entry in batch}.values())


def _note(connection: sqlite3.Connection, entries: list[Entry]) -> None:
    """Write records over what stood of them, and bring the postings after."""
    numbers = json.dumps([int(entry.id, 16) for entry in entries])
    before = set(connection.execute(_NAMED, (numbers,)))
    after = {(entry.year, entry.name) for entry in entries}
    new = sorted(named for named in after if not _is_held(connection, named))
    connection.execute(_LEAVE, (numbers,))
    write_records(connection, entries)
    gone = sorted(named for named in before - after if not _is_held(connection, named))
    connection.executemany("INSERT OR IGNORE INTO posting VALUES (?, ?, ?)", _postings(connection, new))
    connection.executemany("DELETE FROM posting WHERE token = ? AND rank = ? AND name = ?", _postings(connection, gone))


def write_records(connection: sqlite3.Connection, entries: list[Entry]) -> None:
    """Write records with their places and hashes; their postings are another matter."""
    places = _places(connection, entries)
    numbered = [(int(entry.id, 16), entry) for entry in entries]
    connection.executemany(_WRITE, (_row(*one) for one in numbered))
    belongings = ((places[text], number) for number, entry in numbered for text in _texts(entry))
    connection.executemany("INSERT OR IGNORE INTO belonging VALUES (?, ?)", belongings)
    hashes = ((bytes.fromhex(sha), reading, number) for number, entry in numbered for sha, reading in entry.filed)
    connection.executemany("INSERT OR IGNORE INTO filed VALUES (?, ?, ?)", hashes)


def _is_held(connection: sqlite3.Connection, named: _Named) -> bool:
    found = connection.execute("SELECT 1 FROM record WHERE year = ? AND name = ? LIMIT 1", named)
    return found.fetchone() is not None


def _row(number: int, entry: Entry) -> tuple[object, ...]:
    return (*_kept_of(entry), number, pack_document(entry.document))


def _texts(entry: Entry) -> set[str]:
    """Give the texts a record's place is found by."""
    return {text for text in (entry.organisation, entry.unit) if text is not None}


def _places(connection: sqlite3.Connection, entries: list[Entry]) -> dict[str, int]:
    """Give the numbers of all organisations and units of some entries, new ones written first."""
    texts = {text for entry in entries for text in _texts(entry)}
    known = _numbers_of_places(connection, texts)
    fresh = sorted(texts - known.keys())
    if not fresh:
        return known
    named = ((text, search_key(text)) for text in fresh)
    connection.executemany("INSERT INTO place (text, key) VALUES (?, ?)", named)
    made = _numbers_of_places(connection, set(fresh))
    tokens = ((token, number) for text, number in made.items() for token in place_tokens(text))
    connection.executemany("INSERT INTO place_token VALUES (?, ?)", tokens)
    return known | made


def _numbers_of_places(connection: sqlite3.Connection, texts: set[str]) -> dict[str, int]:
    of_texts = "SELECT text, id FROM place WHERE text IN (SELECT value FROM json_each(?))"
    return dict(connection.execute(of_texts, (json.dumps(list(texts)),)))


def _postings(connection: sqlite3.Connection, named: Iterable[_Named]) -> Iterator[tuple[str, int, str]]:
    """Give the postings of names, each name's tokens made once; their syllables are written on the way."""
    for name, years in groupby(named, key=itemgetter(1)):
        tokens = name_tokens(name, readings_of)
        write_syllables(connection, [tokens])
        for year, _ in years:
            yield from ((token, whole_rank(year), name) for token in tokens.whole)
            yield from ((token, partial_rank(year), name) for token in tokens.partial)


def write_syllables(connection: sqlite3.Connection, tokens: Iterable[NameTokens]) -> None:
    """Write every reading of some names: the ways in which a half-typed syllable may go on."""
    syllables = {text for made in tokens for text in made.syllables}
    connection.executemany("INSERT OR IGNORE INTO syllable VALUES (?)", ((text,) for text in syllables))
