"""The only JSON of records: record.json of a version and the files of events.

Files are indented UTF-8 so that a person can read them, with keys in a fixed order so that the same content is the
same bytes. A file that is not of this shape raises ValueError; the archive reports it as damaged.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, assert_never

from formsvc.forms.json_values import as_integer, as_list, as_optional_text, as_text, as_truth
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
    Redrawn,
    Review,
    ReviewDecision,
    StampSource,
)
from formsvc.records.record import Confirmation, Copy, Original, Pages, Version

Json = dict[str, Any]
SCHEMA = 1


def encode(data: Json) -> bytes:
    """Return the bytes of a JSON file of the archive."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def decode(data: bytes) -> Json:
    """Return the object in a JSON file of the archive; raises ValueError for anything else."""
    try:
        parsed = json.loads(data.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
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
        "crops": {key: list(paths) for key, paths in version.crops.items()},
    }


def version_from_json(data: Json) -> Version:
    """Return the version of a record.json; raises ValueError when it is out of shape."""
    try:
        return Version(
            record=as_text(data["record"]),
            number=as_integer(data["version"]),
            form=as_text(data["form"]),
            form_version=as_integer(data["form_version"]),
            year=year_from_json(data["year"]),
            subject_kind=SubjectKind(data["subject"]["kind"]),
            name=as_text(data["subject"]["name"]),
            unit=as_optional_text(data["unit"]),
            organisation=as_optional_text(data["organisation"]),
            identity=as_text(data["subject"]["identity"]),
            fields=MappingProxyType({as_text(key): field_from_json(field) for key, field in data["fields"].items()}),
            problems=tuple(problem_from_json(problem) for problem in as_list(data["problems"])),
            original=_original_from_json(data["original"]),
            copies=tuple(_copy_from_json(copy, _pages_of(data)) for copy in as_list(data["copies"])),
            typed=as_truth(data["typed"]),
            serial=as_optional_text(data["serial"]),
            confirmation=None if data["confirmation"] is None else _confirmation_from_json(data["confirmation"]),
            arrived_at=as_text(data["arrived_at"]),
            filed_at=as_text(data["filed_at"]),
            program=as_text(data["program"]),
            crops=_crops(data.get("crops", {})),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a record out of shape: {error!r}") from error


def decode_version(data: bytes) -> Version:
    """Return the version in the bytes of a record.json; raises ValueError when they are out of shape."""
    return version_from_json(decode(data))


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
            record=as_text(data["record"]),
            number=as_integer(data["number"]),
            kind=kind,
            at=as_text(data["at"]),
            by=as_optional_text(data["by"]),
            previous=as_text(data["previous"]),
            details=_details_from_json(kind, data["details"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"an event out of shape: {error!r}") from error


def decode_event(data: bytes) -> Event:
    """Return the event in the bytes of its file; raises ValueError when they are out of shape."""
    return event_from_json(decode(data))


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
                "crop": details.crop,
            }
        case Assigned():
            return {"version": details.version, "holders": dict(details.holders), "basis": details.basis}
        case Redrawn():
            return {
                "version": details.version,
                "role": details.role,
                "path": details.path,
                "sha256": details.sha256,
                "conformance": details.conformance,
                "lost": details.lost,
            }
        case _:
            assert_never(details)


def _details_from_json(kind: EventKind, data: Json) -> Details:
    match kind:
        case EventKind.FILED:
            return Filed(as_integer(data["version"]), as_text(data["manifest_sha256"]))
        case EventKind.CORRECTED:
            return Corrected(as_integer(data["version"]), _changes(data["changes"]), as_text(data["why"]))
        case EventKind.REVIEWED | EventKind.RETURNED:
            return Review(
                version=as_integer(data["version"]),
                step=as_text(data["step"]),
                decision=ReviewDecision(data["decision"]),
                organisation=as_optional_text(data["organisation"]),
                on=as_optional_text(data["on"]),
                opinion=as_text(data["opinion"]),
                criteria=MappingProxyType({as_text(key): as_truth(met) for key, met in data["criteria"].items()}),
                seal=as_optional_text(data["seal"]),
                source=StampSource(data["source"]),
                crop=as_optional_text(data.get("crop")),
            )
        case EventKind.ASSIGNED:
            holders = {as_text(role): as_text(holder) for role, holder in data["holders"].items()}
            return Assigned(as_integer(data["version"]), MappingProxyType(holders), as_text(data["basis"]))
        case EventKind.REDRAWN:
            return Redrawn(
                version=as_integer(data["version"]),
                role=as_text(data["role"]),
                path=as_text(data["path"]),
                sha256=as_text(data["sha256"]),
                conformance=as_optional_text(data["conformance"]),
                lost=as_text(data["lost"]),
            )
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
        name=as_text(data["name"]),
        name_bytes=base64.b64decode(as_text(data["name_base64"]), validate=True),
        sha256=as_text(data["sha256"]),
        size=as_integer(data["size"]),
        path=as_text(data["path"]),
        reading=as_integer(data["reading"]),
        pages=tuple(as_integer(page) for page in as_list(data["pages"])),
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
        "pages": copy.pages.value,
    }


def _pages_of(data: Json) -> Pages:
    """Return where the pages of copies come from in a record.json that does not say it copy by copy."""
    return Pages.DRAWN if as_truth(data["typed"]) else Pages.RECEIVED


def _copy_from_json(data: Json, pages: Pages) -> Copy:
    return Copy(
        role=as_text(data["role"]),
        number=as_integer(data["number"]),
        total=as_integer(data["total"]),
        label=as_text(data["label"]),
        path=as_text(data["path"]),
        sha256=as_text(data["sha256"]),
        conformance=as_optional_text(data["conformance"]),
        pages=Pages(data.get("pages", pages)),
    )


def _crops(data: Json) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({as_text(key): tuple(map(as_text, as_list(paths))) for key, paths in data.items()})


def _confirmation_to_json(confirmation: Confirmation) -> Json:
    changes = {key: list(change) for key, change in confirmation.changes.items()}
    return {"by": confirmation.by, "at": confirmation.at, "changes": changes}


def _confirmation_from_json(data: Json) -> Confirmation:
    return Confirmation(as_text(data["by"]), as_text(data["at"]), _changes(data["changes"]))


def _changes(data: Json) -> Mapping[str, tuple[str, str]]:
    return MappingProxyType({as_text(key): (as_text(old), as_text(new)) for key, (old, new) in data.items()})
