"""The programs that are measured, each in a process of its own that reads the same pages one after the other."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import cv2

from benchmarks.scans.generate import known_forms
from benchmarks.scans.scoring import FieldRead, PageRead
from formsvc.errors import Weight
from formsvc.extraction.preflight.sniff import look
from formsvc.extraction.scan.page import ScanPage
from formsvc.extraction.scan.pixels import Undecoded, pages_of
from formsvc.extraction.scan.reader import ReadPage, ScanReader
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.models import load_models

Program = Callable[[ScanPage], PageRead]


@dataclass(frozen=True)
class Run:
    """What one process made of its pages."""

    pages: Sequence[PageRead]
    peak_mib: float


def run(program: str, paths: Sequence[Path], roster: Sequence[str] = ()) -> Run:
    """Read files of one page; the first is read once beforehand, so that loading is not counted."""
    # Each process loads its own program alone, so that nobody's memory counts for another.
    read = _formsvc(roster) if program == "formsvc" else import_module("benchmarks.scans.peers").PEERS[program]()
    found = [_timed(read, path) for path in paths[:1]] and [_timed(read, path) for path in paths]
    return Run(found, _peak_mib())


def is_there(program: str) -> bool:
    """Say whether a program can be run here."""
    if program != "tesseract":
        return True
    if shutil.which("tesseract") is None:
        return False
    known = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False).stdout
    return "chi_sim" in known


def _timed(read: Program, path: Path) -> PageRead:
    wall, cpu = time.perf_counter(), _cpu()
    try:
        page = page_of(path)
        found = PageRead(None, failed="undecoded") if page is None else read(page)
    except Exception as error:  # noqa: BLE001 - one page that breaks a program is a finding, not the end
        found = PageRead(None, failed=f"{type(error).__name__}: {error}")
    return replace(found, wall=time.perf_counter() - wall, cpu=_cpu() - cpu)


def _peak_mib() -> float:
    """Return the most memory this process ever had; getrusage would count that of its parent, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def page_of(path: Path) -> ScanPage | None:
    """Return the pixels of a file of one page, as the product decodes them; None if it cannot."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        page = next(iter(pages_of(look(descriptor), path.read_bytes(), [1])))
    finally:
        os.close(descriptor)
    return None if isinstance(page, Undecoded) else page


def _formsvc(roster: Sequence[str]) -> Program:
    cv2.setNumThreads(0)
    reader = ScanReader(list(known_forms().values()), load_models())
    lexicon = Lexicon(names=roster)

    def read(page: ScanPage) -> PageRead:
        found = reader.read(page, lexicon, number=1)
        if not isinstance(found, ReadPage):
            return PageRead(None, decision=type(found).__name__)
        reading = found.reading
        questions = [problem for problem in reading.problems if problem.code.weight is not Weight.NOTES]
        asked = {problem.field for problem in questions}
        codes = [f"{problem.code.name} {problem.field or ''}" for problem in questions]
        fields = {
            key: FieldRead(one.value, one.raw, one.confidence, asked=key in asked)
            for key, one in reading.fields.items()
        }
        return PageRead(reading.form, fields, reading.decision.value, codes, reading.year.value)

    return read
