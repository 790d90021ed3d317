"""Black-box faults: the real command is killed or refused at every system call that touches the workspace.

A run is: a fresh copy of the start, the command under one fault, a look that nothing is lost or partial, the recovery
(in a part of the runs under a second fault first), and the judgement of the recovered workspace.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from torture.command import HUNG, Ended, Fault, Kind, Running, alone, run, run_cold
from torture.corpus import NAMES, WATCH, Scenario, build, words_at
from torture.judge import faults_after, faults_before, survey
from torture.ledger import Ledger
from torture.points import calls_of, faults_at
from torture.remembered import remember

WORKERS = 2
"""How many runs go on side by side where nothing else is asked for."""
_SECOND_KINDS = (Kind.KILL, Kind.KILL, Kind.KILL, Kind.EIO, Kind.FULL)
_SECOND_CALLS = ("renameat2", "fsync", "write", "openat", "unlink", "rmdir", "mkdir", "pwrite64", "fdatasync")
_KILLS_FIRST = 3
"""How much earlier a kill comes than another fault, for when the time does not do for all."""
_COLD = "kill, in a fresh interpreter"
_NOT_COME = "(faults that did not come)"
_STRUCK_AGAIN = "(of the second faults, those that struck)"
_REMARKS = (_NOT_COME, _STRUCK_AGAIN)
_TRIES = 3
"""How often a fault is tried that does not come: not every run has as many calls of a name as the recorded one."""
_SAVE_EVERY = 25
_CRASHES = ("Traceback (most recent call last)", "Fatal Python error")


@dataclass(frozen=True, slots=True)
class Job:
    """One run to do."""

    scenario: str
    fault: Fault
    second: Fault | None = None
    is_cold: bool = False

    @property
    def point(self) -> str:
        """Where the first fault strikes."""
        return f"{self.scenario} {self.fault.call} {self.fault.number}"

    def __str__(self) -> str:
        again = f", then {self.second} in recovery" if self.second else ""
        return f"{self.scenario}: {self.fault}{again}{', fresh interpreter' if self.is_cold else ''}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one run showed."""

    job: Job
    struck: bool
    """Whether the fault came."""
    struck_again: bool
    """Whether the second one did."""
    faults: tuple[str, ...]


@dataclass
class Figures:
    """What many runs showed."""

    points: int = 0
    """Calls at which something can be injected."""
    points_struck: int = 0
    """Of these, those that were struck."""
    first: int = 0
    """Calls times the kinds that make sense there."""
    runs: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)
    first_done: int = 0
    """Of these, those that were tried."""
    first_come: int = 0
    """Of these, those of which strace tells that the fault came."""
    struck: set[str] = field(default_factory=set)
    """The calls that were struck."""
    done: set[str] = field(default_factory=set)
    """The runs that were made."""
    come: set[str] = field(default_factory=set)
    """Of these, those of which strace tells that the fault came."""
    missed: Counter[str] = field(default_factory=Counter)
    """How often a fault did not come, by run."""

    @property
    def total(self) -> int:
        """How many runs there were."""
        return sum(count for kind, count in self.runs.items() if kind not in _REMARKS)

    @property
    def never(self) -> list[str]:
        """The runs whose fault never came, however often it was tried."""
        return sorted(name for name, count in self.missed.items() if count >= _TRIES and name not in self.come)

    def count(self, points: Mapping[str, Sequence[Fault]]) -> None:
        """Count the points and the pairs, and what was done of them."""
        there = {Job(name, fault).point for name, faults in points.items() for fault in faults}
        self.points, self.points_struck = len(there), len(there & self.struck)
        pairs = {str(Job(name, fault)) for name, faults in points.items() for fault in faults}
        self.first, self.first_done = len(pairs), len(pairs & self.done)
        self.first_come = len(pairs & self.come)

    def add(self, verdict: Verdict) -> None:
        """Count a verdict."""
        job = verdict.job
        kind = _COLD if job.is_cold else f"{job.fault.kind}, then another in recovery" if job.second else job.fault.kind
        self.runs[str(kind)] += 1
        if verdict.struck:
            self.struck.add(job.point)
            self.come.add(str(job))
        else:
            self.runs[_NOT_COME] += 1
            self.missed[str(job)] += 1
        if job.second and verdict.struck_again:
            self.runs[_STRUCK_AGAIN] += 1
        self.done.add(str(job))
        if verdict.faults:
            self.violations.append(f"{job}: {'; '.join(verdict.faults[:3])}")


