"""Whether the archive is what was written: files against manifests, events against their chain and the journal.

Each finding has a stable code and names the object. `quick` looks at names, manifests, records, events and the
journal; `full` reads every byte. Nothing is repaired here, and what cannot be read is a finding, never an end of the
walk. What a writer at work has not finished is no damage: whoever calls this says which versions and events are being
written. Not promised: to see a change by somebody who made every hash anew from there to the journal's end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from formsvc.archive import journal, layout
from formsvc.archive.damage import Damage, Finding
from formsvc.archive.issued import decode_run, name_of_run
from formsvc.archive.outline import outline_of
from formsvc.archive.versions import read_manifest
from formsvc.errors import FormsvcError
from formsvc.records.event import FIRST_PREVIOUS, Assigned, Event, Filed, Redrawn
from formsvc.records.record_json import decode, decode_event, decode_version
from formsvc.storage.store import ReadableStore

_CHUNK = 1 << 20


@dataclass
class _Record:
    """What is found of one record."""

    prefix: str
    manifests: dict[int, str] = field(default_factory=dict)
    """Version -> hash of its manifest."""
    filed: set[int] = field(default_factory=set)
    """The versions that events tell of."""
    redrawn: dict[str, str] = field(default_factory=dict)
    """Copy drawn anew -> its hash."""
    lost: set[str] = field(default_factory=set)
    """The copies that were lost before others were drawn anew."""


@dataclass
class Inspection:
    """One walk over the archive."""

    store: ReadableStore
    full: bool
    progress: Callable[[int], None] = lambda _: None
    """Called with the number of files looked at so far."""
    reads: Callable[[str], bool] = lambda _: True
    """Whether a full walk reads the bytes of a file; told in the order of the objects."""
    hashes: dict[str, str] | None = None
    """File -> hash of those that were read, when several walks share them."""
    checked: int = 0
    """Files looked at."""
    _known: dict[str, str] = field(default_factory=dict)
    """The record.json just read -> its hash."""
    _told: dict[str, journal.Line] = field(default_factory=dict)
    """Event name -> what the journal tells of it."""
    _named: dict[str, Damage] = field(default_factory=dict)
    """File that a record or an event names -> what it means that it is not there."""

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong, in the order of the archive."""
        yield from self._journal()
        names = list(self.store.names())
        if layout.DECLARATION not in names:
            yield Finding(Damage.DECLARATION_MISSING, layout.DECLARATION)
        if layout.README not in names:
            yield Finding(Damage.FILE_MISSING, layout.README)
        for top, group in groupby(names, key=object_of):
            yield from self._object(top, list(group))
        kept = set(names)
        for name in sorted(self._named.keys() - kept):
            yield Finding(self._named[name], name)
        for name in sorted(self._told.keys() - kept):
            yield Finding(Damage.EVENT_MISSING, name)

    def _object(self, top: str, names: list[str]) -> Iterator[Finding]:
        self.checked += len(names)
        self.progress(self.checked)
        first = top.split("/", 1)[0]
        inside = [name[len(top) + 1 :] for name in names]
        if layout.split_record_name(names[0]) is not None:
            yield from self._record(top, names)
        elif first == layout.SOURCES and inside[0]:
            yield from self._source(top, inside)
        elif first == layout.FORMS and inside[0]:
            yield from self._manifest(top, inside)
        elif first == layout.ORGANISATIONS:
            yield from self._import(top)
        elif first == layout.ISSUED:
            yield from self._issued(top)
        elif top in (layout.DECLARATION, layout.README):
            yield from self._declared(top)
        elif not layout.is_working(top) and not journal.is_file(top):
            yield from (Finding(Damage.FILE_UNKNOWN, name) for name in names)

    def _record(self, prefix: str, names: list[str]) -> Iterator[Finding]:
        versions: dict[int, list[str]] = {}
        numbers: list[int] = []
        redrawn: list[str] = []
        for name in names:
            rest = name[len(prefix) + 1 :]
            version, event = layout.version_number(rest), layout.event_number(rest)
            if version is not None:
                versions.setdefault(version[0], []).append(version[1])
            elif event is not None:
                numbers.append(event)
            elif layout.is_redrawn(rest):
                redrawn.append(name)
            else:
                yield Finding(Damage.FILE_UNKNOWN, name)
        record = _Record(prefix)
        found: list[Finding] = []
        for number in sorted(versions):
            found += self._version(record, number, versions[number])
        for number in range(1, max(versions, default=0) + 1):
            if number not in versions:
                found.append(Finding(Damage.VERSION_MISSING, layout.version_prefix(prefix, number)))
        found += self._events(record, sorted(numbers))
        yield from (one for one in found if one.code is not Damage.FILE_MISSING or one.path not in record.lost)
        yield from self._redrawn(record, redrawn)

    def _redrawn(self, record: _Record, names: list[str]) -> Iterator[Finding]:
        """Check the copies drawn anew against the events that tell of them."""
        for name in sorted({*names, *record.redrawn}):
            if name not in names:
                yield Finding(Damage.FILE_MISSING, name)
            elif name not in record.redrawn:
                yield Finding(Damage.FILE_UNKNOWN, name)
            elif self.full and self.reads(name) and self._hash(name) != record.redrawn[name]:
                yield Finding(Damage.FILE_CHANGED, name)

    def _version(self, known: _Record, number: int, names: list[str]) -> Iterator[Finding]:
        prefix = known.prefix
        version = layout.version_prefix(prefix, number)
        manifest = self._read(f"{version}/{layout.MANIFEST}") or b"" if layout.MANIFEST in names else b""
        if layout.MANIFEST in names:
            known.manifests[number] = _hash_of(manifest)
        data = self._read(f"{version}/{layout.RECORD}") if layout.RECORD in names else None
        sha256 = _hash_of(data or b"")
        self._known = {} if data is None else {f"{version}/{layout.RECORD}": sha256}
        yield from self._manifest(version, names, manifest)
        if layout.RECORD not in names:
            return
        is_as_filed = f"{sha256}  {layout.RECORD}\n".encode() in manifest
        try:
            record = (outline_of if is_as_filed else decode_version)(data or b"")
        except (ValueError, FormsvcError, OSError) as error:
            yield Finding(Damage.RECORD_UNREADABLE, f"{version}/{layout.RECORD}", str(error)[:200])
            return
        if (record.record, record.number) != (prefix[-12:], number):
            yield Finding(Damage.RECORD_MISPLACED, version, f"{record.record} v{record.number}")
        self._named.setdefault(layout.form_name(record.form, record.form_version), Damage.FORM_MISSING)
        if record.original.path.startswith(f"{layout.SOURCES}/"):
            self._named.setdefault(record.original.path, Damage.SOURCE_MISSING)

    def _source(self, prefix: str, names: list[str]) -> Iterator[Finding]:
        """Check a file that held several forms, against the manifest and against the hash it is called by."""
        yield from self._manifest(prefix, names)
        try:
            listed = read_manifest(self._read(f"{prefix}/{layout.MANIFEST}") or b"")
        except ValueError:
            return
        if layout.MANIFEST in names and list(listed.values()) != [prefix.split("/")[1]]:
            yield Finding(Damage.MANIFEST_CHANGED, f"{prefix}/{layout.MANIFEST}")

    def _manifest(self, prefix: str, names: list[str], data: bytes | None = None) -> Iterator[Finding]:
        if layout.MANIFEST not in names:
            yield Finding(Damage.MANIFEST_MISSING, prefix)
            return
        try:
            listed = read_manifest((self._read(f"{prefix}/{layout.MANIFEST}") if data is None else data) or b"")
        except ValueError:
            listed = {}
        if not listed:
            yield Finding(Damage.MANIFEST_UNREADABLE, f"{prefix}/{layout.MANIFEST}")
            return
        there = set(names) - {layout.MANIFEST}
        for name in sorted(set(listed) - there):
            yield Finding(Damage.FILE_MISSING, f"{prefix}/{name}")
        for name in sorted(there - set(listed)):
            yield Finding(Damage.FILE_UNKNOWN, f"{prefix}/{name}")
        for name in sorted(there & set(listed)):
            path = f"{prefix}/{name}"
            if self.full and self.reads(path) and self._hash(path) != listed[name]:
                yield Finding(Damage.FILE_CHANGED, path)

    def _import(self, name: str) -> Iterator[Finding]:
        """Check a roster import against the moment and the hash in its name."""
        data = self._read(name) or b""
        try:
            told = layout.import_name(str(decode(data)["at"]), _hash_of(data))
        except (ValueError, KeyError):
            told = ""
        if told != name:
            is_import = layout.IMPORT_PATTERN.fullmatch(name)
            yield Finding(Damage.FILE_CHANGED if is_import else Damage.FILE_UNKNOWN, name)

    def _issued(self, name: str) -> Iterator[Finding]:
        """Check a run of blanks against what its name says."""
        data = self._read(name) or b""
        try:
            told = name_of_run(decode_run(data), data)
        except ValueError:
            told = ""
        if told != name:
            yield Finding(Damage.FILE_CHANGED, name)

    def _declared(self, name: str) -> Iterator[Finding]:
        """Check the declaration and the README, whose hash stands in the declaration."""
        declared = (self._read(layout.DECLARATION) or b"").decode("utf-8", "replace")
        expected = declared if name == layout.DECLARATION else layout.declaration(self._hash(name))
        if declared != expected or not layout.DECLARATION_TEXT.fullmatch(declared):
            yield Finding(Damage.FILE_CHANGED, name)

    def _events(self, record: _Record, numbers: list[int]) -> Iterator[Finding]:
        prefix, previous = record.prefix, FIRST_PREVIOUS
        for number in range(1, max(numbers, default=0) + 1):
            name = layout.event_name(prefix, number)
            if number not in numbers:
                if name not in self._told:
                    yield Finding(Damage.EVENT_MISSING, name)
                previous = ""
                continue
            data = self._read(name) or b""
            sha256 = _hash_of(data)
            try:
                event = decode_event(data)
            except ValueError:
                yield Finding(Damage.EVENT_UNREADABLE, name)
            else:
                yield from self._event(name, prefix, event, previous, sha256)
                yield from self._said(record, event)
            previous = sha256
        for number in sorted(set(record.manifests) - record.filed):
            yield Finding(Damage.UNFINISHED, layout.version_prefix(prefix, number))

    def _event(self, name: str, prefix: str, event: Event, previous: str, sha256: str) -> Iterator[Finding]:
        """Check an event against its place, the event before and the journal."""
        if (
            previous not in ("", event.previous)
            or event.record != prefix[-12:]
            or layout.event_name(prefix, event.number) != name
        ):
            yield Finding(Damage.EVENT_CHAIN, name)
        told = self._told.get(name)
        if told is None:
            yield Finding(Damage.JOURNAL_SILENT, name)
        elif (told.sha256, told.kind, told.at) != (sha256, event.kind.value, event.at):
            yield Finding(Damage.JOURNAL_EVENT, name, told.sha256)

    def _said(self, record: _Record, event: Event) -> Iterator[Finding]:
        """Check what an event says against what is there."""
        prefix = record.prefix
        if isinstance(event.details, Redrawn):
            record.redrawn[f"{prefix}/{event.details.path}"] = event.details.sha256
            record.lost.add(f"{layout.version_prefix(prefix, event.details.version)}/{event.details.lost}")
        if isinstance(event.details, Assigned) and layout.IMPORT_PATTERN.fullmatch(event.details.basis):
            self._named.setdefault(event.details.basis, Damage.FILE_MISSING)
        if not isinstance(event.details, Filed):
            return
        record.filed.add(event.details.version)
        version = layout.version_prefix(prefix, event.details.version)
        manifest = record.manifests.get(event.details.version)
        if manifest is None:
            yield Finding(Damage.VERSION_MISSING, version)
        elif manifest != event.details.manifest_sha256:
            yield Finding(Damage.MANIFEST_CHANGED, f"{version}/{layout.MANIFEST}")

    def _journal(self) -> Iterator[Finding]:
        head: journal.Head | None = journal.EMPTY
        for name in journal.files(self.store):
            raws = (self._read(name) or b"").split(b"\n")
            if raws.pop() or not raws:
                yield Finding(Damage.JOURNAL_UNREADABLE, name)
            for place, raw in enumerate(raws):
                try:
                    line = journal.decode(raw)
                except ValueError:
                    yield Finding(Damage.JOURNAL_UNREADABLE, name, f"line {place + 1}")
                    head = None
                    continue
                event = layout.event_name(line.record, line.event)
                is_at_home = journal.file_of(line.at) == name if place == 0 else journal.file_of(line.at) <= name
                if event in self._told or not is_at_home or (head is not None and not journal.follows(head, line)):
                    yield Finding(Damage.JOURNAL_CHAIN, name, f"line {line.number}")
                self._told.setdefault(event, line)
                head = journal.Head(line.number, _hash_of(raw))

    def _read(self, name: str) -> bytes | None:
        try:
            return self.store.get(name)
        except (FormsvcError, OSError):
            return None

    def _hash(self, name: str) -> str:
        """Return a file's hash, or nothing for one that cannot be read."""
        known = self._known.get(name) or (self.hashes or {}).get(name)
        if known is not None:
            return known
        digest = hashlib.sha256()
        try:
            with self.store.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
        except (FormsvcError, OSError):
            return ""
        if self.hashes is not None:
            self.hashes[name] = digest.hexdigest()
        return digest.hexdigest()


def _hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def object_of(name: str) -> str:
    """Return the object a name belongs to: its record, its source, its form, or the name itself."""
    record = layout.split_record_name(name)
    if record is not None:
        return record[0]
    parts = name.split("/")
    return "/".join(parts[:2]) if parts[0] in (layout.SOURCES, layout.FORMS) else name
