"""Two processes write to one archive: each event has its place, its line, and its turn."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from formsvc.archive import journal
from formsvc.archive.chain import following
from formsvc.durable import Lock
from formsvc.errors import BusyError
from tests.archive.factories import PREFIXES, a_bare_archive, an_archive, file, findings
from tests.records.factories import a_stamp

ROOT = Path(__file__).parents[2]
EVENTS = 12


def append_for_a_while(folder: Path, prefix: str) -> None:
    """Append events to one record, each after a look at what is there; say when the first is in its place."""
    archive = a_bare_archive(folder)
    for number in range(EVENTS):
        with archive.writing():
            events = following(archive.history(prefix), "2011-03-01T09:00:00+08:00", [("李四", a_stamp())])
            assert archive.append([(prefix, event) for event in events]) == (None,)
        if number == 0:
            print("begun", flush=True)  # noqa: T201 - the test waits for it


def started(folder: Path, prefix: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.archive.test_two_writers", str(folder), prefix]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("prefixes", [PREFIXES[:2], (PREFIXES[0], PREFIXES[0])], ids=["two records", "one record"])
def test_two_writers_at_once_lose_nothing(tmp_path: Path, prefixes: tuple[str, str]) -> None:
    archive = an_archive(tmp_path / "archive")
    for prefix in set(prefixes):
        file(archive, tmp_path, prefix)
    writers = [started(tmp_path / "archive", prefix) for prefix in prefixes]
    for writer in writers:
        assert writer.communicate(timeout=60)[0] == "begun\n"
        assert writer.returncode == 0
    assert sum(len(archive.history(prefix).events) for prefix in set(prefixes)) == 2 * EVENTS + len(set(prefixes))
    assert journal.head(archive.store).number == 2 * EVENTS + len(set(prefixes))
    assert findings(archive) == []


def test_a_writer_that_is_killed_leaves_nothing_half_told(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    file(archive, tmp_path)
    for _ in range(4):
        with started(tmp_path / "archive", PREFIXES[0]) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "begun\n"
            writer.send_signal(signal.SIGKILL)
        with archive.writing():
            assert findings(archive) == []
            assert not list((tmp_path / "archive").glob(".tmp-*"))


def test_a_writer_waits_for_another_and_says_so_when_it_does_not_end(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    with archive.writing(), pytest.raises(BusyError), Lock(tmp_path / "archive" / ".writer.lock"):
        pass


if __name__ == "__main__":
    append_for_a_while(Path(sys.argv[1]), sys.argv[2])