def a_place() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for runs, in memory where the system has one; it is removed at the end."""
    memory = Path("/dev/shm")  # noqa: S108 - a name nobody else has is made below it
    folder = memory if memory.is_dir() else None
    return tempfile.TemporaryDirectory(prefix="torture-", dir=folder, ignore_cleanup_errors=True)


class Bench:
    """The place one worker runs in, with everything imported and drawn once."""

    def __init__(self, folder: Path, *, remembers: bool = True) -> None:
        """Take a folder; with `remembers` each file is read once only."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._remembers = remembers
        self._known: set[str] = set()
        self._make = cache(build(folder / "starts"))
        self._wanted: dict[str, list[Mapping[str, Mapping[str, int]]]] = {}
        warm = self.scenario("inbox").copy(folder / "warm")
        _serve_here(warm)

    def scenario(self, name: str) -> Scenario:
        """Return the scenario of a name."""
        scenario = self._make(name)
        if self._remembers and name not in self._known:
            remember(scenario.start)
            self._known.add(name)
        return scenario

    def points(self, name: str) -> list[Fault]:
        """Record a run of a scenario without faults and return every fault worth trying."""
        scenario = self.scenario(name)
        root, log = scenario.copy(self.folder), self.folder / "log"
        ended = self._run(root, scenario.words, log=log)
        if ended.code != scenario.code:
            raise RuntimeError(f"{name} does not run by itself: {ended.output}")
        return list(faults_at(calls_of(log, root)))

    def wanted(self, name: str) -> list[Mapping[str, Mapping[str, int]]]:
        """Return the outcomes that are right for a scenario."""
        if name not in self._wanted:
            scenario = self.scenario(name)
            outcomes = []
            for words in ((), scenario.words) if scenario.may_be_undone else (scenario.words,):
                root = scenario.copy(self.folder)
                for each in (words, *scenario.recovery):
                    if each:
                        self._run(root, each)
                outcomes.append(survey(root).outcome())
            self._wanted[name] = outcomes
        return self._wanted[name]

    def judged(self, job: Job) -> Verdict:
        """Do one run."""
        scenario, wanted = self.scenario(job.scenario), self.wanted(job.scenario)
        root = scenario.copy(self.folder)
        if job.is_cold:
            ended = run_cold(words_at(root, scenario.words), job.fault)
        elif job.fault.kind is Kind.STALL:
            ended = self._beside(root, scenario.words, job.fault)
        else:
            ended = self._run(root, scenario.words, job.fault)
        faults = faults_before(scenario.given, survey(root)) + _said(ended)
        struck_again = False
        if job.second is not None:
            again = self._run(root, WATCH, job.second)
            struck_again = again.struck
            faults += faults_before(scenario.given, survey(root)) + _said(again)
        faults += self.recovered(root, scenario, wanted)
        return Verdict(job, ended.struck, struck_again, tuple(faults))

    def recovered(self, root: Path, scenario: Scenario, wanted: list[Mapping[str, Mapping[str, int]]]) -> list[str]:
        """Recover a workspace by the program and judge it."""
        faults = []
        for words in scenario.recovery:
            faults += _said(self._run(root, words))
        text = alone(lambda: json.dumps(faults_after(root, wanted)))
        return faults + ([text] if text.startswith("!") else json.loads(text))

    def _run(self, root: Path, words: Sequence[str], fault: Fault | None = None, log: Path | None = None) -> Ended:
        return run(words_at(root, words), self.folder / "output", fault, log)

    def _beside(self, root: Path, words: Sequence[str], fault: Fault) -> Ended:
        """Run the command with a stall, and another instance beside it that is killed while it looks in."""
        stalled = Running(words_at(root, words), self.folder / "output", fault)
        other = Running(words_at(root, WATCH), self.folder / "output-other")
        time.sleep(0.1)
        other.kill()
        other.ended()
        return stalled.ended()


def _serve_here(root: Path) -> None:
    from formsvc.cli import commands  # noqa: F401, PLC0415 - imported before the forks, so that each saves it
    from formsvc.operations.workspace import open_workspace  # noqa: PLC0415 - as above
    from formsvc.watch import watch_once  # noqa: PLC0415 - as above

    with open_workspace(root) as workspace:
        list(watch_once(workspace))


def _said(ended: Ended) -> list[str]:
    """Say what is wrong with how a run ended, whatever befell it."""
    if ended.code == HUNG:
        return ["hung"]
    return [f"crashed: {ended.output[-400:]}"] if any(mark in ended.output for mark in _CRASHES) else []


