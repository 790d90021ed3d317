"""Appending events is stopped at every step, by a kill or by a full disk: all of them happened, or none."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from formsvc.archive.archive import Archive
from formsvc.archive.chain import following
from formsvc.records.event import Details, Event
from tests.archive.factories import PREFIXES, a_bare_archive, an_archive, file, findings
from tests.durable.faults import at_step, full_disk, kill_at_each_step, run_alone
from tests.records.factories import a_correction, a_stamp


def places(folder: Path) -> Iterator[Path]:
    """Make archives with one record, one after another."""
    file(an_archive(folder / "first"), folder)
    for number in count():
        yield Path(shutil.copytree(folder / "first", folder / str(number)))


def append(folder: Path) -> None:
    """Append three events to a record, in a month the journal has no file of yet."""
    archive = a_bare_archive(folder)
    with archive.writing():
        archive.append(three_events(archive))


def three_events(archive: Archive) -> list[tuple[str, Event]]:
    said: list[tuple[str | None, Details]] = [
        (None, a_stamp()),
        (None, a_correction(age=("41", "42"))),
        (None, a_correction(age=("42", "43"))),
    ]
    return [
        (PREFIXES[0], event) for event in following(archive.history(PREFIXES[0]), "2011-03-01T09:00:00+08:00", said)
    ]


def check(folder: Path) -> None:
    """Let the next writer come, and look at what is there then."""
    archive = a_bare_archive(folder)
    with archive.writing():
        events = archive.history(PREFIXES[0]).events
        assert len(events) in {1, 4}, events
        assert findings(archive) == []
    shutil.rmtree(folder)


def kill(folder: Path) -> None:
    sys.stdout.write(str(kill_at_each_step(append, check, places(folder))))


def test_a_writer_killed_at_any_step_is_finished_or_undone(tmp_path: Path) -> None:
    assert int(run_alone(f"{__name__}:kill", tmp_path)) > 40


def fill(folder: Path) -> None:
    for number, place in enumerate(places(folder), 1):
        left = 0
        try:
            with at_step(number, full_disk) as to_go:
                append(place)
                left = to_go()
        except OSError:
            a_bare_archive(place)
        check(place)
        if left > 0:
            sys.stdout.write(str(number))
            return


def test_a_writer_on_a_full_disk_leaves_all_or_nothing(tmp_path: Path) -> None:
    assert int(run_alone(f"{__name__}:fill", tmp_path)) > 40
