"""The review queue: a person files a doubtful reading, or sets it aside. Who, when and both readings are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from formsvc import durable
from formsvc.errors import (
    Code,
    DecidedError,
    NoIndexError,
    NotAllowedError,
    NotConfirmedError,
    Problem,
    TakenError,
    UnknownIdError,
)
from formsvc.forms.reading import Reading
from formsvc.forms.spec import FormSpec
from formsvc.inbox import answers
from formsvc.inbox.spool import next_plan
from formsvc.inbox.waiting import PREFIX, Waiting, all_waiting, find_waiting, waiting_folder
from formsvc.operations.answer import receipt
from formsvc.operations.filing import Filing, file_group
from formsvc.operations.plan import plan_of, published
from formsvc.operations.resolve import NEW, Place, Unsure, resolve
from formsvc.operations.said import as_said
from formsvc.operations.values import require
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.records.history import History
from formsvc.records.record import Confirmation


def queue(workspace: Workspace) -> list[Waiting]:
    """Return what waits for a person, the earliest arrival first."""
    return all_waiting(workspace.inbox)


def confirm(
    workspace: Workspace,
    waiting_id: str,
    *,
    by: str,
    values: Mapping[str, str] = MappingProxyType({}),
    year: int | None = None,
    form: str | None = None,
    record: str | None = None,
) -> History:
    """File a waiting reading as a person says it is; return the record's history.

    `values` are texts by field key or label, `record` is the id of the record it belongs to, or `new`. Raises
    UnknownIdError, AmbiguousIdError, UnknownFormError, UnknownFieldError, and NotAllowedError when something is still
    missing: it then waits on, unchanged.
    """
    require(by=by)
    waiting = _waiting(workspace, waiting_id)
    spec = workspace.form(form or waiting.reading.form or "")
    reading, changes = as_said(spec, waiting.reading, values, year, is_named=record not in (None, NEW))
    confirmation = Confirmation(by, workspace.now(), MappingProxyType(changes))
    with _taken(workspace, waiting) as folder, writing(workspace):
        place = _place(workspace, waiting, spec, reading, record)
        filing = Filing(
            spec=spec,
            reading=reading,
            place=place,
            name_bytes=waiting.name_bytes,
            name=waiting.name,
            original=folder / waiting.original_name,
            sha256=waiting.sha256,
            size=waiting.size,
            forms_in_file=waiting.forms_in_file,
            arrived_at=waiting.arrived_at,
            confirmation=confirmation,
        )
        durable.put_new(next_plan(folder), plan_of([filing]))
        (history,) = file_group(workspace, [filing])
        receipt(workspace, [history.latest])
        durable.remove(folder)
    return history


def reject(workspace: Workspace, waiting_id: str, *, why: str, by: str) -> str:
    """Set a waiting reading aside as a person says; return the folder's name below the inbox.

    Raises UnknownIdError or AmbiguousIdError.
    """
    require(by=by, why=why)
    waiting = _waiting(workspace, waiting_id)
    problem = Problem(Code.REJECTED_BY_PERSON, params={"why": why, "by": by})
    at = workspace.now()
    with _taken(workspace, waiting) as folder:
        answered = answers.reject(
            workspace.inbox_store,
            at[:10],
            waiting.name,
            {answers.untouched_name(waiting.name): folder / waiting.original_name},
            {
                "schema": 1,
                "claim": waiting.claim,
                "waiting": waiting.id,
                "file": waiting.name,
                "sha256": waiting.sha256,
                "by": by,
                "why": why,
            },
            f"{workspace.messages.problem(problem)}\n    [{problem.code.value}]\n",
        )
        durable.remove(folder)
    return answered


def _waiting(workspace: Workspace, waiting_id: str) -> Waiting:
    """Return the waiting reading whose id begins so; DecidedError when it is filed by now."""
    try:
        return find_waiting(workspace.inbox, waiting_id)
    except UnknownIdError:
        with suppress(NoIndexError):
            filed = workspace.finder.by_id_prefix(waiting_id.lower().removeprefix(PREFIX))
            if len(filed) == 1:
                raise DecidedError(id=waiting_id, record=filed[0].id) from None
        raise


@contextmanager
def _taken(workspace: Workspace, waiting: Waiting) -> Iterator[Path]:
    """Take a waiting reading's folder out of the queue for one person; put it back when it is not decided."""
    with workspace.spool() as spool:
        folder = spool.take(waiting_folder(workspace.inbox, waiting.id))
        if folder is None:
            raise DecidedError(id=waiting.id, record="")
        try:
            yield folder
        except BaseException:
            with suppress(OSError):  # then recovery puts it back
                if folder.is_dir() and not published(workspace, folder):
                    put_back(workspace, folder)
            raise


def put_back(workspace: Workspace, folder: Path) -> None:
    """Put a taken folder back into the review queue; one that waits there already is of the same form and bytes."""
    try:
        durable.publish(folder, waiting_folder(workspace.inbox, folder.name))
    except TakenError:
        durable.remove(folder)


def _place(workspace: Workspace, waiting: Waiting, spec: FormSpec, reading: Reading, record: str | None) -> Place:
    """Return where a reading goes as a person says; NotAllowedError when that is not certain, or it is filed."""
    founding = (waiting.sha256, reading.number)
    filed = [one.id for one in workspace.index.by_hash(waiting.sha256) if one.reading == reading.number]
    if filed:
        raise DecidedError(id=waiting.id, record=filed[0])
    chosen = workspace.record(record).id if record not in (None, NEW) else record
    place = resolve(spec, reading, founding, workspace.index, workspace.directory, chosen=chosen)
    if isinstance(place, Unsure):
        if chosen not in (None, NEW) and place.problem.code is Code.NAMESAKE:
            raise NotAllowedError(id=waiting.id, reason="other-form-or-year")
        raise NotConfirmedError(**{**place.problem.params, "id": waiting.id, "reason": place.problem.code.value})
    return place
