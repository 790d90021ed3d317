"""How measurements are shown: medians, beside their limit and their peer, as ratios."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Spent:
    """What one run took, per item."""

    wall_ms: float
    cpu_ms: float
    """Of this process and the children that ended during the run."""


def spent(work: Callable[[], object], items: int) -> Spent:
    """Run once and return what it took for each of so many items."""
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return Spent((time.perf_counter() - wall) / items * 1000, (_cpu() - cpu) / items * 1000)


def median_of(runs: Sequence[Spent]) -> Spent:
    """Return the medians of several runs."""
    return Spent(statistics.median(run.wall_ms for run in runs), statistics.median(run.cpu_ms for run in runs))


def show(title: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """Print a small table: what, figure, remark."""
    print(f"\n{title}")
    for what, figure, remark in rows:
        print(f"  {what:<46} {figure:>16}   {remark}")


def pss_mib(pids: Sequence[int]) -> float:
    """Return the proportional set size of processes, in MiB; 0 where the system does not tell."""
    total = 0
    for pid in pids:
        with suppress(OSError):  # a child may have ended meanwhile
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
