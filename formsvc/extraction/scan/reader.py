"""From a page's pixels to the reading of the form on it: registration, marks, text, and what is doubtful.

Whatever is less sure than `SURE` waits for a person, with the crop that shows why. A page on which no form is found is
told as one; one that comes near to a form and cannot be registered is told as unreadable.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from formsvc.errors import Code, Problem, Weight
from formsvc.extraction.interpret import NO_YEAR
from formsvc.extraction.scan.another import is_another, sounds_like
from formsvc.extraction.scan.beneath import read_beneath
from formsvc.extraction.scan.crops import crop_of
from formsvc.extraction.scan.ink import has_dark, inks_of
from formsvc.extraction.scan.marks.marks import MarkReading, read_marks
from formsvc.extraction.scan.page import Grey, ScanPage
from formsvc.extraction.scan.pages import PageLine, page_rows, texts_of, upright_rows
from formsvc.extraction.scan.recognition.fields import FieldsRead, read_fields
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.recognition.recognise import read_text
from formsvc.extraction.scan.registered import PixelBox, Registered
from formsvc.extraction.scan.registration.anchors import register_by_labels
from formsvc.extraction.scan.registration.blank_mark import read_blank_mark
from formsvc.extraction.scan.registration.register import NotAForm, prepare, register
from formsvc.extraction.sources import problem
from formsvc.extraction.years import proposed_year
from formsvc.forms.crosschecks import unknown_name
from formsvc.forms.mark import BlankMark
from formsvc.forms.reading import Evidence, FieldReading, Picture, Reading, Source, YearReading, YearSource
from formsvc.forms.spec import FormSpec
from formsvc.forms.validation import is_untouched, validate

SURE = 0.94
"""The confidence from which on a value read from a scan is filed without a person."""
_NEAR = 0.5
"""How near a page must come to a form to be told as one that cannot be read, and not as something else."""
_UNSURE = 0.8
"""The confidence of registration up to which a person looks which form it is: a grid found by its labels alone, say."""
_NEAR_FORMS = frozenset({"unknown-table", "no-table", "too-faint", "too-small", "part-of-a-form"})
"""Why a page that was decoded is no form for certain; anything else is what a decoder said."""
_MARKED = 0.99
"""The confidence of a year that the blank's own mark says."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page with a form."""

    reading: Reading
    registered: Registered
    boxes: Mapping[str, PixelBox]
    """Where each field was read, in pixels of the upright picture."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands on a registered page."""

    mark: BlankMark | None
    text: FieldsRead
    marks: Mapping[str, MarkReading]


@dataclass(frozen=True, slots=True)
class NoForm:
    """A page without a form."""

    is_blank: bool
    texts: tuple[str, ...] = ()
    """What its rows say: perhaps a form goes on here."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A page that comes near to a form and could not be read."""

    finding: str


class ScanReader:
    """Reads pages; made once for all forms, with the models."""

    def __init__(self, forms: Sequence[FormSpec], models: Models) -> None:
        self._models = models
        self._atlas = prepare(forms)

    def read(self, page: ScanPage, lexicon: Lexicon, *, number: int) -> ReadPage | NoForm | Unreadable:
        """Read one page; `number` is that of the reading in its file."""
        found = register(page, self._atlas, self._read_text)
        if not isinstance(found, NotAForm):
            return self._read(found, lexicon, number)
        if found.reason == "blank-page" and has_dark(page.pixels):
            return NoForm(is_blank=True)
        if found.reason == "too-small":
            return Unreadable(found.reason)
        return self._by_words(page, found, lexicon, number)

    def _by_words(
        self, page: ScanPage, found: NotAForm, lexicon: Lexicon, number: int
    ) -> ReadPage | NoForm | Unreadable:
        """Read a page on which no form was found by its lines."""
        rows = upright_rows(page.pixels, self._models, page_rows(page.pixels, self._models))
        lines = [(text, quad.astype(np.float64)) for row in rows for text, quad, _ in row]
        placed = register_by_labels(page, self._atlas, lines)
        if not isinstance(placed, NotAForm):
            return self._read(placed, lexicon, number)
        if found.reason == "blank-page":  # as pale as what shines through from the other side, and no label in it
            return NoForm(is_blank=True)
        is_lost = found.score >= _NEAR or found.reason == "too-faint"
        if is_lost and not self._is_other(rows, found.closest):
            return Unreadable(found.reason)
        if any(sounds_like(frame.form, rows) for frame in self._atlas.frames):
            return Unreadable("part-of-a-form")
        return NoForm(is_blank=False, texts=texts_of(rows))

    def _is_other(self, rows: Sequence[Sequence[PageLine]], closest: str | None) -> bool:
        """Whether a page is for certain not the form it comes nearest to, nor any where it comes near none."""
        forms = (frame.form for frame in self._atlas.frames)
        return all(is_another(form, rows) for form in forms if closest in (None, form.id))

    def _read(self, registered: Registered, lexicon: Lexicon, number: int) -> ReadPage:
        seen = look_at(registered, self._models, lexicon)
        mark, text, marks = seen.mark, seen.text, seen.marks
        boxes = {**text.boxes, **{key: one.pixel_box for key, one in marks.items() if one.pixel_box is not None}}
        fields = {**text.fields, **{key: _mark_field(registered, one) for key, one in marks.items()}}
        year, doubts = _year(registered.form, text, mark)
        reading = Reading(
            number=number,
            form=registered.form.id,
            form_version=registered.form.version,
            year=proposed_year(registered.form, year, fields),
            fields=MappingProxyType({key: fields[key] for key in registered.form.fields if key in fields}),
            problems=(*_of_page(registered, mark), *doubts, *text.problems, *_notes(marks)),
            pages=(registered.page.number,),
            serial=None if mark is None else mark.serial,
            typed=False,
        )
        if is_untouched(registered.form, reading):
            return ReadPage(reading.with_problems([Problem(Code.EMPTY_FORM)]), registered, boxes)
        reading = reading.with_problems(validate(registered.form, reading, threshold=SURE))
        reading = reading.with_problems(unsure_blanks(registered.form, reading))
        reading = reading.with_problems(unsure_marks(reading))
        if lexicon.names:
            reading = reading.with_problems(unknown_name(registered.form, reading, lexicon.names.__contains__))
        return ReadPage(_with_crops(reading, registered, boxes), registered, boxes)

    def _read_text(self, grey: Grey) -> str:
        return read_text(self._models, grey)


