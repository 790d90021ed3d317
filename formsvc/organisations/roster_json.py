"""The only JSON of rosters, as the archive keeps each import."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

from formsvc.forms.json_values import as_list, as_text
from formsvc.organisations.roster import Member, Organisation, Roster

SCHEMA = 1


def encode_roster(roster: Roster, *, file: str, at: str) -> bytes:
    """Return the bytes of an import: what the file said, its name and the moment."""
    data = {
        "schema": SCHEMA,
        "file": file,
        "at": at,
        "members": [
            {
                "name": member.name,
                "details": dict(member.details),
                "unit": member.unit,
                "workplace": member.workplace,
                "residence": member.residence,
            }
            for member in roster.members
        ],
        "organisations": [
            {"name": one.name, "parent": one.parent, "other_names": list(one.other_names)}
            for one in roster.organisations
        ],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def decode_roster(data: bytes) -> Roster:
    """Return the roster of an import; raises ValueError when it is out of shape."""
    try:
        parsed: dict[str, Any] = json.loads(data.decode("utf-8"))
        members = tuple(_member(member) for member in as_list(parsed["members"]))
        organisations = tuple(
            Organisation(as_text(one["name"]), as_text(one["parent"]), tuple(map(as_text, as_list(one["other_names"]))))
            for one in as_list(parsed["organisations"])
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"a roster out of shape: {error!r}") from error
    return Roster(members, organisations, ())


def _member(data: dict[str, Any]) -> Member:
    return Member(
        name=as_text(data["name"]),
        details=MappingProxyType({as_text(key): as_text(value) for key, value in data["details"].items()}),
        unit=as_text(data["unit"]),
        workplace=as_text(data["workplace"]),
        residence=as_text(data["residence"]),
    )
