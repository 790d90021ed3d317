"""Appends one event to a record: what every later verb does after its rule has said yes."""

from __future__ import annotations

from collections.abc import Callable

from formsvc.archive.chain import extended, following
from formsvc.errors import ConflictError
from formsvc.operations.indexing import note
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.records.event import Details
from formsvc.records.history import History


def append_to(workspace: Workspace, record: str, by: str | None, decide: Callable[[History], Details]) -> History:
    """Append what `decide` says of the record whose id begins with `record`; return its history with it.

    `decide` sees the history as it is under the writing lock. Raises UnknownIdError, AmbiguousIdError, whatever
    `decide` raises, and ConflictError when somebody without the lock wrote the event first.
    """
    with writing(workspace):
        history = workspace.archive.history(workspace.record(record).path)
        events = following(history, workspace.now(), [(by, decide(history))])
        for error in workspace.archive.append([(history.prefix, event) for event in events]):
            if error is not None:
                raise ConflictError(id=history.id, number=events[0].number)
        complete = extended(history, events)
        note(workspace, [complete])
    return complete
