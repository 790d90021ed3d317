"""Many forms through one process: whether the last ones are filed as fast as the first, and nothing grows.

With a folder of its own for the office the soak goes on in slices, each a process; what grows is told slice by slice.
"""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from formsvc.operations.outcome import Filed
from formsvc.operations.workspace import open_workspace
from formsvc.watch import watch_once
from torture.corpus import filled, workspace_in
from torture.ledger import Ledger

GROUP = 20
"""Forms dropped at once."""
_SAVE_EVERY = 10


@dataclass
class Soaked:
    """What a soak showed; times are by group, in milliseconds a form."""

    forms: int = 0
    times: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    """Processor time, which other work on the machine does not change much."""
    slices: list[list[float]] = field(default_factory=list)
    """Of each process: its forms, memory in MiB and descriptors after a tenth of them, and those in the end."""

    def p95(self) -> tuple[float, float]:
        """Return the 95th percentile of the first and the last tenth."""
        first, last = _tenths(self.times)
        return _p95(first), _p95(last)

    def cpu(self) -> tuple[float, float]:
        """Return the median processor time of the first and the last tenth."""
        first, last = _tenths(self.spent)
        return statistics.median(first), statistics.median(last)


def soak(folder: Path, forms: int, minutes: float = 0.0, ledger: Ledger[Soaked] | None = None) -> Soaked:
    """File forms, group by group, in one process, until so many are filed or the minutes are over."""
    ledger = ledger or Ledger(None, "soak", Soaked)
    if not (folder / "formsvc.toml").exists():
        workspace_in(folder, {})
        ledger.figures = Soaked()
    done, began = ledger.figures, time.monotonic()
    first = done.forms
    memory: list[float] = []
    descriptors: list[int] = []
    done.slices.append([])
    with open_workspace(folder) as workspace:
        list(watch_once(workspace))  # what a slice that was ended left
        while done.forms < forms and not (minutes and time.monotonic() - began > minutes * 60):
            for number in range(done.forms, min(done.forms + GROUP, forms)):
                (workspace.inbox / f"{number}.docx").write_bytes(filled(number))
            start, before = time.perf_counter(), time.process_time()
            count = sum(isinstance(outcome, Filed) for outcome in watch_once(workspace))
            if count:  # none when the ledger was not told of them in time
                done.times.append((time.perf_counter() - start) * 1000 / count)
                done.spent.append((time.process_time() - before) * 1000 / count)
            done.forms = min(done.forms + GROUP, forms)
            memory.append(_memory_mib())
            descriptors.append(len(list(Path("/proc/self/fd").iterdir())))
            tenth = len(memory) // 10
            done.slices[-1] = [done.forms - first, memory[tenth], descriptors[tenth], memory[-1], descriptors[-1]]
            if len(memory) % _SAVE_EVERY == 0:
                ledger.save()
    done.slices = [one for one in done.slices if one]
    ledger.save()
    return done


def _tenths(values: list[float]) -> tuple[list[float], list[float]]:
    """Return the first and the last tenth of the groups, without the very first, which starts everything."""
    tenth = max(2, len(values) // 10)
    return values[1 : tenth + 1], values[-tenth:]


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def _memory_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
