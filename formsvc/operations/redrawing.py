"""Draws the copies of a filed version again from its record, for when one was lost."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

from formsvc.archive import layout
from formsvc.archive.repair import Drawn
from formsvc.errors import Code, FormsvcError
from formsvc.forms.load import load_form
from formsvc.forms.reading import Reading
from formsvc.forms.spec import FormSpec
from formsvc.operations.workspace import Workspace
from formsvc.records.event import FIRST_PREVIOUS, Event, EventKind, Redrawn
from formsvc.records.record import Copy, Version
from formsvc.records.record_json import decode, version_from_json
from formsvc.rendering.copies import DrawnCopy, draw_copies
from formsvc.storage.store import ReadableStore


def drawer(workspace: Workspace) -> Callable[[ReadableStore, str, str], Drawn | None]:
    """Return what draws a copy again; see `formsvc.archive.repair.Draw`."""

    def draw(store: ReadableStore, version_prefix: str, path: str) -> Drawn | None:
        try:
            version = version_from_json(decode(store.get(f"{version_prefix}/{layout.RECORD}")))
            name = layout.form_name(version.form, version.form_version)
            spec = load_form(store.get(name), name)
            copy = next((one for one in version.copies if one.path == path), None)
            pdf = None if copy is None else _drawn(spec, version, copy.role)
        except (FormsvcError, OSError, ValueError):
            return None
        if copy is None or pdf is None:
            return None
        data = _bytes_of(pdf)
        if hashlib.sha256(data).hexdigest() == copy.sha256:
            return Drawn(data)
        return Drawn(data, lambda _: _event(workspace, store, version_prefix, version, copy, pdf))

    return draw


def _drawn(spec: FormSpec, version: Version, role: str) -> DrawnCopy | None:
    """Return the copy, or None when what it shows is not all in the record: pasted pictures, received pages."""
    is_public = any(copy.is_public for copy in spec.copies if copy.role == role)
    if not is_public and any(problem.code is Code.PICTURE_IN_BOX for problem in version.problems):
        return None
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
    if not version.typed and not is_public:
        return None
    date = dt.datetime.fromisoformat(version.filed_at)
    return draw_copies(spec, reading, record=version.record, version=version.number, date=date).get(role)


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
