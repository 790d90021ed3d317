"""Makes what is handed out of a record: its copies with their endorsements, or one PDF/A-3b.

A PDF/A-3b holds everything that was filed, so its pages are those of the copy that the one who pledged keeps, or else
of the first that is not for the public: never of a posting copy, whose pages withhold what the attached files tell.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from formsvc import chinese, durable
from formsvc.archive import layout
from formsvc.archive.versions import read_manifest
from formsvc.errors import DamagedArchiveError, UnknownCopyError
from formsvc.extraction.preflight.sniff import Kind, look
from formsvc.extraction.sandbox.sandbox import Sandbox
from formsvc.forms.spec import CopySpec, FormSpec, HolderRule
from formsvc.operations.delivered import DeliveryFormat, LeftOut, Selection
from formsvc.operations.endorsed import Attached, Whole, handed_out, told_of, whole
from formsvc.operations.workspace import Workspace
from formsvc.records.history import History, Status
from formsvc.rendering.metadata import pdf_date

_NAME_BYTES = 45
_JSON = "application/json"
_OTHER = ("bin", "application/octet-stream")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS = {
    Kind.DOCX: ("docx", _WORD),
    Kind.DOCM: ("docm", "application/vnd.ms-word.document.macroEnabled.12"),
    Kind.OLD_OFFICE: ("doc", "application/msword"),
    Kind.ODT: ("odt", "application/vnd.oasis.opendocument.text"),
    Kind.OFD: ("ofd", "application/ofd"),
    Kind.RTF: ("rtf", "application/rtf"),
    Kind.PDF: ("pdf", "application/pdf"),
    Kind.PNG: ("png", "image/png"),
    Kind.JPEG: ("jpg", "image/jpeg"),
    Kind.TIFF: ("tif", "image/tiff"),
    Kind.HEIC: ("heic", "image/heic"),
    Kind.GIF: ("gif", "image/gif"),
    Kind.BMP: ("bmp", "image/bmp"),
    Kind.WEBP: ("webp", "image/webp"),
    Kind.TEXT: ("txt", "text/plain"),
    Kind.HTML: ("html", "text/html"),
}
"""What a file is by its bytes -> the suffix and the media type it is attached with."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One file to be handed out."""

    name: str
    """Below the folder."""
    parts: Sequence[bytes | Whole]


