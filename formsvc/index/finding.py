"""Finding records: the look-up side of the index, with nothing but sqlite3.

Every answer is exact: tokens bring the candidates in the order of the answer, and each condition is checked on the
row. The order: names matched whole, then later years, then names, then ids.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self

from formsvc.index.asked import ID_LENGTH, FiledAs, Found, Query
from formsvc.index.schema import BUSY_SECONDS, NeedsRebuild, connect, faults_told, partial_rank, whole_rank, year_of
from formsvc.index.tokens import AskedName, asked_name, asked_place, begun_syllables, search_key

_COLUMNS = f"""SELECT printf('%0{ID_LENGTH}x', r.id), r.form, r.year, r.subject, r.name, r.organisation, r.unit,
  r.status, r.version, r.path, r.identity, r.events, r.document
"""
_CONDITIONS = """(:form IS NULL OR r.form = :form) AND (:place IS NULL OR EXISTS (
  SELECT 1 FROM place WHERE text IN (r.organisation, r.unit) AND instr(key, :place) > 0))
"""
_IN_ORDER = f"""{_COLUMNS} FROM record AS r INDEXED BY record_in_order
WHERE r.year BETWEEN :first AND :last AND {_CONDITIONS} ORDER BY r.year DESC, r.name, r.id LIMIT :limit"""
_AMONG = f"""{_COLUMNS} FROM json_each(:ids) AS j CROSS JOIN record AS r ON r.id = j.value
WHERE r.year BETWEEN :first AND :last AND {_CONDITIONS} ORDER BY r.year DESC, r.name, r.id LIMIT :limit"""
_OF_TOKEN = f"""{_COLUMNS} FROM posting AS p CROSS JOIN record AS r INDEXED BY record_in_order
  ON r.year = 9999 - p.rank % 10000 AND r.name = p.name
WHERE p.token = :token AND p.rank BETWEEN :low AND :high AND {_CONDITIONS} ORDER BY p.rank, p.name, r.id LIMIT :limit"""
_OF_NAMES = f"""{_COLUMNS} FROM json_each(:names) AS j CROSS JOIN record AS r INDEXED BY record_in_order
  ON r.year = json_extract(j.value, '$[0]') AND r.name = json_extract(j.value, '$[1]') WHERE {_CONDITIONS}"""
_OF_IDS = f"{_COLUMNS} FROM record AS r WHERE r.id BETWEEN ? AND ? ORDER BY r.id"
_OF_IDENTITY = f"{_COLUMNS} FROM record AS r WHERE r.identity = ? ORDER BY r.id"

_POSTINGS = """
SELECT rank, name FROM posting WHERE token = ? AND (rank, name) > (?, ?) AND rank <= ? ORDER BY rank, name LIMIT ?
"""
_HAS_POSTINGS = "SELECT 1 FROM posting WHERE token = ? AND rank BETWEEN ? AND ? LIMIT 1"
_HOW_MANY = "SELECT count(*) FROM (SELECT 1 FROM posting WHERE token = ? LIMIT 256)"
_COMPLETIONS = """
SELECT before || text FROM (
  SELECT json_extract(value, '$[0]') AS before, json_extract(value, '$[1]') AS begun FROM json_each(?)
  WHERE before = '' OR EXISTS (SELECT 1 FROM posting WHERE token = before)
) CROSS JOIN syllable ON text > begun AND text < begun || '{'
WHERE EXISTS (SELECT 1 FROM posting WHERE token = before || text)
"""
_HOW_MANY_PLACES = "SELECT count(*) FROM (SELECT 1 FROM place_token WHERE token = ? LIMIT 256)"
_MATCHING_PLACES = """
SELECT id FROM place_token CROSS JOIN place ON place.id = place_token.place
WHERE token = ? AND instr(key, ?) > 0 LIMIT ?
"""
_AT_PLACES = "SELECT record FROM json_each(?) AS j CROSS JOIN belonging ON place = j.value LIMIT ?"
_BELONGINGS = "SELECT text, record FROM belonging JOIN place ON place.id = belonging.place ORDER BY text, record"
_NAMED = "SELECT r.year, r.name FROM json_each(?) AS j CROSS JOIN record AS r ON r.id = j.value"

_FEW = 2_000
"""Up to so many places, or records at them, are gathered and sorted; more are met soon enough in the answer's order."""
_FIRST_CHUNK = 16
_LARGEST_CHUNK = 4_096
_PEEK = 8
"""Postings read at first of each of many tokens: fewer than these are wanted of any."""
_Position = tuple[int, str]
"""(rank, name): where in the answer's order the records of one name and year stand."""


