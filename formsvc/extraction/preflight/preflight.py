"""What can be said against a file before a parser sees it.

The checks search and count; they decode nothing but deflate, in bounded steps, and keep to fixed bounds of time and
memory whatever the bytes. They belong in the sandbox all the same, where a reader's job begins with them; only
`size_problem` is meant for the parent too, which must not hand over a terabyte.

A file that passes is one that our readers may try, not one that is a form.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from formsvc.errors import Code, Problem
from formsvc.extraction.preflight.package import package_problems
from formsvc.extraction.preflight.pdf import pdf_problems
from formsvc.extraction.preflight.picture import picture_problems
from formsvc.extraction.preflight.sniff import PICTURES, Kind, look, read_at, read_tail
from formsvc.extraction.sandbox.limits import FILE, FileLimits
from formsvc.forms.reading_json import problem_from_json, problem_to_json

_NEVER_READ: Mapping[Kind, Code] = MappingProxyType(
    {
        Kind.EMPTY: Code.EMPTY_FILE,
        Kind.ENCRYPTED_OFFICE: Code.ENCRYPTED,
        Kind.OLD_OFFICE: Code.OLD_FORMAT,
        Kind.OTHER_OFFICE: Code.OLD_FORMAT,
        Kind.ODT: Code.OLD_FORMAT,
        Kind.OFD: Code.OLD_FORMAT,
        Kind.RTF: Code.OLD_FORMAT,
        Kind.HEIC: Code.PHOTO_FORMAT,
        Kind.ZIP: Code.PACKED_FILE,
        Kind.RAR: Code.PACKED_FILE,
        Kind.SEVEN_ZIP: Code.PACKED_FILE,
        Kind.MAIL: Code.PACKED_FILE,
        Kind.HTML: Code.UNKNOWN_TYPE,
        Kind.TEXT: Code.UNKNOWN_TYPE,
        Kind.UNKNOWN: Code.UNKNOWN_TYPE,
    }
)
"""Kinds no reader takes, and what their sender is told."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is, and what forbids reading it."""

    kind: Kind
    problems: tuple[Problem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Write it down for the sandbox's pipe."""
        return {"kind": self.kind.value, "problems": [problem_to_json(problem) for problem in self.problems]}


def looked_from_json(data: Any) -> Looked:
    """Read what a child wrote; raises ValueError when it is out of shape."""
    try:
        return Looked(Kind(data["kind"]), tuple(problem_from_json(problem) for problem in data["problems"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a preflight out of shape") from error


def preflight(descriptor: int, limits: FileLimits = FILE) -> Looked:
    """Look at the open file; its position is left alone."""
    kind = look(descriptor)
    size = os.fstat(descriptor).st_size
    too_large = size_problem(kind, size, limits)
    if too_large:
        return Looked(kind, (too_large,))
    if kind in _NEVER_READ:
        facts = MappingProxyType({"finding": kind.value})
        return Looked(kind, (Problem(_NEVER_READ[kind], params=facts),))

    def fetch(count: int, offset: int) -> bytes:
        return read_at(descriptor, count, offset)

    tail = read_tail(descriptor)
    if kind in PICTURES:
        return Looked(kind, picture_problems(kind, fetch, size, limits))
    if kind is Kind.PDF:
        return Looked(kind, pdf_problems(descriptor, tail, limits))
    problems = package_problems(fetch, size, tail, limits)
    has_macros = any(problem.code is Code.MACRO for problem in problems)
    return Looked(Kind.DOCM if has_macros else kind, problems)


def size_problem(kind: Kind, size: int, limits: FileLimits = FILE) -> Problem | None:
    """Say whether a file of this kind is too large to be taken; `size` in bytes."""
    limit = limits.scan_bytes if kind in PICTURES or kind is Kind.PDF else limits.file_bytes
    if size <= limit:
        return None
    return Problem(Code.TOO_LARGE, params=MappingProxyType({"found": size, "limit": limit}))


def preflight_job(descriptor: int, request: Mapping[str, Any]) -> dict[str, Any]:
    """Look at a file inside the sandbox; the request may carry `limits`, the fields of FileLimits."""
    return preflight(descriptor, FileLimits(**request.get("limits", {}))).to_json()
