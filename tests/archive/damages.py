"""Damage done to a full archive, and what a check must find then: its code and its place."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from formsvc.archive import journal, layout
from formsvc.archive.damage import Damage
from formsvc.archive.versions import manifest_of, read_manifest
from formsvc.records.record_json import decode, encode_event, event_from_json
from tests.archive.factories import PREFIXES, a_bare_archive, publish
from tests.records.factories import a_version

FIRST, SECOND, THIRD = PREFIXES
V1, V2 = f"{FIRST}/v1", f"{FIRST}/v2"
FEBRUARY, MARCH, APRIL = (f"journal/2011-{month}.jsonl" for month in ("02", "03", "04"))
SOURCE = f"sources/{hashlib.sha256(b'two forms in one file').hexdigest()}"
SECOND_LAST = f"{SECOND}/events/0002.json"
"""The last event of all."""
ORIGINAL, RECORD_JSON, MANIFEST = (f"{V1}/{name}" for name in ("original/张三.docx", "record.json", layout.MANIFEST))
EVENTS = [f"{FIRST}/events/000{number}.json" for number in (1, 2, 3, 4)]
Change = Callable[[Path], object]
"""A change of the archive in a folder."""


def write(path: Path, data: bytes) -> None:
    """Write over a file, whoever may write to it."""
    if path.exists():
        path.chmod(0o644)
    path.write_bytes(data)


def flip(path: Path, place: int = -3) -> None:
    """Turn one bit of a file."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    write(path, bytes(data))


def edit(path: Path, before: str, after: str) -> None:
    """Change words in a file of text."""
    text = path.read_text("utf-8")
    assert before in text
    write(path, text.replace(before, after, 1).encode())


def forge(version: Path, before: str, after: str) -> None:
    """Change words in a version's record and make its manifest fit."""
    edit(version / layout.RECORD, before, after)
    manifest = version / layout.MANIFEST
    hashes = read_manifest(manifest.read_bytes())
    hashes[layout.RECORD] = hashlib.sha256((version / layout.RECORD).read_bytes()).hexdigest()
    write(manifest, manifest_of(hashes))


def swap(one: Path, other: Path) -> None:
    """Let two files change places."""
    first, second = one.read_bytes(), other.read_bytes()
    write(one, second)
    write(other, first)


def lines_of(folder: Path, name: str) -> list[bytes]:
    return (folder / name).read_bytes().splitlines(keepends=True)


