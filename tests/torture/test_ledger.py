"""A long run in slices finds its figures again, and says over how many states of the program they were gathered."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from torture import fuzz
from torture.command import Fault, Kind
from torture.kills import Figures, Job, Verdict, jobs
from torture.ledger import Ledger, program
from torture.soak import GROUP, Soaked, soak


@dataclass
class Some:
    count: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    done: set[str] = field(default_factory=set)


def test_what_was_saved_is_found_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "new", "a", Some)
    ledger.figures.count = 3
    ledger.figures.kinds["x"] += 2
    ledger.figures.done |= {"b", "a"}
    ledger.save()
    again = Ledger(tmp_path / "new", "a", Some)
    assert again.figures == Some(3, Counter(x=2), {"a", "b"})
    assert again.programs == [program()]
    assert Ledger(tmp_path / "new", "b", Some).figures == Some()


def test_another_state_of_the_program_is_told_apart(tmp_path: Path) -> None:
    Ledger(tmp_path, "a", Some).save()
    path = tmp_path / "a.json"
    kept = json.loads(path.read_bytes())
    path.write_text(json.dumps({**kept, "programs": ["older"]}), encoding="utf-8")
    assert Ledger(tmp_path, "a", Some).programs == ["older", program()]


def test_mutants_go_on_where_the_last_slice_ended(tmp_path: Path) -> None:
    whole = fuzz.fuzz(tmp_path, 30, seed=5)
    for upto in (10, 30):
        ledger = Ledger(tmp_path / "state", "fuzz", fuzz.Fuzzed)
        sliced = fuzz.fuzz(tmp_path, upto, seed=5, ledger=ledger)
        assert sliced.mutants == upto
    assert (sliced.mutants, sliced.kinds, sliced.outcomes) == (whole.mutants, whole.kinds, whole.outcomes)


def _points() -> dict[str, list[Fault]]:
    return {name: [Fault(kind, "write", at) for at in range(9) for kind in Kind] for name in ("b", "a")}


def test_every_point_meets_every_kind_before_recoveries_meet_more() -> None:
    drawn = list(islice(jobs(_points(), random.Random(1)), 200))
    first = [job for job in drawn if job.second is None and not job.is_cold]
    assert {(job.scenario, job.fault) for job in first} == {(n, f) for n, faults in _points().items() for f in faults}
    assert all(job.second for job in drawn[150:])
    assert drawn == list(islice(jobs(_points(), random.Random(1)), 200))


def test_what_did_not_come_is_tried_again_and_then_told() -> None:
    kill, error = Job("a", Fault(Kind.KILL, "write", 1)), Job("a", Fault(Kind.EIO, "write", 1))
    points, known = {"a": [kill.fault, error.fault]}, Figures()
    known.add(Verdict(kill, struck=True, struck_again=False, faults=()))
    tried = []
    for job in islice(jobs(points, random.Random(1), known), 20):
        tried.append(job)
        known.add(Verdict(job, struck=False, struck_again=False, faults=()))
    assert tried.count(error) == 3
    assert kill not in tried
    assert str(error) in known.never


def test_a_kill_that_did_not_come_is_no_point_struck(tmp_path: Path) -> None:
    job, other = Job("a", Fault(Kind.KILL, "write", 1)), Job("a", Fault(Kind.KILL, "write", 2))
    ledger = Ledger(tmp_path, "faults", Figures)
    ledger.figures.add(Verdict(job, struck=True, struck_again=False, faults=()))
    ledger.figures.add(Verdict(other, struck=False, struck_again=False, faults=("lost 1",)))
    ledger.save()
    figures = Ledger(tmp_path, "faults", Figures).figures
    figures.count({"a": [job.fault, other.fault, Fault(Kind.EIO, "write", 1)]})
    assert (figures.total, figures.struck) == (2, {"a write 1"})
    assert (figures.points, figures.first, figures.first_done, figures.first_come) == (2, 3, 2, 1)
    assert figures.done == {str(job), str(other)}
    assert figures.violations == ["a: kill at write 2: lost 1"]


def test_a_soak_goes_on_with_its_office(tmp_path: Path) -> None:
    for upto in (GROUP, 3 * GROUP):
        done = soak(tmp_path / "office", upto, ledger=Ledger(tmp_path, "soak", Soaked))
    assert (done.forms, len(done.times), [int(one[0]) for one in done.slices]) == (60, 3, [20, 40])
    assert len(list((tmp_path / "office" / "archive").glob("*/*/*/*/v1"))) == 60
    assert soak(tmp_path / "another", GROUP, ledger=Ledger(tmp_path, "soak", Soaked)).forms == GROUP
