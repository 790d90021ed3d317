"""Power cuts: every durable state that a recorded run may leave is judged, and recovered by the program itself.

The model is `torture.disk`. All states with up to 12 changes not lasting yet are taken, of the others a sample. Each
different state is judged by its files alone; of those a sample, drawn by the seed, is made real and recovered, first
those in which one change alone is lost and a file stands under two names.
"""

from __future__ import annotations

import itertools
import multiprocessing
import random
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from torture.command import Ended, Fault, Kind, recorded
from torture.corpus import WATCH, Scenario, words_at
from torture.disk import TOPS, Call, Change, Disk, Fate, calls_in, materialised
from torture.judge import content_hash, faults_before, survey_of
from torture.kills import BENCH, WORKERS, Bench, a_place, begin
from torture.ledger import Ledger

_ALL_UP_TO = 12
"""So many unsynced changes are tried in every combination."""
_SAMPLES = 20
"""Combinations tried where there are more."""
BY, _SQLITE = " by ", "SQLite"
_SYNCS = frozenset({"fsync", "fdatasync", "syncfs", "sync"})
_A_MUTANT_S = 60.0
"""Seconds spent on recovering the states of one run without one sync."""
CAUGHT, IDLE, HARMLESS, UNFINISHED = "caught", "nothing was waiting for it", "harmless", "not finished"
"""What becomes of a run without one sync: a fault shows; no state is new; every new state is sound; or time is over."""


@dataclass(frozen=True, slots=True)
class State:
    """What a power cut may leave."""

    after: int
    """Behind which call."""
    told: bool
    """Whether the program had said that it was done."""
    tree: Mapping[str, bytes | None]
    lost: tuple[str, ...]
    """The changes that were lost."""
    same: tuple[tuple[str, ...], ...] = ()
    """The names of each file that has several."""


@dataclass(slots=True)
class PowerFigures:
    """What the model showed of one scenario."""

    scenario: str
    calls: int = 0
    syncs: int = 0
    states: int = 0
    different: int = 0
    recovered: int = 0
    violations: list[tuple[State, list[str]]] = field(default_factory=list)


@dataclass(slots=True)
class Cut:
    """What the model showed of all scenarios, slice by slice."""

    slices: int = 0
    scenarios: dict[str, list[int]] = field(default_factory=dict)
    """Name -> calls, syncs, and of all slices the states, those that differ within a slice, and those recovered."""
    violations: list[str] = field(default_factory=list)

    def add(self, found: PowerFigures) -> None:
        """Count one scenario of a slice."""
        before = self.scenarios.get(found.scenario, [0] * 5)
        new = (found.states, found.different, found.recovered)
        counts = [old + more for old, more in zip(before[2:], new, strict=True)]
        self.scenarios[found.scenario] = [found.calls, found.syncs, *counts]
        self.violations += [
            f"{found.scenario}: behind call {state.after}, {', '.join(state.lost)}: {'; '.join(faults[:3])}"
            for state, faults in found.violations
        ]


@dataclass(frozen=True, slots=True)
class Recording:
    """A command to be recorded."""

    scenario: str
    killed_at: str = ""
    """What the name of the sync holds at which it is killed, to be recovered then."""
    is_grouped: bool = True
    """Whether a group of files is synced by one call."""

    def __str__(self) -> str:
        killed = f", killed at {self.killed_at}, recovered" if self.killed_at else ""
        return f"{self.scenario}{'' if self.is_grouped else ', each file synced by itself'}{killed}"


