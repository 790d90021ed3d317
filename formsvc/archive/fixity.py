"""Whether the archive is what was written: files against manifests, events against their chain and the journal.

Each finding has a stable code and names the object. `quick` looks at names, records, events and the journal; `full`
reads every byte. Nothing is repaired here. What a writer at work has not finished is no damage: whoever calls this
says which versions and events are being written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from formsvc.archive import journal, layout
from formsvc.archive.versions import read_manifest
from formsvc.errors import FormsvcError
from formsvc.records.event import FIRST_PREVIOUS, Event, Filed
from formsvc.records.record_json import decode, event_from_json, version_from_json
from formsvc.storage.store import Store

_CHUNK = 1 << 20


class Damage(StrEnum):
    """What can be wrong; each has a sentence in the catalogues and a test of its name."""

    DECLARATION_MISSING = "declaration-missing"
    FILE_MISSING = "file-missing"
    FILE_CHANGED = "file-changed"
    FILE_UNKNOWN = "file-unknown"
    MANIFEST_MISSING = "manifest-missing"
    MANIFEST_CHANGED = "manifest-changed"
    MANIFEST_UNREADABLE = "manifest-unreadable"
    VERSION_MISSING = "version-missing"
    RECORD_UNREADABLE = "record-unreadable"
    RECORD_MISPLACED = "record-misplaced"
    EVENT_MISSING = "event-missing"
    EVENT_UNREADABLE = "event-unreadable"
    EVENT_CHAIN = "event-chain"
    JOURNAL_UNREADABLE = "journal-unreadable"
    JOURNAL_CHAIN = "journal-chain"
    JOURNAL_EVENT = "journal-event"
    JOURNAL_SILENT = "journal-silent"
    SOURCE_MISSING = "source-missing"
    FORM_MISSING = "form-missing"
    INDEX_DIFFERS = "index-differs"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    code: Damage
    path: str
    """The store name of the object."""
    detail: str = ""
    """A further fact: a name, a hash."""


@dataclass
class Inspection:
    """One walk over the archive."""

    store: Store
    full: bool
    progress: Callable[[int], None] = lambda _: None
    """Called with the number of files looked at so far."""
    checked: int = 0
    _told: dict[str, str] = field(default_factory=dict)
    """Event name -> hash, as the journal tells."""
    _forms: set[str] = field(default_factory=set)
    _sources: set[str] = field(default_factory=set)

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong, in the order of the archive."""
        yield from self._journal()
        names = list(self.store.names())
        if layout.DECLARATION not in names:
            yield Finding(Damage.DECLARATION_MISSING, layout.DECLARATION)
        kept = set(names)
        for top, group in groupby(names, key=_object_of):
            yield from self._object(top, list(group))
        for name in sorted(self._forms - kept):
            yield Finding(Damage.FORM_MISSING, name)
        for name in sorted(self._sources - kept):
            yield Finding(Damage.SOURCE_MISSING, name)
        for name in sorted(set(self._told) - kept):
            yield Finding(Damage.EVENT_MISSING, name)

    def _object(self, top: str, names: list[str]) -> Iterator[Finding]:
        self.checked += len(names)
        self.progress(self.checked)
        first = top.split("/", 1)[0]
        if layout.split_record_name(names[0]) is not None:
            yield from self._record(top, names)
        elif first == layout.SOURCES and top.count("/") == 1:
            yield from self._manifest(top, [name[len(top) + 1 :] for name in names])
        elif first not in _KNOWN_TOPS and top not in layout.WORKING:
            yield from (Finding(Damage.FILE_UNKNOWN, name) for name in names)

    def _record(self, prefix: str, names: list[str]) -> Iterator[Finding]:
        versions: dict[int, list[str]] = {}
        numbers: list[int] = []
        for name in names:
            rest = name[len(prefix) + 1 :]
            version, event = layout.version_number(rest), layout.event_number(rest)
            if version is not None:
                versions.setdefault(version[0], []).append(version[1])
            elif event is not None:
                numbers.append(event)
            else:
                yield Finding(Damage.FILE_UNKNOWN, name)
        manifests: dict[int, str] = {}
        for number in sorted(versions):
            yield from self._version(prefix, number, versions[number], manifests)
        for number in range(1, max(versions, default=0) + 1):
            if number not in versions:
                yield Finding(Damage.VERSION_MISSING, layout.version_prefix(prefix, number))
        yield from self._events(prefix, sorted(numbers), manifests)

    def _version(self, prefix: str, number: int, names: list[str], manifests: dict[int, str]) -> Iterator[Finding]:
        version = layout.version_prefix(prefix, number)
        if layout.MANIFEST in names:
            manifests[number] = hashlib.sha256(self.store.get(f"{version}/{layout.MANIFEST}")).hexdigest()
        yield from self._manifest(version, names)
        if layout.RECORD not in names:
            return
        try:
            record = version_from_json(decode(self.store.get(f"{version}/{layout.RECORD}")))
        except (ValueError, FormsvcError) as error:
            yield Finding(Damage.RECORD_UNREADABLE, f"{version}/{layout.RECORD}", str(error)[:200])
            return
        if (record.record, record.number) != (prefix[-12:], number):
            yield Finding(Damage.RECORD_MISPLACED, version, f"{record.record} v{record.number}")
        self._forms.add(layout.form_name(record.form, record.form_version))
        if record.original.path.startswith(f"{layout.SOURCES}/"):
            self._sources.add(record.original.path)

    def _manifest(self, prefix: str, names: list[str]) -> Iterator[Finding]:
        if layout.MANIFEST not in names:
            yield Finding(Damage.MANIFEST_MISSING, prefix)
            return
        try:
            listed = read_manifest(self.store.get(f"{prefix}/{layout.MANIFEST}"))
        except ValueError:
            yield Finding(Damage.MANIFEST_UNREADABLE, f"{prefix}/{layout.MANIFEST}")
            return
        there = set(names) - {layout.MANIFEST}
        for name in sorted(set(listed) - there):
            yield Finding(Damage.FILE_MISSING, f"{prefix}/{name}")
        for name in sorted(there - set(listed)):
            yield Finding(Damage.FILE_UNKNOWN, f"{prefix}/{name}")
        for name in sorted(there & set(listed)):
            if self.full and self._hash(f"{prefix}/{name}") != listed[name]:
                yield Finding(Damage.FILE_CHANGED, f"{prefix}/{name}")

    def _events(self, prefix: str, numbers: list[int], manifests: dict[int, str]) -> Iterator[Finding]:
        previous = FIRST_PREVIOUS
        filed: set[int] = set()
        for number in range(1, max(numbers, default=0) + 1):
            name = layout.event_name(prefix, number)
            if number not in numbers:
                if name not in self._told:
                    yield Finding(Damage.EVENT_MISSING, name)
                previous = ""
                continue
            data = self.store.get(name)
            sha256 = hashlib.sha256(data).hexdigest()
            try:
                event = event_from_json(decode(data))
            except ValueError:
                yield Finding(Damage.EVENT_UNREADABLE, name)
                previous = sha256
                continue
            yield from self._event(name, prefix, event, previous, sha256)
            if isinstance(event.details, Filed):
                filed.add(event.details.version)
                manifest = manifests.get(event.details.version)
                if manifest is not None and manifest != event.details.manifest_sha256:
                    version = layout.version_prefix(prefix, event.details.version)
                    yield Finding(Damage.MANIFEST_CHANGED, f"{version}/{layout.MANIFEST}")
                if manifest is None and event.details.version not in manifests:
                    yield Finding(Damage.VERSION_MISSING, layout.version_prefix(prefix, event.details.version))
            previous = sha256
        for number in sorted(set(manifests) - filed):
            yield Finding(Damage.UNFINISHED, layout.version_prefix(prefix, number))

    def _event(self, name: str, prefix: str, event: Event, previous: str, sha256: str) -> Iterator[Finding]:
        if (
            previous not in ("", event.previous)
            or event.record != prefix[-12:]
            or not name.endswith(f"/{event.number:04}.json")
        ):
            yield Finding(Damage.EVENT_CHAIN, name)
        told = self._told.get(name)
        if told is None:
            yield Finding(Damage.JOURNAL_SILENT, name)
        elif told != sha256:
            yield Finding(Damage.JOURNAL_EVENT, name, told)

    def _journal(self) -> Iterator[Finding]:
        number, previous = 0, FIRST_PREVIOUS
        for name in journal.files(self.store):
            for raw in journal.read(self.store, name):
                try:
                    line = journal.decode(raw)
                except ValueError:
                    yield Finding(Damage.JOURNAL_UNREADABLE, name, f"line after {number}")
                    previous = ""
                    continue
                if line.number != number + 1 or (previous and line.previous != previous):
                    yield Finding(Damage.JOURNAL_CHAIN, name, f"line {line.number}")
                self._told[layout.event_name(line.record, line.event)] = line.sha256
                number, previous = line.number, hashlib.sha256(raw).hexdigest()

    def _hash(self, name: str) -> str:
        digest = hashlib.sha256()
        with self.store.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


_KNOWN_TOPS = frozenset(
    {layout.README, layout.DECLARATION, layout.FORMS, layout.JOURNAL, layout.ORGANISATIONS, layout.ISSUED}
)


def _object_of(name: str) -> str:
    """Return the object a name belongs to: its record, its source, or the name itself."""
    record = layout.split_record_name(name)
    if record is not None:
        return record[0]
    parts = name.split("/")
    return "/".join(parts[:2]) if parts[0] == layout.SOURCES else name
