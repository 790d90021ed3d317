"""What durability costs: typed forms filed with every sync, and the same with the syncs taken out from underneath.

Both are the same program in a process of its own, started with a library before the system's whose sync calls are
timed, or do nothing (SQLite's own go through it too); it is compiled on the spot, and without a C compiler the
benchmark says so and measures nothing. The runs alternate, so that other work on the machine falls on both alike. Where
that work is heavy the difference of the two drowns in it; the time inside the sync calls beside the processor time of
the serving process (its readers left out, which makes the share larger) still tells.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import a_workspace, member_form, members
from benchmarks.report import show
from formsvc.operations.outcome import Filed
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import DocxTemplate
from formsvc.watch import watch_once

FORMS = 96
SINGLY = 12
RUNS = 3
_PROBES = 40
_GROUPED, _SINGLE = "at once", "one by one"
_SYNCS = r"""
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static long long spent, count;
static int timed(long number, int descriptor) {
    struct timespec a, b;
    count++;
    if (NOTHING) return 0;
    clock_gettime(CLOCK_MONOTONIC, &a);
    int result = syscall(number, descriptor);
    clock_gettime(CLOCK_MONOTONIC, &b);
    spent += (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec;
    return result;
}
int fsync(int d) { return timed(SYS_fsync, d); }
int fdatasync(int d) { return timed(SYS_fdatasync, d); }
int syncfs(int d) { return timed(SYS_syncfs, d); }
long long sync_ns(void) { return spent; }
long long sync_count(void) { return count; }
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What filing took, for each form."""

    wall_ms: float
    cpu_ms: float
    sync_ms: float
    syncs: float


def main() -> None:
    """Measure and print."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        print("left out, for want of a C compiler: what durability costs")
        return
    template = DocxTemplate(member_form())
    forms = [template.fill(year=2011, values=values) for values in members(FORMS)]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        top = Path(name)
        timed, nothing = _library(compiler, top, "timed"), _library(compiler, top, "nothing")
        rows = [("one sync of 4 KiB on this disk, median", f"{_sync_ms(top):.2f} ms", "")]
        for how, count in ((_GROUPED, FORMS), (_SINGLE, SINGLY)):
            safe, unsafe = [], []
            for run in range(RUNS):
                unsafe.append(_filed(top / f"unsafe-{how}-{run}", forms[:count], how, nothing))
                safe.append(_filed(top / f"safe-{how}-{run}", forms[:count], how, timed))
            rows += _rows(how, count, safe, unsafe)
    show(f"Typed forms with and without syncs, medians of {RUNS} runs, per form", rows)


def _rows(how: str, count: int, safe: Sequence[Cost], unsafe: Sequence[Cost]) -> list[tuple[str, str, str]]:
    goal = "goal: <= 25 %" if how == _GROUPED else ""
    with_wall, without_wall = (statistics.median(cost.wall_ms for cost in costs) for costs in (safe, unsafe))
    cpu, sync = statistics.median(cost.cpu_ms for cost in safe), statistics.median(cost.sync_ms for cost in safe)
    return [
        (
            f"{count} forms {how}, with every sync",
            f"{with_wall:.2f} ms wall",
            f"{cpu:.2f} ms CPU of the serving process",
        ),
        (f"{count} forms {how}, without", f"{without_wall:.2f} ms wall", ""),
        ("inside the sync calls", f"{sync:.2f} ms", f"{statistics.median(cost.syncs for cost in safe):.1f} calls"),
        ("share of durability by the clock", f"{max(0.0, 1 - without_wall / with_wall) * 100:.0f} %", goal),
        ("share of the sync calls in syncs and processor", f"{sync / (sync + cpu) * 100:.0f} %", goal),
    ]


def _library(compiler: str, folder: Path, name: str) -> Path:
    source, library = folder / "syncs.c", folder / f"{name}.so"
    source.write_text(_SYNCS, encoding="ascii")
    define = f"-DNOTHING={int(name == 'nothing')}"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", define, "-o", library, source], check=True)
    return library


def _filed(root: Path, forms: Sequence[bytes], how: str, library: Path) -> Cost:
    """File forms in a process of its own; the first of them only warms it up."""
    a_workspace(root)
    (root / "drops").mkdir()
    for number, form in enumerate(forms):
        (root / "drops" / f"form-{number:04}.docx").write_bytes(form)
    os.sync()
    words = [sys.executable, "-m", "benchmarks.bench_durability", str(root), how]
    environ = {**os.environ, "LD_PRELOAD": str(library)}
    done = subprocess.run(words, env=environ, stdout=subprocess.PIPE, check=True, text=True)
    shutil.rmtree(root)
    return Cost(*(float(figure) / (len(forms) - 1) for figure in done.stdout.split()))


def _serve(root: Path, how: str) -> tuple[float, float, float, float]:
    """File what lies among the drops; return milliseconds by the clock, of the processor, in syncs, and their count."""
    libc = ctypes.CDLL(None)
    libc.sync_ns.restype = libc.sync_count.restype = ctypes.c_longlong
    warm, *drops = sorted((root / "drops").iterdir())
    groups = [[warm], *([drops] if how == _GROUPED else [[drop] for drop in drops])]
    with open_workspace(root) as workspace:
        wall = cpu = began_syncs = began_count = 0.0
        for number, group in enumerate(groups):
            if number == 1:
                began_syncs, began_count = libc.sync_ns(), libc.sync_count()
            for drop in group:
                drop.rename(root / "inbox" / drop.name)
            began, used = time.perf_counter(), time.process_time()
            filed = sum(isinstance(outcome, Filed) for outcome in watch_once(workspace))
            if number:
                wall += (time.perf_counter() - began) * 1000
                cpu += (time.process_time() - used) * 1000
            if filed != len(group):
                raise SystemExit(f"{filed} of {len(group)} filed")
        return wall, cpu, (libc.sync_ns() - began_syncs) / 1e6, libc.sync_count() - began_count


def _sync_ms(folder: Path) -> float:
    times = []
    for number in range(_PROBES):
        descriptor = os.open(folder / f"probe-{number}", os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, b"x" * 4096)
        began = time.perf_counter()
        os.fsync(descriptor)
        times.append((time.perf_counter() - began) * 1000)
        os.close(descriptor)
    return statistics.median(times)


if __name__ == "__main__":
    print(*_serve(Path(sys.argv[1]), sys.argv[2]))
