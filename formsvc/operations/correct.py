"""Corrects values of a filed record, by event: the original and the copies stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from formsvc.errors import NotAllowedError
from formsvc.forms.reading_json import value_to_json
from formsvc.forms.spec import FormSpec
from formsvc.operations.append import append_to
from formsvc.operations.values import by_key, read_values
from formsvc.operations.workspace import Workspace
from formsvc.records.event import Corrected
from formsvc.records.history import History
from formsvc.records.record import Version


def correct(workspace: Workspace, record: str, values: Mapping[str, str], *, why: str, by: str) -> History:
    """Append a correction of the record whose id begins with `record`: field key or label -> new text.

    Raises UnknownIdError, AmbiguousIdError, UnknownFieldError for a field that is none or a text that cannot be read
    as its kind, NotAllowedError when nothing would change.
    """

    def decide(history: History) -> Corrected:
        spec = workspace.form_of(history.latest)
        version = history.corrected(spec)
        named = by_key(spec, values)
        read_values(spec, named)
        changes = {key: (text_of(spec, version, key), text) for key, text in named.items()}
        changes = {key: change for key, change in changes.items() if change[0] != change[1]}
        if not changes:
            raise NotAllowedError(id=history.id, reason="nothing-changes")
        return Corrected(version.number, MappingProxyType(changes), why)

    return append_to(workspace, record, by, decide)


def text_of(spec: FormSpec, version: Version, key: str) -> str:
    """Return a version's value as text, items separated by line feeds; empty when there is none."""
    found = version.fields.get(key)
    if key == spec.year_key:
        return str(version.year.value)
    value = None if found is None else value_to_json(found.value)
    if isinstance(value, list):
        return "\n".join(value)
    return "" if value is None else str(value)
