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
from torture.points import calls_of, faults_at

WORKERS = 2
_SECOND_CALLS = ("renameat2", "fsync", "write", "openat", "unlink", "rmdir", "mkdir", "pwrite64", "fdatasync")
_KILLS_FIRST = 3
"""How much earlier a kill comes than another fault, for when the time does not do for all."""
_CRASHES = ("Traceback (most recent call last)", "Fatal Python error")


@dataclass(frozen=True, slots=True)
class Job:
    """One run to do."""

    scenario: str
    fault: Fault
    second: Fault | None = None
    is_cold: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one run showed."""

    job: Job
    struck: bool
    """Whether the fault was seen to strike."""
    faults: tuple[str, ...]


@dataclass
class Figures:
    """What many runs showed."""

    points: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    violations: list[tuple[Job, tuple[str, ...]]] = field(default_factory=list)
    struck: set[tuple[str, str, int]] = field(default_factory=set)

    def add(self, verdict: Verdict) -> None:
        """Count a verdict."""
        job = verdict.job
        self.runs["killed again in recovery" if job.second else str(job.fault.kind)] += 1
        self.runs["in a fresh interpreter"] += job.is_cold
        self.struck.add((job.scenario, job.fault.call, job.fault.number))
        if verdict.faults:
            self.violations.append((job, verdict.faults))


def a_place() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for runs, in memory where the system has one; it is removed at the end."""
    memory = Path("/dev/shm")  # noqa: S108 - a name nobody else has is made below it
    folder = memory if memory.is_dir() else None
    return tempfile.TemporaryDirectory(prefix="torture-", dir=folder, ignore_cleanup_errors=True)


class Bench:
    """The place one worker runs in, with everything imported and drawn once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._make = cache(build(folder / "starts"))
        self._wanted: dict[str, list[Mapping[str, Mapping[str, int]]]] = {}
        self._make("inbox")
        warm = self.scenario("inbox").copy(folder / "warm")
        _serve_here(warm)

    def scenario(self, name: str) -> Scenario:
        """Return the scenario of a name."""
        return self._make(name)

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
        if job.second is not None:
            again = self._run(root, WATCH, job.second)
            faults += faults_before(scenario.given, survey(root)) + _said(again)
        faults += self.recovered(root, scenario, wanted)
        return Verdict(job, ended.was_killed or ended.code != 0, tuple(faults))

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


def campaign(minutes: float, seed: int, names: Sequence[str] = NAMES) -> Figures:
    """Run faults in an order drawn by `seed` until the time is over or all are done."""
    figures, began = Figures(), time.monotonic()
    with a_place() as folder, multiprocessing.get_context("spawn").Pool(WORKERS, begin, (str(folder),)) as pool:
        points = dict(pool.imap_unordered(_points, names))
        figures.points = sum(len({(one.call, one.number) for one in faults}) for faults in points.values())
        until = began + minutes * 60
        ahead = threading.Semaphore(WORKERS + 1)
        for verdict in pool.imap_unordered(_do, _paced(jobs(points, random.Random(seed)), until, ahead)):
            ahead.release()
            figures.add(verdict)
            if verdict.faults:
                print(f"  ! {verdict.job.scenario}: {verdict.job.fault}, {verdict.job.second}: {verdict.faults[:3]}")
        figures.seconds = time.monotonic() - began
    return figures


def jobs(points: Mapping[str, Sequence[Fault]], chance: random.Random) -> Iterator[Job]:
    """Yield every run once in random order, second faults and stalls strewn in between."""
    first = [Job(name, fault) for name, faults in points.items() for fault in faults]
    first.sort(key=lambda job: chance.random() / (_KILLS_FIRST if job.fault.kind is Kind.KILL else 1))
    for number, job in enumerate(first):
        yield job
        if number % 4 == 0 and job.fault.kind is Kind.KILL:
            second = Fault(Kind.KILL, chance.choice(_SECOND_CALLS), chance.randint(1, 30))
            yield Job(job.scenario, job.fault, second)
        if number % 25 == 0:
            yield Job(job.scenario, Fault(Kind.STALL, job.fault.call, job.fault.number))
        if number % 25 == 5 and job.fault.kind is Kind.KILL and job.fault.call not in ("openat", "write"):
            yield Job(job.scenario, job.fault, is_cold=True)


def _paced(source: Iterator[Job], until: float, ahead: threading.Semaphore) -> Iterator[Job]:
    """Pass runs on until a moment, at the pace at which they are done: the pool would draw all of them at once."""
    for job in source:
        ahead.acquire()
        if time.monotonic() >= until:
            return
        yield job
