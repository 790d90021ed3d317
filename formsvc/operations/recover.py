"""Finishes what dead processes left: their staging, their claims, and what they were deciding. Run before serving.

What waited for a reader that has been installed since is read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from formsvc import durable
from formsvc.inbox.spool import Claim, Spool, read_claim
from formsvc.inbox.waiting import PREFIX
from formsvc.operations.answer import receipt
from formsvc.operations.ingest import work_off
from formsvc.operations.outcome import Outcome
from formsvc.operations.plan import published
from formsvc.operations.queue import put_back
from formsvc.operations.reread import taken_again
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing


def recover(workspace: Workspace, spool: Spool) -> Iterator[Outcome]:
    """Work off what processes that are gone had claimed; yield what became of it."""
    workspace.recover_stores()
    with writing(workspace):
        pass  # a turn at writing finishes what was left half told, also when nothing is claimed
    claims: list[Claim] = []
    for folder in spool.left_behind():
        if folder.name.startswith(PREFIX):
            _finish_confirmation(workspace, folder)
            continue
        claim = read_claim(folder)
        if claim is None:
            durable.remove(folder)
        else:
            claims.append(claim)
    yield from work_off(workspace, spool, [*claims, *taken_again(workspace, spool)])


def _finish_confirmation(workspace: Workspace, folder: Path) -> None:
    """Finish a confirmation that had published its version; put any other taken reading back into the queue."""
    with writing(workspace):
        done = published(workspace, folder)
        receipt(workspace, [version for _, version in done])
    if done:
        durable.remove(folder)
    else:
        put_back(workspace, folder)
