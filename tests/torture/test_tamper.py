"""A sample of the changes made to an archive, and of the posting copies looked through."""

from __future__ import annotations

from pathlib import Path

from torture.canary import canary
from torture.tamper import campaign


def test_a_sample_of_changes_is_found_and_mended(tmp_path: Path) -> None:
    done = campaign(tmp_path, 12, seed=5)
    assert done.missed == []
    assert (done.found, done.mended, done.wrong, done.false_alarms) == (12, 12, 0, 0)


def test_a_sample_of_posting_copies_tells_nothing_of_what_is_withheld() -> None:
    done = canary(12, seed=3)
    assert (done.copies, done.leaks) == (12, 0)
    assert done.values > 12
