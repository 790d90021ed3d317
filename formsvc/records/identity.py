"""Which record a reading belongs to: exact after folding width and blanks, never fuzzy. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from formsvc import chinese
from formsvc.forms.reading import Reading, Value
from formsvc.forms.spec import FormSpec

ID_LENGTH = 12
"""Hexadecimal digits of a record id."""


def record_id(sha256: str, reading: int) -> str:
    """Return the id of the record that the `reading`-th form of the file with this hash founds.

    It follows from the idempotency key alone, so that filing again after a crash finds its own work.
    """
    return hashlib.sha256(f"{sha256}:{reading}".encode("ascii")).hexdigest()[:ID_LENGTH]


def identity_key(spec: FormSpec, reading: Reading) -> str | None:
    """Return the key that two forms of one record share, or None when a part of it is missing."""
    parts = [reading.value(key) for key in spec.subject.identity]
    return identity_of(spec, reading.year.value, reading.text(spec.subject.name), parts)


def identity_of(spec: FormSpec, year: int | None, name: str, parts: Sequence[Value]) -> str | None:
    """Return the identity key of its parts, or None when one is missing.

    Form, year, folded name, and the further identity fields of the form (for a member: sex and month of joining).
    """
    if not name or year is None or any(part is None for part in parts):
        return None
    key = [spec.id, str(year), chinese.fold_name(name), *(str(part) for part in parts)]
    return json.dumps(key, ensure_ascii=False)


def same_unit(one: str | None, other: str | None) -> bool:
    """Whether two units as read are the same after folding; a missing unit is the same as a missing one only."""
    return chinese.fold_name(one or "") == chinese.fold_name(other or "")
