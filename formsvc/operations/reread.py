"""Reads again what waited for a reader, now that there is one."""

from __future__ import annotations

from collections.abc import Iterator

from formsvc.errors import Code
from formsvc.extraction.preflight.sniff import PICTURES, Kind
from formsvc.inbox.spool import Claim, Spool
from formsvc.inbox.waiting import Waiting, all_waiting, waiting_folder
from formsvc.operations.scanning import can_read_scans
from formsvc.operations.workspace import Workspace

_SCANS = frozenset({*PICTURES, Kind.PDF} - {Kind.HEIC})


def waits_for_reader(workspace: Workspace) -> list[Waiting]:
    """Return what waits for the reader of scans alone and can be read by it now; nothing while there is none."""
    return list(filter(_is_scan, all_waiting(workspace.inbox))) if can_read_scans() else []


def taken_again(workspace: Workspace, spool: Spool) -> Iterator[Claim]:
    """Take what waited for the reader out of the queue, as claims to be worked off."""
    for waiting in waits_for_reader(workspace):
        claim = spool.take_again(
            waiting_folder(workspace.inbox, waiting.id),
            name_bytes=waiting.name_bytes,
            place=waiting.place,
            arrived_at=waiting.arrived_at,
        )
        if claim is not None:
            yield claim


def _is_scan(waiting: Waiting) -> bool:
    findings = [one.params.get("finding") for one in waiting.reading.problems if one.code is Code.NO_READER]
    return any(finding in _SCANS for finding in findings)
