"""Reads one file as the inbox would, and files nothing."""

from __future__ import annotations

from pathlib import Path

from formsvc.forms.reading import Reading
from formsvc.operations.examine import examine_file
from formsvc.operations.workspace import Workspace


def extract(workspace: Workspace, path: Path) -> tuple[Reading, ...]:
    """Return what is read in a file, form by form; a file that is refused has one reading that refuses."""
    return examine_file(workspace, path)[0]
