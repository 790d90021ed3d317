"""Many writes at the price of one sync: each stands for itself."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from formsvc import durable
from formsvc.errors import TakenError
from tests.durable.faults import at_step

both = pytest.mark.parametrize("grouped", [True, False])


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


@both
def test_each_write_succeeds_or_fails_by_itself(grouped: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parametrized
    (tmp_path / "taken").write_bytes(b"first")
    (tmp_path / "form.docx").write_bytes(b"")
    with durable.Batch(tmp_path, grouped=grouped) as batch:
        batch.put_new(tmp_path / "a/1", b"1")
        batch.put_new(tmp_path / "taken", b"2")
        batch.move_in(tmp_path / "gone", tmp_path / "spool/1")
        batch.move_in(tmp_path / "form.docx", tmp_path / "spool/2")
        failures = batch.commit()
    assert {path.name: error.errno for path, error in failures.items()} == {"taken": errno.EEXIST, "1": errno.ENOENT}
    assert names_in(tmp_path) == ["a/1", "spool/2", "taken"]
    assert (tmp_path / "taken").read_bytes() == b"first"


@both
def test_without_a_commit_nothing_is_left(grouped: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parametrized
    with durable.Batch(tmp_path, grouped=grouped) as batch:
        batch.put_new(tmp_path / "a", b"1")
        assert len(names_in(tmp_path)) == 1
    assert names_in(tmp_path) == []


def test_one_batch_gives_a_name_once(tmp_path: Path) -> None:
    with durable.Batch(tmp_path) as batch:
        batch.put_new(tmp_path / "a", b"1")
        with pytest.raises(TakenError):
            batch.put_new(tmp_path / "a", b"2")
        assert batch.commit() == {}
        assert batch.commit() == {}
    assert (tmp_path / "a").read_bytes() == b"1"
    assert names_in(tmp_path) == ["a"]


def full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@both
def test_a_write_that_failed_is_not_committed(grouped: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parametrized
    with durable.Batch(tmp_path, grouped=grouped) as batch:
        with at_step(2, full) as left, pytest.raises(OSError, match="space"):
            batch.put_new(tmp_path / "a", b"half")
        assert left() == 0
        batch.put_new(tmp_path / "b", b"whole")
        batch.commit()
    assert names_in(tmp_path) == ["b"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
@both
def test_a_link_or_pipe_is_moved_as_it_is(grouped: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parametrized
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    with durable.Batch(tmp_path, grouped=grouped) as batch:
        for name in ("link", "pipe"):
            batch.move_in(tmp_path / name, tmp_path / "spool" / name)
        assert batch.commit() == {}
    assert (tmp_path / "spool/link").readlink() == tmp_path / "elsewhere"
    assert (tmp_path / "spool/pipe").is_fifo()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
@pytest.mark.parametrize(
    "work",
    [
        lambda top: durable.put_new(top / "a", b""),
        lambda top: durable.append_line(top / "journal", "1"),
        lambda top: durable.cut_torn_tail(top / "torn"),
        durable.open_regular,
        lambda top: durable.open_regular(top / "folder/nothing", root=top),
        durable.protections,
        durable.sync_everything,
        lambda top: durable.make_dirs(top / "b"),
        lambda top: durable.Lock(top / "lock").__enter__().release(),
    ],
)
def test_no_descriptor_is_left_open(work: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / "torn").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    work(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
