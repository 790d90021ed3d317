"""An archive rewritten by somebody who makes every hash anew, from a file to the end of the journal."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

from formsvc.archive import journal, layout
from formsvc.archive.versions import manifest_of, read_manifest
from formsvc.records.event import FIRST_PREVIOUS, Filed
from formsvc.records.record_json import decode, encode, encode_event, event_from_json
from tests.archive.damages import write


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rewrite(archive: Path, prefix: str, copy: str, data: bytes) -> Path:
    """Put other bytes into a copy of a record's first version, and make everything fit; return the copy's path."""
    version = archive / prefix / "v1"
    write(version / copy, data)
    record = decode((version / layout.RECORD).read_bytes())
    for one in record["copies"]:
        if one["path"] == copy:
            one["sha256"] = hash_of(version / copy)
    write(version / layout.RECORD, encode(record))
    manifest = version / layout.MANIFEST
    write(manifest, manifest_of({name: hash_of(version / name) for name in read_manifest(manifest.read_bytes())}))
    chain(archive, prefix)
    return version / copy


def chain(archive: Path, prefix: str) -> None:
    """Chain a record's events anew, and the journal behind them."""
    previous = FIRST_PREVIOUS
    for path in sorted((archive / prefix / "events").iterdir()):
        event = event_from_json(decode(path.read_bytes()))
        details = event.details
        if isinstance(details, Filed):
            manifest = archive / prefix / f"v{details.version}" / layout.MANIFEST
            details = dataclasses.replace(details, manifest_sha256=hash_of(manifest))
        write(path, encode_event(dataclasses.replace(event, previous=previous, details=details)))
        previous = hash_of(path)
    head = journal.EMPTY
    for path in sorted((archive / "journal").iterdir()):
        raws = []
        for raw in path.read_bytes().splitlines():
            line = journal.decode(raw)
            sha256 = hash_of(archive / layout.event_name(line.record, line.event))
            made = dataclasses.replace(line, sha256=sha256, previous=head.sha256).encode()
            head = journal.Head(line.number, journal.hash_of(made))
            raws.append(made + b"\n")
        write(path, b"".join(raws))