class _Leads(NamedTuple):
    """Where a question leads: the tokens asked for that are there."""

    exact: list[str]
    """Tokens of the question as it stands; what they cover whole is matched whole."""
    begun: list[str]
    """Tokens that go on where half-typed pinyin stops."""
    rarest: str | None
    """The token to look a longer part up by; what it finds must hold `key`."""
    key: str

    @property
    def is_one_token(self) -> bool:
        return len(self.exact) == 1 and not self.begun and self.rarest is None


class Finder:
    """An open index that answers; not to be shared between threads.

    Every method raises NoIndexError when the file turns out to be damaged, and BusyError when it stays locked.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Self | NeedsRebuild:
        """Open the index at `path`, or say why it must be rebuilt first."""
        connection = connect(path, busy_seconds=busy_seconds)
        return connection if isinstance(connection, NeedsRebuild) else cls(connection, path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def find(self, query: Query) -> list[Found]:
        """Give the records that meet every condition of the query, best first."""
        with self._one_view():
            if query.name is not None:
                return list(islice(self._of_name(query.name, query), query.limit))
            if query.organisation is not None:
                return self._of_place(query.organisation, query)
            return self._found(_IN_ORDER, _parameters(query))

    def by_id_prefix(self, prefix: str) -> list[Found]:
        """Give the records whose id begins with `prefix`, by id."""
        if not prefix or len(prefix) > ID_LENGTH or not set("0123456789abcdef").issuperset(prefix):
            return []
        ends = tuple(int(prefix.ljust(ID_LENGTH, digit), 16) for digit in "0f")
        with faults_told(self._path):
            return self._found(_OF_IDS, ends)

    def by_identity(self, identity: str) -> list[Found]:
        """Give the records that have exactly this identity key, by id."""
        with faults_told(self._path):
            return self._found(_OF_IDENTITY, (identity,))

    def by_hash(self, sha256: str) -> list[FiledAs]:
        """Tell in which records the submission with this hash is filed, by reading."""
        of_hash = "SELECT id, reading FROM filed WHERE sha256 = ? ORDER BY reading, id"
        with faults_told(self._path):
            rows = self._connection.execute(of_hash, (bytes.fromhex(sha256),)).fetchall()
        return [FiledAs(f"{number:0{ID_LENGTH}x}", reading) for number, reading in rows]

    def head(self) -> str | None:
        """Tell how far the archive was taken in, in the words it was noted in; None if it never was."""
        with faults_told(self._path):
            row = self._connection.execute("SELECT value FROM fact WHERE key = 'head'").fetchone()
        return None if row is None else row[0]

    def dump(self) -> Iterator[str]:
        """Give what the index holds as lines of JSON: the same archive gives the same lines, byte for byte."""
        with self._one_view():
            yield _line("head", self.head())
            for row in self._connection.execute(_OF_IDS, (0, 16**ID_LENGTH - 1)):
                found = Found._make(row)
                yield _line("record", *found[:-1], found.document)
            for text, number in self._connection.execute(_BELONGINGS):
                yield _line("belonging", text, f"{number:0{ID_LENGTH}x}")
            for sha256, reading, number in self._connection.execute("SELECT * FROM filed ORDER BY sha256, reading, id"):
                yield _line("filed", sha256.hex(), reading, f"{number:0{ID_LENGTH}x}")
            for posting in self._connection.execute("SELECT * FROM posting ORDER BY token, rank, name"):
                yield _line("posting", *posting)

    @contextmanager
    def _one_view(self) -> Iterator[None]:
        """Let every statement inside see the same state of the index."""
        with faults_told(self._path):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def _found(self, sql: str, parameters: dict[str, object] | tuple[object, ...]) -> list[Found]:
        return list(map(Found._make, self._connection.execute(sql, parameters)))

    def _of_name(self, name: str, query: Query) -> Iterator[Found]:
        asked = asked_name(name)
        if asked is None:
            return
        leads = self._leads(asked)
        parameters = _parameters(query)
        if leads.is_one_token and query.organisation is None:
            for low, high in _ranks(query.year):
                yield from self._found(_OF_TOKEN, {**parameters, "token": leads.exact[0], "low": low, "high": high})
            return
        size = _FIRST_CHUNK if query.limit is None else query.limit
        named = ((year_of(rank), held) for rank, held in self._positions(leads, query.year, size))
        ids = None if query.organisation is None else self._ids_at(query.organisation)
        if ids is not None:
            there = set(self._connection.execute(_NAMED, (json.dumps(ids),)))
            named = (one for one in named if one in there)
        while chunk := list(islice(named, size)):
            found = self._found(_OF_NAMES, {**parameters, "names": json.dumps(chunk)})
            order = {one: number for number, one in enumerate(chunk)}
            yield from sorted(found, key=lambda one: (order[one.year, one.name], one.id))
            size = min(2 * size, _LARGEST_CHUNK)

    def _leads(self, asked: AskedName) -> _Leads:
        """Look which of the tokens asked for are there."""
        exact = [token for token in asked.tokens if self._holds(token)]
        begun: list[str] = []
        if asked.begun is not None:
            cuts = json.dumps(list(begun_syllables(asked.begun)))
            begun = sorted({token for (token,) in self._connection.execute(_COMPLETIONS, (cuts,))})
        rarest = None
        if asked.grams and all(map(self._holds, asked.grams)):
            rarest = min(asked.grams, key=lambda gram: self._count(_HOW_MANY, gram))
        return _Leads(exact, begun, rarest, asked.key)

    def _positions(self, leads: _Leads, year: int | None, first: int) -> Iterator[_Position]:
        """Give the names that answer, in order, each once a year."""
        streams = [self._stream(token, ranks, first) for token in leads.exact for ranks in _ranks(year)]
        peek = max(_PEEK, first // max(1, len(leads.begun)))
        streams += [stream for token in leads.begun for stream in self._as_partial(token, year, peek)]
        if leads.rarest is not None:
            streams += [
                (position for position in stream if leads.key in search_key(position[1]))
                for stream in self._as_partial(leads.rarest, year, first)
            ]
        seen: set[tuple[int, str]] = set()
        for rank, name in heapq.merge(*streams):
            named = (year_of(rank), name)
            if named not in seen:
                seen.add(named)
                yield rank, name

    def _as_partial(self, token: str, year: int | None, first: int) -> Iterator[Iterator[_Position]]:
        """Give the names under a token, all ranked as matched in part."""
        yield self._stream(token, _whole_ranks(year), first, shift=partial_rank(0) - whole_rank(0))
        yield self._stream(token, _partial_ranks(year), first)

    def _stream(self, token: str, ranks: tuple[int, int], size: int, *, shift: int = 0) -> Iterator[_Position]:
        """Give the postings of a token between two ranks, read in chunks that grow, their ranks shifted."""
        low, high = ranks
        rank, name = low, ""
        while True:
            rows = self._connection.execute(_POSTINGS, (token, rank, name, high, size)).fetchall()
            yield from rows if not shift else [(rank + shift, name) for rank, name in rows]
            if len(rows) < size:
                return
            rank, name = rows[-1]
            size = min(2 * size, _LARGEST_CHUNK)

    def _of_place(self, organisation: str, query: Query) -> list[Found]:
        ids = self._ids_at(organisation)
        parameters = _parameters(query)
        if ids is None:
            return self._found(_IN_ORDER, parameters)
        return self._found(_AMONG, {**parameters, "ids": json.dumps(ids)})

    def _ids_at(self, organisation: str) -> list[int] | None:
        """Give the numbers of the records at the places a text is a part of; None if there are more than a few."""
        grams, key = asked_place(organisation)
        if not key:
            return []
        rarest = min(grams, key=lambda gram: self._count(_HOW_MANY_PLACES, gram))
        places = [place for (place,) in self._connection.execute(_MATCHING_PLACES, (rarest, key, _FEW + 1))]
        if len(places) > _FEW:
            return None
        ids = [number for (number,) in self._connection.execute(_AT_PLACES, (json.dumps(places), _FEW + 1))]
        return None if len(ids) > _FEW else sorted(set(ids))

    def _holds(self, token: str) -> bool:
        return (
            self._connection.execute(_HAS_POSTINGS, (token, 0, whole_rank(0) + partial_rank(0))).fetchone() is not None
        )

    def _count(self, sql: str, token: str) -> int:
        return int(self._connection.execute(sql, (token,)).fetchone()[0])


def _parameters(query: Query) -> dict[str, object]:
    """Name the conditions for the statements; a place without a key that counts is held by no record."""
    place = None if query.organisation is None else search_key(query.organisation) or "\0"
    years = (1, 9_999) if query.year is None else (query.year, query.year)
    limit = -1 if query.limit is None else query.limit
    return {"form": query.form, "place": place, "first": years[0], "last": years[1], "limit": limit}


def _ranks(year: int | None) -> tuple[tuple[int, int], ...]:
    """Give the ranks to walk through: all at once, or those of one year."""
    if year is None:
        return ((_whole_ranks(None)[0], _partial_ranks(None)[1]),)
    return _whole_ranks(year), _partial_ranks(year)


def _whole_ranks(year: int | None) -> tuple[int, int]:
    return (whole_rank(9_999), whole_rank(1)) if year is None else (whole_rank(year), whole_rank(year))


def _partial_ranks(year: int | None) -> tuple[int, int]:
    return (partial_rank(9_999), partial_rank(1)) if year is None else (partial_rank(year), partial_rank(year))


def _line(*values: object) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
