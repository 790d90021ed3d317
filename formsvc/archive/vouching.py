"""What a file of the archive has to hash to, by what tells of it: a manifest, an event, the journal, its own name.

What is vouched for by more than one is given first by the journal as far as it is whole, then by the next event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from formsvc.archive import journal, layout
from formsvc.archive.versions import read_manifest
from formsvc.errors import FormsvcError
from formsvc.records.event import FIRST_PREVIOUS, Event, EventKind, Filed, Redrawn
from formsvc.records.record_json import decode_event, encode_event
from formsvc.storage.store import ReadableStore


class Vouching:
    """Reads what vouches for what."""

    def __init__(self, store: ReadableStore) -> None:
        self._store = store
        self.lines: list[tuple[bytes, journal.Line]] = []
        """Every line of the journal that can be read, in order."""
        self._told: dict[str, list[journal.Line]] = {}
        self._sound: dict[str, journal.Line] = {}

    def look(self) -> None:
        """Read the journal as it is now."""
        self.lines = list(readable_lines(self._store))
        self._told, self._sound = {}, {}
        for place, (raw, line) in enumerate(self.lines):
            name = layout.event_name(line.record, line.event)
            self._told.setdefault(name, []).append(line)
            head = journal.Head(line.number, journal.hash_of(raw))
            if place + 1 < len(self.lines) and journal.follows(head, self.lines[place + 1][1]):
                self._sound.setdefault(name, line)

    def hashes_of_event(self, name: str) -> list[str]:
        """Return what an event may hash to, the likeliest first."""
        parts = layout.split_record_name(name)
        number = layout.event_number(parts[2]) if parts is not None else None
        if parts is None or number is None:
            return []
        following = self.event(layout.event_name(parts[0], number + 1))
        found = [self._sound[name].sha256] if name in self._sound else []
        found += [] if following is None else [following.previous]
        found += [line.sha256 for line in self._told.get(name, ())]
        return list(dict.fromkeys(found))

    def made_event(self, name: str) -> bytes | None:
        """Make the `filed` event again that the journal tells of, from the version it tells of; None for any other."""
        parts = layout.split_record_name(name)
        number = layout.event_number(parts[2]) if parts is not None else None
        if parts is None or number is None:
            return None
        before = self._read(layout.event_name(parts[0], number - 1))
        previous = FIRST_PREVIOUS if number == 1 else _hash_of(before or b"")
        wanted = self.hashes_of_event(name)
        for version, manifest in self._manifests(parts[0]):
            details = Filed(version, _hash_of(manifest))
            for line in self._told.get(name, ()):
                made = encode_event(Event(parts[1], number, EventKind.FILED, line.at, None, previous, details))
                if _hash_of(made) in wanted:
                    return made
        return None

    def hashes_of_manifest(self, prefix: str) -> list[str]:
        """Return what the manifest of a version may hash to, by the events that tell of its filing."""
        parts = layout.split_record_name(f"{prefix}/{layout.MANIFEST}")
        version = layout.version_number(parts[2]) if parts is not None else None
        if parts is None or version is None:
            return []
        return [
            event.details.manifest_sha256
            for event in self.events(parts[0])
            if isinstance(event.details, Filed) and event.details.version == version[0]
        ]

    def hashes_of_file(self, name: str) -> list[str]:
        """Return what a file may hash to, by its manifest, its event, or the hash it is called by."""
        top, *below = name.split("/")
        if top == layout.SOURCES:
            return below[:1]
        parts = layout.split_record_name(name)
        if parts is not None and layout.is_redrawn(parts[2]):
            told = [event.details for event in self.events(parts[0])]
            return [said.sha256 for said in told if isinstance(said, Redrawn) and said.path == parts[2]]
        version = layout.version_number(parts[2]) if parts is not None else None
        if parts is not None and version is not None:
            folder = layout.version_prefix(parts[0], version[0])
        else:
            folder = "/".join([top, *below[:1]])
        try:
            listed = read_manifest(self._read(f"{folder}/{layout.MANIFEST}") or b"")
        except ValueError:
            return []
        return [listed[name[len(folder) + 1 :]]] if name[len(folder) + 1 :] in listed else []

    def is_filed(self, prefix: str) -> bool:
        """Whether an event tells of the version as it lies there."""
        manifest = self._read(f"{prefix}/{layout.MANIFEST}")
        return manifest is not None and _hash_of(manifest) in self.hashes_of_manifest(prefix)

    def is_stray(self, name: str) -> bool:
        """Whether a file among the events is none of its record's: nothing tells of it, and no event goes before it.

        One that is just the next is not: it may be an event of which nothing else is left. One that is a second file
        of an event that is in its place is.
        """
        parts = layout.split_record_name(name)
        number = layout.event_number(parts[2]) if parts is not None else None
        if parts is None or number is None or self.hashes_of_event(name):
            return False
        data = self._read(name) or b""
        if is_event_at(name, data):
            return False
        homes = [layout.event_name(parts[0], one.number) for one in self.events(parts[0])]
        is_second = any(self._read(home) == data for home in homes if home != name)
        return is_second or self._read(layout.event_name(parts[0], number - 1)) is None

    def events(self, record: str) -> Iterator[Event]:
        """Yield the events of a record that can be read."""
        for name in self._store.names(f"{record}/events"):
            event = self.event(name)
            if event is not None:
                yield event

    def event(self, name: str) -> Event | None:
        """Return an event, or None when it is not there or cannot be read."""
        try:
            return decode_event(self._read(name) or b"")
        except ValueError:
            return None

    def sha256(self, name: str) -> str:
        """Return the hash of a file, or nothing for one that is not there."""
        data = self._read(name)
        return "" if data is None else _hash_of(data)

    def _manifests(self, record: str) -> Iterator[tuple[int, bytes]]:
        for name in self._store.names(record):
            version = layout.version_number(name[len(record) + 1 :])
            if version is not None and version[1] == layout.MANIFEST:
                yield version[0], self._read(name) or b""

    def _read(self, name: str) -> bytes | None:
        try:
            return self._store.get(name)
        except (FormsvcError, OSError):
            return None


def is_event_at(name: str, data: bytes) -> bool:
    """Whether a content is that of the event of its place."""
    return _event_at(name, data) is not None


def is_filing(name: str, data: bytes, version: int, manifest: str) -> bool:
    """Whether a content is that of the event of its place, and tells that a version was filed with this manifest."""
    event = _event_at(name, data)
    return event is not None and event.details == Filed(version, manifest)


def _event_at(name: str, data: bytes) -> Event | None:
    parts = layout.split_record_name(name)
    try:
        event = decode_event(data)
    except ValueError:
        return None
    is_right = parts is not None and (event.record, layout.event_name(parts[0], event.number)) == (parts[1], name)
    return event if is_right else None


def readable_lines(store: ReadableStore) -> Iterator[tuple[bytes, journal.Line]]:
    """Yield the lines of a journal that can be read, as they stand and as they say, in order."""
    for name in journal.files(store):
        try:
            raws = store.get(name).split(b"\n")
        except (FormsvcError, OSError):
            continue
        for raw in raws:
            try:
                yield raw, journal.decode(raw)
            except ValueError:
                continue


def _hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
