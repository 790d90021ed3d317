"""The archive as a whole: opened, declared, read by record, and written to by one process at a time.

Everything that adds to the archive happens inside `writing`, which holds the archive's lock and first finishes what
a dead writer left half told: an event that is there but not yet in the journal. Readers need no lock, since every
name denotes a whole object.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from itertools import groupby
from typing import TypeVar

from formsvc.archive import journal, layout
from formsvc.archive.versions import form_item
from formsvc.archive.writer import Writer
from formsvc.errors import DamagedArchiveError, FormSpecError, MissingError, NewerFormatError, TakenError
from formsvc.forms.spec import FormSpec
from formsvc.records.event import FIRST_PREVIOUS, Corrected, Event
from formsvc.records.history import History
from formsvc.records.record import Version
from formsvc.records.record_json import decode_event, decode_version, encode_event
from formsvc.storage.store import Store, everywhere

Parsed = TypeVar("Parsed")


def _parsed(name: str, data: bytes, parse: Callable[[bytes], Parsed]) -> Parsed:
    try:
        return parse(data)
    except ValueError as error:
        raise DamagedArchiveError(path=name, reason=str(error)) from error


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
        ours = hashlib.sha256(readme).hexdigest()  # another text that lies there is for a check to tell of
        self.store.put_many({layout.DECLARATION: layout.declaration(ours).encode("utf-8")})

    def history(self, prefix: str) -> History:
        """Read one record; raises MissingError when there is none, DamagedArchiveError when it cannot be read."""
        return self._history(prefix, self.store.names(prefix))

    def outlines(self, after: str = "", *, part: int = 0, of: int = 1) -> Iterator[History]:
        """Yield the history of every record that has a version, in order, as much of it as an index needs.

        Versions come without fields and problems, unless one was corrected. With `after`, the records behind the one
        in that folder; with `of`, one of so many parts of about one size, for readers side by side. One walk over the
        archive; raises as `history`.
        """
        from formsvc.archive.outline import outline_of  # noqa: PLC0415 - only who reads the whole archive needs it

        def is_part(folder: str) -> bool:
            return not layout.is_record(folder) or zlib.crc32(folder.encode()) % of == part

        for prefix, names in self._records(is_part):
            if f"{prefix}/" > f"{after}/":
                yield self._history(prefix, names, outline_of)

    def _history(
        self, prefix: str, names: Iterable[str], parse: Callable[[bytes], Version] = decode_version
    ) -> History:
        records: dict[int, str] = {}
        events: list[Event] = []
        head = FIRST_PREVIOUS
        for name in names:
            rest = name[len(prefix) + 1 :]
            if rest.startswith("events/") and layout.event_number(rest) is not None:
                data = self.store.get(name)
                events.append(_parsed(name, data, decode_event))
                head = hashlib.sha256(data).hexdigest()
            elif rest.endswith(layout.RECORD):
                version = layout.version_number(rest)
                if version is not None and version[1] == layout.RECORD:
                    records[version[0]] = name
        if not records:
            raise MissingError(path=prefix)
        if any(isinstance(event.details, Corrected) for event in events):
            parse = decode_version
        versions = [_parsed(name, self.store.get(name), parse) for _, name in sorted(records.items())]
        return History(prefix, tuple(versions), tuple(events), head)

    def is_published(self, version_prefix: str) -> bool:
        """Whether a version exists: whether its manifest does."""
        return self.store.exists(f"{version_prefix}/{layout.MANIFEST}")

    def prefixes(self) -> Iterator[str]:
        """Yield the folder of every record that has a version, in order."""
        for prefix, _ in self._records():
            yield prefix

    def _records(self, is_wanted: Callable[[str], bool] = everywhere) -> Iterator[tuple[str, list[str]]]:
        """Yield (folder, its events, records and manifests) of every record that has a version, in order."""

        def enters(folder: str) -> bool:
            return layout.may_tell_of_records(folder) and is_wanted(folder)

        for folder, group in groupby(self.store.names(enters=enters), _RecordOf()):
            names = list(group)
            if folder and any(_is_manifest(name[len(folder) + 1 :]) for name in names):
                yield folder, names

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
            entries.append((parts[0], _parsed(name, data, decode_event), hashlib.sha256(data).hexdigest()))
        by_file: dict[str, list[str]] = {}
        file = journal.newest(self.store) or ""
        for entry, line in zip(entries, journal.lines_for(journal.head(self.store), entries), strict=True):
            file = max(file, journal.file_of(entry[1].at))
            by_file.setdefault(file, []).append(line.decode("utf-8"))
        for name, lines in by_file.items():
            self.store.append_lines(name, lines)


class _RecordOf:
    """Tells the record of a name, "" for none; names of one record that follow one another are quickly told."""

    def __init__(self) -> None:
        self._last = "/"

    def __call__(self, name: str) -> str:
        if name.startswith(self._last):
            return self._last[:-1]
        parts = layout.split_record_name(name)
        if parts is None:
            return ""
        self._last = f"{parts[0]}/"
        return parts[0]


def _is_manifest(rest: str) -> bool:
    return rest.endswith(layout.MANIFEST) and layout.version_number(rest) is not None and rest.count("/") == 1
