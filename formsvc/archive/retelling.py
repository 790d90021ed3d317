"""The journal told again: from the events, in the order that is left of it in the archive or in a mirror. Pure.

A line that can be read keeps its place, also one of an event that is lost; the events it does not tell of stand where
their time puts them. The order of those is all that may differ from the journal that was lost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from formsvc.archive import journal, layout
from formsvc.archive.vouching import Vouching, readable_lines
from formsvc.records.event import Event
from formsvc.storage.store import ReadableStore


def retold(store: ReadableStore, mirrors: Sequence[ReadableStore], vouching: Vouching) -> dict[str, bytes]:
    """Return the files of the journal told again, by name."""
    events = {name: (event, vouching.sha256(name)) for name, event in _events(store, vouching)}
    lines = _in_order(_old_lines(mirrors, {sha256 for _, sha256 in events.values()}, vouching), events, vouching)
    files: dict[str, list[bytes]] = {}
    file, head = "", journal.EMPTY
    for line in lines:
        chained = dataclasses.replace(line, number=head.number + 1, previous=head.sha256)
        raw = chained.encode()
        file = max(file, journal.file_of(chained.at))
        files.setdefault(file, []).append(raw + b"\n")
        head = journal.Head(chained.number, journal.hash_of(raw))
    return {name: b"".join(raws) for name, raws in files.items()}


def _events(store: ReadableStore, vouching: Vouching) -> Iterator[tuple[str, Event]]:
    """Yield the events that lie where they say they belong."""
    for name in store.names():
        parts = layout.split_record_name(name)
        if parts is None or layout.event_number(parts[2]) is None:
            continue
        event = vouching.event(name)
        if event is not None and (event.record, layout.event_name(parts[0], event.number)) == (parts[1], name):
            yield name, event


def _old_lines(mirrors: Sequence[ReadableStore], hashes: set[str], vouching: Vouching) -> list[journal.Line]:
    """Return what is left of the journal: a mirror's lines first where they are of the same journal and whole."""
    own = [line for _, line in vouching.lines]
    raws = {raw for raw, _ in vouching.lines}
    for mirror in mirrors:
        theirs = list(readable_lines(mirror))
        if _is_whole(theirs) and any(raw in raws or line.sha256 in hashes for raw, line in theirs):
            return [*(line for _, line in theirs), *own]
    return own


def _is_whole(lines: Sequence[tuple[bytes, journal.Line]]) -> bool:
    head = journal.EMPTY
    for raw, line in lines:
        if not journal.follows(head, line):
            return False
        head = journal.Head(line.number, journal.hash_of(raw))
    return bool(lines)


def _in_order(
    old: Sequence[journal.Line], events: dict[str, tuple[Event, str]], vouching: Vouching
) -> list[journal.Line]:
    hashes = {sha256 for _, sha256 in events.values()}
    lines: dict[str, journal.Line] = {}
    for line in old:
        name = layout.event_name(line.record, line.event)
        if name in events:
            event, sha256 = events[name]
            is_vouched = line.sha256 == sha256 or sha256 in vouching.hashes_of_event(name)[:1]
            lines.setdefault(name, _line(name, event, sha256) if is_vouched else line)
        elif line.sha256 not in hashes:
            lines.setdefault(name, line)
    told = list(lines.values())
    untold = [_line(name, event, sha256) for name, (event, sha256) in events.items() if name not in lines]
    for line in sorted(untold, key=lambda one: (one.at, one.record, one.event)):
        place = next((place for place, one in enumerate(told) if one.at > line.at), len(told))
        told.insert(place, line)
    return told


def _line(name: str, event: Event, sha256: str) -> journal.Line:
    record = name.rpartition("/events/")[0]
    return journal.Line(0, record, event.number, event.kind.value, event.at, sha256, "")