BENCH: list[Bench] = []
"""The worker's own place, once it has begun."""


def begin(folder: str) -> None:
    """Set up a worker process."""
    os.nice(5)
    BENCH.append(Bench(Path(folder, str(os.getpid()))))


def _points(name: str) -> tuple[str, list[Fault]]:
    return name, BENCH[0].points(name)


def _do(job: Job) -> Verdict:
    return BENCH[0].judged(job)


def campaign(
    minutes: float,
    seed: int,
    *,
    workers: int = WORKERS,
    ledger: Ledger[Figures] | None = None,
    names: Sequence[str] = NAMES,
    more_minutes: float = float("inf"),
) -> Figures:
    """Run faults in an order drawn by `seed` until the time is over; what the ledger knows is not done again.

    When all calls are done, more faults in recoveries are tried for `more_minutes` at most.
    """
    ledger = ledger or Ledger(None, "faults", Figures)
    figures, began = ledger.figures, time.monotonic()
    before = figures.seconds
    with a_place() as folder, multiprocessing.get_context("spawn").Pool(workers, begin, (str(folder),)) as pool:
        points = dict(pool.imap_unordered(_points, names))
        ahead = threading.Semaphore(workers + 1)
        fresh = jobs(points, random.Random(seed), figures, more_minutes * 60)
        for number, verdict in enumerate(pool.imap_unordered(_do, _paced(fresh, began + minutes * 60, ahead)), 1):
            ahead.release()
            figures.add(verdict)
            figures.seconds = before + time.monotonic() - began
            if number % _SAVE_EVERY == 0:
                figures.count(points)
                ledger.save()
            if verdict.faults:
                print(f"  ! {figures.violations[-1]}", flush=True)
        figures.count(points)
    ledger.save()
    return figures


def jobs(
    points: Mapping[str, Sequence[Fault]],
    chance: random.Random,
    known: Figures | None = None,
    more_s: float = float("inf"),
) -> Iterator[Job]:
    """Yield what is not known yet: every call with every kind, then again those whose fault did not come.

    Behind them come the other runs, and more second faults for so many seconds.
    """
    known = known or Figures()
    drawn = list(_first(points, chance))
    pairs = [job for job in drawn if job.fault.kind is not Kind.STALL and job.second is None and not job.is_cold]
    yield from (job for job in pairs if str(job) not in known.done)
    for _ in range(_TRIES):
        for job in pairs:
            if str(job) in known.done - known.come and known.missed[str(job)] < _TRIES:
                yield job
    first = set(pairs)
    yield from (job for job in drawn if job not in first and str(job) not in known.done)
    kills = [job for job in pairs if job.fault.kind is Kind.KILL]
    until = time.monotonic() + more_s
    while kills and time.monotonic() < until:
        yield _again(chance.choice(kills), chance)


def _first(points: Mapping[str, Sequence[Fault]], chance: random.Random) -> Iterator[Job]:
    """Yield every call with every kind once in random order, a kill rather earlier, and other runs beside them."""
    first = [Job(name, points[name][at]) for name in sorted(points) for at in range(len(points[name]))]
    first.sort(key=lambda job: chance.random() / (_KILLS_FIRST if job.fault.kind is Kind.KILL else 1))
    for number, job in enumerate(first):
        yield job
        if number % 4 == 0 and job.fault.kind is Kind.KILL:
            yield _again(job, chance)
        if number % 25 == 0:
            yield Job(job.scenario, Fault(Kind.STALL, job.fault.call, job.fault.number))
        if number % 25 == 5 and job.fault.kind is Kind.KILL and job.fault.call not in ("openat", "write"):
            yield Job(job.scenario, job.fault, is_cold=True)


def _again(job: Job, chance: random.Random) -> Job:
    """Return a run whose recovery meets a fault too, more often an early one."""
    number = 1 + int(chance.expovariate(0.1))
    return Job(job.scenario, job.fault, Fault(chance.choice(_SECOND_KINDS), chance.choice(_SECOND_CALLS), number))


def _paced(source: Iterator[Job], until: float, ahead: threading.Semaphore) -> Iterator[Job]:
    """Pass runs on until a moment, at the pace at which they are done: the pool would draw all of them at once."""
    for job in source:
        ahead.acquire()
        if time.monotonic() >= until:
            return
        yield job
