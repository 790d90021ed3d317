"""Imports a roster: a dated fact in the archive, and holders for the copies that had none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from formsvc.archive import layout
from formsvc.archive.chain import extended, following
from formsvc.operations.indexing import note
from formsvc.operations.resolve import person_of_version
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.organisations.roster import Roster, read_roster
from formsvc.organisations.roster_json import encode_roster
from formsvc.organisations.sheets import read_sheets
from formsvc.records.event import Assigned, Details, Event
from formsvc.records.history import History


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought."""

    roster: Roster
    name: str | None
    """Where it is kept in the archive; None when nothing was written."""
    assigned: int
    """How many records got holders by it."""


def import_roster(workspace: Workspace, path: Path, *, dry_run: bool = False) -> Imported:
    """Read a roster of members or organisations, keep it, and assign the holders that it makes known.

    With `dry_run` nothing is written. Rows that cannot be read are in the roster's problems; the others stand. Raises
    UsageError when the file is no csv and no spreadsheet.
    """
    roster = read_roster(read_sheets(path))
    if dry_run or not (roster.members or roster.organisations):
        return Imported(roster, None, 0)
    with writing(workspace):
        at = workspace.now()
        content = encode_roster(roster, file=path.name, at=at)
        name = layout.import_name(at, sha256(content).hexdigest())
        workspace.archive.store.put_many({name: content})
        return Imported(roster, name, assign_holders(workspace))


def assign_holders(workspace: Workspace) -> int:
    """Append the holders that are known now and were not, to every record; return how many records got some.

    The caller holds the archive's writing lock.
    """
    histories: list[History] = []
    appended: list[tuple[str, Event]] = []
    for prefix in workspace.archive.prefixes():
        history = workspace.archive.history(prefix)
        holders = unknown_holders(workspace, history)
        if not holders:
            continue
        details: Details = Assigned(history.latest.number, holders, workspace.directory.basis)
        events = following(history, workspace.now(), [(None, details)])
        appended += [(prefix, event) for event in events]
        histories.append(extended(history, events))
    for error in workspace.archive.append(appended):
        if error is not None:
            raise error
    note(workspace, histories)
    return len(histories)


def unknown_holders(workspace: Workspace, history: History) -> Mapping[str, str]:
    """Return role -> holder for the latest version's copies that have none and could get one now."""
    spec = workspace.form_of(history.latest)
    known = history.holders(spec)
    person = person_of_version(spec, history.corrected(spec))
    found = workspace.directory.holders(spec.copies, person)
    return {role: holder for role, holder in found.items() if role not in known}
