"""The only JSON of rosters, as the archive keeps each import."""

from __future__ import annotations

import json
from typing import Any

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
        members = tuple(Member(**member) for member in parsed["members"])
        organisations = tuple(
            Organisation(one["name"], one["parent"], tuple(one["other_names"])) for one in parsed["organisations"]
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"a roster out of shape: {error!r}") from error
    return Roster(members, organisations, ())
