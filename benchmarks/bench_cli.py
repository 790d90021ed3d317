"""How long the command line takes to answer, beside a bare Python and beside what it cannot do without.

Each run is a process of its own, as a person starts it, in turn, so that a busy machine is busy for all of them; the
medians count. Goal: `formsvc find NAME YEAR` at most 7 times a bare Python start, of which click and sqlite3 alone
take 5.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench_index import entries
from benchmarks.corpus import a_workspace
from benchmarks.report import Spent, median_of, show, spent
from formsvc.index.building import rebuild
from formsvc.index.entry import Entry

GOAL = 7
RUNS = 41
RECORDS = 10_000
_FORMSVC = "from formsvc.cli import main; main()"
"""What the installed command runs."""


def main(runs: int = RUNS) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = a_workspace(Path(folder) / "office")
        (root / ".formsvc").mkdir(exist_ok=True)
        rebuild(root / ".formsvc" / "index.db", map(_with_path, entries(RECORDS)), "0")
        sought = next(iter(entries(1)))
        programs = {
            "bare Python": ["pass"],
            "Python with click and sqlite3": ["import click, sqlite3"],
            "formsvc find NAME YEAR": [_FORMSVC, "find", sought.name, str(sought.year)],
            "formsvc find NAME --json": [_FORMSVC, "find", sought.name, "--json"],
            "formsvc --help": [_FORMSVC, "--help"],
            "formsvc find --help": [_FORMSVC, "find", "--help"],
            "formsvc queue": [_FORMSVC, "queue"],
        }
        medians = _medians(programs, root, runs)
    bare = medians["bare Python"]
    rows = [
        (
            name,
            f"{took.wall_ms:.1f} ms",
            f"{took.wall_ms / bare.wall_ms:.2f} times bare (CPU {took.cpu_ms / bare.cpu_ms:.2f})",
        )
        for name, took in medians.items()
    ]
    ratio = medians["formsvc find NAME YEAR"].wall_ms / bare.wall_ms
    rows.append(("find / bare Python", f"{ratio:.2f}", f"goal {GOAL}: {'met' if ratio <= GOAL else 'MISSED'}"))
    show("The command line, a process each", rows)


def _with_path(entry: Entry) -> Entry:
    """Let a record's document name its folder, as real ones do."""
    document = {**json.loads(entry.document), "path": f"archive/{entry.path}"}
    return dataclasses.replace(entry, document=json.dumps(document, ensure_ascii=False))


def _medians(programs: dict[str, list[str]], root: Path, runs: int) -> dict[str, Spent]:
    """Return what each program takes; one turn beforehand compiles what is imported."""
    with tempfile.TemporaryDirectory() as compiled:
        environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environ |= {"PYTHONPYCACHEPREFIX": compiled, "PYTHONPATH": str(Path(__file__).parents[1])}
        turns = [{name: _run(words, root, environ) for name, words in programs.items()} for _ in range(runs + 1)]
    return {name: median_of([turn[name] for turn in turns[1:]]) for name in programs}


def _run(words: Sequence[str], root: Path, environ: dict[str, str]) -> Spent:
    command = [sys.executable, "-c", *words]
    return spent(lambda: subprocess.run(command, cwd=root, env=environ, capture_output=True, check=True), 1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
