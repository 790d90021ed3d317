"""The printable blank of a form, plain or with some fields filled: PDF/A-2b with embedded fonts.

One form, a file each for many, or many in one file.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from formsvc.errors import UnknownFieldError
from formsvc.forms.mark import mark_of_blank
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec
from formsvc.rendering.closing import closing_layer
from formsvc.rendering.fonts import Fonts, bundled_fonts
from formsvc.rendering.layout import layout_of
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.pdf import Document, write
from formsvc.rendering.printed import printed_lines

MARK_PROPERTY = "template"
BLANK_DATE = dt.datetime(2011, 1, 1, tzinfo=dt.UTC)
"""The date a blank bears inside its file, so that the same blank is the same bytes on any day."""


def write_pdf(
    spec: FormSpec,
    *,
    year: int | None,
    values: Mapping[str, Value] = MappingProxyType({}),
    serial: str | None = None,
    fonts: Fonts | None = None,
) -> bytes:
    """Return the form as a PDF with these values in their normal form; what is not given stays empty.

    Raises UnknownFieldError for a key the form does not have, NoGlyphError for a character no face has.
    """
    return write_pdfs(spec, year=year, filled=[values], serials=[serial], fonts=fonts)[0]


def write_pdfs(
    spec: FormSpec,
    *,
    year: int | None,
    filled: Sequence[Mapping[str, Value]],
    serials: Sequence[str | None] = (),
    fonts: Fonts | None = None,
) -> list[bytes]:
    """Return a PDF for each of these values, all with the same embedded fonts: many at once are faster, and larger.

    `serials`, where given, are theirs in the same order.
    """
    fonts = fonts or bundled_fonts()
    return write(list(_documents(spec, year, filled, serials, fonts)), fonts)


def write_one_pdf(
    spec: FormSpec,
    *,
    year: int | None,
    filled: Sequence[Mapping[str, Value]],
    serials: Sequence[str | None] = (),
    fonts: Fonts | None = None,
) -> bytes:
    """Return one PDF with a form for each of these values, one after the other, for a printer."""
    fonts = fonts or bundled_fonts()
    documents = list(_documents(spec, year, filled, serials, fonts))
    pages = tuple(page for document in documents for page in document.pages)
    alone = mark_of_blank(spec, year, serials[0] if len(serials) == 1 else None)
    facts = {MARK_PROPERTY: alone.property_text}
    return write([Document(pages, dataclasses.replace(documents[0].metadata, properties=facts))], fonts)[0]


def _documents(
    spec: FormSpec,
    year: int | None,
    filled: Sequence[Mapping[str, Value]],
    serials: Sequence[str | None],
    fonts: Fonts,
) -> Iterator[Document]:
    layout = layout_of(spec, fonts)
    title = spec.title.replace("{year}", "" if year is None else str(year))
    common = closing_layer(spec, mark_of_blank(spec, year, None), fonts)
    for values, serial in zip(filled, serials or [None] * len(filled), strict=True):
        for key in values:
            if key not in spec.fields:
                raise UnknownFieldError(form=spec.id, field=key)
        printed = {key: printed_lines(spec.fields[key], value) for key, value in values.items()}
        mark = mark_of_blank(spec, year, serial)
        layer = common if serial is None else closing_layer(spec, mark, fonts)
        first, *further = layout.pages(year, printed)
        if layer is not None:
            first = dataclasses.replace(first, layers=(*first.layers, layer))
        facts = {MARK_PROPERTY: mark.property_text}
        yield Document((first, *further), Metadata(title, BLANK_DATE, properties=facts))
