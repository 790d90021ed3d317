"""One write at a time: whole or not at all, never over something."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from formsvc import durable
from formsvc.errors import TakenError
from tests.durable.power import recorded

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither modes nor links for everybody")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def a_file(path: Path, data: bytes = b"as it arrived") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def a_copy(source: Path, target: Path) -> durable.Copied:
    with source.open("rb") as file:
        file.read(3)
        return durable.copy_in(file.fileno(), target)


def test_a_new_file_is_written_with_its_folders(tmp_path: Path) -> None:
    durable.put_new(tmp_path / "a/b/c.json", b"{}")
    assert (tmp_path / "a/b/c.json").read_bytes() == b"{}"
    assert names_in(tmp_path / "a/b") == ["c.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="the recorder reads /proc")
def test_folders_made_on_the_way_survive_without_a_top_too(tmp_path: Path) -> None:
    with recorded(tmp_path) as power:
        durable.put_new(tmp_path / "a/b/c.json", b"{}")
        durable.make_dirs(tmp_path / "d/e")
        assert power.lost() == set()


@posix
def test_files_get_the_mode_they_are_given(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        durable.put_new(tmp_path / "ours", b"")
        durable.put_new(tmp_path / "received", b"", mode=durable.READ_ONLY_MODE)
        durable.make_dirs(tmp_path / "folder")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours", "received", "folder")]
    assert modes == [0o640, 0o440, 0o750]


def put(_: Path, target: Path) -> None:
    durable.put_new(target, b"other")


def move(source: Path, target: Path) -> object:
    return durable.move_in(source, target)


def publish(source: Path, target: Path) -> None:
    a_file(source.parent / "staged/x")
    durable.publish(source.parent / "staged", target)


@pytest.mark.parametrize("write", [put, a_copy, move, publish])
@pytest.mark.parametrize("there", ["file", "folder", "link", "below a file"])
def test_what_is_there_is_never_written_over(write: Callable[[Path, Path], object], there: str, tmp_path: Path) -> None:
    source, target = a_file(tmp_path / "in/form.docx"), tmp_path / "out/target"
    if there == "link" and sys.platform == "win32":
        pytest.skip("links need a privilege")
    if there == "link":
        target.parent.mkdir()
        target.symlink_to(tmp_path / "nothing")
    else:
        a_file(target / "x" if there == "folder" else target, b"first")
    with pytest.raises(TakenError):
        write(source, target / "deeper" if there == "below a file" else target)
    assert source.read_bytes() == b"as it arrived"
    assert names_in(tmp_path / "out") == ["target"]
    assert there in {"link", "folder"} or target.read_bytes() == b"first"
    assert there != "folder" or (target / "x").read_bytes() == b"first"


def test_a_published_folder_takes_the_place_of_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir()
    a_file(tmp_path / "staged/x")
    durable.publish(tmp_path / "staged", tmp_path / "v1")
    assert names_in(tmp_path) == ["v1"]
    assert names_in(tmp_path / "v1") == ["x"]


def test_a_claimed_file_has_one_name_only(tmp_path: Path) -> None:
    source = a_file(tmp_path / "inbox/form.docx")
    assert durable.move_in(source, tmp_path / "spool/1/orig")
    assert names_in(tmp_path / "inbox") == []
    assert (tmp_path / "spool/1/orig").read_bytes() == b"as it arrived"


def test_a_claim_of_what_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        durable.move_in(tmp_path / "gone", tmp_path / "spool/orig")


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no second file system")  # noqa: S108 - only looked at
def test_a_claim_across_file_systems_is_declined(tmp_path: Path) -> None:
    source = a_file(tmp_path / "form.docx")
    elsewhere = Path("/dev/shm") / tmp_path.name / str(os.getpid())  # noqa: S108 - the second file system
    if Path("/dev/shm").stat().st_dev == tmp_path.stat().st_dev:  # noqa: S108 - as above
        pytest.skip("there is no second file system")
    try:
        assert not durable.move_in(source, elsewhere / "orig")
        assert source.read_bytes() == b"as it arrived"
        assert names_in(elsewhere) == []
    finally:
        durable.discard(elsewhere.parent)


def test_a_copy_is_of_all_bytes_and_tells_their_hash(tmp_path: Path) -> None:
    data = os.urandom(3 << 20)
    copied = a_copy(a_file(tmp_path / "scan.pdf", data), tmp_path / "orig")
    assert (tmp_path / "orig").read_bytes() == data
    assert copied == durable.Copied(sha256(data).hexdigest(), len(data))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no file here has more bytes than it says")
def test_a_copy_takes_no_more_than_the_size_the_file_had(tmp_path: Path) -> None:
    assert a_copy(Path("/proc/self/status"), tmp_path / "copy").size == 0


def test_a_rewritten_file_is_the_new_one(tmp_path: Path) -> None:
    for data in (b"old", b"new"):
        durable.replace(tmp_path / "state", data)
    assert (tmp_path / "state").read_bytes() == b"new"
    assert names_in(tmp_path) == ["state"]


def test_a_rewrite_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    a_file(tmp_path / "state/x")
    with pytest.raises(OSError, match="state"):
        durable.replace(tmp_path / "state", b"new")
    assert names_in(tmp_path) == ["state"]


def test_no_name_for_unfinished_work_is_given_twice(tmp_path: Path) -> None:
    names = {durable.unused_name(tmp_path) for _ in range(1000)}
    assert len(names) == 1000
    assert all(durable.is_unfinished(name) for name in names)
    assert not durable.is_unfinished(tmp_path / "form.docx")
