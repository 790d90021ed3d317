"""Many forms through one process: whether the last ones are filed as fast as the first, and nothing grows."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from formsvc.operations.outcome import Filed
from formsvc.operations.workspace import open_workspace
from formsvc.watch import watch_once
from torture.corpus import filled, workspace_in

_GROUP = 20
"""Forms dropped at once."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a soak showed, its first and last tenth."""

    forms: int
    p95_first_ms: float
    p95_last_ms: float
    cpu_first_ms: float
    """Processor time of a form, which other work on the machine does not change much: the median of the first tenth."""
    cpu_last_ms: float
    memory_first_mib: float
    memory_last_mib: float
    descriptors_first: int
    descriptors_last: int


def soak(folder: Path, forms: int) -> Soaked:
    """File so many forms, group by group, in one process."""
    root = workspace_in(folder, {})
    times: list[float] = []
    spent: list[float] = []
    memory: list[float] = []
    descriptors: list[int] = []
    with open_workspace(root) as workspace:
        for start in range(0, forms, _GROUP):
            for number in range(start, min(start + _GROUP, forms)):
                (workspace.inbox / f"{number}.docx").write_bytes(filled(number))
            began, before = time.perf_counter(), time.process_time()
            count = sum(isinstance(outcome, Filed) for outcome in watch_once(workspace))
            times.append((time.perf_counter() - began) * 1000 / count)
            spent.append((time.process_time() - before) * 1000 / count)
            memory.append(_memory_mib())
            descriptors.append(len(list(Path("/proc/self/fd").iterdir())))
    tenth = max(2, len(times) // 10)
    return Soaked(
        forms,
        _p95(times[1 : tenth + 1]),
        _p95(times[-tenth:]),
        statistics.median(spent[1 : tenth + 1]),
        statistics.median(spent[-tenth:]),
        memory[tenth],
        memory[-1],
        descriptors[tenth],
        descriptors[-1],
    )


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def _memory_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
