"""Power cuts: every durable state that a recorded run may leave is judged, and recovered by the program itself.

The model is `torture.disk`. All states with up to 12 changes not lasting yet are taken, of the others a sample. Each
different state is judged by its files alone; of those a sample, drawn by the seed, is made real and recovered, first
those in which one change alone is lost and a file stands under two names. By another part each sync is left out, one
at a time, and something must go wrong, or the sync is not needed there.
"""

from __future__ import annotations

import itertools
import multiprocessing
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torture.command import Fault, Kind, recorded
from torture.corpus import WATCH, Scenario, words_at
from torture.disk import TOPS, Call, Change, Disk, Fate, calls_in, materialised
from torture.judge import content_hash, faults_before, survey_of
from torture.kills import BENCH, WORKERS, Bench, a_place, begin
from torture.ledger import Ledger

_ALL_UP_TO = 12
"""So many unsynced changes are tried in every combination."""
_SAMPLES = 20
"""Combinations tried where there are more."""
_OF_SOMEBODY = re.compile(r"(archive/\d{4})(/[^/]+?)?(/[^/]+?)?(/[^/]+-[0-9a-f]{12})?(?=/events| by )|q-[0-9a-f]{12}")
_LEVELS = ("archive", "YEAR", "FORM", "UNIT", "RECORD")
_BY, _SQLITE = " by ", "SQLite"
_SYNCS = frozenset({"fsync", "fdatasync", "syncfs"})
_A_MUTANT_S = 20.0
"""Seconds spent on recovering the states of one run without one sync."""
CAUGHT, IDLE, HARMLESS, UNFINISHED = "caught", "nothing was waiting for it", "harmless", "not finished"
ELSEWHERE = "of a place that is caught elsewhere"
"""What becomes of a run without one sync: a fault shows; no state is new; every new state is sound; time is over; or
it is not tried, since the same place asked for the sync of the same thing in another run and was caught."""


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
        """Return how often what came of it, by what is synced and the place in the program that asks for it."""
        found: dict[str, Counter[str]] = {}
        for name, outcome in self.outcomes.items():
            found.setdefault(site_of(name), Counter())[outcome] += 1
        return dict(sorted(found.items()))


def site_of(name: str) -> str:
    """Return of a sync's name what is synced and who asks for it, without recording, number, and whose it is."""
    what = name.partition(": ")[2].partition(" ")[2]
    return _OF_SOMEBODY.sub(lambda one: "/".join(_LEVELS[: one[0].count("/") + 1]) if one[1] else "q-ID", what)


