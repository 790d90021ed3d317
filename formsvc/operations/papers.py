"""Makes the notice's other papers from filed records: handbook, plates, notice-board sheet.

They hold public fields and nothing else, of the latest versions with every correction, and leave out what was
returned. The same archive gives the same bytes. A file that exists is never replaced.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from formsvc import chinese, durable
from formsvc.extraction.sandbox.outcome import Answer
from formsvc.extraction.sandbox.sandbox import open_sandbox
from formsvc.forms.reading import Picture
from formsvc.forms.spec import FormSpec, Kind, SubjectKind
from formsvc.index.entry import Query
from formsvc.operations.blank import free_path
from formsvc.operations.lacking import Lacking, Shown
from formsvc.operations.lookup import TEMPLATES
from formsvc.operations.sorting import Order, key_of
from formsvc.operations.workspace import Workspace
from formsvc.records.history import Status
from formsvc.records.record import Version
from formsvc.rendering.board import Sheet, write_board
from formsvc.rendering.handbook import write_handbook
from formsvc.rendering.marks import Raster
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.papers import Pledge, Words, load_words
from formsvc.rendering.pictures import raster_of
from formsvc.rendering.plates import write_plates
from formsvc.rendering.printed import printed_lines

WORDING = "papers.toml"
"""The wording of an office's own, in the folder of the forms."""
PORTRAIT_JOB = "formsvc.extraction.portraits:portrait_job"
_PORTRAITS = (".png", ".jpg", ".jpeg")
_CONTACTS = (Kind.PHONE, Kind.EMAIL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records a paper is made of."""

    year: int
    form: str | None = None
    organisation: str | None = None
    """A part of the organisation or the unit."""
    order: Order = Order.PINYIN


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that was written."""

    path: Path
    """Where it is; a file of the same bytes that was there already is kept."""
    pledges: int
    lacking: tuple[Lacking, ...] = ()
    """Where it says less than the records, for want of a face."""


@dataclass(frozen=True, slots=True)
class _Filed:
    record: str
    filed_at: str
    pledge: Pledge
    lacking: tuple[Lacking, ...] = ()


def handbook(workspace: Workspace, wanted: Wanted, folder: Path) -> Paper | None:
    """Write the handbook of a year into a folder; None when no record fits."""
    words = _words(workspace)
    filed = _filed(workspace, wanted, words)
    office = workspace.settings.office
    return _put(
        folder,
        filed,
        words.handbook.title,
        wanted.year,
        lambda about: write_handbook(
            [one.pledge for one in filed], words, about, year=wanted.year, office=office, fonts=workspace.fonts
        ),
    )


def plates(workspace: Workspace, wanted: Wanted, folder: Path, *, portraits: Path | None = None) -> Paper | None:
    """Write the plates of a year's members into a folder; None when no record fits.

    A portrait is the picture in `portraits` that is called by the record's id, or by the name where nobody else has it.
    """
    words = _words(workspace)
    filed = [one for one in _filed(workspace, wanted, words) if not one.pledge.is_organisation]
    if portraits is not None:
        filed = _with_portraits(filed, portraits)
    shown = [one.pledge for one in filed]
    return _put(
        folder,
        filed,
        words.plates.title,
        wanted.year,
        lambda about: write_plates(shown, words, about, fonts=workspace.fonts),
    )


def board(workspace: Workspace, wanted: Wanted, folder: Path, *, sheet: Sheet = Sheet.A3) -> Paper | None:
    """Write the notice-board sheets of a year into a folder; None when no record fits."""
    words = _words(workspace)
    filed = _filed(workspace, wanted, words)
    shown, office = [one.pledge for one in filed], workspace.settings.office
    return _put(
        folder,
        filed,
        words.board.title,
        wanted.year,
        lambda about: write_board(
            shown, words, about, sheet=sheet, year=wanted.year, office=office, fonts=workspace.fonts
        ),
    )


def _words(workspace: Workspace) -> Words:
    own = workspace.root / TEMPLATES / WORDING
    return load_words(own.read_bytes(), str(own)) if own.is_file() else load_words()


def _filed(workspace: Workspace, wanted: Wanted, words: Words) -> list[_Filed]:
    """Return the public part of the records that fit, an organisation's own pledge before those of its members."""
    if wanted.form is not None:
        workspace.form(wanted.form)
    found = []
    for entry in workspace.index.find(Query(year=wanted.year, form=wanted.form, organisation=wanted.organisation)):
        history = workspace.archive.history(entry.path)
        spec = workspace.form_of(history.latest)
        if history.status(spec) is not Status.RETURNED and spec.fields[spec.subject.name].public:
            version = history.corrected(spec)
            shown = Shown(workspace.fonts, history.id, spec.name)
            pledge = _pledge(spec, version, words, shown)
            found.append(_Filed(history.id, version.filed_at, pledge, shown.lacking))

    name_key = key_of(wanted.order)

    def place(one: _Filed) -> tuple[object, ...]:
        pledge = one.pledge
        is_last = pledge.organisation == words.elsewhere
        return is_last, name_key(pledge.organisation), not pledge.is_organisation, name_key(pledge.name), one.record

    return sorted(found, key=place)


def _pledge(spec: FormSpec, version: Version, words: Words, shown: Shown) -> Pledge:
    """Return the public part of a version; nothing is taken from a field that is not public."""
    public = {
        key: (field, shown.lines(field.label, printed_lines(field, version.fields[key].value)))
        for key, field in spec.fields.items()
        if field.public and key in version.fields and not field.kind.is_mark and field.kind is not Kind.YEAR
    }
    is_organisation = spec.subject.kind is SubjectKind.ORGANISATION
    name = " ".join(public.pop(spec.subject.name, (None, ()))[1])
    unit = " ".join(public.pop(spec.subject.unit or "", (None, ()))[1])
    rest = [(field, lines) for field, lines in public.values() if lines]
    items = [line for field, lines in rest if field.kind is Kind.ITEMS for line in lines]
    texts = [f"{field.label}{words.separator}{' '.join(lines)}" for field, lines in rest if field.kind is Kind.TEXT]
    short = [(field, " ".join(lines)) for field, lines in rest if field.kind not in (Kind.ITEMS, Kind.TEXT)]
    unit_label = spec.fields[spec.subject.unit or spec.subject.name].label
    branch = " ".join(shown.lines(unit_label, [version.organisation])) if version.organisation else words.elsewhere
    return Pledge(
        name=name,
        organisation=name if is_organisation else branch,
        unit=unit,
        items=(*items, *texts),
        contacts=tuple((field.label, text) for field, text in short if field.kind in _CONTACTS),
        facts=tuple((field.label, text) for field, text in short if field.kind not in _CONTACTS),
        is_organisation=is_organisation,
    )


def _with_portraits(filed: Sequence[_Filed], folder: Path) -> list[_Filed]:
    pictures = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in _PORTRAITS}
    names = Counter(one.pledge.name for one in filed)
    made = []
    with open_sandbox(PORTRAIT_JOB) as sandbox:
        for one in filed:
            path = pictures.get(one.record) or (pictures.get(one.pledge.name) if names[one.pledge.name] == 1 else None)
            opened = None if path is None else durable.open_regular(path)
            raster = None
            if isinstance(opened, durable.OpenFile):
                with opened:
                    outcome = sandbox.submit(opened.descriptor, {}).result()
                raster = _raster(outcome.value) if isinstance(outcome, Answer) else None
            made.append(dataclasses.replace(one, pledge=dataclasses.replace(one.pledge, portrait=raster)))
    return made


def _raster(answer: object) -> Raster | None:
    """Return the picture that came out of the sandbox; None for anything else."""
    data = answer.get("data") if isinstance(answer, dict) else None
    try:
        return (
            raster_of(Picture("portrait", "image/png", base64.b64decode(data, validate=True), 0.0, 0.0))
            if data
            else None
        )
    except (ValueError, TypeError, binascii.Error):
        return None


def _put(
    folder: Path, filed: Sequence[_Filed], title: str, year: int, draw: Callable[[Metadata], bytes]
) -> Paper | None:
    if not filed:
        return None
    moment = dt.datetime.fromisoformat(max(one.filed_at for one in filed))
    name = f"{year}{title}"
    data = draw(Metadata(name, moment))
    durable.make_dirs(folder)
    path, is_there = free_path(folder, (chinese.safe_part(name), ".pdf"), data, ())
    if not is_there:
        durable.put_new(path, data)
    return Paper(path, len(filed), tuple(one for record in filed for one in record.lacking))
