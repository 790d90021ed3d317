"""What a person says of a reading before it is filed: values, the year, another form. Pure; both readings are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from formsvc.chinese.dates import YEARS
from formsvc.errors import Code, NotConfirmedError, UnreadableValueError
from formsvc.forms.reading import FieldReading, Reading, YearReading, YearSource
from formsvc.forms.reading_json import value_to_json
from formsvc.forms.spec import FormSpec
from formsvc.forms.validation import validate
from formsvc.forms.values import normalise
from formsvc.operations.values import by_key, read_values

MUST_BE_GIVEN = frozenset(
    {Code.YEAR_CONFLICT, Code.YEAR_MISSING, Code.SUBJECT_MISSING, Code.FIELD_MISSING, Code.IDENTITY_MISSING}
)
"""What a person cannot wave through: the value itself has to be given, or for the identity the record named."""

Changes = dict[str, tuple[str, str]]
"""Field key -> (as read, as said)."""


def as_said(
    spec: FormSpec, reading: Reading, values: Mapping[str, str], year: int | None, *, is_named: bool
) -> tuple[Reading, Changes]:
    """Return the reading as a person says it is, and what they changed.

    `values` are texts by field key or label; `is_named` says that the person names the record it belongs to. Raises
    UnknownFieldError for a field that is none, UnreadableValueError for a value or year that is none, and
    NotConfirmedError when a value is lacking that must be given.
    """
    said, changes = (reading, {}) if reading.form == spec.id else _as_form(spec, reading)
    said = dataclasses.replace(said, form=spec.id, form_version=spec.version)
    given = read_values(spec, by_key(spec, values))
    in_field = given.pop(spec.year_key, None)
    for key, found in given.items():
        before = reading.fields.get(key)
        changes[key] = (_text(before), found.raw)
        alternatives = () if before is None else (before.raw, *before.alternatives)
        said = said.with_field(key, dataclasses.replace(found, alternatives=alternatives))
    if in_field is not None:
        year = in_field.value if isinstance(in_field.value, int) else None
        said = dataclasses.replace(said, year=dataclasses.replace(said.year, value=None, source=None))
    said = _of_year(spec, said, year)
    if said.year.value != reading.year.value:
        changes[spec.year_key] = (str(reading.year.value or ""), str(said.year.value or ""))
    asked = [problem for problem in reading.problems if problem.code is Code.YEAR_CONFLICT and year is None]
    for problem in (*asked, *validate(spec, said)):
        if problem.code in MUST_BE_GIVEN and not (is_named and problem.code is Code.IDENTITY_MISSING):
            label = spec.fields[problem.field].label if problem.field else ""
            raise NotConfirmedError(**{**problem.params, "reason": problem.code.value, "field": label})
    return said, changes


def _of_year(spec: FormSpec, reading: Reading, year: int | None) -> Reading:
    """Return the reading with the year a person gave, or with the one they did not object to."""
    chosen = reading.year.value if year is None else year
    if chosen is not None and chosen not in YEARS:
        raise UnreadableValueError(field=spec.fields[spec.year_key].label, value=str(chosen))
    if year is None and reading.year.source is YearSource.TITLE:
        return reading
    source = None if chosen is None else YearSource.PERSON
    return dataclasses.replace(reading, year=YearReading(chosen, source, 1.0, reading.year.raw))


def _as_form(spec: FormSpec, reading: Reading) -> tuple[Reading, Changes]:
    """Return the reading of another form than was thought: its texts read anew, and what has no place there."""
    fields = {
        key: dataclasses.replace(found, value=normalise(spec.fields[key], found.raw).value)
        for key, found in reading.fields.items()
        if key in spec.fields
    }
    dropped = {key: (_text(found), "") for key, found in reading.fields.items() if key not in fields and _text(found)}
    pictures = tuple(picture for picture in reading.pictures if picture.field in fields)
    return dataclasses.replace(reading, fields=MappingProxyType(fields), pictures=pictures), dropped


def _text(field: FieldReading | None) -> str:
    value = None if field is None else value_to_json(field.value)
    return "\n".join(value) if isinstance(value, list) else str(value if value is not None else "")
