"""Checks of a whole archive: names and chains alone, and every byte, beside `sha256sum` over the same files."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.report import median_of, show, spent
from formsvc.archive.fixity import Inspection
from formsvc.operations.workspace import open_workspace
from formsvc.watch import watch_once
from torture.corpus import filled, workspace_in

FORMS = 100
_TIMES = 5
"""So many years get the same records, so that there is more to walk through."""
RUNS = 3


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        root = workspace_in(Path(name) / "office", {f"{number}.docx": filled(number) for number in range(FORMS)})
        with open_workspace(root) as workspace:
            list(watch_once(workspace))
            archive = workspace.archive_folder
            for more in range(1, _TIMES):
                shutil.copytree(archive / "2011", archive / f"{2011 + more}")
            files = [str(path) for path in archive.rglob("*") if path.is_file()]
            size = sum(Path(path).stat().st_size for path in files)
            store = workspace.archive_store
            quick = median_of(
                [spent(lambda: list(Inspection(store, full=False).findings()), len(files)) for _ in range(RUNS)]
            )
            full = median_of(
                [spent(lambda: list(Inspection(store, full=True).findings()), len(files)) for _ in range(RUNS)]
            )
            words = ["xargs", "-0", "sha256sum"]
            text = "\0".join(files).encode()
            peer = median_of(
                [
                    spent(lambda: subprocess.run(words, input=text, stdout=subprocess.DEVNULL, check=True), len(files))
                    for _ in range(RUNS)
                ]
            )
    show(
        f"Check of {len(files)} files, {size / 2**20:.0f} MiB, medians of {RUNS} runs",
        [
            ("sha256sum", f"{1000 / peer.wall_ms:.0f} files/s", f"{peer.cpu_ms:.3f} ms CPU a file"),
            (
                "check --quick",
                f"{1000 / quick.wall_ms:.0f} files/s",
                f"{quick.cpu_ms:.3f} ms CPU; goal: >= 10000 files/s",
            ),
            ("check --full", f"{1000 / full.wall_ms:.0f} files/s", f"{full.cpu_ms:.3f} ms CPU a file"),
            ("check --full / sha256sum in CPU", f"{peer.cpu_ms / full.cpu_ms:.2f}", "goal: >= 0.6 of its speed"),
        ],
    )
