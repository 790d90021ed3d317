"""Recovery after processes that died with a thousand forms claimed: until the inbox is served again, and to the end.

Beside it the limit probe: listing the claims, and reading and statting what any taking over has to look at.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.corpus import a_workspace, member_form, members
from benchmarks.report import Spent, median_of, show, spent
from formsvc.inbox.spool import Spool
from formsvc.inbox.sweep import sweep
from formsvc.operations.outcome import Filed
from formsvc.operations.recover import left_behind
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import DocxTemplate
from formsvc.watch import watch_once

CLAIMS = 1000
RUNS = 3
_AT_ONCE = 32
"""Claims of one dead process: as many as a watch takes at once."""


def main() -> None:
    """Measure and print."""
    if not hasattr(os, "fork"):
        print("left out, for want of fork: recovery")
        return
    template = DocxTemplate(member_form())
    forms = [template.fill(year=2011, values=values) for values in members(CLAIMS)]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        limit, taken, many = [], [], []
        for run in range(RUNS):
            root = _left(Path(name) / str(run), forms, _AT_ONCE)
            limit.append(spent(partial(_looked_at, root), CLAIMS))
            taken.append(spent(partial(_take_over, root), CLAIMS))
            root = _left(Path(name) / f"alone{run}", forms, 1)
            many.append(spent(partial(_take_over, root), CLAIMS))
        root = _left(Path(name) / "all", forms, _AT_ONCE)
        all_of_it = spent(lambda: _serve(root), CLAIMS)
    _show(median_of(limit), median_of(taken), median_of(many), all_of_it)


def _show(limit: Spent, taken: Spent, many: Spent, all_of_it: Spent) -> None:
    def row(what: str, cost: Spent, goal: str) -> tuple[str, str, str]:
        return what, f"{cost.wall_ms * CLAIMS / 1000:.2f} s", f"{cost.cpu_ms * CLAIMS / 1000:.2f} s CPU{goal}"

    show(
        f"Recovery with {CLAIMS} claims in flight, medians of {RUNS} runs",
        [
            row("limit probe: list, stat and read the claims", limit, ""),
            row(f"taken over, {_AT_ONCE} of each dead process", taken, "; goal: <= 2 s"),
            row("taken over, one of each dead process", many, ""),
            row("every form answered (one run)", all_of_it, f"; {all_of_it.wall_ms:.1f} ms a form"),
        ],
    )


def _left(root: Path, forms: Sequence[bytes], at_once: int) -> Path:
    """Leave a workspace behind in which all forms are claimed, so many by each process that died."""
    a_workspace(root)
    for number, form in enumerate(forms):
        (root / "inbox" / f"form-{number:04}.docx").write_bytes(form)
    sys.stdout.flush()
    for start in range(0, len(forms), at_once):
        pid = os.fork()
        if pid == 0:
            spool = Spool(root / "inbox", f"dead-{start:04}")
            spool.__enter__()
            spool.claim(sweep(root / "inbox")[:at_once], "2011-02-21T09:30:00+08:00")
            os._exit(0)
        os.waitpid(pid, 0)
    os.sync()
    return root


def _looked_at(root: Path) -> None:
    for folder, _, names in os.walk(root / "inbox" / ".spool"):
        for name in names:
            path = Path(folder, name)
            path.stat()
            path.read_bytes()


def _take_over(root: Path) -> None:
    with open_workspace(root) as workspace, workspace.inbox_lock(), workspace.spool() as spool:
        claims = left_behind(workspace, spool)
    if len(claims) != CLAIMS:
        raise SystemExit(f"{len(claims)} of {CLAIMS} taken over")


def _serve(root: Path) -> None:
    began = time.perf_counter()
    with open_workspace(root) as workspace:
        filed = sum(isinstance(outcome, Filed) for outcome in watch_once(workspace))
    if filed != CLAIMS:
        raise SystemExit(f"{filed} of {CLAIMS} filed in {time.perf_counter() - began:.0f} s")
