from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from formsvc.errors import BusyError, NoIndexError
from formsvc.index.building import rebuild
from formsvc.index.entry import Entry, Query
from formsvc.index.finding import Finder
from formsvc.index.schema import SCHEMA_VERSION, Fault, NeedsRebuild
from formsvc.index.writing import SqliteIndex
from tests.index.contract import IndexContract
from tests.index.entries import an_entry


def opened(path: Path, *, busy_seconds: float = 10) -> SqliteIndex:
    index = SqliteIndex.open(path, busy_seconds=busy_seconds)
    assert isinstance(index, SqliteIndex)
    return index


def built(folder: Path, *entries: Entry) -> Path:
    path = folder / "index.db"
    rebuild(path, entries, "built")
    return path


class TestSqliteIndex(IndexContract):
    def an_index(self, folder: Path, entries: list[Entry]) -> SqliteIndex:
        return opened(built(folder, *entries))


def test_a_missing_index_is_not_made_by_looking_for_it(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    assert Finder.open(path) == NeedsRebuild(path, Fault.MISSING)
    assert SqliteIndex.open(path) == NeedsRebuild(path, Fault.MISSING)
    assert list(tmp_path.iterdir()) == []


def test_an_index_of_another_version_needs_a_rebuild_and_gets_it(tmp_path: Path) -> None:
    path = built(tmp_path, an_entry(1))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        connection.execute("CREATE TABLE extra (x)")
    assert Finder.open(path) == NeedsRebuild(path, Fault.OTHER_VERSION)
    built(tmp_path, an_entry(2))
    with closing(opened(path)) as index:
        assert [int(found.id) for found in index.find(Query())] == [2]


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_index_needs_a_rebuild_and_gets_it(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(content)
    assert Finder.open(path) == NeedsRebuild(path, Fault.DAMAGED)
    built(tmp_path, an_entry(2))
    with closing(opened(path)) as index:
        assert [int(found.id) for found in index.find(Query())] == [2]


def test_damage_met_while_finding_says_that_a_rebuild_is_needed(tmp_path: Path) -> None:
    path = built(tmp_path, *(an_entry(number) for number in range(500)))
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    path.write_bytes(content)
    finder = Finder.open(path)
    assert isinstance(finder, Finder)
    with closing(finder), pytest.raises(NoIndexError):
        finder.find(Query())


def test_a_rebuild_leaves_the_same_index_whatever_stood_before(tmp_path: Path) -> None:
    entries = [an_entry(number, name=name) for number, name in enumerate(["张三", "李四", "单雄信"], 1)]
    path = built(tmp_path, *entries)
    with closing(opened(path)) as index:
        first = list(index.dump())
        index.note([an_entry(9, name="王五"), an_entry(1, name="赵六")], head="later")
        assert list(index.dump()) != first
    built(tmp_path, *reversed(entries))
    with closing(opened(path)) as index:
        assert list(index.dump()) == first
    assert sorted(name.name for name in tmp_path.iterdir()) == ["index.db"]


def test_who_holds_an_index_open_sees_the_rebuilt_one(tmp_path: Path) -> None:
    path = built(tmp_path, an_entry(1))
    finder = Finder.open(path)
    assert isinstance(finder, Finder)
    with closing(finder), closing(opened(path)) as writer:
        assert len(finder.find(Query())) == 1
        built(tmp_path, *(an_entry(number) for number in range(2000)))
        assert len(finder.find(Query())) == 2000
        built(tmp_path, an_entry(1))
        assert len(finder.find(Query())) == 1
        writer.note([an_entry(2)])
        assert len(finder.find(Query())) == 2


def test_a_rebuild_that_fails_leaves_the_old_index_as_it_was(tmp_path: Path) -> None:
    def failing() -> Iterator[Entry]:
        yield an_entry(2)
        raise OSError

    path = built(tmp_path, an_entry(1))
    with pytest.raises(OSError):  # noqa: PT011 - the very error the entries raise
        rebuild(path, failing(), "never")
    with closing(opened(path)) as index:
        assert index.head() == "built"
        assert [int(found.id) for found in index.find(Query())] == [1]
    assert not list(tmp_path.glob("*.rebuild*"))


def test_what_a_killed_rebuild_left_is_no_hindrance(tmp_path: Path) -> None:
    path = built(tmp_path, an_entry(1))
    path.with_name("index.db.rebuild").write_bytes(b"half")
    built(tmp_path, an_entry(2))
    with closing(opened(path)) as index:
        assert [int(found.id) for found in index.find(Query())] == [2]


def test_a_reader_sees_a_note_only_when_it_is_whole(tmp_path: Path) -> None:
    path = built(tmp_path, an_entry(1))
    seen = []

    def entries() -> Iterator[Entry]:
        for number in range(2, 1402):
            if number % 200 == 0:
                seen.append(len(reader.find(Query(name="zhang"))))
            yield an_entry(number)

    with closing(opened(path)) as reader, closing(opened(path)) as writer:
        writer.note(entries())
        assert set(seen) == {1}
        assert len(reader.find(Query(name="zhang"))) == 1401


def test_a_writer_that_waits_in_vain_is_told_that_the_index_is_busy(tmp_path: Path) -> None:
    path = built(tmp_path, an_entry(1))

    def entries() -> Iterator[Entry]:
        yield an_entry(2)
        with pytest.raises(BusyError):
            other.note([an_entry(3)])
        with pytest.raises(BusyError):
            rebuild(path, [], "never", busy_seconds=0.01)

    with closing(opened(path)) as writer, closing(opened(path, busy_seconds=0.01)) as other:
        writer.note(entries())
        assert [int(found.id) for found in other.find(Query())] == [1, 2]


def test_writers_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    path = built(tmp_path)

    def write(first: int) -> None:
        with closing(opened(path)) as index:
            for number in range(first, first + 20):
                index.note([an_entry(number, organisation=f"第{number % 7}支部")])

    threads = [threading.Thread(target=write, args=(first,)) for first in (100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(opened(path)) as index:
        assert len(index.find(Query(organisation="支部"))) == 60


@pytest.mark.parametrize(
    ("id_", "year"), [("7f3c9a0b12d", 2011), ("7F3C9A0B12DE", 2011), ("q-3c9a0b12de", 2011), ("7f3c9a0b12de", 0)]
)
def test_an_entry_without_a_proper_id_or_year_cannot_be_made(id_: str, year: int) -> None:
    fields = {name: getattr(an_entry(1), name) for name in Entry.__slots__}
    with pytest.raises(ValueError, match=id_ if year else "0"):
        Entry(**{**fields, "id": id_, "year": year})


def test_a_broad_question_for_a_place_is_answered_in_order_too(tmp_path: Path) -> None:
    entries = [
        an_entry(number, organisation=f"第{number}支部", unit=None, year=2000 + number % 9) for number in range(2500)
    ]
    with closing(opened(built(tmp_path, *entries))) as index:
        found = index.find(Query(organisation="支部", limit=50))
        assert [one.id for one in found] == [one.id for one in index.find(Query(limit=50))]
        assert len(index.find(Query(organisation="支部"))) == 2500
        assert [int(one.id, 16) for one in index.find(Query(organisation="第77支"))] == [77]


def test_a_full_disk_is_told_as_the_systems_own_error_and_nothing_is_noted(tmp_path: Path) -> None:
    path = built(tmp_path, an_entry())
    with closing(opened(path)) as index:
        pages = index._connection.execute("PRAGMA page_count").fetchone()[0]  # noqa: SLF001 - only so can it be full
        index._connection.execute(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001 - as above
        with pytest.raises(OSError, match="No space left"):
            index.note([an_entry(number) for number in range(1, 500)], head="later")
        assert index.head() == "built"


def test_a_disk_that_cannot_be_written_to_is_told_as_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Input/output"):
        rebuild(tmp_path / "missing" / "index.db", [an_entry()], "built")
