"""A record's history folded into its present: values, stamps, holders, status. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from formsvc.forms.reading import Evidence, FieldReading, Source, Value, YearReading, YearSource
from formsvc.forms.spec import FormSpec, HolderRule
from formsvc.forms.values import normalise
from formsvc.records.event import Assigned, Corrected, Event, Filed, Redrawn, Review, ReviewDecision
from formsvc.records.identity import identity_of
from formsvc.records.record import Copy, Version


class Status(StrEnum):
    """Where a record stands."""

    FILED = "filed"
    REVIEWED = "reviewed"
    RETURNED = "returned"


class CopyState(StrEnum):
    """Where a copy is on its way to its holder."""

    FILED = "filed"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A review stamp with who and when it was recorded."""

    review: Review
    by: str | None
    at: str
    event: int


@dataclass(frozen=True, slots=True)
class History:
    """All versions and events of one record."""

    prefix: str
    """The record's folder in the archive: year/form/organisation/name-id."""
    versions: tuple[Version, ...]
    events: tuple[Event, ...]
    head: str
    """SHA-256 of the last event's file, 64 zeros when there is none."""

    @property
    def id(self) -> str:
        """The record's id."""
        return self.versions[0].record

    @property
    def latest(self) -> Version:
        """The version that counts now."""
        return self.versions[-1]

    @property
    def stamps(self) -> tuple[Stamp, ...]:
        """Every review stamp, of every version, in order."""
        return tuple(
            Stamp(event.details, event.by, event.at, event.number)
            for event in self.events
            if isinstance(event.details, Review)
        )

    def is_filed(self, version: int) -> bool:
        """Whether an event tells that this version was filed."""
        return any(isinstance(event.details, Filed) and event.details.version == version for event in self.events)

    def status(self, spec: FormSpec) -> Status:
        """Return what the decisions on the latest version say; a new version starts at filed.

        Reviewed means that every step of the form is approved; one return outweighs approvals.
        """
        given = {
            (stamp.review.step, stamp.review.decision)
            for stamp in self.stamps
            if stamp.review.version == self.latest.number
        }
        if any(decision is ReviewDecision.RETURN for _, decision in given):
            return Status.RETURNED
        if spec.reviews and all((step.key, ReviewDecision.APPROVE) in given for step in spec.reviews):
            return Status.REVIEWED
        return Status.FILED

    def holders(self, spec: FormSpec) -> Mapping[str, str]:
        """Return role -> holder of the latest version's copies, for those known; a later assignment counts.

        The subject's own copy and the posting copy have their holder by the rule itself.
        """
        name = self.corrected(spec).name
        known = {copy.role: name for copy in spec.copies if copy.holder is HolderRule.SUBJECT}
        known |= {copy.role: copy.place for copy in spec.copies if copy.holder is HolderRule.POSTING}
        for event in self.events:
            if isinstance(event.details, Assigned) and event.details.version == self.latest.number:
                known |= event.details.holders
        return MappingProxyType(known)

    def copy(self, role: str) -> Copy | None:
        """Return the latest version's copy of this role."""
        return next((copy for copy in self.copies if copy.role == role), None)

    @property
    def copies(self) -> tuple[Copy, ...]:
        """The latest version's copies as they lie now, by paths below the record: one drawn anew has its place."""
        # by its facts: `dataclasses.replace` takes three times as long
        return tuple(
            Copy(copy.role, copy.number, copy.total, copy.label, path, sha256, conformance)
            for copy, path, sha256, conformance in self.places()
        )

    def places(self) -> Iterator[tuple[Copy, str, str, str | None]]:
        """Yield the latest version's copies, each with path below the record, hash and PDF/A level as it lies now."""
        version = self.latest.number
        anew = {
            event.details.role: event.details
            for event in self.events
            if isinstance(event.details, Redrawn) and event.details.version == version
        }
        for copy in self.latest.copies:
            new = anew.get(copy.role)
            if new is None:
                yield copy, f"v{version}/{copy.path}", copy.sha256, copy.conformance
            else:
                yield copy, new.path, new.sha256, new.conformance

    def corrected(self, spec: FormSpec) -> Version:
        """Return the latest version with every correction of it applied; its identity follows the corrected values."""
        version = self.latest
        for event in self.events:
            if isinstance(event.details, Corrected) and event.details.version == version.number:
                for key, (_, after) in event.details.changes.items():
                    version = _with_value(version, spec, key, after)
        return version if version is self.latest else _with_identity(version, spec)


def _with_value(version: Version, spec: FormSpec, key: str, text: str) -> Version:
    field = spec.fields.get(key)
    if field is None:
        return version
    value: Value = normalise(field, text).value
    if key == spec.year_key:
        year = value if isinstance(value, int) else version.year.value
        return dataclasses.replace(version, year=YearReading(year, YearSource.PERSON, 1.0, text))
    before = version.fields.get(key)
    others = () if before is None else (before.raw, *before.alternatives)
    found = FieldReading(value, text, 1.0, Evidence(Source.PERSON), others)
    changed = dataclasses.replace(version, fields=MappingProxyType({**version.fields, key: found}))
    if key == spec.subject.name and isinstance(value, str):
        changed = dataclasses.replace(changed, name=value)
    if key == spec.subject.unit and (value is None or isinstance(value, str)):
        changed = dataclasses.replace(changed, unit=value)
    return changed


def _with_identity(version: Version, spec: FormSpec) -> Version:
    found = [version.fields.get(key) for key in spec.subject.identity]
    parts = [None if field is None else field.value for field in found]
    identity = identity_of(spec, version.year.value, version.name, parts)
    return version if identity is None else dataclasses.replace(version, identity=identity)
