"""Which record a reading belongs to, as its first or its next version; what is not certain is asked. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from formsvc.archive import layout
from formsvc.errors import Code, Problem
from formsvc.forms.reading import Reading
from formsvc.forms.spec import FormSpec, SubjectKind
from formsvc.index.entry import Found
from formsvc.index.finding import Finder
from formsvc.organisations.directory import Directory, Person
from formsvc.records.identity import identity_key, record_id, same_unit
from formsvc.records.record import Version

NEW = "new"
"""What a person says instead of a record's id when the form is a record of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading goes."""

    record: str
    version: int
    prefix: str
    """The record's folder in the archive."""
    identity: str
    organisation: str | None
    """The resolved branch, or None."""
    holders: Mapping[str, str]
    """Role -> holder, for those the roster and the organisation tree know."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A person has to say which record it is."""

    problem: Problem
    candidates: tuple[str, ...]


def resolve(
    spec: FormSpec,
    reading: Reading,
    founding: tuple[str, int],
    index: Finder,
    directory: Directory,
    *,
    chosen: str | None = None,
) -> Place | Unsure:
    """Return where a complete reading goes.

    `founding` is (SHA-256 of the submission, number of the reading); `chosen` is the record's id, or `new`, when a
    person has said so. The rules are those of the same record: form, year,
    name and the identity fields equal and the unit equal is the next version; another unit is asked about.
    """
    identity = identity_key(spec, reading)
    if identity is None:
        return Unsure(Problem(Code.IDENTITY_MISSING), ())
    known = index.by_identity(identity)
    unit = _unit(spec, reading)
    if chosen not in (None, NEW):
        match = next((entry for entry in known if entry.id == chosen), None)
    else:
        match = next((entry for entry in known if chosen is None and _same(spec, entry, unit)), None)
    if match is None and known and chosen is None:
        ids = tuple(entry.id for entry in known)
        return Unsure(Problem(Code.NAMESAKE, params={"record": ", ".join(ids), "unit": known[0].unit or ""}), ids)
    person = person_of(spec, reading)
    branch = directory.branch(person)
    year, name = reading.year.value, reading.text(spec.subject.name)
    if year is None:
        return Unsure(Problem(Code.YEAR_MISSING), ())
    record = record_id(*founding) if match is None else match.id
    prefix = layout.record_prefix(year, spec.id, branch or unit, name, record) if match is None else match.path
    version = 1 if match is None else match.version + 1
    holders = MappingProxyType(directory.holders(spec.copies, person))
    return Place(record, version, prefix, identity, branch, holders)


def person_of(spec: FormSpec, reading: Reading) -> Person:
    """Return who pledges, as the roster is asked about them."""
    details = {key: str(reading.value(key)) for key in spec.subject.identity if reading.value(key) is not None}
    return Person(spec.subject.kind, reading.text(spec.subject.name), _unit(spec, reading), MappingProxyType(details))


def person_of_version(spec: FormSpec, version: Version) -> Person:
    """Return who pledged in a filed version, as the roster is asked about them."""
    found = {key: version.fields[key].value for key in spec.subject.identity if key in version.fields}
    details = {key: str(value) for key, value in found.items() if value is not None}
    return Person(version.subject_kind, version.name, version.unit, MappingProxyType(details))


def _unit(spec: FormSpec, reading: Reading) -> str | None:
    return reading.text(spec.subject.unit) or None


def _same(spec: FormSpec, entry: Found, unit: str | None) -> bool:
    return spec.subject.kind is SubjectKind.ORGANISATION or same_unit(entry.unit, unit)
