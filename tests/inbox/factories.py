"""Inboxes, claims and waiting readings made up for tests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from formsvc.forms.reading import Reading
from formsvc.inbox.spool import Claim, Spool
from formsvc.inbox.sweep import Seen, sweep
from formsvc.inbox.waiting import Waiting
from formsvc.records.identity import record_id
from tests.forms.factories import a_reading

AT = "2011-02-21T09:30:00+08:00"
_WORKERS = count(1)


def an_inbox(folder: Path) -> Path:
    """Return an empty inbox."""
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    return inbox


def drop(inbox: Path, name: str | bytes = "张三.docx", data: bytes = b"a form", *, place: str = "") -> Path:
    """Put a file into the inbox; return its path."""
    folder = inbox / place
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / os.fsdecode(name)
    path.write_bytes(data)
    return path


def a_spool(inbox: Path) -> Spool:
    """Return a part of the spool under a name of its own."""
    return Spool(inbox, f"20110221T093000-{os.getpid()}-{next(_WORKERS)}")


@contextmanager
def claimed(inbox: Path, files: Sequence[Seen] | None = None) -> Iterator[tuple[Spool, list[Claim]]]:
    """Claim what lies in the inbox."""
    with a_spool(inbox) as spool:
        yield spool, spool.claim(sweep(inbox) if files is None else files, AT)


def names_in(folder: Path) -> list[str]:
    """Return the names of all files below a folder, as paths."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def a_waiting(
    data: bytes = b"a form", *, claim: str = "claim-1", reading: Reading | None = None, name: str = "张三.docx"
) -> Waiting:
    """Return a reading that waits for a person."""
    sha256 = hashlib.sha256(data).hexdigest()
    made = reading or a_reading()
    return Waiting(
        id=f"q-{record_id(sha256, made.number)}",
        claim=claim,
        name_bytes=name.encode(),
        sha256=sha256,
        size=len(data),
        place="",
        arrived_at=AT,
        forms_in_file=1,
        candidates=(),
        reading=made,
    )
