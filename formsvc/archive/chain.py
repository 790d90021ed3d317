"""Events that follow a record's history: numbered and chained. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from formsvc.records.event import Details, Event, kind_of
from formsvc.records.history import History
from formsvc.records.record_json import encode_event


def following(history: History, at: str, news: Iterable[tuple[str | None, Details]]) -> list[Event]:
    """Return the events that say these (who, what) next after the history, each naming the hash of the one before."""
    events: list[Event] = []
    number, previous = len(history.events), history.head
    for by, details in news:
        number += 1
        event = Event(history.id, number, kind_of(details), at, by, previous, details)
        previous = hashlib.sha256(encode_event(event)).hexdigest()
        events.append(event)
    return events


def extended(history: History, events: Iterable[Event]) -> History:
    """Return the history with these events behind it."""
    added = tuple(events)
    head = hashlib.sha256(encode_event(added[-1])).hexdigest() if added else history.head
    return History(history.prefix, history.versions, (*history.events, *added), head)
