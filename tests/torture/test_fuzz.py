"""A sample of the mutations: no reader crashes or hangs; and the harness sees it when one does."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
from pathlib import Path

import pytest

from torture import fuzz
from torture.mutants import mutant, seeds

MUTANTS = 300


def test_a_sample_of_mutants_crashes_and_hangs_nothing(tmp_path: Path) -> None:
    done = fuzz.fuzz(tmp_path, MUTANTS, seed=2011)
    assert (done.mutants, done.crashes, done.hangs) == (MUTANTS, [], [])
    assert sum(done.outcomes.values()) == sum(done.kinds.values()) == MUTANTS
    assert len(done.outcomes) > 3, "the mutants are not all refused for one cause"
    assert list(tmp_path.iterdir()) == []


def test_the_same_seed_makes_the_same_mutants_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    good = seeds()
    made = []
    for year in (2011, 2026):
        monkeypatch.setattr("time.time", lambda year=year: dt.datetime(year, 3, 1, tzinfo=dt.UTC).timestamp())
        made.append([mutant(random.Random(f"1-{number}"), good) for number in range(50)])
    assert made[0] == made[1]
    assert {kind for kind, _ in made[0]} == {seed.kind for seed in good}


@pytest.mark.parametrize(
    ("number", "noted"), [(signal.SIGKILL, "crashes"), (signal.SIGPROF, "hangs")], ids=["crash", "hang"]
)
def test_a_reader_that_dies_is_noted_with_its_mutant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, noted: str
) -> None:
    count = iter(range(100))

    def dying(*_: object) -> dict[str, object]:
        if next(count) == 3:
            os.kill(os.getpid(), number)
        return {"readings": []}

    monkeypatch.setattr(fuzz, "read_job", dying)
    done = fuzz.fuzz(tmp_path, 4, seed=1)
    assert len(getattr(done, noted)) == 1
    (kept,) = tmp_path.iterdir()
    assert kept.name.startswith("1-3.")
