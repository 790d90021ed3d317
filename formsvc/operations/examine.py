"""Takes a claimed submission's hash and has it read in the sandbox; decides nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from formsvc import durable
from formsvc.errors import Code, Problem
from formsvc.extraction.preflight.sniff import Kind, look
from formsvc.extraction.sandbox.limits import TYPED_CHILD
from formsvc.extraction.sandbox.one_shot import OneShotJob
from formsvc.extraction.sandbox.outcome import Answer, Outcome, problem_of
from formsvc.extraction.sandbox.sandbox import Job
from formsvc.forms.fitting import fits
from formsvc.forms.reading import Reading, YearReading
from formsvc.forms.reading_json import reading_from_json
from formsvc.forms.spec import FormSpec
from formsvc.inbox.spool import Claim
from formsvc.operations.workspace import Workspace
from formsvc.rendering.pictures import raster_of

_CHUNK = 1 << 20
_LIMITS = dataclasses.replace(TYPED_CHILD, answer_bytes=16 << 20)
"""Readings may bring pictures along."""
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


def examine(workspace: Workspace, claims: Sequence[Claim]) -> Iterator[Submission]:
    """Yield each claim with its readings, in order; the files are read side by side."""
    begun = [begin(workspace, claim.original) for claim in claims]
    for claim, work in zip(claims, begun, strict=True):
        yield Submission(claim, work.sha256, work.size, work.readings())


@dataclass(frozen=True, slots=True)
class Begun:
    """A file being read."""

    sha256: str
    size: int
    job: Job | OneShotJob | Problem
    forms: Mapping[str, FormSpec]

    def readings(self) -> tuple[Reading, ...]:
        """Wait for the readings; ask once."""
        return (refusal(self.job),) if isinstance(self.job, Problem) else readings_of(self.job.result(), self.forms)


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
        job = workspace.reader.submit(opened.descriptor, workspace.read_request, _LIMITS, modules)
        return Begun(sha256, opened.size, job, workspace.forms)


def unread(claim: Claim, problem: Problem) -> Submission:
    """Return a claim as a submission that is refused for this, without reading it."""
    opened = durable.open_regular(claim.original)
    if not isinstance(opened, durable.OpenFile):
        return Submission(claim, "", 0, (refusal(problem),))
    with opened:
        return Submission(claim, hash_of(opened.descriptor), opened.size, (refusal(problem),))


def readings_of(outcome: Outcome, forms: Mapping[str, FormSpec]) -> tuple[Reading, ...]:
    """Return the readings in what the sandbox gave back, distrusting it: numbered from 1, and of these forms."""
    if not isinstance(outcome, Answer):
        return (refusal(problem_of(outcome)),)
    try:
        readings = tuple(reading_from_json(data) for data in _list(outcome.value))
    except ValueError:
        readings = ()
    numbers = [one.number for one in readings]
    if numbers != [*range(1, len(readings) + 1)] or not all(_is_sound(forms, one) for one in readings):
        readings = ()
    return readings or (refusal(Problem(Code.READER_STOPPED, params={"reason": "answer"})),)


def _is_sound(forms: Mapping[str, FormSpec], reading: Reading) -> bool:
    try:
        return fits(forms, reading) and all(raster_of(picture) for picture in reading.pictures)
    except (ValueError, struct.error, zlib.error):
        return False


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


def _list(value: Any) -> list[Any]:
    found = value.get("readings") if isinstance(value, dict) else None
    if not isinstance(found, list):
        raise ValueError("no readings")  # noqa: TRY004 - one error for every answer out of shape
    return found
