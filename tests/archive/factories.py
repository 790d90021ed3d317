"""Archives made up for tests: a few records with versions, reviews, corrections, a source and a roster import."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from formsvc.archive import layout
from formsvc.archive.archive import Archive
from formsvc.archive.chain import extended, following
from formsvc.archive.damage import Damage, Finding
from formsvc.archive.fixity import Inspection
from formsvc.archive.versions import manifest_sha256, source_item, version_item
from formsvc.archive.writer import LocalWriter
from formsvc.organisations.roster import Roster
from formsvc.organisations.roster_json import encode_roster
from formsvc.records.event import Details, Filed
from formsvc.records.history import History
from formsvc.records.record import Version
from formsvc.storage import LocalStore
from tests.forms.factories import a_reading, a_spec
from tests.records.factories import a_correction, a_stamp, a_version, an_assignment, an_original

RECORDS = ("7f3c9a0b12de", "000000000002", "000000000003")
NAMES = ("张三", "李四", "王五")
PREFIXES = tuple(f"2011/annex2/清溪社区党支部/{name}-{record}" for name, record in zip(NAMES, RECORDS, strict=True))


class MemoryWriter:
    """The writer of an archive in memory; one process has it."""

    def __init__(self) -> None:
        self.events: dict[str, bytes] = {}

    def __enter__(self) -> object:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let others write."""

    def pending(self) -> dict[str, bytes]:
        return dict(self.events)

    def set_pending(self, events: Mapping[str, bytes]) -> None:
        self.events = dict(events)


def a_bare_archive(folder: Path) -> Archive:
    """Return an archive in a folder with nothing in it."""
    folder.mkdir(exist_ok=True)
    return Archive(LocalStore(folder), LocalWriter(folder))


def an_archive(folder: Path) -> Archive:
    """Return an archive in a folder, declared."""
    archive = a_bare_archive(folder)
    archive.declare()
    return archive


def publish(archive: Archive, prefix: str, version: Version, original: Path | None = None) -> str:
    """Publish a version with made-up copies; return the hash of its manifest."""
    copies = {copy.path: f"%PDF {copy.role} {version.name}".encode() for copy in version.copies}
    hashed = tuple(
        dataclasses.replace(copy, sha256=hashlib.sha256(copies[copy.path]).hexdigest()) for copy in version.copies
    )
    item = version_item(prefix, dataclasses.replace(version, copies=hashed), copies, original)
    for error in archive.store.publish_many([item]):
        if error is not None:
            raise error
    return manifest_sha256(item)


def say(archive: Archive, history: History, *said: Details, at: str = "2011-02-21T09:30:00+08:00") -> History:
    """Append events to a record."""
    events = following(history, at, [("李四", details) for details in said])
    with archive.writing():
        assert set(archive.append([(history.prefix, event) for event in events])) <= {None}
    return extended(history, events)


def file(
    archive: Archive,
    folder: Path,
    prefix: str = PREFIXES[0],
    *,
    number: int = 1,
    data: bytes = b"as received",
    at: str = "2011-02-21T09:30:00+08:00",
) -> History:
    """File a version of a member's record whose original is a file made in `folder`."""
    name, _, record = prefix.rpartition("/")[2].partition("-")
    received = folder / f"{record}-{number}.docx"
    received.write_bytes(data + record.encode() + str(number).encode())
    original = an_original(f"{name}.docx", received.read_bytes())
    version = a_version(reading=a_reading(name=name), record=record, number=number, original=original, filed_at=at)
    archive.keep_form(a_spec("annex2"))
    manifest = publish(archive, prefix, version, received)
    return say(archive, archive.history(prefix), Filed(number, manifest), at=at)


def file_from_source(archive: Archive, folder: Path, prefix: str, reading: int, at: str) -> History:
    """File a form of a file that held several; the file is kept under sources/."""
    name, _, record = prefix.rpartition("/")[2].partition("-")
    received = folder / "一批.docx"
    received.write_bytes(b"two forms in one file")
    whole = an_original("一批.docx", received.read_bytes(), reading=reading)
    source = source_item(whole.sha256, whole.name, received)
    if not archive.is_published(source.prefix):
        archive.store.publish_many([source])
    original = dataclasses.replace(whole, path=f"{source.prefix}/original/一批.docx")
    version = a_version(reading=a_reading(name=name), record=record, original=original, filed_at=at)
    manifest = publish(archive, prefix, version)
    return say(archive, archive.history(prefix), Filed(1, manifest), at=at)


def an_import(archive: Archive, at: str = "2011-03-01T09:00:00+08:00") -> str:
    """Keep a roster import; return its name."""
    content = encode_roster(Roster((), (), ()), file="名册.xlsx", at=at)
    name = layout.import_name(at, hashlib.sha256(content).hexdigest())
    archive.store.put_new(name, content)
    return name


def a_full_archive(folder: Path, spool: Path) -> Archive:
    """Return an archive with everything in it that an archive can hold, over three months."""
    archive = an_archive(folder)
    spool.mkdir(exist_ok=True)
    file(archive, spool, PREFIXES[0])
    file(archive, spool, PREFIXES[0], number=2, data=b"handed in again", at="2011-02-25T10:00:00+08:00")
    file_from_source(archive, spool, PREFIXES[1], 1, "2011-02-28T23:59:59+08:00")
    file_from_source(archive, spool, PREFIXES[2], 2, "2011-03-01T00:00:00+08:00")
    basis = an_import(archive)
    assigned = dataclasses.replace(an_assignment(2, residence="东风社区党支部"), basis=basis)
    say(archive, archive.history(PREFIXES[0]), assigned, a_stamp(version=2), at="2011-03-01T09:00:01+08:00")
    say(archive, archive.history(PREFIXES[1]), a_correction(age=("41", "42")), at="2011-04-05T08:00:00+08:00")
    return archive


def findings(archive: Archive, *, full: bool = True) -> list[Finding]:
    """Return what a walk over an archive finds."""
    return list(Inspection(archive.store, full).findings())


def damage(found: Sequence[Finding]) -> set[tuple[Damage, str]]:
    """Return codes and paths of findings."""
    return {(finding.code, finding.path) for finding in found}
