"""The job of the sandbox: from an open file to its readings, whatever it is.

The request carries the forms as the text of their form.toml files by id, since the child may open no file of its own,
and the limits of the pre-flight where they are not the usual ones. The answer is `{"kind": …, "readings": […],
"scanned": […], "pages": n}` with at least one reading; a file that is set aside has one without a form, and so has one
that waits for a reader. `scanned` are the pages that are pictures of text, for the reader of scans; `pages` is how many
there are, 0 for a document without pages. What else a parser throws at a damaged file is for whoever asked to explain.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from lxml import etree

from formsvc.errors import Code, FormSpecError, Problem
from formsvc.extraction.crops import with_plain_pictures
from formsvc.extraction.document import Document
from formsvc.extraction.docx.reader import read_docx
from formsvc.extraction.interpret import interpret, refused
from formsvc.extraction.labels import FormMap, form_map
from formsvc.extraction.pdf.errors import (
    PAGES,
    DamagedPdfError,
    EncryptedPdfError,
    TooComplexError,
    TooManyPagesError,
)
from formsvc.extraction.preflight.preflight import preflight
from formsvc.extraction.preflight.sniff import Kind
from formsvc.extraction.sandbox.limits import FileLimits
from formsvc.extraction.warm import sample_docx
from formsvc.forms.load import load_form
from formsvc.forms.reading import Reading
from formsvc.forms.reading_json import reading_to_json
from formsvc.forms.spec import FormSpec

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    KeyError,
    EOFError,
    NotImplementedError,
    DamagedPdfError,
)


def read_job(descriptor: int, request: Mapping[str, Any]) -> dict[str, Any]:
    """Read an open file as the request says; see the head of this file."""
    limits = FileLimits(**request.get("limits", {}))
    looked = preflight(descriptor, limits)
    scanned: Sequence[int] = ()
    pages = 0
    if looked.problems:
        readings: Sequence[Reading] = (refused(*looked.problems),)
    elif looked.kind in _READERS:
        readings, scanned, pages = _read(looked.kind, content_of(descriptor), forms_in(request))
    else:
        readings, scanned = (_without_reader(looked.kind),), pages_of_picture(looked.kind, descriptor)
        pages = len(scanned)
    if len(scanned) > limits.scanned:
        readings, scanned = (refused(_too_many(len(scanned), limits.scanned)),), ()
    return {
        "kind": looked.kind.value,
        "readings": [reading_to_json(with_plain_pictures(reading)) for reading in readings],
        "scanned": list(scanned),
        "pages": pages,
    }


def content_of(descriptor: int) -> bytes:
    """Return all bytes of an open file."""
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def pages_of_picture(kind: Kind, descriptor: int) -> Sequence[int]:
    """Return the numbers of a picture's pages: of a TIFF as many as it has, of others one."""
    if kind is not Kind.TIFF:
        return (1,)
    from PIL import Image  # noqa: PLC0415 - only for pictures of several pages

    with open(descriptor, "rb", closefd=False) as file, Image.open(file, formats=("TIFF",)) as image:
        return range(1, int(getattr(image, "n_frames", 1)) + 1)


def prepare(request: Mapping[str, Any]) -> None:
    """Parse the forms of a request and read one of each, so that children forked afterwards are quick.

    What is wrong with a form is for the children to say.
    """
    with suppress(FormSpecError, KeyError, AttributeError):
        known = len(_FORMS)
        forms = forms_in(request)
        if len(_FORMS) > known:
            for form in forms:
                read_as(Kind.DOCX, sample_docx(form.form), forms)


def forms_in(request: Mapping[str, Any]) -> tuple[FormMap, ...]:
    """Return the forms of a request, prepared for reading; the same text is parsed once in a process."""
    texts: Mapping[str, str] = request["forms"]
    for name, text in texts.items():
        if text not in _FORMS:
            _FORMS[text] = form_map(load_form(text.encode(), f"{name}/form.toml"))
    return tuple(_FORMS[text] for text in texts.values())


_FORMS: dict[str, FormMap] = {}


def read_bytes(data: bytes, forms: Iterable[FormSpec], kind: Kind = Kind.DOCX) -> tuple[Reading, ...]:
    """Read a document of a known kind without a sandbox; for bytes that are trusted."""
    return tuple(read_as(kind, data, tuple(map(form_map, forms))))


def read_as(kind: Kind, data: bytes, forms: Sequence[FormMap]) -> Sequence[Reading]:
    """Read the bytes of a document; a damaged one has a reading that refuses."""
    return _read(kind, data, forms)[0]


def _read(kind: Kind, data: bytes, forms: Sequence[FormMap]) -> tuple[Sequence[Reading], Sequence[int], int]:
    """Return the readings of a document, the pages of it that wait for the reader of scans, and how many it has."""
    try:
        document = _READERS[kind](data)
    except EncryptedPdfError:
        return (refused(Problem(Code.ENCRYPTED)),), (), 0
    except TooManyPagesError as error:
        return (refused(_too_many(error.count, PAGES)),), (), 0
    except TooComplexError as error:
        return (refused(_problem(Code.TOO_COMPLEX, error.what)),), (), 0
    except _DAMAGED as error:
        return (refused(_problem(Code.DAMAGED_FILE, type(error).__name__)),), (), 0
    readings, pages = interpret(document, forms), document.pages or 0
    if not document.is_typed and all(reading.form is None for reading in readings):
        return (_without_reader(kind),), document.scanned or range(1, pages + 1), pages
    return readings, document.scanned, pages


def _read_pdf(data: bytes) -> Document:
    from formsvc.extraction.pdf.reader import read_pdf  # noqa: PLC0415 - pypdf is loaded when the first PDF comes

    return read_pdf(data)


_READERS: Mapping[Kind, Callable[[bytes], Document]] = MappingProxyType({Kind.DOCX: read_docx, Kind.PDF: _read_pdf})


def _without_reader(kind: Kind) -> Reading:
    """Return the reading of a file that waits for a reader of its kind."""
    return refused(_problem(Code.NO_READER, kind.value), typed=False)


def _too_many(found: int, limit: int) -> Problem:
    return Problem(Code.TOO_MANY_PAGES, params=MappingProxyType({"found": found, "limit": limit}))


def _problem(code: Code, finding: str) -> Problem:
    return Problem(code, params=MappingProxyType({"finding": finding}))
