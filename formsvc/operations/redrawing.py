"""Draws the copies of a filed version again from its record, for when one was lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from formsvc.archive import layout
from formsvc.archive.repair import Drawn
from formsvc.errors import Code, FormsvcError, Problem
from formsvc.forms.load import load_form
from formsvc.forms.reading import Picture, Reading
from formsvc.forms.spec import FormSpec
from formsvc.operations.examine import begin
from formsvc.operations.filing import crops_of
from formsvc.operations.received import ask
from formsvc.operations.workspace import Workspace
from formsvc.records.event import FIRST_PREVIOUS, Event, EventKind, Redrawn
from formsvc.records.record import Copy, Pages, Version
from formsvc.records.record_json import decode_version
from formsvc.rendering.copies import DrawnCopy, draw_copies
from formsvc.storage.store import ReadableStore


def drawer(workspace: Workspace) -> Callable[[ReadableStore, str, str], Drawn | None]:
    """Return what draws a copy again; see `formsvc.archive.repair.Draw`."""

    def draw(store: ReadableStore, version_prefix: str, path: str) -> Drawn | None:
        try:
            version = decode_version(store.get(f"{version_prefix}/{layout.RECORD}"))
            name = layout.form_name(version.form, version.form_version)
            spec = load_form(store.get(name), name)
            copy = next((one for one in version.copies if one.path == path), None)
            pdf = None if copy is None else _drawn(workspace, spec, version, version_prefix, copy)
        except (FormsvcError, OSError, ValueError):
            return None
        if copy is None or pdf is None:
            return None
        data = _bytes_of(pdf)
        if hashlib.sha256(data).hexdigest() == copy.sha256:
            return Drawn(data)
        return Drawn(data, lambda _: _event(workspace, store, version_prefix, version, copy, pdf))

    return draw


def _drawn(workspace: Workspace, spec: FormSpec, version: Version, prefix: str, copy: Copy) -> DrawnCopy | None:
    """Return the copy, or None when what it shows is not all there: a lost original, pictures nobody finds in it."""
    is_public = any(one.is_public for one in spec.copies if one.role == copy.role)
    original = version.original
    reading = Reading(
        number=original.reading,
        form=version.form,
        form_version=version.form_version,
        year=version.year,
        fields=version.fields,
        problems=version.problems,
        pages=original.pages,
        serial=version.serial,
        typed=version.typed,
    )
    date = dt.datetime.fromisoformat(version.filed_at)
    if copy.pages is not Pages.DRAWN:
        return _with_received_pages(workspace, spec, version, prefix, reading).get(copy.role)
    if not is_public and not version.typed:
        return None
    if not is_public and _pasted(version.problems):
        pictures = _pictures(workspace, spec, version, prefix)
        if pictures is None:
            return None
        reading = dataclasses.replace(reading, pictures=pictures)
    drawn = draw_copies(spec, reading, record=version.record, version=version.number, date=date, fonts=workspace.fonts)
    return drawn.get(copy.role)


def _pasted(problems: Sequence[Problem]) -> set[str | None]:
    """Return the fields with a picture in their box."""
    return {problem.field for problem in problems if problem.code is Code.PICTURE_IN_BOX}


def _pictures(workspace: Workspace, spec: FormSpec, version: Version, prefix: str) -> tuple[Picture, ...] | None:
    """Return the pictures pasted into a form, read anew from its original.

    None when that is not whole, or is not read any more as having the pictures that the record tells of.
    """
    path = _original(workspace, version, prefix)
    readings = () if path is None else begin(workspace, path).look().readings
    found = next((one for one in readings if one.number == version.original.reading), None)
    if found is None or found.form != version.form or _pasted(found.problems) != _pasted(version.problems):
        return None
    crops = {key: tuple(pictures) for key, pictures in crops_of(spec, found).items()}
    return found.pictures if crops == dict(version.crops) else None


def _original(workspace: Workspace, version: Version, prefix: str) -> Path | None:
    """Return where the received file lies, or None when it is lost or not what was received."""
    original = version.original
    inside = "" if original.path.startswith(f"{layout.SOURCES}/") else f"{prefix}/"
    path = workspace.archive_folder / f"{inside}{original.path}"
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return path if hashlib.file_digest(file, "sha256").hexdigest() == original.sha256 else None


def _with_received_pages(
    workspace: Workspace, spec: FormSpec, version: Version, prefix: str, reading: Reading
) -> dict[str, DrawnCopy]:
    """Return the copies that keep the received pages, made again from the original; none when that is not whole."""
    date = dt.datetime.fromisoformat(version.filed_at)
    path = _original(workspace, version, prefix)
    if path is None:
        return {}
    record, number = version.record, version.number
    asked = ask(workspace.stamper, path, spec, reading, record=record, version=number, date=date, fonts=workspace.fonts)
    return asked.copies()


def _event(
    workspace: Workspace, store: ReadableStore, prefix: str, version: Version, copy: Copy, pdf: DrawnCopy
) -> Event:
    """Return the event that tells of a copy drawn anew, next after the record's events as they would be."""
    record = prefix.rpartition("/")[0]
    names = [name for name in store.names(f"{record}/events") if layout.event_number(name[len(record) + 1 :])]
    previous = hashlib.sha256(store.get(names[-1])).hexdigest() if names else FIRST_PREVIOUS
    number = len(names) + 1
    path = layout.redrawn_name(number, copy.path)
    sha256 = hashlib.sha256(_bytes_of(pdf)).hexdigest()
    details = Redrawn(version.number, copy.role, path, sha256, pdf.conformance, copy.path)
    return Event(version.record, number, EventKind.REDRAWN, workspace.now(), None, previous, details)


def _bytes_of(pdf: DrawnCopy) -> bytes:
    return pdf.data if isinstance(pdf.data, bytes) else b"".join(pdf.data)
