"""Reads one file as the inbox would, and files nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from formsvc import chinese, durable
from formsvc.forms.reading import Reading
from formsvc.operations.blank import free_path
from formsvc.operations.examine import examine_file
from formsvc.operations.workspace import Workspace

_PNG = b"\x89PNG\r\n\x1a\n"


def extract(workspace: Workspace, path: Path) -> tuple[Reading, ...]:
    """Return what is read in a file, form by form; a file that is refused has one reading that refuses."""
    return examine_file(workspace, path)[0]


def extract_drawn(workspace: Workspace, path: Path, folder: Path) -> tuple[tuple[Reading, ...], list[Path]]:
    """Return what `extract` does, and the pictures written to the folder: each scanned page with what was read."""
    readings, scanned = examine_file(workspace, path, draw=True)
    durable.make_dirs(folder)
    return readings, _put_drawn(folder, path, {} if scanned is None else scanned.drawn)


def _put_drawn(folder: Path, path: Path, drawn: Mapping[int, str]) -> list[Path]:
    """Write pages that came out of the sandbox; what is no picture is left out."""
    written: dict[Path, None] = {}
    for page, text in sorted(drawn.items()):
        try:
            data = base64.b64decode(text, validate=True)
        except binascii.Error:
            continue
        if data.startswith(_PNG):
            target, is_there = free_path(folder, (chinese.safe_part(f"{path.stem}-{page}"), ".png"), data, written)
            if not is_there:
                durable.put_new(target, data)
            written[target] = None
    return [*written]
