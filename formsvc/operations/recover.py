"""Finishes what dead processes left: their staging, their claims, and what they were deciding. Run before serving.

What waited for a reader that has been installed since is read again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from formsvc import durable
from formsvc.errors import FormsvcError
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

_LOG = logging.getLogger(__name__)


def recover(workspace: Workspace, spool: Spool) -> Iterator[Outcome]:
    """Finish everything that processes that are gone left; yield what became of it."""
    workspace.recover_stores()
    yield from work_off(workspace, spool, left_behind(workspace, spool))


def left_behind(workspace: Workspace, spool: Spool) -> list[Claim]:
    """Finish what processes that are gone left half done; return what they had claimed, to be worked off.

    The caller has recovered the stores: what they hold is believed here.
    """
    with writing(workspace):
        pass  # a turn at writing finishes what was left half told, also when nothing is claimed
    claims: list[Claim] = []
    for folder in spool.left_behind():
        if folder.name.startswith(PREFIX):
            _finish_alone(workspace, folder)
            continue
        claim = read_claim(folder)
        if claim is None:
            durable.discard(folder)
        elif claim.is_answered:
            spool.clear(claim)
        else:
            claims.append(claim)
    return [*claims, *taken_again(workspace, spool)]


def _finish_alone(workspace: Workspace, folder: Path) -> None:
    """Finish a confirmation; one that the program fails on stays where it is and stops nothing else."""
    try:
        _finish_confirmation(workspace, folder)
    except (OSError, FormsvcError):
        raise
    except Exception as error:  # noqa: BLE001 - one bad file never stops the watch
        _LOG.error("confirmation failed: %s: %s", folder.name, type(error).__name__, exc_info=error)


def _finish_confirmation(workspace: Workspace, folder: Path) -> None:
    """Finish a confirmation that had published its version; put any other taken reading back into the queue."""
    with writing(workspace):
        done = published(workspace, folder)
        receipt(workspace, [version for _, version in done])
    if done:
        durable.remove(folder)
    else:
        put_back(workspace, folder)
