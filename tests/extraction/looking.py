"""Looks at bytes as at a file."""

from __future__ import annotations

import tempfile

from formsvc.errors import Code
from formsvc.extraction.preflight.preflight import Looked, preflight
from formsvc.extraction.sandbox.limits import FILE, FileLimits


def look(data: bytes, limits: FileLimits = FILE) -> Looked:
    """Put the bytes into a file without a name and look at it."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return preflight(file.fileno(), limits)


def findings(looked: Looked) -> list[tuple[Code, object]]:
    """Give what was found, without the figures."""
    return [(problem.code, problem.params["finding"]) for problem in looked.problems]
