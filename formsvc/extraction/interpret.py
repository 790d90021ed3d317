"""Makes readings of a document: one for each form in it, with every field's value and where it was read.

The one place where labels, titles, tags and values are put together, whatever the file was. A typed form has no ink:
its signatures and seals are absent, also where a name is typed (it is kept as raw text); a picture in such a box is
unclear and kept. Forms nobody filled in are left out when the document holds a filled one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from formsvc.chinese import fold_name
from formsvc.errors import Code, Problem
from formsvc.extraction.document import Document
from formsvc.extraction.identify import Section, identify
from formsvc.extraction.labels import FormMap
from formsvc.extraction.pictures import pictures_in
from formsvc.extraction.pieces import shown, take_apart
from formsvc.extraction.regions import lay_out, whole_labels
from formsvc.extraction.sources import Said, problem, read_field
from formsvc.extraction.years import mark_of, proposed_year, read_year
from formsvc.forms.mark import BlankMark, parse_mark
from formsvc.forms.reading import FieldReading, MarkState, Picture, Reading, Source, YearReading
from formsvc.forms.spec import CONTINUED, Kind
from formsvc.forms.validation import is_untouched, validate

NO_YEAR = YearReading(None, None, 0.0)
_UNSURE = 0.6
"""The confidence of items that may be more than they seem."""


def interpret(document: Document, forms: Sequence[FormMap]) -> tuple[Reading, ...]:
    """Return at least one reading; a document without a filled-in form has one that refuses."""
    mark = mark_of(document.properties)
    found = identify(document, forms, mark.form if mark is not None else None)
    if not found.sections:
        return (_no_form(document, found.other),)
    several = len(found.sections) > 1
    readings = [_SectionReader(section, document, mark, several=several).reading() for section in found.sections]
    pairs = zip(readings, found.sections, strict=True)
    filled = [(reading, section.form) for reading, section in pairs if not _is_empty(reading, section.form)]
    if not filled:
        return (dataclasses.replace(readings[0], problems=(Problem(Code.EMPTY_FORM),)),)
    return tuple(
        dataclasses.replace(reading, number=number).with_problems(validate(form.form, reading))
        for number, (reading, form) in enumerate(filled, 1)
    )


def refused(*problems: Problem, typed: bool = True) -> Reading:
    """Return the reading of a file in which no form was read."""
    return Reading(1, None, None, NO_YEAR, MappingProxyType({}), problems, typed=typed)


def _no_form(document: Document, other: tuple[str, str] | None) -> Reading:
    if other is None:
        return refused(Problem(Code.NOT_A_FORM), typed=document.is_typed)
    title, word = other
    return refused(problem(Code.OTHER_DOCUMENT, raw=title, word=word), typed=document.is_typed)


def _is_empty(reading: Reading, form: FormMap) -> bool:
    has_text = any(found.code is Code.TEXT_LEFT_OVER for found in reading.problems)
    return not has_text and is_untouched(form.form, reading)


def _may_run_together(found: FieldReading, said: Sequence[Said]) -> bool:
    """Whether items without numbers stand in print where two of them may look like one."""
    lines = tuple(line.strip() for line in found.raw.splitlines() if line.strip())
    return found.value == lines and any(one.cell is not None and one.cell.cell.unsure for one in said)


class _SectionReader:
    """Reads the form of one section."""

    def __init__(self, section: Section, document: Document, mark: BlankMark | None, *, several: bool) -> None:
        self._section = section
        self._document = document
        own = parse_mark(section.mark())
        self._mark = own or mark
        self._has_serial = own is not None or not several
        self._map = section.form
        self._form = section.form.form
        self._layout = lay_out(section.sheet, section.form, section.around())
        self._said: dict[str, list[Said]] = {}
        self._problems: list[Problem] = []
        self._further: set[int | None] = set()
        """Further pages on which fields go on."""

    def reading(self) -> Reading:
        """Return the reading, without what validation finds."""
        self._listen_to_tags()
        year, conflicts = read_year(
            self._form, self._section.title, self._said.get(self._form.year_key, ()), self._mark
        )
        self._problems += conflicts
        within = None if year.value is None else range(year.value - 1, year.value + 2)
        self._listen_to_labels(within)
        self._go_on()
        fields = self._fields(within)
        year = proposed_year(self._form, year, fields)
        pictures, fields = self._pictures(fields)
        self._problems += self._of_document()
        serial = self._mark.serial if self._mark is not None and self._has_serial else None
        pages = {*(cell.page for cell in self._section.sheet.cells), self._section.titled_on, *self._further}
        return Reading(
            number=1,
            form=self._form.id,
            form_version=self._form.version,
            year=year,
            fields=MappingProxyType(fields),
            problems=tuple(dict.fromkeys(self._problems)),
            pages=tuple(sorted(page for page in pages if page is not None)),
            serial=serial,
            typed=self._document.is_typed and not (pictures and self._document.pages is not None),
            pictures=pictures,
        )

    def _listen_to_tags(self) -> None:
        for tag, cell in self._section.tags():
            field = self._map.tagged_field(tag.key)
            if field is None:
                continue
            texts = [(text, number in tag.numbered) for number, text in enumerate(tag.paragraphs)]
            said = Said(tag.source, "\n".join(tag.paragraphs).strip(), shown(texts), cell)
            self._said.setdefault(field.key, []).append(said)

    def _listen_to_labels(self, within: range | None) -> None:
        own = {region.label.key for region in self._layout.regions}
        names: set[str] = set()
        who = {self._form.subject.name, self._form.subject.unit}
        for region in sorted(self._layout.regions, key=lambda region: region.label.key not in who):
            key = region.label.key
            group = (key, *(other for other in self._map.groups.get(key, ()) if other not in own))
            taken = take_apart(region.lines, group, self._map, within=within, names=names)
            for name, piece in taken.pieces.items():
                label = region.label if name == key else None
                cell = piece.cell or next(iter(region.cells), None)
                self._said.setdefault(name, []).append(Said(Source.CELL, piece.raw, piece.shown, cell, label))
            self._problems += (problem(Code.TEXT_LEFT_OVER, key, raw=text) for text in taken.left_over)
            if key in who and key in taken.pieces:
                names |= {fold_name(taken.pieces[key].raw)} - {""}

    def _go_on(self) -> None:
        """Add what stands on further pages, under a field's label and the word that it goes on, to that field."""
        labels = {f"{field.label}{CONTINUED}": key for key, field in self._form.fields.items()}
        rest: dict[str, list[str]] = {}
        key = None
        for paragraph in self._section.below:
            text = paragraph.text.strip()
            if text in labels:
                key = labels[text]
            elif text and key is not None and not text.endswith(CONTINUED):
                rest.setdefault(key, []).append(text)
                self._further.add(paragraph.page)
        for key, texts in rest.items():
            more = "\n" + "\n".join(texts)
            said = self._said.get(key, [])
            self._said[key] = [dataclasses.replace(one, raw=one.raw + more, shown=one.shown + more) for one in said]

    def _fields(self, within: range | None) -> dict[str, FieldReading]:
        fields = {}
        for field in self._form.fields.values():
            if field.kind is Kind.YEAR:
                continue
            years = within if field.kind is Kind.DATE else None
            said = self._said.get(field.key, ())
            found, problems = read_field(field, said, within=years)
            if field.kind is Kind.ITEMS and _may_run_together(found, said):
                found = dataclasses.replace(found, confidence=min(found.confidence, _UNSURE))
            fields[field.key] = found
            self._problems += problems
        return fields

    def _pictures(self, fields: dict[str, FieldReading]) -> tuple[tuple[Picture, ...], dict[str, FieldReading]]:
        """Return the pictures in boxes for ink, and the fields with those boxes unclear."""
        found = pictures_in(self._layout.regions, whole_labels(self._section.sheet, self._map), self._map)
        changed = dict(fields)
        for key in found.boxes:
            changed[key] = dataclasses.replace(fields[key], value=MarkState.UNCLEAR.value)
        for key in (*found.boxes, *found.elsewhere):
            self._problems.append(Problem(Code.PICTURE_IN_BOX, key))
        unread = [key for key in found.elsewhere if fields[key].value is None and not fields[key].raw]
        self._problems += (problem(Code.FIELD_UNREADABLE, key, raw="") for key in unread)
        return found.kept, changed

    def _of_document(self) -> Iterator[Problem]:
        """Yield what is doubtful about the form as a whole."""
        if self._section.is_unsure:
            yield problem(Code.FORM_UNSURE, forms=", ".join((self._form.id, *self._section.rivals)))
        if self._mark is not None and (self._mark.form, self._mark.version) != (self._form.id, self._form.version):
            yield problem(Code.MARK_MISMATCH, raw=self._mark.property_text)
        if self._document.has_tracked_changes:
            yield Problem(Code.TRACKED_CHANGES)
        strange = [*self._layout.left_over, *self._section.left_over]
        for label, text in self._layout.extra:
            yield problem(Code.EXTRA_ROW, raw=label, value=text)
        for text in strange:
            yield problem(Code.TEXT_LEFT_OVER, raw=text)
        if strange or any(
            text for _, text in self._layout.extra
        ):  # what has no label may stand behind the one that is not known
            for key in self._map.groups:
                if key not in self._said and not self._form.fields[key].required:
                    yield Problem(Code.FIELD_MISSING, key)