def look_at(registered: Registered, models: Models, lexicon: Lexicon) -> Seen:
    """Read what stands on a registered page: the blank's own mark, text, seals and signatures."""
    mark = read_blank_mark(registered)
    inks = inks_of(registered.upright)
    text = read_fields(registered, models, lexicon, page=inks.red_free, year=None if mark is None else mark.year)
    marks = read_marks(registered, inks, lambda grey: read_text(models, grey))
    return Seen(mark, read_beneath(registered, models, lexicon, inks.red_free, text, marks), marks)


def unreadable(number: int, page: int, finding: str) -> Reading:
    """Return the reading of a page that could not be read: a person types in what it says."""
    detail = finding if finding in _NEAR_FORMS else "undecodable"
    cause = problem(Code.PAGE_UNREADABLE, None, pages=str(page), finding=finding, detail=detail)
    return Reading(number, None, None, NO_YEAR, MappingProxyType({}), (cause,), pages=(page,), typed=False)


def unsure_blanks(form: FormSpec, reading: Reading) -> list[Problem]:
    """Return a question for each field that was read as empty without being sure, and of which nothing is asked yet."""
    asked = {one.field for one in reading.problems if one.code.weight is Weight.ASKS}
    return [
        Problem(Code.EMPTY_UNSURE, key)
        for key, found in reading.fields.items()
        if found.value is None and found.confidence < SURE and not form.fields[key].kind.is_mark and key not in asked
    ]


def unsure_marks(reading: Reading) -> list[Problem]:
    """Return a question for each mark that is noted as missing without being sure: a fax may have lost it."""
    missing = {Code.SEAL_MISSING, Code.SIGNATURE_MISSING}
    keys = [one.field for one in reading.problems if one.code in missing and one.field in reading.fields]
    unsure = (key for key in keys if key is not None and reading.fields[key].confidence < SURE)
    return [Problem(Code.MARK_UNCLEAR, key) for key in unsure]


def _mark_field(registered: Registered, found: MarkReading) -> FieldReading:
    evidence = Evidence(Source.CELL, registered.page.number, found.box)
    return FieldReading(found.state.value, found.text, found.confidence, evidence)


def _notes(marks: Mapping[str, MarkReading]) -> list[Problem]:
    return [note for found in marks.values() for note in found.notes]


def _of_page(registered: Registered, mark: BlankMark | None) -> list[Problem]:
    """Return what is doubtful about which form the page is."""
    found = []
    if registered.rivals or registered.confidence <= _UNSURE:
        found.append(problem(Code.FORM_UNSURE, None, forms=", ".join((registered.form.id, *registered.rivals))))
    if mark is not None and (mark.form, mark.version) != (registered.form.id, registered.form.version):
        found.append(problem(Code.MARK_MISMATCH, None, raw=mark.property_text))
    return found


def _year(form: FormSpec, text: FieldsRead, mark: BlankMark | None) -> tuple[YearReading, list[Problem]]:
    """Return the year by title and mark; two that differ, and one that was read with doubt, are for a person."""
    year = text.year
    marked = None if mark is None else mark.year
    if marked is None:
        doubtful = year.value is not None and year.confidence < SURE
        return year, [problem(Code.LOW_CONFIDENCE, form.year_key, raw=year.raw)] if doubtful else []
    if year.value is None:
        return YearReading(marked, YearSource.MARK, _MARKED, str(marked)), []
    if year.value == marked:
        return YearReading(marked, YearSource.TITLE, _MARKED, year.raw), []
    return year, [problem(Code.YEAR_CONFLICT, form.year_key, year=year.value, other=marked)]


def _with_crops(reading: Reading, registered: Registered, boxes: Mapping[str, PixelBox]) -> Reading:
    """Return the reading with a picture of every field a person has to look at, and of every mark."""
    doubtful = {one.field for one in reading.problems}
    kinds = registered.form.fields
    crops: list[Picture] = [
        crop_of(registered, key, box) for key, box in boxes.items() if key in doubtful or kinds[key].kind.is_mark
    ]
    return dataclasses.replace(reading, pictures=tuple(crops))
