"""The body of a Word form, compiled: python-docx builds it, and it is cut into segments at the places of the fields.

Filling joins segments and values. The same values give the same text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping

from docx.document import Document
from lxml import etree

from formsvc.errors import UnknownFieldError
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec
from formsvc.rendering.docx_controls import Control, Place
from formsvc.rendering.docx_package import StyleName, add_placeholders, slim_document
from formsvc.rendering.docx_table import PLACE, FormTable
from formsvc.rendering.printed import printed_lines

_YEAR_SPACES = 2
"""Full-width spaces in the title for a year not printed: as wide as its four digits."""


class Body:
    """The XML of a form with places for its fields."""

    def __init__(self, spec: FormSpec, xml: str, places: Iterable[Place]) -> None:
        self._spec = spec
        self._year_key = spec.year_key
        # Text, number of a place, text, …, text.
        cuts = re.split(rf"<\?{PLACE} (\d+)\?>", xml)
        self._first = cuts[0].encode()
        controls = [Control(place) for place in places]
        self._rest = tuple(
            (control.place.field, control.filled, control.empty.encode(), following.encode())
            for control, following in zip((controls[int(number)] for number in cuts[1::2]), cuts[2::2], strict=True)
        )

    def filled(self, year: int | None, values: Mapping[str, Value]) -> bytes:
        """Return the XML with these values in their normal form; raises UnknownFieldError for a key that is none."""
        for key in values:
            if key not in self._spec.fields:
                raise UnknownFieldError(form=self._spec.id, field=key)
        pieces = [self._first]
        given = {**values, self._year_key: year}
        for field, filled, empty, following in self._rest:
            lines = printed_lines(field, given.get(field.key))
            pieces += (filled(lines).encode() if lines else empty, following)
        return b"".join(pieces)


def build_body(spec: FormSpec) -> tuple[Document, list[Place]]:
    """Build a document of the form with a processing instruction wherever a field goes; return it and its places."""
    document = slim_document(spec.page)
    places: list[Place] = []
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
    return document, places


def members_of(document: Document) -> dict[str, bytes]:
    """Return the files of the package by name, the list of their types first."""
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
