"""Which record a reading belongs to, as its first or its next version; what is not certain is asked. Writes nothing."""

from __future__ import annotations

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
    person has said so: then only form and year have to be the record's. By themselves, readings are of one record
    when form, year, name, the identity fields and the unit are equal; another unit is asked about, and so is which of
    several records.
    """
    identity = identity_key(spec, reading)
    unit = _unit(spec, reading)
    match: Found | None = None
    if chosen not in (None, NEW):
        named = [one for one in index.by_id_prefix(chosen or "") if _is_of(one, spec, reading)]
        if len(named) != 1:
            return Unsure(Problem(Code.NAMESAKE, params={"record": chosen or "", "unit": unit or ""}), ())
        match = named[0]
        identity = identity or match.identity
    if identity is None:
        return Unsure(Problem(Code.IDENTITY_MISSING), ())
    if chosen is None:
        known = index.by_identity(identity)
        same = [entry for entry in known if _same(spec, entry, unit)]
        if known and len(same) != 1:
            ids = tuple(entry.id for entry in known)
            return Unsure(Problem(Code.NAMESAKE, params={"record": ", ".join(ids), "unit": known[0].unit or ""}), ids)
        match = same[0] if same else None
    year, name = reading.year.value, reading.text(spec.subject.name)
    if year is None:
        return Unsure(Problem(Code.YEAR_MISSING), ())
    branch = directory.branch(person_of(spec, reading))
    if match is not None:
        return Place(match.id, match.version + 1, match.path, identity, branch)
    record = record_id(*founding)
    return Place(record, 1, layout.record_prefix(year, spec.id, branch or unit, name, record), identity, branch)


def _is_of(entry: Found, spec: FormSpec, reading: Reading) -> bool:
    return (entry.form, entry.year) == (spec.id, reading.year.value)


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
