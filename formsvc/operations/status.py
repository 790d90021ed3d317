"""What there is and what is due: records by form and year, the queue, copies without holder, protections."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from formsvc import durable
from formsvc.durable import Protection
from formsvc.forms.reading import MarkState
from formsvc.forms.spec import FormSpec
from formsvc.inbox.waiting import all_waiting
from formsvc.index.entry import Query
from formsvc.operations.resolve import person_of, person_of_version
from formsvc.operations.workspace import Workspace
from formsvc.records.history import History


@dataclass(frozen=True, slots=True)
class Lacking:
    """One record that lacks something."""

    record: str
    name: str
    year: int
    form: str
    what: tuple[str, ...]
    """Roles of copies without holder, or keys of signature and seal fields that are not there."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the office's work stands."""

    records: dict[tuple[int, str, str], int]
    """(year, form, status) -> number of records."""
    waiting: int
    """Readings in the review queue."""
    without_holder: tuple[Lacking, ...]
    without_mark: tuple[Lacking, ...]
    """Records whose paper shows no signature or seal."""
    not_handed_in: tuple[str, ...]
    """Members on the roster without a record of the year asked for or a form that waits; empty for all years."""
    protections: tuple[Protection, ...]
    reader_layers: tuple[str, ...]
    """What protects against hostile files."""
    is_share: bool
    """Whether the inbox lies on a network share, where no events arrive."""


def status(workspace: Workspace, year: int | None = None) -> Status:
    """Return how the work stands, for one year or for all."""
    counts: Counter[tuple[int, str, str]] = Counter()
    holders: list[Lacking] = []
    marks: list[Lacking] = []
    known: set[int] = set()
    for found in workspace.finder.find(Query(year=year)):
        counts[found.year, found.form, found.status] += 1
        history = workspace.archive.history(found.path)
        spec = workspace.form_of(history.latest)
        member = workspace.directory.member(person_of_version(spec, history.corrected(spec)))
        if member is not None:
            known.add(id(member))
        for lacking, roles in ((holders, _without_holder(spec, history)), (marks, _without_mark(spec, history))):
            if roles:
                lacking.append(Lacking(found.id, found.name, found.year, found.form, roles))
    for waiting in all_waiting(workspace.inbox):
        form = workspace.forms.get(waiting.reading.form or "")
        member = None if form is None else workspace.directory.member(person_of(form, waiting.reading))
        if member is not None and waiting.reading.year.value in (None, year):
            known.add(id(member))
    missing = [one.name for one in workspace.directory.members() if id(one) not in known] if year is not None else []
    return Status(
        records=dict(sorted(counts.items())),
        waiting=len(all_waiting(workspace.inbox)),
        without_holder=tuple(holders),
        without_mark=tuple(marks),
        not_handed_in=tuple(missing),
        protections=durable.protections(workspace.archive_folder),
        reader_layers=workspace.reader.active_layers(),
        is_share=durable.is_network(workspace.inbox),
    )


def _without_holder(spec: FormSpec, history: History) -> tuple[str, ...]:
    known = history.holders(spec)
    return tuple(copy.role for copy in spec.copies if copy.role not in known)


def _without_mark(spec: FormSpec, history: History) -> tuple[str, ...]:
    fields = history.latest.fields
    wanted = [key for key, field in spec.fields.items() if field.kind.is_mark]
    return tuple(key for key in wanted if key not in fields or fields[key].value == MarkState.ABSENT)
