"""A turn at writing: others are held off, and what dead or interrupted ones left half told is told first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from formsvc.operations.filing import finish
from formsvc.operations.heads import keep_head
from formsvc.operations.indexing import catch_up
from formsvc.operations.plan import untold
from formsvc.operations.workspace import Workspace


@contextmanager
def writing(workspace: Workspace) -> Iterator[None]:
    """Hold the archive's writing lock, with events, journal and index at the same point.

    A version that was published and not told of is told of now, whoever published it: no record is founded twice
    because one is not known yet.
    """
    with workspace.archive.writing():
        catch_up(workspace)
        for found in untold(workspace):
            finish(workspace, [found])
        yield
        keep_head(workspace)
