"""Word forms: the blank of any form, and the same with some fields filled.

A form is compiled once: python-docx builds the package from the form's data, and its document.xml is cut into
segments at the places of the fields. Filling joins segments and values and deflates only what changed, so that a
whole roster is filled at some thousand forms a second. The same input gives the same bytes.

Marks (signatures, seals) are never written: their boxes are left for ink, with a control that tells a reader where.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

from docx.document import Document
from lxml import etree

from formsvc.errors import UnknownFieldError
from formsvc.forms.mark import BlankMark, closing_marks, mark_of_blank
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec
from formsvc.rendering.closing import matrix_png, serial_shown
from formsvc.rendering.docx_controls import Control, Place, xml_text
from formsvc.rendering.docx_header import HEADER, MATRIX, SERIAL_SLOT, add_header
from formsvc.rendering.docx_package import StyleName, add_placeholders, add_properties, slim_document, slim_xml
from formsvc.rendering.docx_table import PLACE, FormTable
from formsvc.rendering.docx_zip import Begun, Member, deflated, package, stored
from formsvc.rendering.printed import printed_lines

MARK_PROPERTY = "formsvc.template"
"""The custom document property: `<form>/<version>/<year or ->/<serial or ->`."""

_NO_VALUES: Mapping[str, Value] = MappingProxyType({})
_YEAR_SPACES = 2
"""Full-width spaces in the title for a year not printed: as wide as its four digits."""
_MARK_SLOT = "{mark}"
_DOCUMENT, _CORE, _CUSTOM = "word/document.xml", "docProps/core.xml", "docProps/custom.xml"


def write_docx(
    spec: FormSpec, *, year: int | None, values: Mapping[str, Value] = _NO_VALUES, serial: str | None = None
) -> bytes:
    """Return a Word form of one page; see `DocxTemplate.fill`. For many forms keep a `DocxTemplate`."""
    return DocxTemplate(spec).fill(year=year, values=values, serial=serial)


class DocxTemplate:
    """The Word form of one form version, compiled."""

    def __init__(self, spec: FormSpec) -> None:
        self._spec = spec
        self._year_key = spec.year_key
        places: list[Place] = []
        document = _build(spec, places)
        found = _members(document)
        # Text, number of a place, text, …, text.
        cuts = re.split(rf"<\?{PLACE} (\d+)\?>", slim_xml(document).decode())
        self._first = cuts[0].encode()
        controls = [Control(place) for place in places]
        self._rest = tuple(
            (control.place.field, control.filled, control.empty.encode(), following.encode())
            for control, following in zip((controls[int(number)] for number in cuts[1::2]), cuts[2::2], strict=True)
        )
        begin, _, self._header_end = found.pop(HEADER, b"").decode().partition(SERIAL_SLOT)
        self._header = Begun(HEADER, begin.encode()) if found.pop(MATRIX, None) is not None else None
        self._core = found.pop(_CORE).decode().split("{year}")
        begin, _, self._custom_end = found.pop(_CUSTOM).decode().partition(_MARK_SLOT)
        self._custom = Begun(_CUSTOM, begin.encode())
        del found[_DOCUMENT]
        self._core_of: dict[int | None, Member] = {}
        self._constant: tuple[Member, ...] = tuple(deflated(name, data, level=9) for name, data in found.items())

    def fill(self, *, year: int | None, values: Mapping[str, Value] = _NO_VALUES, serial: str | None = None) -> bytes:
        """Return the form as a .docx with these values in their normal form; what is not given stays empty.

        `year` alone says the year; an entry for it among the values is not used. Characters that XML cannot hold are
        replaced by U+FFFD. Raises UnknownFieldError for a key the form does not have.
        """
        spec = self._spec
        for key in values:
            if key not in spec.fields:
                raise UnknownFieldError(form=spec.id, field=key)
        pieces = [self._first]
        given = {**values, self._year_key: year}
        for field, filled, empty, following in self._rest:
            lines = printed_lines(field, given.get(field.key))
            pieces += (filled(lines).encode() if lines else empty, following)
        printed_year = "" if year is None else str(year)
        if year not in self._core_of:
            self._core_of[year] = deflated(_CORE, printed_year.join(self._core).encode())
        mark = mark_of_blank(spec, year, serial)
        custom = self._custom.ended(f"{xml_text(mark.property_text)}{self._custom_end}".encode())
        document = deflated(_DOCUMENT, b"".join(pieces))
        return package((*self._constant, self._core_of[year], custom, document, *self._closing(mark)))

    def _closing(self, mark: BlankMark) -> tuple[Member, ...]:
        """Return the header of the first page and its DataMatrix; nothing for a page without room for them."""
        if self._header is None:
            return ()
        header = self._header.ended(f"{xml_text(serial_shown(mark))}{self._header_end}".encode())
        return header, stored(MATRIX, matrix_png(mark))


def _build(spec: FormSpec, places: list[Place]) -> Document:
    """Build the package of the form, with a processing instruction wherever a field goes."""
    document = slim_document(spec.page)
    if spec.heading:
        document.add_paragraph(spec.heading, style=StyleName.HEADING.value)
    before, after = spec.title.split("{year}")
    title = document.add_paragraph(before, style=StyleName.TITLE.value)
    year = Place(spec.fields[spec.year_key], number=len(places), paragraph="", spaces=_YEAR_SPACES)
    places.append(year)
    document.element.body[-2].append(etree.ProcessingInstruction(PLACE, str(year.number)))
    title.add_run(after)
    FormTable(document, spec, places).build()
    # Word wants a paragraph after a table.
    document.add_paragraph(spec.note, style=(StyleName.NOTE if spec.note else StyleName.END).value)
    add_placeholders(document, {place.placeholder_name: place.placeholder for place in places})
    marks = closing_marks(spec)
    if marks is not None:
        add_header(document, marks)
    add_properties(document, title=spec.title, mark_name=MARK_PROPERTY, mark=_MARK_SLOT)
    return document


def _members(document: Document) -> dict[str, bytes]:
    """Return the files of the package by name, the list of their types first."""
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
