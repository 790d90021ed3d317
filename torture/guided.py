"""Mutations guided by coverage: atheris (libFuzzer) drives the readers' job, where it is installed.

It is no dependency: it comes as a wheel for some systems only. Whatever the job throws is what the sandbox tells as a
code; a crash, a hang or too much memory ends the run, and libFuzzer leaves the input behind.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from formsvc.extraction.sandbox.limits import MEBIBYTE, TYPED_CHILD
from torture.ledger import Ledger
from torture.mutants import seeds

_DONE = re.compile(r"#(\d+)\s.*cov: (\d+) ft: (\d+)")


@dataclass(slots=True)
class Guided:
    """What came of it."""

    runs: int = 0
    minutes: float = 0.0
    covered_by_seeds: int = 0
    """Edges of the readers' code that the seeds reached."""
    covered: int = 0
    """Edges that were reached in the end."""
    ended: int = 0
    """Runs that a crash, a hang or too much memory ended."""


def is_there() -> bool:
    """Whether atheris is installed."""
    return importlib.util.find_spec("atheris") is not None


def guided(folder: Path, minutes: float, ledger: Ledger[Guided]) -> None:
    """Fuzz for so many minutes in a process of its own, and go on with the inputs found worth keeping before.

    They are kept in `folder`, as are inputs that crash.
    """
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (corpus / f"{number}.{seed.kind}").write_bytes(seed.data)
    limits = [f"-timeout={int(TYPED_CHILD.wall_s)}", f"-rss_limit_mb={TYPED_CHILD.address_space // MEBIBYTE}"]
    words = [sys.executable, "-m", "torture.guided", str(corpus), f"-max_total_time={int(minutes * 60)}", *limits]
    began = time.monotonic()
    run = subprocess.run(
        [*words, f"-artifact_prefix={folder}/", "-max_len=200000", "-print_final_stats=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    told = [tuple(map(int, found)) for found in _DONE.findall(run.stdout.decode("utf-8", "replace"))]
    done = ledger.figures
    done.minutes += (time.monotonic() - began) / 60
    done.ended += int(run.returncode != 0)
    if told:
        done.runs += told[-1][0]
        done.covered_by_seeds = done.covered_by_seeds or told[0][1]
        done.covered = max(done.covered, told[-1][1])
    ledger.save()


def _drive() -> None:
    """Be the process that libFuzzer drives."""
    import atheris  # noqa: PLC0415 - only where it is installed

    with atheris.instrument_imports(include=["formsvc.extraction", "formsvc.forms"]):
        from formsvc.extraction.pdf import reader  # noqa: F401, PLC0415 - to be instrumented
        from formsvc.extraction.read import prepare, read_job  # noqa: PLC0415 - as above
    root = Path(__file__).resolve().parent.parent
    forms = {path.parent.name: path.read_text("utf-8") for path in root.glob("templates/*/form.toml")}
    request: Mapping[str, object] = {"forms": forms}
    prepare(request)
    descriptor = os.memfd_create("input")

    def one(data: bytes) -> None:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, data, 0)
        with suppress(Exception):  # as at the door of the worker in the sandbox, which tells it as a code
            read_job(descriptor, request)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    _drive()
