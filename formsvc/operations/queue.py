"""The review queue: a person files a doubtful reading, or sets it aside. Who, when and both readings are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from formsvc import durable
from formsvc.errors import Code, NotAllowedError, Problem, UnknownIdError
from formsvc.forms.reading import FieldReading, Reading, YearReading, YearSource
from formsvc.forms.reading_json import value_to_json
from formsvc.forms.spec import FormSpec
from formsvc.forms.validation import validate
from formsvc.inbox import answers
from formsvc.inbox.spool import next_plan
from formsvc.inbox.waiting import Waiting, all_waiting, find_waiting, waiting_folder
from formsvc.operations.answer import receipt
from formsvc.operations.filing import Filing, file_group, plan_of
from formsvc.operations.indexing import catch_up
from formsvc.operations.resolve import Unsure, resolve
from formsvc.operations.values import by_key, read_values
from formsvc.operations.workspace import Workspace
from formsvc.records.history import History
from formsvc.records.record import Confirmation

MUST_BE_GIVEN = frozenset(
    {Code.YEAR_MISSING, Code.SUBJECT_MISSING, Code.FIELD_MISSING, Code.IDENTITY_MISSING, Code.NO_READER}
)
"""What a person cannot wave through: the value itself has to be given, or the record named."""


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
    waiting = find_waiting(workspace.inbox, waiting_id)
    spec = workspace.form(form or waiting.reading.form or "")
    reading, changes = _as_said(spec, waiting.reading, values, year)
    confirmation = Confirmation(by, workspace.now(), MappingProxyType(changes))
    with _taken(workspace, waiting) as folder, workspace.archive.writing():
        catch_up(workspace)
        founding = (waiting.sha256, reading.number)
        chosen = workspace.record(record).id if record not in (None, "new") else record
        place = resolve(spec, reading, founding, workspace.index, workspace.directory, chosen=chosen)
        if isinstance(place, Unsure):
            raise NotAllowedError(id=waiting.id, reason=place.problem.code.value)
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
        receipt(workspace, [history])
        durable.remove(folder)
    return history


def reject(workspace: Workspace, waiting_id: str, *, why: str, by: str) -> str:
    """Set a waiting reading aside as a person says; return the folder's name below the inbox.

    Raises UnknownIdError or AmbiguousIdError.
    """
    waiting = find_waiting(workspace.inbox, waiting_id)
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


@contextmanager
def _taken(workspace: Workspace, waiting: Waiting) -> Iterator[Path]:
    """Take a waiting reading's folder out of the queue for one person; put it back when it is not decided."""
    with workspace.spool() as spool:
        folder = spool.take(waiting_folder(workspace.inbox, waiting.id))
        if folder is None:
            raise UnknownIdError(id=waiting.id)
        try:
            yield folder
        except (NotAllowedError, UnknownIdError):
            put_back(workspace, folder)
            raise


def put_back(workspace: Workspace, folder: Path) -> None:
    """Put a taken folder back into the review queue."""
    durable.publish(folder, waiting_folder(workspace.inbox, folder.name))


def _as_said(
    spec: FormSpec, reading: Reading, values: Mapping[str, str], year: int | None
) -> tuple[Reading, dict[str, tuple[str, str]]]:
    """Return the reading as a person says it is, and what they changed; NotAllowedError when it lacks a value."""
    changes: dict[str, tuple[str, str]] = {}
    said = dataclasses.replace(reading, form=spec.id, form_version=reading.form_version or spec.version)
    for key, found in read_values(spec, by_key(spec, values)).items():
        before = reading.fields.get(key)
        changes[key] = (_text(before), found.raw)
        alternatives = () if before is None else (before.raw, *before.alternatives)
        said = said.with_field(key, dataclasses.replace(found, alternatives=alternatives))
    if year is not None or reading.year.value is None or reading.year.source is not YearSource.TITLE:
        chosen = year if year is not None else reading.year.value
        if year is not None and year != reading.year.value:
            changes[spec.year_key] = (str(reading.year.value or ""), str(year))
        said = dataclasses.replace(said, year=YearReading(chosen, YearSource.PERSON, 1.0, reading.year.raw))
    lacking = [problem for problem in validate(spec, said) if problem.code in MUST_BE_GIVEN]
    if lacking:
        raise NotAllowedError(id="", reason=lacking[0].code.value, field=lacking[0].field or "")
    return said, changes


def _text(field: FieldReading | None) -> str:
    value = None if field is None else value_to_json(field.value)
    return "\n".join(value) if isinstance(value, list) else str(value if value is not None else "")
