"""A sample of the changes made to an archive, and of the posting copies looked through."""

from __future__ import annotations

from pathlib import Path

import pytest

from torture.canary import canary
from torture.carried import ways
from torture.tamper import campaign


def test_a_sample_of_changes_is_found_and_mended(tmp_path: Path) -> None:
    done = campaign(tmp_path, 12, seed=5)
    assert done.missed == []
    assert (done.found, done.mended, done.wrong, done.false_alarms) == (12, 12, 0, 0)
    assert done.clean == sum(done.carried.values()) == 3


@pytest.mark.parametrize("way", ways())
def test_an_archive_carried_elsewhere_has_the_same_files(tmp_path: Path, way: str) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "档.txt").write_bytes(b"1\r\n\x00")
    ways()[way](tmp_path / "a", tmp_path / "b")
    assert [path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*")] == [
        "deep",
        "deep/档.txt",
    ]
    assert (tmp_path / "b" / "deep" / "档.txt").read_bytes() == b"1\r\n\x00"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_sample_of_posting_copies_tells_nothing_of_what_is_withheld() -> None:
    done = canary(12, seed=3)
    assert (done.copies, done.leaks) == (12, 0)
    assert done.values > 12
