"""What befalls the whole office: two instances on one inbox, an inbox that goes away, a disk that is full."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from torture.command import Running, run
from torture.corpus import WATCH, Scenario, words_at
from torture.judge import faults_before, survey
from torture.kills import Bench


class World:
    """The place these runs are made in."""

    def __init__(self, bench: Bench, seed: int) -> None:
        self._bench = bench
        self._chance = random.Random(seed)
        self._folder = bench.folder

    def two_instances(self) -> list[str]:
        """Start two instances on one inbox, kill one at a random moment, start it again."""
        scenario = self._bench.scenario("inbox")
        root = scenario.copy(self._folder)
        pair = [Running(words_at(root, WATCH), self._folder / f"output-{number}") for number in range(2)]
        time.sleep(self._chance.uniform(0.0, 0.5))
        self._chance.choice(pair).kill()
        for one in pair:
            one.ended()
        return self._recovered(root, scenario)

    def inbox_away(self) -> list[str]:
        """Take the inbox away while it is served, and bring it back."""
        scenario = self._bench.scenario("inbox")
        root = scenario.copy(self._folder)
        served = Running(words_at(root, WATCH), self._folder / "output")
        time.sleep(self._chance.uniform(0.0, 0.4))
        (root / "inbox").rename(root / "away")
        served.ended()
        faults = ["an inbox was made where there was none"] if (root / "inbox").exists() else []
        again = run(words_at(root, WATCH), self._folder / "output")
        if again.code == 0:
            faults.append("an inbox that is away was taken for an empty one")
        if not (root / "inbox").exists():
            (root / "away").rename(root / "inbox")
        return faults + self._recovered(root, scenario)

    def full_disk(self) -> list[str]:
        """Serve the inbox on a disk with a little room, then with more."""
        scenario = self._bench.scenario("inbox")
        disk = self._folder / "disk"
        disk.mkdir(exist_ok=True)
        used = _bytes_in(scenario.start)
        room = used + self._chance.randrange(0, 3_000_000)
        _mount("-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(disk))
        try:
            root = scenario.copy(disk)
            run(words_at(root, WATCH), self._folder / "output")
            faults = faults_before(scenario.given, survey(root))
            _mount("-o", "remount,size=200m", str(disk))
            return faults + self._recovered(root, scenario)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=False)

    def _recovered(self, root: Path, scenario: Scenario) -> list[str]:
        faults = faults_before(scenario.given, survey(root))
        return faults + self._bench.recovered(root, scenario, self._bench.wanted(scenario.name))


def can_mount() -> bool:
    """Whether this machine lets us mount a disk of our own."""
    if shutil.which("mount") is None:
        return False
    place = Path("/dev/shm")  # noqa: S108 - the folder of memory, looked for and not written to
    done = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)],
        check=False,
        capture_output=True,
    )
    return done.returncode == 0


def campaign(bench: Bench, runs: int, seed: int) -> tuple[Counter[str], list[str], list[str]]:
    """Run each so many times; return the runs by kind, what was wrong, and what was left out."""
    world = World(bench, seed)
    kinds: Mapping[str, Callable[[], list[str]]] = {
        "two instances, one killed": world.two_instances,
        "inbox taken away and back": world.inbox_away,
        "disk full, then not": world.full_disk,
    }
    left_out = [] if can_mount() else ["disk full, then not"]
    done: Counter[str] = Counter()
    wrong = []
    for name, work in kinds.items():
        for _ in range(0 if name in left_out else runs):
            done[name] += 1
            wrong += [f"{name}: {fault}" for fault in work()[:3]]
    return done, wrong, left_out


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def _bytes_in(folder: Path) -> int:
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(-(-size // 4096) * 4096 for size in sizes) + 4096 * 8
