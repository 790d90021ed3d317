"""Syncs left out, one at a time, of recorded runs: something must go wrong, or the sync is not needed there."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from torture.kills import WORKERS, a_place, begin
from torture.ledger import Ledger
from torture.power import BY, CAUGHT, RECORDED, UNFINISHED, PowerCuts, Task, cuts_of

ELSEWHERE = "of a place that is caught elsewhere"
"""What becomes of a sync that is not tried, since the same place in the program asked for it in another run and was
caught."""


@dataclass(slots=True)
class LeftOut:
    """What came of leaving out each sync."""

    syncs: int = 0
    """Of all recordings."""
    outcomes: dict[str, str] = field(default_factory=dict)
    """By recording, number and name of the sync."""
    faults: dict[str, str] = field(default_factory=dict)
    """Of those that were caught, the fault that showed."""
    seconds: float = 0.0

    def by_site(self) -> dict[str, Counter[str]]:
        """Return how often what came of it, by the place in the program that asks."""
        found: dict[str, Counter[str]] = {}
        for name, outcome in self.outcomes.items():
            found.setdefault(site_of(name), Counter())[outcome] += 1
        return dict(sorted(found.items()))


def site_of(name: str) -> str:
    """Return the place in the program that asks for a sync, of the sync's name."""
    return name.rpartition(BY)[2]


def mutants(cuts: PowerCuts, until: float, known: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Leave out each sync that is not known yet, one at a time; yield its name, what came of it, and the fault."""
    caught = {site_of(name) for name, outcome in known.items() if outcome == CAUGHT}
    done = {name for name, outcome in known.items() if outcome != UNFINISHED}
    labels = {number: label for number, label in cuts.labels().items() if label not in done}
    numbers = list(labels)
    cuts.chance.shuffle(numbers)
    for number in numbers:
        if time.monotonic() >= until:
            return
        site = site_of(labels[number])
        outcome, fault = (ELSEWHERE, "") if site in caught else cuts.without(number)
        if outcome == CAUGHT:
            caught.add(site)
        yield labels[number], outcome, fault


def leave_out(minutes: float, seed: int, workers: int = WORKERS, ledger: Ledger[LeftOut] | None = None) -> LeftOut:
    """Leave out the syncs of every recording that the ledger does not know yet."""
    ledger = ledger or Ledger(None, "syncs", LeftOut)
    done = ledger.figures
    seconds = minutes * 60 * workers / len(RECORDED)
    began, before, labels = time.monotonic(), done.seconds, set[str]()
    with a_place() as folder, multiprocessing.get_context("spawn").Pool(workers, begin, (str(folder),)) as pool:
        for start in range(0, len(RECORDED), workers):
            known = dict(done.outcomes)
            jobs = [_Job(Task(one, seconds, seed), known) for one in RECORDED[start : start + workers]]
            for names, found in pool.imap_unordered(_leave_out, jobs, chunksize=1):
                labels |= names
                done.syncs = len(labels)
                done.outcomes |= {name: outcome for name, outcome, _ in found}
                done.faults |= {name: fault for name, _, fault in found if fault}
                done.seconds = before + time.monotonic() - began
                ledger.save()
    # What the program does no more, or does elsewhere, is no sync of it.
    done.outcomes = {name: outcome for name, outcome in done.outcomes.items() if name in labels}
    done.faults = {name: fault for name, fault in done.faults.items() if name in labels}
    ledger.save()
    return done


@dataclass(frozen=True, slots=True)
class _Job:
    task: Task
    known: Mapping[str, str]
    """Syncs -> what came of them."""


def _leave_out(job: _Job) -> tuple[set[str], list[tuple[str, str, str]]]:
    until = time.monotonic() + job.task.seconds
    cuts = cuts_of(job.task)
    return set(cuts.labels().values()), list(mutants(cuts, until, job.known))