class PowerCuts:
    """One scenario recorded, and what a power cut could make of it."""

    def __init__(self, bench: Bench, folder: Path, recording: Recording, seed: int) -> None:
        """Record the scenario's command, or one killed at the first sync that is named, and the recovery."""
        name = recording.scenario
        self._recording = recording
        self._bench = bench
        self._folder = folder
        self.chance = random.Random(seed)
        self.scenario: Scenario = bench.scenario(name)
        self._wanted = bench.wanted(name)
        self._start = self.scenario.start
        self._calls: list[Call] = []
        self._restart = -1
        self._record(name)
        if recording.killed_at:
            self._record(name, self._at(recording.killed_at))
        self._usual = cache(self._usual_of)
        self.figures = PowerFigures(str(recording), len(self._calls), len(self._sync_numbers()))

    def _record(self, name: str, killed: Fault | None = None) -> None:
        root, log = self.scenario.copy(self._folder), self._folder / "power.log"
        first = self._run(root, self.scenario.words, killed)
        if first.code != self.scenario.code and not (killed and first.was_killed):
            raise RuntimeError(f"{name} does not run by itself: {first.output}")
        self._calls = calls_in(log, root)
        self.figures = PowerFigures(name)
        if killed:
            self._restart = len(self._calls)
            self._run(root, WATCH)
            self._calls += calls_in(log, root)

    def _run(self, root: Path, words: Sequence[str], fault: Fault | None = None) -> Ended:
        log = self._folder / "power.log"
        is_grouped = self._recording.is_grouped
        return recorded(words_at(root, words), self._folder / "output", log, fault, is_grouped=is_grouped)

    def _at(self, what: str) -> Fault:
        """Return a kill at the first recorded sync with this in its name."""
        number = next(number for number, label in self.labels().items() if what in label)
        name = self._calls[number].name
        return Fault(Kind.KILL, name, sum(call.name == name for call in self._calls[: number + 1]))

    def cut(self, seconds: float) -> None:
        """Judge every state by its files, and recover as many as half of these seconds allow.

        When the other half is not enough for every combination, a sample is taken behind the remaining calls.
        """
        different: dict[int, State] = {}
        for state in self._states(None, full_until=time.monotonic() + seconds / 2):
            self.figures.states += 1
            different.setdefault(_digest(state), state)
        self.figures.different = len(different)
        order = list(different.values())
        for state in order:
            self._note(state, self._by_files(state))
        self.chance.shuffle(order)
        order.sort(key=lambda state: not is_second_name(state))
        until = time.monotonic() + seconds / 2
        for state in order:
            if time.monotonic() >= until:
                break
            self.figures.recovered += 1
            self._note(state, self.recovered(state))

    def few_states(self) -> dict[int, State]:
        """Return the different states that one lost change makes, and those that keep or lose all."""
        return {_digest(state): state for state in self._states(None, few=True)}

    def labels(self) -> dict[int, str]:
        """Name each sync, by its number among the calls."""
        disk = Disk(self._start)
        labels = {}
        for number, call in enumerate(self._calls):
            if number == self._restart:
                disk.restart()
            if call.name in _SYNCS and all(call.paths):
                labels[number] = f"{self.figures.scenario}: {number} {disk.label(call)}{BY}{call.site or _SQLITE}"
            disk.do(call)
        return labels

    def recovered(self, state: State) -> list[str]:
        """Make a state real, recover it by the program and judge it."""
        root = self._folder / "cut" / "w"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.scenario.start, root, ignore=shutil.ignore_patterns(*TOPS))
        materialised(state.tree, state.same, root)
        wanted = self._wanted[-1:] if state.told else self._wanted
        return self._bench.recovered(root, self.scenario, wanted)

    def without(self, number: int) -> tuple[str, str]:
        """Return what comes of leaving out the sync `number`, and the fault that shows."""
        until = time.monotonic() + _A_MUTANT_S
        new: dict[int, State] = {}
        is_fresh = self._calls[number].paths[:1] in [(path,) for path in self.scenario.dropped]
        for state in self._states(number, few=True, is_fresh=is_fresh):
            digest = _digest(state)
            if digest not in self._usual(is_fresh) and digest not in new:
                new[digest] = state
                faults = self._by_files(state)
                if faults:
                    return CAUGHT, faults[0]
        for state in sorted(new.values(), key=lambda state: (len(state.lost), -state.after)):
            if time.monotonic() >= until:
                return UNFINISHED, ""
            faults = self.recovered(state)
            if faults:
                return CAUGHT, faults[0]
        return HARMLESS if new else IDLE, ""

    def _note(self, state: State, faults: list[str]) -> None:
        if faults:
            self.figures.violations.append((state, faults))

    def _by_files(self, state: State) -> list[str]:
        return faults_before(self.scenario.given, survey_of(state.tree))

    def _sync_numbers(self) -> list[int]:
        return [number for number, call in enumerate(self._calls) if call.name in _SYNCS and all(call.paths)]

    def _usual_of(self, is_fresh: bool) -> set[int]:  # noqa: FBT001 - called through a cache
        return {_digest(state) for state in self._states(None, few=True, is_fresh=is_fresh)}

    def _states(
        self, without: int | None, *, few: bool = False, is_fresh: bool = False, full_until: float = float("inf")
    ) -> Iterator[State]:
        """Yield the states behind each call; with `without`, of the run without that sync, from there on.

        With `is_fresh` what lies in the inbox has just been written, and is not synced, when it is looked at first.
        """
        disk = Disk(self._start)
        fresh = set(self.scenario.dropped) if is_fresh else set[str]()
        told = False
        for number, call in enumerate(self._calls):
            if number == self._restart:
                disk.restart()
            for path in fresh.intersection(call.paths):
                disk.unsync(path)
                fresh.remove(path)
            before = ([(change.label, change.data) for change in disk.pending], told)
            told = told or (call.name == "write" and call.descriptor == 1 and self._restart < 0)
            disk.do(call, skip_sync=number == without)
            if without is not None and number < without:
                continue
            if ([(change.label, change.data) for change in disk.pending], told) == before:
                continue
            few = few or time.monotonic() > full_until
            for fates in _chosen(disk.pending, self.chance, few=few):
                told_of = zip(disk.pending, fates, strict=True)
                lost = tuple(f"{fate.name.lower()}: {one.label}" for one, fate in told_of if fate is not Fate.LASTS)
                left = disk.left(fates)
                yield State(number, told, left.tree, lost, left.same)


