"""A record.json without its fields and problems, which are most of it: what an index needs, in a fifth of the time.

msgspec takes the JSON apart and checks its types in one go, stepping over what is not asked for. What it does not
take is left to `record_json`, which alone says what is wrong with a file.
"""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from types import MappingProxyType

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from formsvc.chinese.dates import YEARS
from formsvc.forms.reading import YearReading
from formsvc.forms.spec import SubjectKind
from formsvc.records.record import Confirmation, Copy, Original, Pages, Version
from formsvc.records.record_json import decode_version

_ESCAPED = b"\\u"
"""Only so may NUL or half of a surrogate pair be written, which texts must not have."""


class _Subject(Struct, gc=False):
    kind: SubjectKind
    name: str
    identity: str


class _Original(Struct):
    name: str
    name_base64: bytes
    sha256: str
    size: int
    path: str
    reading: int
    pages: tuple[int, ...]


class _Copy(Struct, gc=False):
    role: str
    number: int
    total: int
    label: str
    path: str
    sha256: str
    conformance: str | None
    pages: Pages | None = None


class _Confirmation(Struct):
    by: str
    at: str
    changes: dict[str, tuple[str, str]]


class _Outline(Struct):
    record: str
    version: int
    form: str
    form_version: int
    year: YearReading
    subject: _Subject
    unit: str | None
    organisation: str | None
    original: _Original
    copies: list[_Copy]
    typed: bool
    serial: str | None
    confirmation: _Confirmation | None
    arrived_at: str
    filed_at: str
    program: str
    crops: dict[str, tuple[str, ...]] = {}


_OUTLINES = Decoder(_Outline)


def outline_of(data: bytes) -> Version:
    """Return the version of a record.json with no fields and no problems; raises ValueError as `decode_version`."""
    if _ESCAPED not in data:
        with suppress(DecodeError):
            found = _OUTLINES.decode(data)
            if _is_sound(found.year):
                return _version(found)
    return dataclasses.replace(decode_version(data), fields=MappingProxyType({}), problems=())


def _is_sound(year: YearReading) -> bool:
    return (year.value is None or year.value in YEARS) and 0 <= year.confidence <= 1


def _version(found: _Outline) -> Version:
    pages = Pages.DRAWN if found.typed else Pages.RECEIVED
    return Version(
        record=found.record,
        number=found.version,
        form=found.form,
        form_version=found.form_version,
        year=found.year,
        subject_kind=found.subject.kind,
        name=found.subject.name,
        unit=found.unit,
        organisation=found.organisation,
        identity=found.subject.identity,
        fields=MappingProxyType({}),
        problems=(),
        original=_original(found.original),
        copies=tuple(
            Copy(one.role, one.number, one.total, one.label, one.path, one.sha256, one.conformance, one.pages or pages)
            for one in found.copies
        ),
        typed=found.typed,
        serial=found.serial,
        confirmation=None if found.confirmation is None else _confirmation(found.confirmation),
        arrived_at=found.arrived_at,
        filed_at=found.filed_at,
        program=found.program,
        crops=MappingProxyType(found.crops),
    )


def _original(found: _Original) -> Original:
    facts = (found.name, found.name_base64, found.sha256, found.size, found.path, found.reading, found.pages)
    return Original(*facts)


def _confirmation(found: _Confirmation) -> Confirmation:
    return Confirmation(found.by, found.at, MappingProxyType(found.changes))
