"""What there is and what is due: records by form and year, the queue, copies without holder, protections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from formsvc import durable
from formsvc.durable import Protection
from formsvc.errors import Code, Problem
from formsvc.forms.reading import MarkState
from formsvc.forms.spec import FormSpec
from formsvc.inbox.waiting import all_waiting
from formsvc.index.entry import Query
from formsvc.operations.on_roster import roster_notes
from formsvc.operations.resolve import person_of, person_of_version
from formsvc.operations.workspace import Workspace
from formsvc.records.event import StampSource
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
    """Records whose paper shows no signature or seal; a superior's only where its review stands on the paper."""
    not_as_on_roster: tuple[Lacking, ...]
    """Members whose form names another unit than the roster; `what` holds the field of the unit."""
    not_handed_in: tuple[str, ...]
    """Members on the roster without a record of the year asked for or a form that waits; empty for all years."""
    protections: tuple[Protection, ...]
    reader_layers: tuple[str, ...]
    """What protects against hostile files."""
    typefaces: Mapping[str, tuple[str, ...]]
    """What text is for -> the faces that are asked for its characters, in their order."""
    typeface_problems: tuple[Problem, ...]
    is_share: bool
    """Whether the inbox lies on a network share, where no events arrive."""


def status(workspace: Workspace, year: int | None = None) -> Status:
    """Return how the work stands, for one year or for all."""
    counts: Counter[tuple[int, str, str]] = Counter()
    holders: list[Lacking] = []
    marks: list[Lacking] = []
    others: list[Lacking] = []
    known: set[int] = set()
    for found in workspace.finder.find(Query(year=year)):
        counts[found.year, found.form, found.status] += 1
        history = workspace.archive.history(found.path)
        spec = workspace.form_of(history.latest)
        member = workspace.directory.member(person_of_version(spec, history.corrected(spec)))
        if member is not None:
            known.add(id(member))
        lists = (
            (holders, _without_holder(spec, history)),
            (marks, _without_mark(spec, history)),
            (others, _other_than_on_roster(workspace, spec, history)),
        )
        for lacking, what in lists:
            if what:
                lacking.append(Lacking(found.id, found.name, found.year, found.form, what))
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
        not_as_on_roster=tuple(others),
        not_handed_in=tuple(missing),
        protections=durable.protections(workspace.archive_folder),
        reader_layers=workspace.reader.active_layers(),
        typefaces={role.value: faces for role, faces in workspace.typefaces.used.items()},
        typeface_problems=workspace.typefaces.problems,
        is_share=durable.is_network(workspace.inbox),
    )


def _without_holder(spec: FormSpec, history: History) -> tuple[str, ...]:
    known = history.holders(spec)
    return tuple(copy.role for copy in spec.copies if copy.role not in known)


def _other_than_on_roster(workspace: Workspace, spec: FormSpec, history: History) -> tuple[str, ...]:
    notes = roster_notes(workspace.directory, spec, person_of_version(spec, history.corrected(spec)))
    return tuple(note.field or "" for note in notes if note.code is Code.UNIT_NOT_AS_ON_ROSTER)


def _without_mark(spec: FormSpec, history: History) -> tuple[str, ...]:
    """Return the marks that are not there, without the seals of reviews that nobody has put on the paper yet."""
    fields = history.latest.fields
    written = {
        stamp.review.step
        for stamp in history.stamps
        if stamp.review.source is StampSource.FORM and stamp.review.version == history.latest.number
    }
    too_early = {step.seal for step in spec.reviews if step.key not in written}
    wanted = [key for key, field in spec.fields.items() if field.kind.is_mark and key not in too_early]
    return tuple(key for key in wanted if key not in fields or fields[key].value == MarkState.ABSENT)