class PowerCuts:
    """One scenario recorded, and what a power cut could make of it."""

    def __init__(self, bench: Bench, folder: Path, name: str, seed: int, *, killed: str = "") -> None:
        """Record the scenario's command, or one killed at the first sync that `killed` names, and the recovery."""
        self._bench = bench
        self._folder = folder
        self._chance = random.Random(seed)
        self.scenario: Scenario = bench.scenario(name)
        self._wanted = bench.wanted(name)
        self._start = self.scenario.start
        self._calls: list[Call] = []
        self._restart = -1
        self._record(name)
        if killed:
            self._record(name, self._at(killed))
            name = f"{name}, killed at {killed}, recovered"
        self._usual = {_digest(state) for state in self._states(None, few=True)}
        self.figures = PowerFigures(name, len(self._calls), len(self._sync_numbers()))

    def _record(self, name: str, killed: Fault | None = None) -> None:
        root, log = self.scenario.copy(self._folder), self._folder / "power.log"
        first = recorded(words_at(root, self.scenario.words), self._folder / "output", log, killed)
        if first.code != self.scenario.code and not (killed and first.was_killed):
            raise RuntimeError(f"{name} does not run by itself: {first.output}")
        self._calls = calls_in(log, root)
        self.figures = PowerFigures(name)
        if killed:
            self._restart = len(self._calls)
            recorded(words_at(root, WATCH), self._folder / "output", log)
            self._calls += calls_in(log, root)

    def _at(self, what: str) -> Fault:
        """Return a kill at the first recorded sync with this in its name."""
        number = next(number for number, label in self.labels().items() if what in label)
        name = self._calls[number].name
        return Fault(Kind.KILL, name, sum(call.name == name for call in self._calls[: number + 1]))

    def cut(self, seconds: float) -> None:
        """Judge every state by its files, and recover as many as these seconds allow."""
        different: dict[int, State] = {}
        for state in self._states(None):
            self.figures.states += 1
            different.setdefault(_digest(state), state)
        self.figures.different = len(different)
        order = list(different.values())
        for state in order:
            self._note(state, self._by_files(state))
        self._chance.shuffle(order)
        order.sort(key=lambda state: not _is_second_name(state))
        until = time.monotonic() + seconds
        for state in order:
            if time.monotonic() >= until:
                break
            self.figures.recovered += 1
            self._note(state, self.recovered(state))

    def second_names(self) -> Iterator[State]:
        """Yield the states in which one change alone is lost, such that a file stands under two names."""
        yield from {_digest(state): state for state in self._states(None, few=True) if _is_second_name(state)}.values()

    def mutants(self, until: float, known: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        """Leave out each sync that is not known yet, one at a time; yield its name, what came of it, and the fault."""
        caught = {site_of(name) for name, outcome in known.items() if outcome == CAUGHT}
        labels = {
            number: label for number, label in self.labels().items() if known.get(label, UNFINISHED) == UNFINISHED
        }
        numbers = list(labels)
        self._chance.shuffle(numbers)
        for number in numbers:
            if time.monotonic() >= until:
                return
            site = site_of(labels[number])
            outcome, fault = (ELSEWHERE, "") if site in caught else self._without(number)
            if outcome == CAUGHT:
                caught.add(site)
            yield labels[number], outcome, fault

    def labels(self) -> dict[int, str]:
        """Name each sync, by its number among the calls."""
        disk = Disk(self._start)
        labels = {}
        for number, call in enumerate(self._calls):
            if number == self._restart:
                disk.restart()
            if call.name in _SYNCS and call.paths[0]:
                labels[number] = f"{self.figures.scenario}: {number} {disk.label(call)}{_BY}{call.site or _SQLITE}"
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

    def _without(self, number: int) -> tuple[str, str]:
        """Return what comes of leaving out the sync `number`, and the fault that shows."""
        until = time.monotonic() + _A_MUTANT_S
        new: dict[int, State] = {}
        for state in self._states(number, few=True):
            digest = _digest(state)
            if digest not in self._usual and digest not in new:
                new[digest] = state
                faults = self._by_files(state)
                if faults:
                    return CAUGHT, faults[0]
        order = sorted(new.values(), key=lambda state: (-state.told, -len(state.lost)))
        for state in order:
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
        return [number for number, call in enumerate(self._calls) if call.name in _SYNCS and call.paths[0]]

    def _states(self, without: int | None, *, few: bool = False) -> Iterator[State]:
        """Yield the states behind each call; with `without`, of the run without that sync, from there on."""
        disk = Disk(self._start)
        told = False
        for number, call in enumerate(self._calls):
            if number == self._restart:
                disk.restart()
            before = ([(change.label, change.data) for change in disk.pending], told)
            told = told or (call.name == "write" and call.descriptor == 1 and self._restart < 0)
            disk.do(call, skip_sync=number == without)
            if without is not None and number < without:
                continue
            if ([(change.label, change.data) for change in disk.pending], told) == before:
                continue
            for fates in _chosen(disk.pending, self._chance, few=few):
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


def _is_second_name(state: State) -> bool:
    return bool(state.same) and len(state.lost) == 1


def _digest(state: State) -> int:
    """Tell states apart by what is in them."""
    found = frozenset((name, None if data is None else content_hash(data)) for name, data in state.tree.items())
    return hash((found, frozenset(state.same), state.told))


@dataclass(frozen=True, slots=True)
class Task:
    """A recording to make and to try."""

    name: str
    killed: str
    seconds: float
    seed: int
    known: Mapping[str, str] = field(default_factory=dict)
    """Syncs -> what came of them."""


RECORDED: Sequence[tuple[str, str]] = (
    ("first", ""),
    ("one", ""),
    ("one", "fsync inbox/a.docx"),
    ("one", "LocalStore.publish_many"),
    ("one", "/events"),
    ("one", "archive/journal/"),
    ("one", "_receipts/DAY.txt"),
    ("below", ""),
    ("below", "/original"),
    ("confirm", ""),
    ("review", ""),
    ("reject", ""),
    ("roster", ""),
    ("inbox", ""),
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
    tasks = [Task(name, killed, seconds, seed * 1000 + done.slices) for name, killed in RECORDED]
    with a_place() as folder, multiprocessing.get_context("spawn").Pool(workers, begin, (str(folder),)) as pool:
        for found in pool.imap_unordered(_try, tasks, chunksize=1):
            done.add(found)
    done.slices += 1
    ledger.save()
    return done


def leave_out(minutes: float, seed: int, workers: int = WORKERS, ledger: Ledger[LeftOut] | None = None) -> LeftOut:
    """Leave out the syncs of every recording that the ledger does not know yet."""
    ledger = ledger or Ledger(None, "syncs", LeftOut)
    done = ledger.figures
    seconds = minutes * 60 * workers / len(RECORDED)
    began, before, labels = time.monotonic(), done.seconds, set[str]()
    with a_place() as folder, multiprocessing.get_context("spawn").Pool(workers, begin, (str(folder),)) as pool:
        for start in range(0, len(RECORDED), workers):
            known = dict(done.outcomes)
            tasks = [Task(name, killed, seconds, seed, known) for name, killed in RECORDED[start : start + workers]]
            for names, found in pool.imap_unordered(_leave_out, tasks, chunksize=1):
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


def _cuts(cut: Task) -> PowerCuts:
    bench = BENCH[0]
    place = bench.folder / "power"
    place.mkdir(exist_ok=True)
    return PowerCuts(bench, place, cut.name, cut.seed, killed=cut.killed)


def _try(cut: Task) -> PowerFigures:
    cuts = _cuts(cut)
    cuts.cut(cut.seconds)
    return cuts.figures


def _leave_out(cut: Task) -> tuple[set[str], list[tuple[str, str, str]]]:
    until = time.monotonic() + cut.seconds
    cuts = _cuts(cut)
    return set(cuts.labels().values()), list(cuts.mutants(until, cut.known))
