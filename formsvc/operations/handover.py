"""Hands an archive over, whole or a year or a form of it, as a bag (BagIt 1.0) or an OCFL 1.1 storage root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from formsvc import durable
from formsvc.archive import bagit, journal, ocfl
from formsvc.archive.handover import Fingerprint, fingerprint, fingerprint_at, flaws, selected
from formsvc.archive.overlay import Overlay
from formsvc.errors import ChangedError, DamagedArchiveError, MissingError, TakenError
from formsvc.operations.workspace import Workspace
from formsvc.storage.store import ReadableStore


class HandoverFormat(StrEnum):
    """The forms of a hand-over."""

    BAGIT = "bagit"
    OCFL = "ocfl"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was handed over."""

    files: int
    """Files of the archive."""
    head: journal.Head
    """The journal's end at that moment."""


def hand_over(
    workspace: Workspace,
    kind: HandoverFormat,
    target: Path,
    year: int | None = None,
    *,
    form: str | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> HandedOver:
    """Write the archive, or the records of a year and a form, into the new folder `target`; all of it or nothing.

    It is the archive of one moment; others go on filing meanwhile.

    Raises DamagedArchiveError when what is to be handed over is not sound, MissingError when no record is meant,
    TakenError when something has that name.
    """
    with workspace.archive.writing():
        store = workspace.archive.store
        part = Overlay(selected(store, year, form))
        for name in journal.files(part):
            part.put(name, store.get(name))  # the only files that grow while others go on filing
        head = journal.head(store)
    if (year, form) != (None, None) and not any(True for _ in part.names(f"{year:04}" if year else "")):
        raise MissingError(path=str(year or form))
    for flaw in flaws(part):
        raise DamagedArchiveError(path=flaw.path, reason=flaw.code.value)
    return HandedOver(_written(workspace, kind, part, target.absolute(), head, progress), head)


def _written(
    workspace: Workspace,
    kind: HandoverFormat,
    part: ReadableStore,
    target: Path,
    head: journal.Head,
    progress: Callable[[int], None],
) -> int:
    """Write the files of the hand-over beside its name, then give it; return how many there are of the archive."""
    prints = {name: fingerprint_at(part, name) for name in part.names()}
    around, places = _around(workspace, kind, part, prints, head)
    durable.make_dirs(target.parent)
    work = durable.unused_name(target.parent)
    try:
        with durable.Batch(target.parent, grouped=True) as batch:
            made: set[Path] = set()
            for count, name in enumerate(part.names(), 1):
                data = part.get(name)
                if fingerprint(data) != prints[name]:
                    raise ChangedError(path=name)
                _write(batch, work / places[name], data, made)
                progress(count)
            for name, data in around.items():
                _write(batch, work / name, data, made)
            batch.publish(work, target)
            for error in batch.commit().values():
                raise TakenError(path=str(target)) if isinstance(error, FileExistsError) else error
    finally:
        durable.discard(work)
    return len(prints)


def _write(batch: durable.Batch, path: Path, data: bytes, made: set[Path]) -> None:
    if path.parent not in made:
        durable.make_dirs(path.parent)
        made.add(path.parent)
    batch.write(path, data)


def _around(
    workspace: Workspace,
    kind: HandoverFormat,
    part: ReadableStore,
    prints: Mapping[str, Fingerprint],
    head: journal.Head,
) -> tuple[Mapping[str, bytes], Mapping[str, str]]:
    """Return what is written around the files of the archive, and where each of those goes."""
    office = workspace.settings.organisation or workspace.settings.office
    if kind is HandoverFormat.OCFL:
        made = ocfl.storage_root(part, prints, created=workspace.now(), user=office, program=workspace.program)
        return made.files, made.places
    info = {
        "Bag-Software-Agent": workspace.program,
        "Bagging-Date": workspace.now()[:10],
        "Journal-Head": str(head),
    }
    if office:
        info = {"Source-Organization": office, **info}
    return bagit.tag_files(prints, info), {name: bagit.place_of(name) for name in prints}
