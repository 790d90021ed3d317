"""What a reading lacks, judged by its form alone: pure, and right again after a person corrected a value.

The roster, the archive and the inbox have their say elsewhere. How the reading was come by (labels, sources, left-over
text) is said by whoever read it, in the reading's own problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from formsvc.chinese import fold_name, private_data
from formsvc.errors import Code, Param, Problem
from formsvc.forms.crosschecks import disagreements
from formsvc.forms.reading import FieldReading, MarkState, Reading, Value, YearSource
from formsvc.forms.spec import Field, FormSpec, Kind, SubjectKind
from formsvc.forms.values import is_blank, normalise

CONFIDENT = 0.8
"""The threshold of typed text; readers of scans bring calibrated ones."""

_PROPOSING = (YearSource.DATE, YearSource.FOLDER, YearSource.CAMPAIGN)
_FREE_TEXT = (Kind.TEXT, Kind.ITEMS, Kind.NAME)
"""What anything can be written into."""


def validate(form: FormSpec, reading: Reading, *, threshold: float = CONFIDENT) -> tuple[Problem, ...]:
    """Return what a reading of this form lacks, each problem once; values below `threshold` wait for a person."""
    found = [*_of_year(form, reading), *_of_marks(form, reading)]
    for field in form.fields.values():
        if field.kind is not Kind.YEAR and not field.kind.is_mark:
            found += _of_field(form, field, reading.fields.get(field.key), threshold)
            found += _of_posting(field, reading.fields.get(field.key))
    if not reading.typed:
        found += disagreements(form, reading)
    return tuple(dict.fromkeys(found))


def is_untouched(form: FormSpec, reading: Reading) -> bool:
    """Whether nothing is written in any field and no picture stands in a box; a year alone is printed on blanks."""
    return all(
        found.value in (None, MarkState.ABSENT) and _is_blank(form, key, found) for key, found in reading.fields.items()
    )


def _is_blank(form: FormSpec, key: str, found: FieldReading) -> bool:
    field = form.fields.get(key)
    return not found.raw.strip() if field is None else is_blank(field, found.raw)


def _of_field(form: FormSpec, field: Field, found: FieldReading | None, threshold: float) -> Iterator[Problem]:
    value = None if found is None else found.value
    raw = "" if found is None else found.raw
    if found is None or value is None:
        if not normalise(field, raw).is_readable:
            yield _problem(Code.FIELD_UNREADABLE, field.key, raw=raw)
        missing = _missing(form, field)
        if missing is not None:
            yield _problem(missing, field.key)
        return
    if not _fits(field, value):
        yield _problem(Code.FIELD_UNREADABLE, field.key, raw=raw)
    elif found.confidence < threshold:
        yield _problem(Code.LOW_CONFIDENCE, field.key, raw=raw)


def _of_posting(field: Field, found: FieldReading | None) -> Iterator[Problem]:
    """Hold a form back whose posted text holds numbers of a person; where there is no value, the text is posted."""
    if found is None or not field.public:
        return
    if found.value is None:
        text = found.raw
    elif field.kind in _FREE_TEXT:
        text = "\n".join(found.value) if isinstance(found.value, tuple) else str(found.value)
    else:
        return
    for kind in sorted(private_data(text)):
        yield _problem(Code.PRIVATE_DATA, field.key, kind=kind.value)


def _missing(form: FormSpec, field: Field) -> Code | None:
    """Return what it means that a field has no value; None when it may have none."""
    if field.key == form.subject.name:
        return Code.SUBJECT_MISSING
    if field.key in form.subject.identity:
        return Code.IDENTITY_MISSING
    return Code.FIELD_MISSING if field.required else None


def _fits(field: Field, value: Value) -> bool:
    """Whether a value has the type and the form of its field's kind."""
    if field.kind is Kind.ITEMS:
        return isinstance(value, tuple)
    if field.kind is Kind.INTEGER:
        return isinstance(value, int)
    return isinstance(value, str) and (field.kind is not Kind.CHOICE or value in field.options)


def _of_marks(form: FormSpec, reading: Reading) -> Iterator[Problem]:
    """Note a missing mark of the one who pledges, and of a reviewer who wrote something."""
    written = (step for step in form.reviews if {reading.value(step.opinion), reading.value(step.date)} != {None})
    for key in (form.signing.mark, *(step.seal for step in written)):
        if key is not None and reading.value(key) in (None, MarkState.ABSENT):
            is_signature = form.fields[key].kind is Kind.SIGNATURE
            yield Problem(Code.SIGNATURE_MISSING if is_signature else Code.SEAL_MISSING, key)
    yield from _of_typed_name(form, reading)


def _of_typed_name(form: FormSpec, reading: Reading) -> Iterator[Problem]:
    """Compare a name typed where the member signs with the member's name."""
    key = form.signing.mark
    found = reading.fields.get(key) if key is not None else None
    if key is None or found is None or form.subject.kind is not SubjectKind.MEMBER:
        return
    name = reading.text(form.subject.name)
    is_typed = not normalise(form.fields[key], found.raw).is_readable
    if name and is_typed and fold_name(found.raw) != fold_name(name):
        yield _problem(Code.SOURCES_DISAGREE, form.subject.name, raw=name, other=found.raw)


def _of_year(form: FormSpec, reading: Reading) -> Iterator[Problem]:
    year = reading.year
    if year.value is None:
        yield Problem(Code.YEAR_MISSING, form.year_key)
    elif year.source in _PROPOSING:
        yield _problem(Code.YEAR_PROPOSED, form.year_key, year=year.value, source=str(year.source))
    elif year.source is not YearSource.PERSON:
        signed = reading.text(form.signing.date)
        if re.match(r"\d{4}", signed) and not _signed_in_season(signed, year.value):
            yield _problem(Code.YEAR_CONFLICT, form.year_key, year=year.value, other=int(signed[:4]))


def _signed_in_season(signed: str, year: int) -> bool:
    """Whether a pledge for a year was signed from December before it to its December."""
    return f"{year - 1}-12" <= signed < f"{year + 1}"


def _problem(code: Code, key: str, **facts: Param) -> Problem:
    return Problem(code, key, MappingProxyType(facts))
