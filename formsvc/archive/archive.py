"""The archive as a whole: opened, declared, read by record, and written to by one process at a time.

Everything that adds to the archive happens inside `writing`, which holds the archive's lock and first finishes what
a dead writer left half told: an event that is there but not yet in the journal. Readers need no lock, since every
name denotes a whole object.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import TypeVar

from formsvc.archive import journal, layout
from formsvc.archive.versions import form_item
from formsvc.archive.writer import Writer
from formsvc.errors import DamagedArchiveError, FormSpecError, MissingError, NewerFormatError, TakenError
from formsvc.forms.spec import FormSpec
from formsvc.records.event import FIRST_PREVIOUS, Event
from formsvc.records.history import History
from formsvc.records.record import Version
from formsvc.records.record_json import Json, decode, encode_event, event_from_json, version_from_json
from formsvc.storage.store import Store

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Archive:
    """An opened archive."""

    store: Store
    writer: Writer
    """Keeps other writers out, and remembers what is being written."""

    def declare(self) -> None:
        """Put the format declaration and the README into a new archive; refuse one of a newer format.

        There is one declaration: an upgrade takes the earlier one away, and so one look is enough to know ours.
        """
        if self.store.exists(layout.DECLARATION):
            return
        for name in self.store.names():
            match = layout.DECLARATION_PATTERN.fullmatch(name)
            if match is not None and (int(match[1]), int(match[2])) > layout.FORMAT:
                raise NewerFormatError(found=match[0], known=layout.DECLARATION)
        readme = resources.files("formsvc.archive").joinpath("README.txt").read_bytes()
        self.store.put_many({layout.README: readme})
        kept = hashlib.sha256(self.store.get(layout.README)).hexdigest()
        self.store.put_many({layout.DECLARATION: layout.declaration(kept).encode("utf-8")})

    def history(self, prefix: str) -> History:
        """Read one record; raises MissingError when there is none, DamagedArchiveError when it cannot be read."""
        versions: dict[int, Version] = {}
        events: list[Event] = []
        head = FIRST_PREVIOUS
        for name in self.store.names(prefix):
            rest = name[len(prefix) + 1 :]
            version = layout.version_number(rest)
            if version is not None and version[1] == layout.RECORD:
                versions[version[0]] = self._parsed(name, self.store.get(name), version_from_json)
            elif layout.event_number(rest) is not None:
                data = self.store.get(name)
                events.append(self._parsed(name, data, event_from_json))
                head = hashlib.sha256(data).hexdigest()
        if not versions:
            raise MissingError(path=prefix)
        return History(prefix, tuple(versions[number] for number in sorted(versions)), tuple(events), head)

    def is_published(self, version_prefix: str) -> bool:
        """Whether a version exists: whether its manifest does."""
        return self.store.exists(f"{version_prefix}/{layout.MANIFEST}")

    def prefixes(self) -> Iterator[str]:
        """Yield the folder of every record that has a version, in order."""
        last = ""
        for name in self.store.names():
            parts = layout.split_record_name(name)
            if parts is None or parts[0] == last:
                continue
            version = layout.version_number(parts[2])
            if version is not None and version[1] == layout.MANIFEST:
                last = parts[0]
                yield last

    def keep_form(self, spec: FormSpec) -> None:
        """Keep the form a record is filed under; the same version number with another content is refused."""
        name = layout.form_name(spec.id, spec.version)
        try:
            kept = self.store.get(name)
        except MissingError:
            self.store.publish_many([form_item(spec)])
            kept = self.store.get(name)
        if kept != spec.source:
            raise FormSpecError(file=name, table="", key="version", reason="changed-under-version", found=spec.version)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other writers out; finish first what a dead one left."""
        with self.writer:
            self._finish_pending()
            yield

    def append(self, events: Sequence[tuple[str, Event]]) -> tuple[TakenError | None, ...]:
        """Write events (record prefix, event), then their journal lines; only inside `writing`.

        Returns for each None, or why it was not written: somebody without the lock was faster. After an OSError either
        none of the events is there, or the next writer adds all of them.
        """
        if not events:
            return ()
        files = {layout.event_name(prefix, event.number): encode_event(event) for prefix, event in events}
        self.writer.set_pending(files)
        try:
            taken = set(self.store.put_many(files))
        except OSError:
            if not any(self.store.exists(name) for name in files):
                self.writer.set_pending({})
            raise
        self._journal([name for name in files if name not in taken])
        self.writer.set_pending({})
        return tuple(TakenError(path=name) if name in taken else None for name in files)

    def _finish_pending(self) -> None:
        pending = self.writer.pending()
        if pending:
            self.store.put_many(pending)
            newest = journal.newest(self.store)
            if newest is not None:
                self.store.cut_torn_line(newest)
            told = journal.told(self.store, set(pending))
            self._journal([name for name in pending if name not in told])
            self.writer.set_pending({})

    def _journal(self, names: Sequence[str]) -> None:
        entries = []
        for name in names:
            data = self.store.get(name)
            parts = layout.split_record_name(name)
            if parts is None:
                raise DamagedArchiveError(path=name, reason="not-an-event")
            entries.append((parts[0], self._parsed(name, data, event_from_json), hashlib.sha256(data).hexdigest()))
        by_file: dict[str, list[str]] = {}
        file = journal.newest(self.store) or ""
        for entry, line in zip(entries, journal.lines_for(journal.head(self.store), entries), strict=True):
            file = max(file, journal.file_of(entry[1].at))
            by_file.setdefault(file, []).append(line.decode("utf-8"))
        for name, lines in by_file.items():
            self.store.append_lines(name, lines)

    def _parsed(self, name: str, data: bytes, parse: Callable[[Json], Parsed]) -> Parsed:
        try:
            return parse(decode(data))
        except ValueError as error:
            raise DamagedArchiveError(path=name, reason=str(error)) from error
