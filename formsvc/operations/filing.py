"""Files readings: draws the copies, publishes the versions, appends the events, notes the index. In this order.

A version exists when it is published; everything after that follows from it and is finished by recovery. Many
readings are filed as one group, at the price of a few syncs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from formsvc.archive import layout
from formsvc.archive.chain import extended, following
from formsvc.archive.versions import source_item, version_item
from formsvc.errors import DamagedArchiveError, TakenError
from formsvc.forms.reading import Reading
from formsvc.forms.spec import FormSpec
from formsvc.operations.indexing import note
from formsvc.operations.received import Asked, ask
from formsvc.operations.resolve import Place, person_of_version
from formsvc.operations.workspace import Workspace
from formsvc.records.event import (
    FIRST_PREVIOUS,
    Assigned,
    Details,
    Event,
    Filed,
    Review,
    ReviewDecision,
    StampSource,
)
from formsvc.records.history import History
from formsvc.records.record import Confirmation, Copy, Original, Version
from formsvc.rendering.copies import DrawnCopy, draw_copies
from formsvc.storage.store import Content, Item

_AT_ONCE = 8
"""So many submissions are with the sandbox before their copies are fetched."""


@dataclass(frozen=True, slots=True)
class Filing:
    """One reading on its way into the archive."""

    spec: FormSpec
    reading: Reading
    place: Place
    name_bytes: bytes
    """The file name as received."""
    name: str
    """The file name as it can be shown."""
    original: Path
    """The received file."""
    sha256: str
    size: int
    forms_in_file: int
    arrived_at: str
    confirmation: Confirmation | None = None


def file_group(workspace: Workspace, filings: Sequence[Filing]) -> list[History]:
    """File a group; the caller holds the archive's writing lock and has written the plans down.

    Raises DamagedArchiveError when a place is taken by something else.
    """
    archive = workspace.archive
    for spec in {filing.spec.id: filing.spec for filing in filings}.values():
        archive.keep_form(spec)
    sources = _keep_sources(workspace, [filing for filing in filings if filing.forms_in_file > 1])
    made = []
    for some in _batched(filings):
        asked = [(filing, _ask(workspace, filing)) for filing in some]
        for filing, copies in asked:
            source = sources[filing.sha256] if filing.forms_in_file > 1 else None
            made.append(_version(workspace, filing, copies, source))
    for error in archive.store.publish_many([item for _, item in made]):
        if isinstance(error, TakenError):
            raise DamagedArchiveError(path=str(error.params["path"]), reason="taken")
        if error is not None:
            raise error
    return finish(
        workspace,
        [(_history(workspace, filing, version), version) for filing, (version, _) in zip(filings, made, strict=True)],
    )


def finish(workspace: Workspace, published: Sequence[tuple[History, Version]]) -> list[History]:
    """Append the events that follow from published versions, where they are missing, and note all in the index.

    No two of the versions are of one record.
    """
    at = workspace.now()
    complete = []
    appended: list[tuple[str, Event]] = []
    for history, version in published:
        news = _consequences(workspace, history, version)
        events = following(history, at, [(None, details) for details in news])
        appended += [(history.prefix, event) for event in events]
        complete.append(extended(history, events))
    for error in workspace.archive.append(appended):
        if error is not None:
            raise error
    note(workspace, complete)
    return complete


def _keep_sources(workspace: Workspace, filings: Sequence[Filing]) -> dict[str, str]:
    """Keep files that hold several forms, each once, under the name it came with first; return hash -> place."""
    store = workspace.archive.store
    places: dict[str, str] = {}
    fresh: list[Item] = []
    for filing in filings:
        prefix = layout.source_prefix(filing.sha256)
        kept = next(store.names(f"{prefix}/original"), None)
        if kept is None and filing.sha256 not in places:
            fresh.append(source_item(filing.sha256, filing.name, filing.original))
        places.setdefault(filing.sha256, kept or f"{prefix}/{layout.original_name(filing.name)}")
    for error in store.publish_many(fresh) if fresh else ():
        if error is not None:
            raise error
    return places


def _batched(filings: Sequence[Filing]) -> Iterator[Sequence[Filing]]:
    for start in range(0, len(filings), _AT_ONCE):
        yield filings[start : start + _AT_ONCE]


def _ask(workspace: Workspace, filing: Filing) -> Asked | None:
    """Begin the copies that keep the pages of a submission; None for one that was typed."""
    if filing.reading.typed:
        return None
    record, version, date = filing.place.record, filing.place.version, dt.datetime.fromisoformat(workspace.now())
    return ask(
        workspace.stamper,
        filing.original,
        filing.spec,
        filing.reading,
        record=record,
        version=version,
        date=date,
        fonts=workspace.fonts,
    )


def _version(workspace: Workspace, filing: Filing, asked: Asked | None, source: str | None) -> tuple[Version, Item]:
    """Return a version and its files; `source` is where its file lies that held several forms."""
    reading, spec, place, at = filing.reading, filing.spec, filing.place, workspace.now()
    kept = {} if asked is None else asked.copies()
    date = dt.datetime.fromisoformat(at)
    drawn = kept | draw_copies(
        spec, reading, record=place.record, version=place.version, date=date, but=kept, fonts=workspace.fonts
    )
    total = len(spec.copies)
    copies: list[Copy] = []
    contents: dict[str, Content] = {}
    for number, copy in enumerate(spec.copies, 1):
        path = layout.copy_name(number, copy.label)
        pdf = drawn[copy.role]
        contents[path] = pdf.data
        copies.append(Copy(copy.role, number, total, copy.label, path, _sha256(pdf), pdf.conformance, pdf.pages))
    crops = crops_of(spec, reading)
    contents |= {path: data for found in crops.values() for path, data in found.items()}
    original = Original(
        name=filing.name,
        name_bytes=filing.name_bytes,
        sha256=filing.sha256,
        size=filing.size,
        path=layout.original_name(filing.name) if source is None else source,
        reading=reading.number,
        pages=reading.pages,
    )
    version = Version(
        record=place.record,
        number=place.version,
        form=spec.id,
        form_version=spec.version,
        year=reading.year,
        subject_kind=spec.subject.kind,
        name=reading.text(spec.subject.name),
        unit=reading.text(spec.subject.unit) or None,
        organisation=place.organisation,
        identity=place.identity,
        fields=reading.fields,
        problems=reading.problems,
        original=original,
        copies=tuple(copies),
        typed=reading.typed,
        serial=reading.serial,
        confirmation=filing.confirmation,
        arrived_at=filing.arrived_at,
        filed_at=at,
        program=workspace.program,
        crops=MappingProxyType({key: tuple(found) for key, found in crops.items()}),
    )
    return version, version_item(place.prefix, version, contents, filing.original if source is None else None)


def crops_of(spec: FormSpec, reading: Reading) -> dict[str, dict[str, bytes]]:
    """Return field key -> the pictures of its mark by their paths; those of other fields are for the queue only."""
    crops: dict[str, dict[str, bytes]] = {}
    for picture in reading.pictures:
        if spec.fields[picture.field].kind.is_mark and picture.media_type == "image/png":
            found = crops.setdefault(picture.field, {})
            found[layout.crop_name(picture.field, len(found) + 1)] = picture.data
    return crops


def _sha256(copy: DrawnCopy) -> str:
    digest = hashlib.sha256()
    for piece in (copy.data,) if isinstance(copy.data, bytes) else copy.data:
        digest.update(piece)
    return digest.hexdigest()


def _history(workspace: Workspace, filing: Filing, version: Version) -> History:
    if version.number == 1:
        return History(filing.place.prefix, (version,), (), FIRST_PREVIOUS)
    return workspace.archive.history(filing.place.prefix)


def _consequences(workspace: Workspace, history: History, version: Version) -> list[Details]:
    """Return what a published version brings with it and no event says yet."""
    spec = workspace.form_of(version)
    said = [event.details for event in history.events]
    news: list[Details] = []
    if not history.is_filed(version.number):
        prefix = layout.version_prefix(history.prefix, version.number)
        manifest = workspace.archive.store.get(f"{prefix}/{layout.MANIFEST}")
        news.append(Filed(version.number, hashlib.sha256(manifest).hexdigest()))
    stamps = paper_stamps(spec, version)
    news += [stamp for stamp in stamps if not any(_is_paper_stamp(details, stamp) for details in said)]
    holders = workspace.directory.holders(spec.copies, person_of_version(spec, version))
    if holders and not any(isinstance(details, Assigned) and details.version == version.number for details in said):
        news.append(Assigned(version.number, holders, workspace.directory.basis))
    return news


def paper_stamps(spec: FormSpec, version: Version) -> list[Review]:
    """Return the review stamps the paper itself brought along: as read, undecided."""
    stamps = []
    for step in spec.reviews:
        values = {key: _text(version, key) for key in (step.opinion, step.seal, step.date) if key is not None}
        opinion, seal, date = (values.get(key or "", "") for key in (step.opinion, step.seal, step.date))
        if opinion or date or seal in ("present", "unclear"):
            stamps.append(
                Review(
                    version=version.number,
                    step=step.key,
                    decision=ReviewDecision.UNSET,
                    organisation=None,
                    on=date or None,
                    opinion=opinion,
                    criteria={},
                    seal=seal or None,
                    source=StampSource.FORM,
                    crop=next(iter(version.crops.get(step.seal or "", ())), None),
                )
            )
    return stamps


def _text(version: Version, key: str) -> str:
    found = version.fields.get(key)
    return found.value if found is not None and isinstance(found.value, str) else ""


def _is_paper_stamp(details: Details, stamp: Review) -> bool:
    return (
        isinstance(details, Review)
        and details.source is StampSource.FORM
        and (details.version, details.step) == (stamp.version, stamp.step)
    )
