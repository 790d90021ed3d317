"""Reads one record whole, and says where its copies lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from formsvc.errors import UnknownCopyError
from formsvc.operations.workspace import ARCHIVE, Workspace
from formsvc.records.summary import full

Json = dict[str, Any]


def show(workspace: Workspace, record: str) -> Json:
    """Return everything of the record whose id begins with `record`, as `show --json` prints it.

    Raises UnknownIdError, AmbiguousIdError, DamagedArchiveError.
    """
    history = workspace.archive.history(workspace.record(record).path)
    return full(history, workspace.form_of(history.latest), ARCHIVE)


def path_of(workspace: Workspace, record: str, role: str | None = None) -> Path:
    """Return the path of a record's copy of this role, or of its latest version's folder of copies.

    `role` is a role or its label. Raises UnknownIdError, AmbiguousIdError, UnknownCopyError.
    """
    history = workspace.archive.history(workspace.record(record).path)
    folder = workspace.archive_folder / history.prefix
    if role is None:
        return folder / f"v{history.latest.number}" / "copies"
    for copy in history.copies:
        if role in (copy.role, copy.label):
            return folder / copy.path
    raise UnknownCopyError(copy=role, known=", ".join(f"{copy.label} ({copy.role})" for copy in history.latest.copies))
