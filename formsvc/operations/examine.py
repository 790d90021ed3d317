"""Takes a claimed submission's hash and has it read in the sandbox; decides nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from formsvc import durable
from formsvc.errors import Code, Problem
from formsvc.extraction.preflight.sniff import Kind, look
from formsvc.extraction.sandbox.limits import FILE, TYPED_CHILD, ChildLimits
from formsvc.extraction.sandbox.one_shot import OneShotJob
from formsvc.extraction.sandbox.outcome import Answer, Outcome, problem_of
from formsvc.extraction.sandbox.sandbox import Job
from formsvc.forms.reading import Reading, YearReading
from formsvc.forms.spec import FormSpec
from formsvc.inbox.spool import Claim
from formsvc.operations.checked import sound_readings
from formsvc.operations.scanning import Pages, Scanned, can_read_scans, read_scans, renumbered
from formsvc.operations.workspace import Workspace

_CHUNK = 1 << 20
_ANSWER_BYTES = 16 << 20
"""Readings may bring pictures along."""
_MOST_PAGES = 100_000
_PDF_MODULES = ("formsvc.extraction.pdf.reader",)
"""What the reader server imports before it forks for its first PDF."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A claimed file and what was read in it."""

    claim: Claim
    sha256: str
    """Empty for what is no regular file, or one too large to be looked at."""
    size: int
    readings: tuple[Reading, ...]
    """At least one: a file that cannot be read has one reading that refuses."""
    pages: int = 0
    """How many pages the file has; 0 where that is not known."""
    blank: tuple[int, ...] = ()
    """Pages on which there is nothing."""


def examine(workspace: Workspace, claims: Sequence[Claim]) -> Iterator[Submission]:
    """Yield each claim with its readings, in order; the files are read side by side."""
    begun = [begin(workspace, claim.original) for claim in claims]
    looked = [work.look() for work in begun]
    scans = _scans(workspace, [Pages(claim.original, one.scanned) for claim, one in zip(claims, looked, strict=True)])
    for claim, work, one, scanned in zip(claims, begun, looked, scans, strict=True):
        blank = () if scanned is None else scanned.blank
        yield Submission(claim, work.sha256, work.size, one.with_scans(scanned), one.pages, blank)


def _scans(workspace: Workspace, files: Sequence[Pages], *, draw: bool = False) -> Iterator[Scanned | None]:
    """Yield what the reader of scans says of each file, or None when there is no such reader."""
    if can_read_scans() and any(file.numbers for file in files):
        yield from read_scans(workspace, files, draw=draw)
    else:
        yield from (None for _ in files)


def examine_file(workspace: Workspace, path: Path, *, draw: bool = False) -> tuple[tuple[Reading, ...], Scanned | None]:
    """Return the readings of one file, and what its scanned pages gave."""
    looked = begin(workspace, path).look()
    (scanned,) = _scans(workspace, [Pages(path, looked.scanned)], draw=draw)
    return looked.with_scans(scanned), scanned


@dataclass(frozen=True, slots=True)
class Looked:
    """What the first look at a file gave."""

    readings: tuple[Reading, ...]
    """At least one."""
    scanned: tuple[int, ...] = ()
    """Pages that are pictures of text."""
    pages: int = 0
    """How many pages there are; 0 where that is not known."""

    def with_scans(self, scanned: Scanned | None) -> tuple[Reading, ...]:
        """Return the readings with those of the scanned pages in the place of what could not be read."""
        if scanned is None or not scanned.readings:
            return self.readings
        typed = [reading for reading in self.readings if reading.form is not None]
        return renumbered([*typed, *scanned.readings])


@dataclass(frozen=True, slots=True)
class Begun:
    """A file being read."""

    sha256: str
    size: int
    job: Job | OneShotJob | Problem
    forms: Mapping[str, FormSpec]

    def look(self) -> Looked:
        """Wait for what the first look gives; ask once."""
        if isinstance(self.job, Problem):
            return Looked((refusal(self.job),))
        return looked_of(self.job.result(), self.forms)


def begin(workspace: Workspace, path: Path) -> Begun:
    """Hash a file and begin to read it; a file that is none, or too large, is refused at once."""
    opened = durable.open_regular(path)
    if not isinstance(opened, durable.OpenFile):
        return Begun("", 0, Problem(Code.NOT_A_FILE, params={"kind": opened.value}), {})
    with opened:
        limit = workspace.settings.limits.scan_mb << 20
        if opened.size > limit:
            return Begun("", opened.size, Problem(Code.TOO_LARGE, params={"found": opened.size, "limit": limit}), {})
        sha256 = hash_of(opened.descriptor)
        modules = _PDF_MODULES if look(opened.descriptor) is Kind.PDF else ()
        job = workspace.reader.submit(opened.descriptor, workspace.read_request, _limits(opened.size), modules)
        return Begun(sha256, opened.size, job, workspace.forms)


def _limits(size: int) -> ChildLimits:
    """Return what the first look at a file of so many bytes may use: it lies in memory whole, and once more mapped."""
    room = TYPED_CHILD.address_space + 2 * size
    return dataclasses.replace(TYPED_CHILD, answer_bytes=_ANSWER_BYTES, address_space=room)


def unread(claim: Claim, problem: Problem) -> Submission:
    """Return a claim as a submission that is refused for this, without reading it."""
    opened = durable.open_regular(claim.original)
    if not isinstance(opened, durable.OpenFile):
        return Submission(claim, "", 0, (refusal(problem),))
    with opened:
        return Submission(claim, hash_of(opened.descriptor), opened.size, (refusal(problem),))


def looked_of(outcome: Outcome, forms: Mapping[str, FormSpec]) -> Looked:
    """Return what the sandbox gave back, distrusting it."""
    if not isinstance(outcome, Answer):
        return Looked((refusal(problem_of(outcome)),))
    try:
        readings, scanned = sound_readings(outcome.value, forms), _scanned(outcome.value)
        pages = _pages(outcome.value)
    except ValueError:
        readings, scanned, pages = (), (), 0
    return Looked(readings or (refusal(Problem(Code.READER_STOPPED, params={"reason": "answer"})),), scanned, pages)


def _scanned(value: Any) -> tuple[int, ...]:
    """Return the pages that wait for the reader of scans, as the sandbox names them; raises ValueError."""
    match value.get("scanned", []):
        case [*pages] if all(isinstance(page, int) and page > 0 for page in pages) and len(pages) <= FILE.scanned:
            return tuple(sorted(set(pages)))
        case _:
            raise ValueError("scanned pages out of shape")


def _pages(value: Any) -> int:
    """Return how many pages a file has, as the sandbox says; raises ValueError."""
    match value.get("pages", 0):
        case int(pages) if 0 <= pages <= _MOST_PAGES:
            return pages
        case _:
            raise ValueError("a number of pages out of shape")


def refusal(problem: Problem) -> Reading:
    """Return the reading of a file in which no form could be read."""
    return Reading(1, None, None, YearReading(None, None, 0.0), {}, (problem,))


def hash_of(descriptor: int) -> str:
    """Return the SHA-256 of an open file's bytes."""
    digest = hashlib.sha256()
    os.lseek(descriptor, 0, os.SEEK_SET)
    while chunk := os.read(descriptor, _CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
