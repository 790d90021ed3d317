"""The printable blank of a form, plain or with some fields filled: PDF/A-2b with embedded fonts.

One form, a file each for many, or many in one file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from formsvc.errors import UnknownFieldError
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec
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
    (drawn,) = _documents(spec, year, [values], serial, fonts or bundled_fonts())
    return write([drawn], fonts or bundled_fonts())[0]


def write_pdfs(
    spec: FormSpec, *, year: int | None, filled: Sequence[Mapping[str, Value]], fonts: Fonts | None = None
) -> list[bytes]:
    """Return a PDF for each of these values, all with the same embedded fonts: many at once are faster, and larger."""
    fonts = fonts or bundled_fonts()
    return write(list(_documents(spec, year, filled, None, fonts)), fonts)


def write_one_pdf(
    spec: FormSpec, *, year: int | None, filled: Sequence[Mapping[str, Value]], fonts: Fonts | None = None
) -> bytes:
    """Return one PDF with a form for each of these values, one after the other, for a printer."""
    fonts = fonts or bundled_fonts()
    documents = list(_documents(spec, year, filled, None, fonts))
    pages = tuple(page for document in documents for page in document.pages)
    return write([Document(pages, documents[0].metadata)], fonts)[0]


def _documents(
    spec: FormSpec, year: int | None, filled: Iterable[Mapping[str, Value]], serial: str | None, fonts: Fonts
) -> Iterator[Document]:
    layout = layout_of(spec, fonts)
    shown = "" if year is None else str(year)
    facts = {MARK_PROPERTY: f"{spec.id}/{spec.version}/{shown or '-'}/{serial or '-'}"}
    metadata = Metadata(spec.title.replace("{year}", shown), BLANK_DATE, properties=facts)
    for values in filled:
        for key in values:
            if key not in spec.fields:
                raise UnknownFieldError(form=spec.id, field=key)
        printed = {key: printed_lines(spec.fields[key], value) for key, value in values.items()}
        yield Document(layout.pages(year, printed), metadata)