class Desk:
    """Makes the files of one delivery."""

    def __init__(self, workspace: Workspace, sandbox: Sandbox, wanted: Selection, kind: DeliveryFormat) -> None:
        self._workspace = workspace
        self._sandbox = sandbox
        self._wanted = wanted
        self._kind = kind
        self._fonts = workspace.fonts

    def papers(self, prefix: str) -> Iterator[Paper | tuple[str, LeftOut]]:
        """Yield what is handed out of a record, or why it is not."""
        history = self._workspace.archive.history(prefix)
        spec = self._workspace.form_of(history.latest)
        if self._kind is DeliveryFormat.PDFA3:
            yield self._with_attachments(spec, history)
            return
        asked = self._wanted.copy
        copies = [copy for copy in spec.copies if asked in (None, copy.role, copy.label)]
        if not copies and self._wanted.records:
            known = ", ".join(f"{copy.label} ({copy.role})" for copy in spec.copies)
            raise UnknownCopyError(copy=asked or "", known=known)
        for copy in copies:
            yield self._copy(spec, history, copy)

    def _copy(self, spec: FormSpec, history: History, copy: CopySpec) -> Paper | tuple[str, LeftOut]:
        if copy.is_public and history.status(spec) is Status.RETURNED:
            return history.id, LeftOut.RETURNED
        source = self._source(history, copy)
        told = told_of(spec, history, copy)
        parts: Sequence[bytes | Whole] | None = [source]
        if told is not None:
            parts = handed_out(self._sandbox, spec, history, copy, source, told, fonts=self._fonts)
        if parts is None:
            return history.id, LeftOut.UNREADABLE
        holder = history.holders(spec).get(copy.role)
        is_theirs = copy.holder in (HolderRule.SUBJECT, HolderRule.POSTING)
        folders = [copy.label, *([holder] if holder and not is_theirs else [])]
        folder = "/".join(chinese.safe_part(name, _NAME_BYTES) for name in folders)
        return Paper(f"{folder}/{_file_name(spec, history, public=copy.is_public)}", parts)

    def _with_attachments(self, spec: FormSpec, history: History) -> Paper | tuple[str, LeftOut]:
        copy = own_copy(spec)
        if copy is None:
            return history.id, LeftOut.NO_OWN_COPY
        if next(one.conformance for one in history.copies if one.role == copy.role) is None:
            return history.id, LeftOut.NOT_ARCHIVABLE
        told = told_of(spec, history, copy, files=self._files(history), part=3)
        source = self._source(history, copy)
        parts = told and handed_out(self._sandbox, spec, history, copy, source, told, fonts=self._fonts)
        return Paper(_file_name(spec, history), parts) if parts else (history.id, LeftOut.UNREADABLE)

    def _source(self, history: History, copy: CopySpec) -> Whole:
        filed = history.copy(copy.role)
        if filed is None:
            raise DamagedArchiveError(path=history.prefix, reason="missing")
        return whole(self._workspace.archive_folder, f"{history.prefix}/{filed.path}", filed.sha256)

    def _files(self, history: History) -> list[Attached]:
        """Return what is attached: the record, its original, its events."""
        store, folder = self._workspace.archive.store, self._workspace.archive_folder
        version = history.latest
        prefix = layout.version_prefix(history.prefix, version.number)
        manifest = f"{prefix}/{layout.MANIFEST}"
        try:
            sha256 = read_manifest(store.get(manifest))[layout.RECORD]
        except (ValueError, KeyError) as error:
            raise DamagedArchiveError(path=manifest, reason=str(error)) from error
        record = whole(folder, f"{prefix}/{layout.RECORD}", sha256)
        files = [Attached(record, layout.RECORD, layout.RECORD, _JSON, "Data", _moment(version.filed_at))]
        for event in history.events:
            name = layout.event_name(history.prefix, event.number)
            kept = whole(folder, name, hashlib.sha256(store.get(name)).hexdigest())
            shown = f"event-{event.number:04}.json"
            files.append(Attached(kept, shown, shown, _JSON, "Supplement", _moment(event.at)))
        return [self._original(history, {file.name for file in files}), *files]

    def _original(self, history: History, taken: set[str]) -> Attached:
        original = history.latest.original
        prefix = layout.version_prefix(history.prefix, history.latest.number)
        inside = "" if original.path.startswith(f"{layout.SOURCES}/") else f"{prefix}/"
        file = whole(self._workspace.archive_folder, f"{inside}{original.path}", original.sha256)
        suffix, media_type = _kind(file.path)
        name = original.path.rpartition("/")[2]
        if name.lower() in taken:
            name = f"original-{name}"
        moment = _moment(history.latest.arrived_at)
        return Attached(file, name, f"original.{suffix}", media_type, "Source", moment)


def own_copy(spec: FormSpec) -> CopySpec | None:
    """Return the copy whose pages stand for a record: the one who pledged keeps it, or it is the first not public."""
    inside = [copy for copy in spec.copies if not copy.is_public]
    return next((copy for copy in inside if copy.holder is HolderRule.SUBJECT), next(iter(inside), None))


def _file_name(spec: FormSpec, history: History, *, public: bool = False) -> str:
    version = history.corrected(spec)
    is_named = not public or spec.fields[spec.subject.name].public
    name = f"-{chinese.safe_part(version.name, _NAME_BYTES)}" if is_named else ""
    return f"{version.year.value:04}{name}-{history.id}.pdf"


def _kind(path: Path) -> tuple[str, str]:
    """Return the suffix and the media type of a file by its bytes."""
    opened = durable.open_regular(path)
    if not isinstance(opened, durable.OpenFile):
        return _OTHER
    with opened:
        return _KINDS.get(look(opened.descriptor), _OTHER)


def _moment(text: str) -> str:
    return pdf_date(dt.datetime.fromisoformat(text))
