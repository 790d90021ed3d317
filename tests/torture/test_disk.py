"""The model disk loses what was not synced and nothing else; the judge tells what is lost, partial and left over."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest

from torture.disk import Call, Disk, Fate, torn
from torture.judge import content_hash, faults_before, survey, survey_of

KEPT = b"kept"


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a").write_bytes(KEPT)
    return Disk(tmp_path)


def left(disk: Disk) -> list[dict[str, bytes | None]]:
    """Return every tree that a power cut may leave now."""
    fates = itertools.product((Fate.LOST, Fate.LASTS), repeat=len(disk.pending))
    return [disk.left(some).tree for some in fates]


def written(disk: Disk, path: str, data: bytes) -> None:
    disk.do(Call("openat", (path,), flags="O_WRONLY|O_CREAT", result=5))
    disk.do(Call("write", (path,), 5, data, result=len(data)))


def test_a_file_without_a_sync_may_be_lost_empty_or_whole(disk: Disk) -> None:
    written(disk, "inbox/b", b"new")
    assert {tree.get("inbox/b", b"lost") for tree in left(disk)} == {b"lost", b"", b"new"}


def test_a_file_is_certain_once_its_data_and_its_folder_are_synced(disk: Disk) -> None:
    written(disk, "inbox/b", b"new")
    disk.do(Call("fsync", ("inbox/b",), 5))
    assert {tree.get("inbox/b") for tree in left(disk)} == {None, b"new"}
    disk.do(Call("fsync", ("inbox",), 6))
    assert [tree.get("inbox/b") for tree in left(disk)] == [b"new"]


def test_a_sync_of_the_file_system_makes_everything_certain(disk: Disk) -> None:
    written(disk, "inbox/b", b"new")
    disk.do(Call("mkdir", ("archive",)))
    disk.do(Call("fsync", (".",), 6))
    written(disk, "archive/b", b"new")
    disk.do(Call("syncfs", ("inbox",), 6))
    assert {change.top for change in disk.pending} == {"archive"}
    disk.do(Call("syncfs", ("archive",), 6))
    assert disk.pending == []
    assert disk.left(()).tree["inbox/b"] == b"new"


def test_a_sync_of_everything_and_data_somebody_has_just_written(disk: Disk) -> None:
    disk.unsync("inbox/a")
    assert {tree["inbox/a"] for tree in left(disk)} == {b"", KEPT}
    disk.do(Call("sync"))
    assert [tree["inbox/a"] for tree in left(disk)] == [KEPT]


def test_a_rename_is_never_lost_on_both_sides(disk: Disk) -> None:
    disk.do(Call("mkdir", ("inbox/s",)))
    disk.do(Call("fsync", ("inbox",), 6))
    disk.do(Call("renameat2", ("inbox/a", "inbox/s/a")))
    assert [sorted(tree) for tree in left(disk)] == [["inbox", "inbox/a", "inbox/s"], ["inbox", "inbox/s", "inbox/s/a"]]
    disk.do(Call("fsync", ("inbox/s",), 6))
    assert all("inbox/s/a" in tree for tree in left(disk))
    assert {"inbox/a" in tree for tree in left(disk)} == {True, False}


def test_a_rename_of_which_only_the_folder_it_left_is_synced_may_have_neither_name(disk: Disk) -> None:
    disk.do(Call("mkdir", ("inbox/s",)))
    disk.do(Call("fsync", ("inbox",), 6))
    disk.do(Call("renameat2", ("inbox/a", "inbox/s/a")))
    disk.do(Call("fsync", ("inbox",), 6))
    assert [sorted(tree) for tree in left(disk)] == [["inbox", "inbox/s"], ["inbox", "inbox/s", "inbox/s/a"]]


def test_data_that_is_not_synced_may_be_torn(disk: Disk) -> None:
    written(disk, "inbox/b", b"new" * 4000)
    disk.do(Call("fsync", ("inbox",), 6))
    assert disk.left([Fate.TORN]).tree["inbox/b"] == (b"new" * 4000)[:4096] + bytes(4096) + (b"new" * 4000)[8192:]
    assert torn(b"one\ntwo\n", b"one\n") == b"one\ntw"
    assert torn(b"abcd", b"abxy") == b"abcy"
    assert torn(b"ab", b"abxy") == b"abxy"


def test_a_move_into_a_folder_that_is_not_synced_may_lose_the_file(disk: Disk) -> None:
    disk.do(Call("mkdir", ("inbox/s",)))
    disk.do(Call("renameat2", ("inbox/a", "inbox/s/a")))
    faults = [faults_before(Counter([content_hash(KEPT)]), survey_of(tree)) for tree in left(disk)]
    assert any(faults)


def test_a_removal_may_come_back_until_its_folder_is_synced(disk: Disk) -> None:
    disk.do(Call("unlink", ("inbox/a",)))
    assert {"inbox/a" in tree for tree in left(disk)} == {True, False}
    disk.do(Call("fsync", ("inbox",), 6))
    assert not any("inbox/a" in tree for tree in left(disk))


def test_the_judge_counts_each_content_where_it_has_a_lasting_name(tmp_path: Path) -> None:
    given = Counter([content_hash(KEPT)] * 2)
    (tmp_path / "inbox" / ".staging").mkdir(parents=True)
    (tmp_path / "inbox" / "a").write_bytes(KEPT)
    (tmp_path / "inbox" / ".staging" / "b").write_bytes(KEPT)
    assert faults_before(given, survey(tmp_path)) == [f"lost {content_hash(KEPT)[:12]}"]
    (tmp_path / "inbox" / ".spool" / "w" / "c" / "original").mkdir(parents=True)
    (tmp_path / "inbox" / ".spool" / "w" / "c" / "original" / "b").write_bytes(KEPT)
    assert faults_before(given, survey(tmp_path)) == []


@pytest.mark.parametrize(
    ("manifest", "broken"),
    [
        (f"{content_hash(KEPT)}  a\n", 1),
        (f"{content_hash(b'other')}  a\n", 2),
        ("", 2),
    ],
    ids=["good but no record", "another hash", "empty"],
)
def test_the_judge_tells_a_version_that_is_not_whole(tmp_path: Path, manifest: str, broken: int) -> None:
    version = tmp_path / "archive" / "2011" / "f" / "o" / "n-0" / "v1"
    version.mkdir(parents=True)
    (version / "a").write_bytes(KEPT)
    (version / "manifest-sha256.txt").write_text(manifest, encoding="utf-8")
    assert len(survey(tmp_path).broken) == broken


@pytest.mark.parametrize(
    "name",
    ["archive/.writer.pending.json", "inbox/.spool/w.lock", "archive/.staging/x", "inbox/.tmp-1-a", ".formsvc/x"],
)
def test_the_judge_tells_what_was_left_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_bytes(b"")
    assert survey(tmp_path).left == [name]
