"""The store in a local folder keeps the contract, and what a folder adds to it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from formsvc import durable
from formsvc.errors import BusyError, ChangedError, DamagedArchiveError
from formsvc.storage import LocalStore
from formsvc.storage.store import Again
from tests.storage.contract import FILES, StoreContract

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither modes nor links for everybody")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    return tmp_path / "archive"


@pytest.fixture
def store(root: Path) -> LocalStore:
    return LocalStore(root)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestLocalStore(StoreContract):
    @pytest.fixture
    def store(self, root: Path) -> LocalStore:
        return LocalStore(root)


def test_names_are_the_paths_of_plain_files(store: LocalStore, root: Path) -> None:
    store.publish("2011/张三/v1", FILES)
    assert (root / "2011/张三/v1/original/form.docx").read_bytes() == b"as received"


def test_nothing_stays_in_staging(store: LocalStore, root: Path) -> None:
    store.publish("v1", FILES)
    store.put_new("a", b"")
    store.put_many({"a": b"", "b": b"", "c": b""})
    store.dispose("v1", "a")
    assert names_in(root / ".staging") == ["lock"]


def test_a_root_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DamagedArchiveError):
        LocalStore(tmp_path / "not mounted").publish("v1", FILES)
    assert names_in(tmp_path) == []


def test_an_empty_folder_is_nothing(store: LocalStore, root: Path) -> None:
    (root / "v1/empty").mkdir(parents=True)
    (root / "a").mkdir()
    (root / "journal").mkdir()
    assert not store.exists("v1")
    store.publish("v1", FILES)
    store.put_new("a", b"1")
    store.append_line("journal", "{}")
    assert len(list(store.names())) == len(FILES) + 2


@posix
def test_received_files_are_read_only_and_the_office_reads_along(store: LocalStore, root: Path, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    before = os.umask(0o022)
    try:
        store.publish("v1", {"original/x": tmp_path / "x", "record.json": b"{}"})
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (root / "v1").rglob("*")}
    assert modes == {"original": 0o750, "x": 0o440, "record.json": 0o640}


@posix
def test_no_link_inside_is_followed_in_writing(store: LocalStore, root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / "2011").mkdir()
    (root / "2011/link").symlink_to(tmp_path / "elsewhere")
    (root / "2011/dangling").symlink_to(tmp_path / "nothing")
    store.put_new("warrant", b"")
    writes: tuple[Callable[[], object], ...] = (
        lambda: store.publish("2011/link/v1", FILES),
        lambda: store.put_new("2011/link/a", b""),
        lambda: store.append_line("2011/link/a", ""),
        lambda: store.append_line("2011/dangling", ""),
        lambda: store.put_new("2011/dangling", b""),
        lambda: store.dispose("2011/link", "warrant"),
    )
    for write in writes:
        with pytest.raises(DamagedArchiveError):
            write()
    assert names_in(tmp_path / "elsewhere") == []
    assert names_in(tmp_path) == ["archive", "elsewhere"]


@posix
def test_what_is_not_a_stored_file_is_listed_and_not_read(store: LocalStore, root: Path) -> None:
    store.put_new("a", b"")
    (root / "link").symlink_to("a")
    os.mkfifo(root / "pipe")
    assert list(store.names()) == ["a", "link", "pipe"]
    for name in ("link", "pipe"):
        with pytest.raises(DamagedArchiveError):
            store.get(name)


@posix
def test_a_received_link_is_not_followed(store: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "form.pdf").symlink_to("secret")
    with pytest.raises(Exception, match="changed"):
        store.publish("v1", {"form.pdf": tmp_path / "form.pdf"})


def test_recovery_clears_what_the_dead_left(store: LocalStore, root: Path) -> None:
    store.put_new("a", b"")
    left = durable.unused_name(root / ".staging")
    (left / "0/original").mkdir(parents=True)
    (left / "0/original/x").write_bytes(b"half")
    assert store.recover() == (left.name,)
    assert names_in(root / ".staging") == ["lock"]
    assert list(store.names()) == ["a"]


def test_recovery_spares_a_writer_at_work_and_writers_bear_one_another(store: LocalStore, root: Path) -> None:
    store.put_new("a", b"")
    work = durable.unused_name(root / ".staging")
    work.mkdir()
    with durable.Lock(root / ".staging/lock", shared=True):
        with pytest.raises(BusyError):
            store.recover(wait=0)
        store.put_new("b", b"")
    assert work.is_dir()


def test_recovery_of_a_whole_store_changes_nothing(store: LocalStore) -> None:
    store.publish("v1", FILES)
    assert store.recover() == ()
    assert len(list(store.names())) == len(FILES)


@posix
def test_a_file_stored_once_more_takes_no_room(store: LocalStore, root: Path) -> None:
    store.publish("q-1", {"original/a.pdf": b"%PDF", "reading.json": b"{}"})
    store.publish("q-2", {"original/a.pdf": Again(root / "q-1" / "original" / "a.pdf"), "reading.json": b"{}"})
    assert (root / "q-1" / "original" / "a.pdf").samefile(root / "q-2" / "original" / "a.pdf")
    durable.remove(root / "q-1")
    assert store.get("q-2/original/a.pdf") == b"%PDF"


@posix
def test_a_link_is_not_stored_once_more(store: LocalStore, root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (root / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ChangedError):
        store.publish("q-2", {"original/a.pdf": Again(root / "link")})
    assert not (root / "q-2").exists()
