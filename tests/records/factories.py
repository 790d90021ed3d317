"""Versions, events and histories made up for tests; nobody in them is real."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from formsvc.errors import Problem
from formsvc.forms.reading import Reading
from formsvc.records.event import (
    FIRST_PREVIOUS,
    Assigned,
    Corrected,
    Details,
    Event,
    Filed,
    Review,
    ReviewDecision,
    StampSource,
    kind_of,
)
from formsvc.records.history import History
from formsvc.records.identity import identity_key
from formsvc.records.record import Confirmation, Copy, Original, Version
from formsvc.records.record_json import encode_event
from tests.forms.factories import a_reading, a_spec

RECORD = "7f3c9a0b12de"
PREFIX = f"2011/annex2/清溪社区党支部/张三-{RECORD}"
FILED_AT = "2011-02-21T09:30:00+08:00"


def a_version(
    form: str = "annex2",
    *,
    reading: Reading | None = None,
    record: str = RECORD,
    number: int = 1,
    organisation: str | None = "清溪社区党支部",
    problems: Sequence[Problem] = (),
    confirmation: Confirmation | None = None,
    original: Original | None = None,
    filed_at: str = FILED_AT,
) -> Version:
    """Return a filed version of a reading, a complete one when none is given."""
    spec = a_spec(form)
    said = reading or a_reading(form)
    return Version(
        record=record,
        number=number,
        form=form,
        form_version=spec.version,
        year=said.year,
        subject_kind=spec.subject.kind,
        name=said.text(spec.subject.name),
        unit=said.text(spec.subject.unit) or None,
        organisation=organisation,
        identity=identity_key(spec, said) or "",
        fields=said.fields,
        problems=tuple(problems),
        original=original or an_original(reading=said.number),
        copies=tuple(
            Copy(
                copy.role,
                place,
                len(spec.copies),
                copy.label,
                f"copies/{place}-{copy.label}.pdf",
                hashlib.sha256(copy.role.encode()).hexdigest(),
                "PDF/A-2b",
            )
            for place, copy in enumerate(spec.copies, 1)
        ),
        typed=True,
        serial=None,
        confirmation=confirmation,
        arrived_at=filed_at,
        filed_at=filed_at,
        program="formsvc 0.0.0",
    )


def an_original(name: str = "张三承诺书.docx", data: bytes = b"as received", *, reading: int = 1) -> Original:
    """Return what is told of a received file."""
    return Original(
        name=name,
        name_bytes=name.encode(),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        path=f"original/{name}",
        reading=reading,
        pages=(),
    )


def a_stamp(
    decision: ReviewDecision = ReviewDecision.APPROVE,
    *,
    version: int = 1,
    step: str = "review",
    source: StampSource = StampSource.PERSON,
    criteria: Mapping[str, bool] | None = None,
) -> Review:
    """Return a review stamp."""
    return Review(version, step, decision, "清溪镇党委", "2011-02-25", "同意", criteria or {}, None, source)


def a_filing(version: int = 1) -> Filed:
    """Return what the first event of a version says."""
    return Filed(version, "0" * 64)


def a_correction(version: int = 1, **changes: tuple[str, str]) -> Corrected:
    """Return a correction: field key -> (before, after)."""
    return Corrected(version, changes, "登记时看错")


def an_assignment(version: int = 1, **holders: str) -> Assigned:
    """Return an assignment of holders."""
    return Assigned(version, holders, "organisations/20110301T090000-0a1b2c3d.json")


def a_history(*said: Details, versions: Sequence[Version] | None = None) -> History:
    """Return a record with its events, each naming the hash of the one before."""
    filed = tuple(versions or (a_version(),))
    previous = FIRST_PREVIOUS
    events = []
    for number, details in enumerate(said, 1):
        event = Event(filed[0].record, number, kind_of(details), FILED_AT, None, previous, details)
        previous = hashlib.sha256(encode_event(event)).hexdigest()
        events.append(event)
    return History(PREFIX, filed, tuple(events), previous)
