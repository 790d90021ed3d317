"""What belongs to a hand-over, and what its files hash to. Pure but for reading.

A whole archive is handed over with its journal. A part of it is the records of a year or a form with what they need:
their forms, sources and roster imports; the journal tells of all records and stays behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from formsvc.archive import journal, layout
from formsvc.archive.damage import Damage, Finding
from formsvc.archive.fixity import Inspection
from formsvc.archive.part import Part
from formsvc.archive.vouching import Vouching
from formsvc.errors import DamagedArchiveError
from formsvc.records.event import Assigned
from formsvc.records.record_json import decode_version
from formsvc.storage.store import ReadableStore

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What one file hashes to."""

    sha256: str
    sha512: str
    size: int
    """Bytes."""


def fingerprint(data: bytes) -> Fingerprint:
    """Return the fingerprint of a content."""
    return Fingerprint(hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest(), len(data))


def fingerprint_at(store: ReadableStore, name: str) -> Fingerprint:
    """Return the fingerprint of a file; raises as the store does."""
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    with store.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            sha256.update(chunk)
            sha512.update(chunk)
            size += len(chunk)
    return Fingerprint(sha256.hexdigest(), sha512.hexdigest(), size)


def whole(store: ReadableStore) -> Part:
    """Return everything that belongs to an archive."""
    return Part(store, {name: name for name in store.names() if not layout.is_working(name)})


def selected(store: ReadableStore, year: int | None, form: str | None) -> Part:
    """Return the records of a year and a form with what they need; everything when neither is given.

    Raises DamagedArchiveError when one of them cannot be read.
    """
    if year is None and form is None:
        return whole(store)
    names = {layout.DECLARATION, layout.README}
    for name in store.names() if year is None else store.names(f"{year:04}"):
        parts = layout.split_record_name(name)
        if parts is not None and (form is None or name.split("/")[1] == form):
            names |= {name, *_needed(store, name, parts[2])}
    return Part(store, {name: name for name in names})


def flaws(part: ReadableStore, progress: Callable[[int], None] = lambda _: None) -> Iterator[Finding]:
    """Yield what is wrong with a hand-over, by what is in it alone; one of a part has no journal."""
    is_told = bool(journal.files(part))
    for finding in Inspection(part, full=True, progress=progress).findings():
        if is_told or finding.code is not Damage.JOURNAL_SILENT:
            yield finding


def _needed(store: ReadableStore, name: str, rest: str) -> Iterator[str]:
    version = layout.version_number(rest)
    if version is not None and version[1] == layout.RECORD:
        try:
            record = decode_version(store.get(name))
        except ValueError as error:
            raise DamagedArchiveError(path=name, reason=str(error)) from error
        yield from store.names(layout.form_prefix(record.form, record.form_version))
        if record.original.path.startswith(f"{layout.SOURCES}/"):
            yield from store.names(layout.source_prefix(record.original.sha256))
    elif layout.event_number(rest) is not None:
        event = Vouching(store).event(name)
        if event is not None and isinstance(event.details, Assigned) and store.exists(event.details.basis):
            yield event.details.basis


def by_object(names: Mapping[str, Fingerprint]) -> dict[str, list[str]]:
    """Return object -> its files: each record, source and form by its folder; "" for what stands by itself."""
    objects: dict[str, list[str]] = {}
    for name in sorted(names):
        record = layout.split_record_name(name)
        parts = name.split("/")
        if record is not None:
            objects.setdefault(record[0], []).append(name)
        elif parts[0] in (layout.SOURCES, layout.FORMS):
            objects.setdefault("/".join(parts[:2]), []).append(name)
        else:
            objects.setdefault("", []).append(name)
    return objects
