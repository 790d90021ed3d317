"""Finds records by name and year, and reads or opens one. Only the index and sqlite3 are needed to find."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from formsvc.errors import UnknownIdError
from formsvc.index.entry import Query
from formsvc.operations.workspace import ARCHIVE, Workspace

Json = dict[str, Any]


def find(
    workspace: Workspace,
    name: str | None = None,
    year: int | None = None,
    *,
    form: str | None = None,
    organisation: str | None = None,
    limit: int | None = None,
) -> list[Json]:
    """Return the records that fit every condition given, as `find --json` prints them.

    `name` is a name, a part of it, its pinyin or its initials; `organisation` a part of organisation or unit.
    """
    query = Query(name=name, year=year, form=form, organisation=organisation, limit=limit)
    return [json.loads(found.document) for found in workspace.index.find(query)]


def show(workspace: Workspace, record: str) -> Json:
    """Return everything of the record whose id begins with `record`, as `show --json` prints it.

    Raises UnknownIdError, AmbiguousIdError, DamagedArchiveError.
    """
    from formsvc.records.summary import full  # noqa: PLC0415 - finding must not pay for what showing needs

    history = workspace.archive.history(workspace.record(record).path)
    return full(history, workspace.form_of(history.latest), ARCHIVE)


def path_of(workspace: Workspace, record: str, role: str | None = None) -> Path:
    """Return the path of a record's copy of this role, or of its latest version's folder of copies.

    Raises UnknownIdError, also when the record has no copy of this role, AmbiguousIdError.
    """
    history = workspace.archive.history(workspace.record(record).path)
    folder = workspace.archive_folder / history.prefix / f"v{history.latest.number}"
    if role is None:
        return folder / "copies"
    copy = history.copy(role)
    if copy is None:
        raise UnknownIdError(id=f"{record} {role}")
    return folder / copy.path
