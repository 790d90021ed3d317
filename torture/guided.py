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
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from formsvc.extraction.sandbox.limits import MEBIBYTE, TYPED_CHILD
from torture.mutants import seeds

_DONE = re.compile(r"#(\d+)\s.*cov: (\d+) ft: (\d+)")


@dataclass(frozen=True, slots=True)
class Guided:
    """What came of it."""

    runs: int
    covered: int
    """Edges of the readers' code that were reached, of the seeds and of all."""
    covered_by_seeds: int
    code: int
    """The exit code: 0 when nothing crashed, hung or took too much memory."""


def is_there() -> bool:
    """Whether atheris is installed."""
    return importlib.util.find_spec("atheris") is not None


def guided(folder: Path, minutes: float) -> Guided:
    """Fuzz for so many minutes in a process of its own; inputs that crash are left in `folder`."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds()):
        (corpus / f"{number}.{seed.kind}").write_bytes(seed.data)
    limits = [f"-timeout={int(TYPED_CHILD.wall_s)}", f"-rss_limit_mb={TYPED_CHILD.address_space // MEBIBYTE}"]
    words = [sys.executable, "-m", "torture.guided", str(corpus), f"-max_total_time={int(minutes * 60)}", *limits]
    done = subprocess.run(
        [*words, f"-artifact_prefix={folder}/", "-max_len=200000", "-print_final_stats=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    told = [tuple(map(int, found)) for found in _DONE.findall(done.stdout.decode("utf-8", "replace"))]
    first, last = (told[0], told[-1]) if told else ((0, 0, 0), (0, 0, 0))
    return Guided(last[0], last[1], first[1], done.returncode)


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
