"""Word forms: the blank of any form, and the same with some fields filled.

A form is compiled once: python-docx builds the package from the form's data, and its document.xml is cut into
segments at the places of the fields. Filling joins segments and values and deflates only what changed, so that a
whole roster is filled at some thousand forms a second. The same input gives the same bytes.

Marks (signatures, seals) are never written: their boxes are left for ink, with a control that tells a reader where.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from formsvc.forms.mark import BlankMark, closing_marks, mark_of_blank
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec
from formsvc.rendering.closing import matrix_png, serial_shown
from formsvc.rendering.docx_body import Body, build_body, members_of
from formsvc.rendering.docx_controls import xml_text
from formsvc.rendering.docx_header import HEADER, MATRIX, SERIAL_SLOT, add_header
from formsvc.rendering.docx_package import add_properties, slim_xml
from formsvc.rendering.docx_zip import Begun, Member, deflated, package, stored

MARK_PROPERTY = "formsvc.template"
"""The custom document property: `<form>/<version>/<year or ->/<serial or ->`."""

_NO_VALUES: Mapping[str, Value] = MappingProxyType({})
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
        document, places = build_body(spec)
        marks = closing_marks(spec)
        if marks is not None:
            add_header(document, marks)
        add_properties(document, title=spec.title, mark_name=MARK_PROPERTY, mark=_MARK_SLOT)
        found = members_of(document)
        self._body = Body(spec, slim_xml(document).decode(), places)
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
        document = deflated(_DOCUMENT, self._body.filled(year, values))
        printed_year = "" if year is None else str(year)
        if year not in self._core_of:
            self._core_of[year] = deflated(_CORE, printed_year.join(self._core).encode())
        mark = mark_of_blank(self._spec, year, serial)
        custom = self._custom.ended(f"{xml_text(mark.property_text)}{self._custom_end}".encode())
        return package((*self._constant, self._core_of[year], custom, document, *self._closing(mark)))

    def _closing(self, mark: BlankMark) -> tuple[Member, ...]:
        """Return the header of the first page and its DataMatrix; nothing for a page without room for them."""
        if self._header is None:
            return ()
        header = self._header.ended(f"{xml_text(serial_shown(mark))}{self._header_end}".encode())
        return header, stored(MATRIX, matrix_png(mark))
