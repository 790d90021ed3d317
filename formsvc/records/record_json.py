"""The only JSON of records: record.json of a version and the files of events.

Files are indented UTF-8 so that a person can read them, with keys in a fixed order so that the same content is the
same bytes. A file that is not of this shape raises ValueError; the archive reports it as damaged.
"""

from __future__ import annotations

import base64
import json
from types import MappingProxyType
from typing import Any, assert_never

from formsvc.forms.reading_json import (
    field_from_json,
    field_to_json,
    problem_from_json,
    problem_to_json,
    year_from_json,
    year_to_json,
)
from formsvc.forms.spec import SubjectKind
from formsvc.records.event import (
    Assigned,
    Corrected,
    Details,
    Event,
    EventKind,
    Filed,
    Review,
    ReviewDecision,
    StampSource,
)
from formsvc.records.record import Confirmation, Copy, Original, Version

Json = dict[str, Any]
SCHEMA = 1


def encode(data: Json) -> bytes:
    """Return the bytes of a JSON file of the archive."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def decode(data: bytes) -> Json:
    """Return the object in a JSON file of the archive; raises ValueError for anything else."""
    parsed = json.loads(data.decode("utf-8"))
    if not isinstance(parsed, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one error for every file out of shape
    return parsed


def version_to_json(version: Version) -> Json:
    """Return the content of record.json."""
    return {
        "schema": SCHEMA,
        "record": version.record,
        "version": version.number,
        "form": version.form,
        "form_version": version.form_version,
        "year": year_to_json(version.year),
        "subject": {"kind": version.subject_kind.value, "name": version.name, "identity": version.identity},
        "unit": version.unit,
        "organisation": version.organisation,
        "fields": {key: field_to_json(field) for key, field in version.fields.items()},
        "problems": [problem_to_json(problem) for problem in version.problems],
        "original": _original_to_json(version.original),
        "copies": [_copy_to_json(copy) for copy in version.copies],
        "typed": version.typed,
        "serial": version.serial,
        "confirmation": None if version.confirmation is None else _confirmation_to_json(version.confirmation),
        "arrived_at": version.arrived_at,
        "filed_at": version.filed_at,
        "program": version.program,
    }


def version_from_json(data: Json) -> Version:
    """Return the version of a record.json; raises ValueError when it is out of shape."""
    try:
        return Version(
            record=data["record"],
            number=data["version"],
            form=data["form"],
            form_version=data["form_version"],
            year=year_from_json(data["year"]),
            subject_kind=SubjectKind(data["subject"]["kind"]),
            name=data["subject"]["name"],
            unit=data["unit"],
            organisation=data["organisation"],
            identity=data["subject"]["identity"],
            fields=MappingProxyType({key: field_from_json(field) for key, field in data["fields"].items()}),
            problems=tuple(problem_from_json(problem) for problem in data["problems"]),
            original=_original_from_json(data["original"]),
            copies=tuple(Copy(**copy) for copy in data["copies"]),
            typed=data["typed"],
            serial=data["serial"],
            confirmation=None if data["confirmation"] is None else _confirmation_from_json(data["confirmation"]),
            arrived_at=data["arrived_at"],
            filed_at=data["filed_at"],
            program=data["program"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a record out of shape: {error!r}") from error


def event_to_json(event: Event) -> Json:
    """Return the content of an event's file."""
    return {
        "schema": SCHEMA,
        "record": event.record,
        "number": event.number,
        "kind": event.kind.value,
        "at": event.at,
        "by": event.by,
        "previous": event.previous,
        "details": details_to_json(event.details),
    }


def encode_event(event: Event) -> bytes:
    """Return the bytes of an event's file."""
    return encode(event_to_json(event))


def event_from_json(data: Json) -> Event:
    """Return the event of a file; raises ValueError when it is out of shape."""
    try:
        kind = EventKind(data["kind"])
        return Event(
            record=data["record"],
            number=data["number"],
            kind=kind,
            at=data["at"],
            by=data["by"],
            previous=data["previous"],
            details=_details_from_json(kind, data["details"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"an event out of shape: {error!r}") from error


def details_to_json(details: Details) -> Json:
    """Return what an event says."""
    match details:
        case Filed():
            return {"version": details.version, "manifest_sha256": details.manifest_sha256}
        case Corrected():
            changes = {key: list(change) for key, change in details.changes.items()}
            return {"version": details.version, "changes": changes, "why": details.why}
        case Review():
            return {
                "version": details.version,
                "step": details.step,
                "decision": details.decision.value,
                "organisation": details.organisation,
                "on": details.on,
                "opinion": details.opinion,
                "criteria": dict(details.criteria),
                "seal": details.seal,
                "source": details.source.value,
            }
        case Assigned():
            return {"version": details.version, "holders": dict(details.holders), "basis": details.basis}
        case _:
            assert_never(details)


def _details_from_json(kind: EventKind, data: Json) -> Details:
    match kind:
        case EventKind.FILED:
            return Filed(data["version"], data["manifest_sha256"])
        case EventKind.CORRECTED:
            changes = {key: (before, after) for key, (before, after) in data["changes"].items()}
            return Corrected(data["version"], MappingProxyType(changes), data["why"])
        case EventKind.REVIEWED | EventKind.RETURNED:
            return Review(
                version=data["version"],
                step=data["step"],
                decision=ReviewDecision(data["decision"]),
                organisation=data["organisation"],
                on=data["on"],
                opinion=data["opinion"],
                criteria=MappingProxyType(dict(data["criteria"])),
                seal=data["seal"],
                source=StampSource(data["source"]),
            )
        case EventKind.ASSIGNED:
            return Assigned(data["version"], MappingProxyType(dict(data["holders"])), data["basis"])
        case _:
            assert_never(kind)


def _original_to_json(original: Original) -> Json:
    return {
        "name": original.name,
        "name_base64": base64.b64encode(original.name_bytes).decode("ascii"),
        "sha256": original.sha256,
        "size": original.size,
        "path": original.path,
        "reading": original.reading,
        "pages": list(original.pages),
    }


def _original_from_json(data: Json) -> Original:
    return Original(
        name=data["name"],
        name_bytes=base64.b64decode(data["name_base64"], validate=True),
        sha256=data["sha256"],
        size=data["size"],
        path=data["path"],
        reading=data["reading"],
        pages=tuple(data["pages"]),
    )


def _copy_to_json(copy: Copy) -> Json:
    return {
        "role": copy.role,
        "number": copy.number,
        "total": copy.total,
        "label": copy.label,
        "path": copy.path,
        "sha256": copy.sha256,
        "conformance": copy.conformance,
    }


def _confirmation_to_json(confirmation: Confirmation) -> Json:
    changes = {key: list(change) for key, change in confirmation.changes.items()}
    return {"by": confirmation.by, "at": confirmation.at, "changes": changes}


def _confirmation_from_json(data: Json) -> Confirmation:
    changes = {key: (before, after) for key, (before, after) in data["changes"].items()}
    return Confirmation(data["by"], data["at"], MappingProxyType(changes))
