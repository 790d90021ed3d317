"""What `find --json` and `show --json` print of a record: the contract's keys, from its history. Pure."""

from __future__ import annotations

from typing import Any

from formsvc.forms.reading_json import field_to_json, problem_to_json, year_to_json
from formsvc.forms.spec import FormSpec
from formsvc.records.event import ReviewDecision
from formsvc.records.history import CopyState, History, Stamp
from formsvc.records.record import Version
from formsvc.records.record_json import SCHEMA, event_to_json

Json = dict[str, Any]


def summary(history: History, spec: FormSpec, archive: str) -> Json:
    """Return the object `find --json` prints: the latest version with every correction applied.

    `archive` is the archive's folder as paths below the workspace name it.
    """
    version = history.corrected(spec)
    return {
        "schema": SCHEMA,
        "id": history.id,
        "form": version.form,
        "year": version.year.value,
        "name": version.name,
        "organisation": version.organisation,
        "unit": version.unit,
        "status": history.status(spec).value,
        "version": version.number,
        "filed_at": version.filed_at,
        "path": f"{archive}/{history.prefix}",
        "copies": _copies(history, spec, archive),
        "reviews": [_stamp(stamp) for stamp in history.stamps],
    }


def full(history: History, spec: FormSpec, archive: str) -> Json:
    """Return the object `show --json` prints: the summary with values, problems, all versions and events."""
    version = history.corrected(spec)
    return {
        **summary(history, spec, archive),
        "year_source": year_to_json(version.year)["source"],
        "fields": {key: field_to_json(field) for key, field in version.fields.items()},
        "problems": [problem_to_json(problem) for problem in version.problems],
        "versions": [_version(one, history, archive) for one in history.versions],
        "events": [event_to_json(event) for event in history.events],
    }


def _copies(history: History, spec: FormSpec, archive: str) -> list[Json]:
    holders = history.holders(spec)
    return [
        {
            "role": copy.role,
            "number": copy.number,
            "holder": holders.get(copy.role),
            "path": f"{archive}/{history.prefix}/{path}",
            "sha256": sha256,
            "state": CopyState.FILED.value,
        }
        for copy, path, sha256, _ in history.places()
    ]


def _stamp(stamp: Stamp) -> Json:
    review = stamp.review
    return {
        "version": review.version,
        "step": review.step,
        "decision": review.decision.value,
        "organisation": review.organisation,
        "by": stamp.by,
        "on": review.on,
        "opinion": review.opinion,
        "criteria": dict(review.criteria),
        "seal": review.seal,
        "source": review.source.value,
        "at": stamp.at,
        "decided": review.decision is not ReviewDecision.UNSET,
    }


def _version(version: Version, history: History, archive: str) -> Json:
    original = version.original
    inside = f"{archive}/{original.path}" if original.path.startswith("sources/") else None
    return {
        "version": version.number,
        "filed_at": version.filed_at,
        "arrived_at": version.arrived_at,
        "original": inside or f"{archive}/{history.prefix}/v{version.number}/{original.path}",
        "file": original.name,
        "pages": list(original.pages),
        "sha256": original.sha256,
        "typed": version.typed,
        "confirmed_by": None if version.confirmation is None else version.confirmation.by,
    }
