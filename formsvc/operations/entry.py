"""A record's line in the index, from its history."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from formsvc.index.entry import Entry
from formsvc.operations.workspace import ARCHIVE, Workspace
from formsvc.records.history import History
from formsvc.records.summary import summary

compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Writes JSON as the index keeps it."""


def entry_of(workspace: Workspace, history: History, *, write: Callable[[dict[str, Any]], str] = compact) -> Entry:
    """Return what the index keeps of a record: its corrected latest version.

    `write` is `compact`, or does the same.
    """
    spec = workspace.form_of(history.latest)
    version = history.corrected(spec)
    document = summary(history, spec, ARCHIVE)
    return Entry(
        id=history.id,
        form=version.form,
        year=version.year.value or 0,
        subject=version.subject_kind.value,
        name=version.name,
        organisation=version.organisation,
        unit=version.unit,
        status=document["status"],
        version=version.number,
        path=history.prefix,
        identity=version.identity,
        filed=tuple((one.original.sha256, one.original.reading) for one in history.versions),
        events=len(history.events),
        document=write(document),
    )
