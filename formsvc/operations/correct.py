"""Corrects values of a filed record, by event: the original and the copies stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from formsvc.errors import Code, NotAllowedError
from formsvc.forms.reading_json import value_to_json
from formsvc.forms.spec import FormSpec
from formsvc.forms.values import normalise
from formsvc.operations.append import append_to
from formsvc.operations.values import by_key, read_values, require
from formsvc.operations.workspace import Workspace
from formsvc.records.event import Corrected
from formsvc.records.history import History
from formsvc.records.record import Version


def correct(workspace: Workspace, record: str, values: Mapping[str, str], *, why: str, by: str) -> History:
    """Append a correction of the record whose id begins with `record`: field key or label -> new text.

    Raises UnknownIdError, AmbiguousIdError, UnknownFieldError for a field that is none or a text that cannot be read
    as its kind, NotAllowedError when nothing would change or a value would be lacking that a record must have.
    """
    require(by=by, why=why)

    def decide(history: History) -> Corrected:
        spec = workspace.form_of(history.latest)
        version = history.corrected(spec)
        named = by_key(spec, values)
        read_values(spec, named)
        changes = {key: (text_of(spec, version, key), text) for key, text in named.items()}
        changes = {key: change for key, change in changes.items() if change[0] != change[1]}
        if not changes:
            raise NotAllowedError(id=history.id, reason="nothing-changes")
        for key, (_, text) in changes.items():
            lacking = _lacking(spec, key) if normalise(spec.fields[key], text).value is None else None
            if lacking is not None:
                raise NotAllowedError(id=history.id, reason=lacking.value, field=spec.fields[key].label)
        return Corrected(version.number, MappingProxyType(changes), why)

    return append_to(workspace, record, by, decide)


def _lacking(spec: FormSpec, key: str) -> Code | None:
    """Return what it means for a record that this field is empty; None when it may be."""
    if key == spec.year_key:
        return Code.YEAR_MISSING
    if key == spec.subject.name:
        return Code.SUBJECT_MISSING
    if key in spec.subject.identity:
        return Code.IDENTITY_MISSING
    return Code.FIELD_MISSING if spec.fields[key].required else None


def text_of(spec: FormSpec, version: Version, key: str) -> str:
    """Return a version's value as text, items separated by line feeds; empty when there is none."""
    found = version.fields.get(key)
    if key == spec.year_key:
        return str(version.year.value)
    value = None if found is None else value_to_json(found.value)
    if isinstance(value, list):
        return "\n".join(value)
    return "" if value is None else str(value)
