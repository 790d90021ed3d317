"""The journal: one line an event over all records, each line naming the hash of the line before.

The journal follows from the events, so a lost or torn line can be made again; what it adds is their order over the
whole archive, and that removing an event shows. Lines are written under the archive's lock only, each into the file
of its event's month, or into the newest file when the clock has gone back since.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from formsvc.archive import layout
from formsvc.errors import DamagedArchiveError
from formsvc.records.event import FIRST_PREVIOUS, Event
from formsvc.storage.store import ReadableStore

_FILE = re.compile(r"journal/\d{4}-\d\d\.jsonl")
_TAIL = 65536
"""Bytes read from the end of a file to find its last line; a line is far shorter."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal."""

    number: int
    """From 1 over the whole journal."""
    record: str
    """The record's folder in the archive."""
    event: int
    kind: str
    at: str
    sha256: str
    """The hash of the event's file."""
    previous: str
    """The hash of the line before, without its line feed; 64 zeros for the first."""

    def encode(self) -> bytes:
        """Return the line without its line feed."""
        data = {
            "n": self.number,
            "at": self.at,
            "record": self.record,
            "event": self.event,
            "kind": self.kind,
            "sha256": self.sha256,
            "previous": self.previous,
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the journal."""

    number: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.number} {self.sha256}"


EMPTY = Head(0, FIRST_PREVIOUS)


def decode(line: bytes) -> Line:
    """Return the line of these bytes; raises ValueError when they are not exactly what `encode` writes."""
    try:
        data = json.loads(line.decode("utf-8"))
        found = Line(
            number=int(data["n"]),
            record=str(data["record"]),
            event=int(data["event"]),
            kind=str(data["kind"]),
            at=str(data["at"]),
            sha256=str(data["sha256"]),
            previous=str(data["previous"]),
        )
    except (KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(f"a journal line out of shape: {error!r}") from error
    if found.encode() != line:
        raise ValueError("a journal line out of shape")
    return found


def hash_of(line: bytes) -> str:
    """Return the hash that the next line names."""
    return hashlib.sha256(line).hexdigest()


def lines_for(head: Head, events: Sequence[tuple[str, Event, str]]) -> list[bytes]:
    """Return the lines that follow `head` for (record prefix, event, SHA-256 of its file)."""
    lines = []
    number, previous = head.number, head.sha256
    for record, event, sha256 in events:
        number += 1
        line = Line(number, record, event.number, event.kind.value, event.at, sha256, previous).encode()
        previous = hash_of(line)
        lines.append(line)
    return lines


def follows(head: Head, line: Line) -> bool:
    """Whether a line is the next one after an end of the journal."""
    return (line.number, line.previous) == (head.number + 1, head.sha256)


def file_of(at: str) -> str:
    """Return the journal file of a time, ISO 8601 in the workspace's zone."""
    return f"{layout.JOURNAL}/{at[:7]}.jsonl"


def is_file(name: str) -> bool:
    """Whether a name is that of a file of the journal."""
    return _FILE.fullmatch(name) is not None


def files(store: ReadableStore) -> list[str]:
    """Return the names of the journal's files in order; what else lies there is none of them."""
    return sorted(filter(is_file, store.names(layout.JOURNAL)))


def newest(store: ReadableStore) -> str | None:
    """Return the journal's last file, or None when there is none yet."""
    return next(reversed(files(store)), None)


def told(store: ReadableStore, names: set[str]) -> set[str]:
    """Return which of these event names the journal's last two files tell of; raises as `read` does."""
    lines = (line for file in files(store)[-2:] for _, line in read(store, file))
    return names & {layout.event_name(line.record, line.event) for line in lines}


def head(store: ReadableStore) -> Head:
    """Return the end of the journal, from the last whole line; raises DamagedArchiveError when that is unreadable."""
    for name in reversed(files(store)):
        last = _last_line(store, name)
        if last is not None:
            return Head(_parsed(name, last).number, hash_of(last))
    return EMPTY


def read(store: ReadableStore, name: str) -> Iterator[tuple[bytes, Line]]:
    """Yield the whole lines of one journal file, without their line feeds, as they stand and as they say.

    Raises DamagedArchiveError at the first that is unreadable.
    """
    with store.open(name) as stream:
        for raw in stream:
            if raw.endswith(b"\n"):
                yield raw[:-1], _parsed(name, raw[:-1])


def _parsed(name: str, raw: bytes) -> Line:
    try:
        return decode(raw)
    except ValueError as error:
        raise DamagedArchiveError(path=name, reason=str(error)) from error


def _last_line(store: ReadableStore, name: str) -> bytes | None:
    with store.open(name) as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read()
    whole = tail[: tail.rfind(b"\n") + 1].split(b"\n")[:-1]
    return whole[-1] if whole else None
