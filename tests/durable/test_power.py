"""What was told as done would survive a power cut, and nothing unsynced ever gets its name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from formsvc import durable
from formsvc.storage import Item, LocalStore
from tests.durable.power import recorded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the recorder reads /proc")

ARRIVED = "inbox/sub/form.docx"
FILES = {"original/form.docx": b"1", "copies/1.pdf": b"2", "record.json": b"3"}


def staged(top: Path) -> Path:
    folder = top / ".staging/x"
    (folder / "original").mkdir(parents=True)
    (folder / "original/form.docx").write_bytes(b"1")
    (folder / "record.json").write_bytes(b"2")
    return folder


def copy(top: Path) -> None:
    descriptor = os.open(top / ARRIVED, os.O_RDONLY)
    durable.copy_in(descriptor, top / "spool/orig", top=top)
    os.close(descriptor)


def group(top: Path) -> None:
    with durable.Batch(top) as batch:
        batch.put_new(top / "events/a/0001.json", b"1")
        batch.put_new(top / "events/b/0001.json", b"2")
        batch.publish(staged(top), top / "2011/v1")
        batch.commit()


def singles(top: Path) -> None:
    with durable.Batch(top, grouped=False) as batch:
        batch.put_new(top / "events/a/0001.json", b"1")
        batch.publish(staged(top), top / "2011/v1")
        batch.move_in(top / ARRIVED, top / "spool/1/orig")
        batch.commit()


WRITES: dict[str, Callable[[Path], object]] = {
    "put_new": lambda top: durable.put_new(top / "a/b/c", b"1", top=top),
    "publish": lambda top: durable.publish(staged(top), top / "2011/v1", top=top),
    "move_in": lambda top: durable.move_in(top / ARRIVED, top / "spool/1/orig", top=top),
    "copy_in": copy,
    "replace": lambda top: durable.replace(top / "state", b"1"),
    "append_lines": lambda top: durable.append_lines(top / "journal/2011-02", ["1", "2"], top=top),
    "make_dirs": lambda top: durable.make_dirs(top / "a/b/c", top=top),
    "a grouped batch": group,
    "a batch of singles": singles,
    "a store's publish": lambda top: LocalStore(top).publish("2011/a/v1", FILES),
    "a store's group": lambda top: LocalStore(top).publish_many([Item("a/v1", FILES), Item("b/v1", FILES)]),
    "a store's put_new": lambda top: LocalStore(top).put_new("a/events/0001.json", b"1"),
    "a store's put_many": lambda top: LocalStore(top).put_many({f"{name}/0001.json": b"" for name in "abcd"}),
    "a store's line": lambda top: LocalStore(top).append_line("journal/2011-02", "1"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_was_written_survives(write: Callable[[Path], object], tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / ARRIVED).parent.mkdir(parents=True)
    (top / ARRIVED).write_bytes(b"1")
    with recorded(top) as power:
        write(top)
        assert power.lost() == power.back() == set()
    assert power.broken == []
    assert power.syncs > 0


def test_what_was_removed_does_not_come_back_under_its_name(tmp_path: Path) -> None:
    for name in ("spool/1", "spool/2"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "orig").write_bytes(b"")
    with recorded(tmp_path) as power:
        durable.remove(tmp_path / "spool/1", tmp_path / "spool/2/orig")
        assert power.removals
        assert [path for path in power.back() if not durable.is_unfinished(path)] == []
        durable.discard(tmp_path / "spool/2")
        assert tmp_path / "spool/2" in power.back()


def make_and_die(top: Path) -> None:
    """Leave folders behind as a writer that was killed before it synced them."""
    (top / "2011/a/events").mkdir(parents=True)


@pytest.mark.parametrize(
    "write",
    [
        lambda top: LocalStore(top).put_new("2011/a/events/0001.json", b"1"),
        lambda top: LocalStore(top).publish("2011/a/v1", FILES),
        lambda top: LocalStore(top).append_line("2011/a/journal", "1"),
        lambda top: durable.make_dirs(top / "2011/a", top=top),
        lambda top: LocalStore(top).recover(),
    ],
)
def test_folders_that_a_dead_writer_made_are_synced_before_they_are_built_on(
    write: Callable[[Path], object], tmp_path: Path
) -> None:
    with recorded(tmp_path) as power:
        make_and_die(tmp_path)
        write(tmp_path)
        assert power.lost() <= {tmp_path / "2011/a/events"}


def test_a_name_that_is_taken_survives_when_it_is_told(tmp_path: Path) -> None:
    with recorded(tmp_path) as power:
        make_and_die(tmp_path)
        (tmp_path / "2011/a/events/0001.json").write_bytes(b"as a rename without a sync of the folder leaves it")
        power.data.clear()
        assert LocalStore(tmp_path).put_many({"2011/a/events/0001.json": b""}) == ("2011/a/events/0001.json",)
        assert power.lost() == set()


def test_the_recorder_sees_what_is_not_synced(tmp_path: Path) -> None:
    with recorded(tmp_path) as power:
        folder = staged(tmp_path)
        os.rename(folder, tmp_path / "v1")  # noqa: PTH104 - not a durable write: the recorder does not know it
        assert folder / "record.json" in power.data
        assert folder / "original" in power.names
        (tmp_path / "a").write_bytes(b"")
        assert power.lost() == {tmp_path / "a"}