def without_line(number: int, name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        lines = lines_of(folder, name)
        del lines[number]
        write(folder / name, b"".join(lines))

    return change


def with_line(number: int, name: str, **facts: object) -> Callable[[Path], None]:
    """Return a change of one line's facts in the journal."""

    def change(folder: Path) -> None:
        lines = lines_of(folder, name)
        data = {**json.loads(lines[number]), **facts}
        lines[number] = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        write(folder / name, b"".join(lines))

    return change


def at(name: str, change: Change) -> Change:
    """Return a change of the file or folder `name` of an archive."""
    return lambda folder: change(folder / name)


def replaced_by_link(path: Path) -> None:
    """Put a link in a file's place, to the file itself, which is elsewhere now."""
    outside = next(above for above in path.parents if above.name == "archive").parent / path.name
    path.rename(outside)
    path.symlink_to(outside)


def rename(before: str, after: str) -> Change:
    def change(folder: Path) -> None:
        (folder / after).parent.mkdir(parents=True, exist_ok=True)
        (folder / before).rename(folder / after)

    return change


def rolled_back(folder: Path) -> None:
    """Take the second version away, with everything that was ever said of it."""
    shutil.rmtree(folder / V2)
    for number in (2, 3, 4):
        (folder / FIRST / "events" / f"000{number}.json").unlink()


def rewritten_event(folder: Path) -> None:
    """Change the last event of a record, in the shape it had."""
    path = folder / SECOND / "events" / "0002.json"
    data = decode(path.read_bytes())
    data["details"]["why"] = "另有原因"
    write(path, encode_event(event_from_json(data)))


def a_line_twice(folder: Path) -> None:
    """Say an event again at the end of the journal, well chained."""
    last = lines_of(folder, APRIL)[-1][:-1]
    line = journal.decode(last)
    again = journal.Line(
        line.number + 1, line.record, line.event, line.kind, line.at, line.sha256, journal.hash_of(last)
    )
    with (folder / APRIL).open("ab") as stream:
        stream.write(again.encode() + b"\n")


def moved_line(folder: Path) -> None:
    """Carry the last line of February over into March."""
    *kept, last = lines_of(folder, FEBRUARY)
    write(folder / FEBRUARY, b"".join(kept))
    write(folder / MARCH, last + (folder / MARCH).read_bytes())


DAMAGES: dict[str, tuple[Change, set[tuple[Damage, str]]]] = {
    "declaration-missing": (
        at("formsvc-archive-1.0", Path.unlink),
        {(Damage.DECLARATION_MISSING, "formsvc-archive-1.0"), (Damage.FILE_CHANGED, "README.txt")},
    ),
    "declaration edited": (
        at("formsvc-archive-1.0", lambda path: edit(path, "1.0", "1.1")),
        {(Damage.FILE_CHANGED, "formsvc-archive-1.0"), (Damage.FILE_CHANGED, "README.txt")},
    ),
    "readme lost": (at("README.txt", Path.unlink), {(Damage.FILE_MISSING, "README.txt")}),
    "readme edited": (at("README.txt", flip), {(Damage.FILE_CHANGED, "README.txt")}),
    "file-missing": (
        at(f"{V1}/copies/2-工作地.pdf", Path.unlink),
        {(Damage.FILE_MISSING, f"{V1}/copies/2-工作地.pdf")},
    ),
    "file-changed": (at(ORIGINAL, flip), {(Damage.FILE_CHANGED, ORIGINAL)}),
    "file truncated": (
        at(f"{V2}/copies/1-本人.pdf", lambda path: write(path, path.read_bytes()[:-1])),
        {(Damage.FILE_CHANGED, f"{V2}/copies/1-本人.pdf")},
    ),
    "file emptied": (
        at(f"{V2}/copies/1-本人.pdf", lambda path: write(path, b"")),
        {(Damage.FILE_CHANGED, f"{V2}/copies/1-本人.pdf")},
    ),
    "originals swapped": (
        lambda folder: swap(folder / V1 / "original" / "张三.docx", folder / V2 / "original" / "张三.docx"),
        {(Damage.FILE_CHANGED, ORIGINAL), (Damage.FILE_CHANGED, f"{V2}/original/张三.docx")},
    ),
    "original by a link": (
        at(ORIGINAL, replaced_by_link),
        {(Damage.FILE_CHANGED, ORIGINAL)},
    ),
    "file-unknown": (
        at(f"{V1}/copies/5-别处.pdf", lambda path: write(path, b"%PDF")),
        {(Damage.FILE_UNKNOWN, f"{V1}/copies/5-别处.pdf")},
    ),
    "file renamed": (
        rename(f"{V1}/copies/4-公示.pdf", f"{V1}/copies/4-公 示.pdf"),
        {(Damage.FILE_MISSING, f"{V1}/copies/4-公示.pdf"), (Damage.FILE_UNKNOWN, f"{V1}/copies/4-公 示.pdf")},
    ),
    "empty file beside the journal": (
        at("journal/note.txt", lambda path: write(path, b"")),
        {(Damage.FILE_UNKNOWN, "journal/note.txt")},
    ),
    "file at the top": (at("desktop.ini", lambda path: write(path, b"")), {(Damage.FILE_UNKNOWN, "desktop.ini")}),
    "file among the forms": (
        at("forms/form.toml", lambda path: write(path, b"")),
        {(Damage.FILE_UNKNOWN, "forms/form.toml")},
    ),
    "file in a record": (
        at(f"{FIRST}/note.txt", lambda path: write(path, b"")),
        {(Damage.FILE_UNKNOWN, f"{FIRST}/note.txt")},
    ),
    "event by another name": (
        lambda folder: shutil.copy(folder / FIRST / "events" / "0001.json", folder / FIRST / "events" / "00001.json"),
        {(Damage.FILE_UNKNOWN, f"{FIRST}/events/00001.json")},
    ),
    "manifest-missing": (
        at(MANIFEST, Path.unlink),
        {(Damage.MANIFEST_MISSING, V1), (Damage.VERSION_MISSING, V1)},
    ),
    "manifest-changed": (
        at(V1, lambda path: forge(path, '"value": 41', '"value": 14')),
        {(Damage.MANIFEST_CHANGED, MANIFEST)},
    ),
    "manifest-unreadable": (
        at(MANIFEST, lambda path: write(path, b"")),
        {(Damage.MANIFEST_UNREADABLE, MANIFEST), (Damage.MANIFEST_CHANGED, MANIFEST)},
    ),
    "manifest by a link": (
        at(MANIFEST, replaced_by_link),
        {(Damage.MANIFEST_UNREADABLE, MANIFEST), (Damage.MANIFEST_CHANGED, MANIFEST)},
    ),
    "version-missing": (at(V1, shutil.rmtree), {(Damage.VERSION_MISSING, V1)}),
    "latest version lost": (at(V2, shutil.rmtree), {(Damage.VERSION_MISSING, V2)}),
    "record-unreadable": (
        at(RECORD_JSON, lambda path: write(path, b"{}")),
        {(Damage.RECORD_UNREADABLE, RECORD_JSON), (Damage.FILE_CHANGED, RECORD_JSON)},
    ),
    "record-misplaced": (
        lambda folder: shutil.copytree(folder / V2, folder / FIRST / "v3"),
        {(Damage.RECORD_MISPLACED, f"{FIRST}/v3"), (Damage.UNFINISHED, f"{FIRST}/v3")},
    ),
    "event-missing": (
        at(EVENTS[1], Path.unlink),
        {(Damage.EVENT_MISSING, EVENTS[1]), (Damage.UNFINISHED, V2)},
    ),
    "last event lost": (
        at(EVENTS[3], Path.unlink),
        {(Damage.EVENT_MISSING, EVENTS[3])},
    ),
    "record lost": (
        at(SECOND, shutil.rmtree),
        {(Damage.EVENT_MISSING, f"{SECOND}/events/000{number}.json") for number in (1, 2)},
    ),
    "rolled back": (
        rolled_back,
        {(Damage.EVENT_MISSING, event) for event in EVENTS[1:]},
    ),
    "event-unreadable": (
        at(EVENTS[2], lambda path: write(path, b"[]")),
        {(Damage.EVENT_UNREADABLE, EVENTS[2]), (Damage.EVENT_CHAIN, EVENTS[3])},
    ),
    "event by a link": (
        at(SECOND_LAST, replaced_by_link),
        {(Damage.EVENT_UNREADABLE, SECOND_LAST)},
    ),
    "event-chain": (
        lambda folder: swap(folder / FIRST / "events" / "0003.json", folder / FIRST / "events" / "0004.json"),
        {
            (code, f"{FIRST}/events/000{number}.json")
            for code in (Damage.EVENT_CHAIN, Damage.JOURNAL_EVENT)
            for number in (3, 4)
        },
    ),
    "last event rewritten": (rewritten_event, {(Damage.JOURNAL_EVENT, SECOND_LAST)}),
    "journal-unreadable": (
        at(APRIL, lambda path: edit(path, '"n":', '"n": ')),
        {(Damage.JOURNAL_UNREADABLE, APRIL), (Damage.JOURNAL_SILENT, SECOND_LAST)},
    ),
    "journal with words behind": (
        at(APRIL, lambda path: write(path, path.read_bytes() + b'{"n":')),
        {(Damage.JOURNAL_UNREADABLE, APRIL)},
    ),
    "journal of a month empty": (
        at("journal/2011-05.jsonl", lambda path: write(path, b"")),
        {(Damage.JOURNAL_UNREADABLE, "journal/2011-05.jsonl")},
    ),
    "journal by a link": (
        at(APRIL, replaced_by_link),
        {(Damage.JOURNAL_UNREADABLE, APRIL), (Damage.JOURNAL_SILENT, SECOND_LAST)},
    ),
    "journal-chain": (
        without_line(1, FEBRUARY),
        {(Damage.JOURNAL_CHAIN, FEBRUARY), (Damage.JOURNAL_SILENT, EVENTS[1])},
    ),
    "journal lines reordered": (
        lambda folder: write(folder / MARCH, b"".join(lines_of(folder, MARCH)[::-1])),
        {(Damage.JOURNAL_CHAIN, MARCH), (Damage.JOURNAL_CHAIN, APRIL)},
    ),
    "journal line in the month after": (moved_line, {(Damage.JOURNAL_CHAIN, MARCH)}),
    "journal of another month": (
        rename(FEBRUARY, "journal/2011-01.jsonl"),
        {(Damage.JOURNAL_CHAIN, "journal/2011-01.jsonl")},
    ),
    "an event told twice": (a_line_twice, {(Damage.JOURNAL_CHAIN, APRIL)}),
    "journal-event": (with_line(0, APRIL, sha256="0" * 64), {(Damage.JOURNAL_EVENT, SECOND_LAST)}),
    "last line of another moment": (
        with_line(0, APRIL, at="2011-04-06T08:00:00+08:00"),
        {(Damage.JOURNAL_EVENT, SECOND_LAST)},
    ),
    "last line of another kind": (
        with_line(0, APRIL, kind="reviewed"),
        {(Damage.JOURNAL_EVENT, SECOND_LAST)},
    ),
    "last line of another record": (
        with_line(0, APRIL, record=THIRD),
        {(Damage.JOURNAL_SILENT, SECOND_LAST), (Damage.EVENT_MISSING, f"{THIRD}/events/0002.json")},
    ),
    "journal-silent": (
        without_line(0, APRIL),
        {(Damage.JOURNAL_UNREADABLE, APRIL), (Damage.JOURNAL_SILENT, SECOND_LAST)},
    ),
    "last month of the journal lost": (at(APRIL, Path.unlink), {(Damage.JOURNAL_SILENT, SECOND_LAST)}),
    "source-missing": (
        at(SOURCE, shutil.rmtree),
        {(Damage.SOURCE_MISSING, f"{SOURCE}/original/一批.docx")},
    ),
    "source changed": (
        at(f"{SOURCE}/original/一批.docx", flip),
        {(Damage.FILE_CHANGED, f"{SOURCE}/original/一批.docx")},
    ),
    "form-missing": (at("forms/annex2-1", shutil.rmtree), {(Damage.FORM_MISSING, "forms/annex2-1/form.toml")}),
    "form changed": (at("forms/annex2-1/form.toml", flip), {(Damage.FILE_CHANGED, "forms/annex2-1/form.toml")}),
    "unfinished": (
        lambda folder: publish(a_bare_archive(folder), FIRST, a_version(number=3)),
        {(Damage.UNFINISHED, f"{FIRST}/v3")},
    ),
}
