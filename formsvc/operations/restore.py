"""Takes a hand-over back into the archive: a bag or an OCFL root, checked whole before anything is written.

Records come back with their ids, versions and events, byte for byte. What the archive has already is passed over; what
it has otherwise stops everything, with nothing written. The journal tells of the events again, in the order of the
hand-over; in an empty archive it is the same journal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from formsvc.archive import bagit, journal, layout, ocfl
from formsvc.archive.handover import flaws
from formsvc.archive.part import Part
from formsvc.archive.vouching import readable_lines
from formsvc.errors import NewerFormatError, TakenError, UnsoundExportError
from formsvc.operations.indexing import build
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.records.record_json import decode
from formsvc.storage.local import LocalStore
from formsvc.storage.store import Item

_TOGETHER = 50
"""So many folders, or events, are written with one sync."""
_APART = frozenset({layout.DECLARATION, layout.README})


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    records: int
    """Records of the hand-over."""
    fresh: int
    """Files that the archive had not."""
    head: journal.Head
    """The journal's end in the hand-over; that of an empty one when it has none."""


def restore(
    workspace: Workspace, folder: Path, *, dry_run: bool = False, progress: Callable[[int], None] = lambda _: None
) -> Restored:
    """Take the bag or OCFL root in `folder` back; with `dry_run` it is only checked, and compared with the archive.

    Raises UnsoundExportError when it is not whole, NewerFormatError, TakenError when the archive has something else
    under a name of it.
    """
    part = opened(folder)
    for flaw in flaws(part, progress):
        raise UnsoundExportError(path=flaw.path, reason=flaw.code.value)
    with writing(workspace):
        fresh = _fresh(workspace, part)
        if not dry_run:
            _write(workspace, part, fresh)
    if not dry_run and fresh:
        _tell(workspace, part, [name for name in fresh if _is_event(name)])
    records = {parts[0] for name in part.names() if (parts := layout.split_record_name(name)) is not None}
    return Restored(len(records), len(fresh), journal.head(part))


def opened(folder: Path) -> Part:
    """Return the files of a hand-over by their names in the archive; raises UnsoundExportError, NewerFormatError."""
    store = LocalStore(folder.absolute())
    if store.exists(bagit.DECLARATION):
        places = bagit.payload_of(store)
    elif store.exists(ocfl.DECLARATION):
        places = ocfl.content_of(store)
    else:
        raise UnsoundExportError(path=str(folder), reason="export-declaration")
    for name in places:
        match = layout.DECLARATION_PATTERN.fullmatch(name)
        if match is not None and (int(match[1]), int(match[2])) > layout.FORMAT:
            raise NewerFormatError(found=match[0], known=layout.DECLARATION)
    return Part(store, places)


def _fresh(workspace: Workspace, part: Part) -> list[str]:
    """Return what the archive has not; raises TakenError for what it has otherwise."""
    store = workspace.archive.store
    there = set(store.names())
    fresh = []
    for name in part.names():
        if name in _APART or journal.is_file(name):
            continue
        if name not in there:
            fresh.append(name)
        elif hashlib.sha256(store.get(name)).digest() != hashlib.sha256(part.get(name)).digest():
            raise TakenError(path=name)
    for folder in {_folder(name) for name in fresh} - {""}:
        if any(True for _ in store.names(folder)):
            raise TakenError(path=folder)
    return fresh


def _write(workspace: Workspace, part: Part, fresh: Sequence[str]) -> None:
    """Write forms, sources and roster imports, then the versions."""
    store = workspace.archive.store
    folders = sorted({_folder(name) for name in fresh} - {""}, key=lambda one: (one[:4].isdecimal(), one))
    alone = [name for name in fresh if not _folder(name) and not _is_event(name)]
    store.put_many({name: part.get(name) for name in alone})
    for some in _batches(folders):
        items = [Item(one, {name[len(one) + 1 :]: part.get(name) for name in part.names(one)}) for one in some]
        for error in store.publish_many(items):
            if error is not None:
                raise error


def _tell(workspace: Workspace, part: Part, events: Sequence[str]) -> None:
    """Write the events and tell the journal of them, as those of a writer that died are; then build the index anew."""
    archive = workspace.archive
    for some in _batches(_in_order(part, events)):
        with archive.writer:
            archive.writer.set_pending({name: part.get(name) for name in some})
        with archive.writing():
            pass  # a turn at writing writes and tells what is noted
    with archive.writing():
        build(workspace)


def _folder(name: str) -> str:
    """Return the folder that a file is published with: its version, source or form."""
    parts = layout.split_record_name(name)
    version = None if parts is None else layout.version_number(parts[2])
    if parts is not None and version is not None:
        return layout.version_prefix(parts[0], version[0])
    top = name.split("/")
    return "/".join(top[:2]) if top[0] in (layout.SOURCES, layout.FORMS) else ""


def _is_event(name: str) -> bool:
    parts = layout.split_record_name(name)
    return parts is not None and layout.event_number(parts[2]) is not None


def _in_order(part: Part, events: Sequence[str]) -> list[str]:
    """Return events in the order of the hand-over's journal, or else by their time."""
    told = {layout.event_name(line.record, line.event): place for place, (_, line) in enumerate(readable_lines(part))}
    return sorted(events, key=lambda name: (told.get(name, len(told)), str(decode(part.get(name))["at"]), name))


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _TOGETHER):
        yield names[start : start + _TOGETHER]