def _chosen(pending: Sequence[Change], chance: random.Random, *, few: bool) -> Iterator[tuple[Fate, ...]]:
    """Yield what becomes of each change: every combination, or a sample with the extremes in it; data torn alone."""
    count = len(pending)
    both = (Fate.LOST, Fate.LASTS)
    singles = [(Fate.LASTS, Fate.LOST)] if few else [(Fate.LASTS, Fate.LOST), (Fate.LOST, Fate.LASTS)]
    if count <= _ALL_UP_TO and not few:
        yield from itertools.product(both, repeat=count)
    else:
        yield from ((fate,) * count for fate in both)
        for rest, alone in singles:
            yield from (_but(count, rest, at, alone) for at in range(count))
        for _ in range(0 if few else _SAMPLES):
            yield tuple(chance.choice(both) for _ in range(count))
    for at, change in enumerate(pending):
        if change.file is not None and len(change.data):
            yield from (_but(count, rest, at, Fate.TORN) for rest in both)


def _but(count: int, rest: Fate, at: int, fate: Fate) -> tuple[Fate, ...]:
    return tuple(fate if number == at else rest for number in range(count))


def is_second_name(state: State) -> bool:
    """Whether one lost change leaves a file under two names."""
    return bool(state.same) and len(state.lost) == 1


def _digest(state: State) -> int:
    """Tell states apart by what is in them."""
    found = frozenset((name, None if data is None else content_hash(data)) for name, data in state.tree.items())
    return hash((found, frozenset(state.same), state.told))


@dataclass(frozen=True, slots=True)
class Task:
    """A recording to make and to try."""

    recording: Recording
    seconds: float
    seed: int


RECORDED: Sequence[Recording] = (
    Recording("first"),
    Recording("first", is_grouped=False),
    Recording("one"),
    Recording("one", "fsync inbox/a.docx"),
    Recording("one", "LocalStore.publish_many"),
    Recording("one", "/events"),
    Recording("one", "archive/journal/"),
    Recording("one", "_receipts/DAY.txt"),
    Recording("below"),
    Recording("below", "/original"),
    Recording("confirm"),
    Recording("review"),
    Recording("reject"),
    Recording("moved"),
    Recording("roster"),
    Recording("inbox"),
)
"""What is recorded: commands, and commands killed at a sync and recovered.

These are: before a file is claimed and right behind it, before a version has its name, behind the name of an event, a
line of the journal, and a receipt.
"""


def campaign(minutes: float, seed: int, workers: int = WORKERS, ledger: Ledger[Cut] | None = None) -> Cut:
    """Try the states of every recording; each slice recovers others of them."""
    ledger = ledger or Ledger(None, "power", Cut)
    done = ledger.figures
    seconds = minutes * 60 * workers / len(RECORDED)
    tasks = [Task(one, seconds, seed * 1000 + done.slices) for one in RECORDED]
    with a_place() as folder, multiprocessing.get_context("spawn").Pool(workers, begin, (str(folder),)) as pool:
        for found in pool.imap_unordered(_try, tasks, chunksize=1):
            done.add(found)
    done.slices += 1
    ledger.save()
    return done


def cuts_of(task: Task) -> PowerCuts:
    """Make the recording of a task in the worker's place."""
    bench = BENCH[0]
    place = bench.folder / "power"
    place.mkdir(exist_ok=True)
    return PowerCuts(bench, place, task.recording, task.seed)


def _try(task: Task) -> PowerFigures:
    cuts = cuts_of(task)
    cuts.cut(task.seconds)
    return cuts.figures
