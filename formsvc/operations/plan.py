"""What will be published for a folder of the spool, written down before it is, and what of it has been."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from formsvc import durable
from formsvc.archive import layout
from formsvc.errors import DamagedArchiveError
from formsvc.inbox.areas import SPOOL
from formsvc.inbox.spool import Claim, next_plan, plans
from formsvc.operations.filing import Filing
from formsvc.operations.workspace import Workspace
from formsvc.records.history import History
from formsvc.records.record import Version

_FEW = 4
"""So many plans are synced one by one."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One form of a submission, and the version it is to be."""

    prefix: str
    """The record's folder in the archive."""
    version: int
    sha256: str
    """Of the submission."""
    reading: int


def write_plans(filings: Mapping[str, tuple[Claim, Sequence[Filing]]]) -> None:
    """Write down durably, in each claim of one process, which versions will be published for it."""
    top = next(claim.folder.parent for claim, _ in filings.values())
    with durable.Batch(top, grouped=len(filings) > _FEW) as batch:
        for claim, wanted in filings.values():
            batch.put_new(next_plan(claim.folder), plan_of(wanted))
        for error in batch.commit().values():
            raise error


def plan_of(filings: Sequence[Filing]) -> bytes:
    """Return the plan of what will be published."""
    wanted = [Planned(one.place.prefix, one.place.version, one.sha256, one.reading.number) for one in filings]
    return json.dumps({"versions": [asdict(one) for one in wanted]}, ensure_ascii=False).encode("utf-8")


def planned(folder: Path) -> list[Planned]:
    """Return what was planned for a folder of the spool, each once; raises DamagedArchiveError."""
    try:
        return list(dict.fromkeys(Planned(**one) for plan in plans(folder) for one in plan["versions"]))
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedArchiveError(path=str(folder), reason=str(error)) from error


def published(workspace: Workspace, folder: Path) -> list[tuple[History, Version]]:
    """Return what was published of a folder's plans: each version that holds the very form it was planned for."""
    return [found for one in planned(folder) for found in _published(workspace, one)]


def untold(workspace: Workspace) -> Iterator[tuple[History, Version]]:
    """Yield the versions that somebody in the spool has published and no event tells of yet.

    Whoever asks holds the writing lock, so that nobody is between the two steps now.
    """
    for folder in sorted((workspace.inbox / SPOOL).glob("*/*")):
        for history, version in published(workspace, folder):
            if not history.is_filed(version.number):
                yield history, version


def _published(workspace: Workspace, wanted: Planned) -> Iterator[tuple[History, Version]]:
    if not workspace.archive.is_published(layout.version_prefix(wanted.prefix, wanted.version)):
        return
    history = workspace.archive.history(wanted.prefix)
    for version in history.versions:
        if version.number == wanted.version:
            original = version.original
            if (original.sha256, original.reading) == (wanted.sha256, wanted.reading):
                yield history, version
