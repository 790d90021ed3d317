"""The objects of a PDF, as plain Python values: the one place that speaks to pypdf.

pypdf repairs what it can and raises whatever comes otherwise; here everything it raises becomes one of our errors,
and an object of an unexpected kind becomes "not there". A stream that does not inflate to its end is damaged: half of
a page's text must not pass for the page.
"""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    StreamObject,
    TextStringObject,
)

from formsvc.extraction.pdf.errors import (
    PAGES,
    STREAM_BYTES,
    DamagedPdfError,
    EncryptedPdfError,
    TooComplexError,
    TooManyPagesError,
)

_BROKEN = (
    PyPdfError,
    DependencyError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What pypdf has been seen to raise on broken files; memory errors and signals pass through."""
_CHAIN = 16
"""References that point to references; the standard allows none."""
_DOC_SIGNS = {
    **dict(enumerate("\u02d8\u02c7\u02c6\u02d9\u02dd\u02db\u02da\u02dc", 0x18)),
    **dict(
        enumerate("\u2022\u2020\u2021\u2026\u2014\u2013\u0192\u2044\u2039\u203a\u2212\u2030\u201e\u201c\u201d", 0x80)
    ),
    **dict(
        enumerate(
            "\u2018\u2019\u201a\u2122\ufb01\ufb02\u0141\u0152\u0160\u0178\u017d\u0131\u0142\u0153\u0161\u017e", 0x8F
        )
    ),
    0x9F: "\ufffd",
    0xA0: "\u20ac",
}
"""PDFDocEncoding where it differs from Latin-1."""
_PAIRS = re.compile(rb"(?=.*[\xa1-\xf7])(?:[\t\n\r -~]|[\xa1-\xf7][\xa1-\xfe])+", re.DOTALL)
_PAIR = re.compile("[\xa1-\xf7][\xa1-\xfe]")
_LANGUAGE = re.compile("\x1b[^\x1b]{0,16}\x1b")
_LIMITS = Configuration().with_overwrites(
    zlib_maximum_output_length=STREAM_BYTES,
    lzw_maximum_output_length=STREAM_BYTES,
    run_length_maximum_output_length=STREAM_BYTES,
    array_based_stream_maximum_output_length=STREAM_BYTES,
    page_tree_maximum_entries=20 * PAGES,
    page_tree_maximum_page_entries=200 * PAGES,
    disable_legacy_handling=True,
)


@contextmanager
def pypdf_speaks(what: str) -> Iterator[None]:
    """Turn what pypdf raises into our errors; `what` names the part of the file that was looked at."""
    try:
        yield
    except (LimitReachedError, RecursionError) as error:
        raise TooComplexError(what) from error
    except FileNotDecryptedError as error:
        raise EncryptedPdfError from error
    except _BROKEN as error:
        raise DamagedPdfError(what) from error


@contextmanager
def opened(data: bytes) -> Iterator[PdfReader]:
    """Open a PDF with our limits; one encrypted without a password is opened as readers do.

    pypdf's warnings quote the file, so they are kept out of the log.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with apply_configuration(_LIMITS):
        with pypdf_speaks("structure"):
            reader = _reader(data)
        yield reader


def _reader(data: bytes) -> PdfReader:
    try:
        reader = PdfReader(io.BytesIO(data))
        if not reader.is_encrypted:
            return reader
    except DependencyError:  # pypdf has AES only with a further package
        pass
    return PdfReader(io.BytesIO(_decrypted(data)))


def _decrypted(data: bytes) -> bytes:
    """Return the file without its encryption when it opens with the empty password; qpdf has all of that built in."""
    import pikepdf  # noqa: PLC0415 - costs more than a whole form, and few files are encrypted

    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            plain = io.BytesIO()
            pdf.save(plain)
    except pikepdf.PasswordError as error:
        raise EncryptedPdfError from error
    except pikepdf.PdfError as error:
        raise DamagedPdfError("encryption") from error
    return plain.getvalue()


def pages_of(reader: PdfReader) -> list[DictionaryObject]:
    """Return the pages with what they inherit; raises TooManyPagesError, and DamagedPdfError for a lost one."""
    with pypdf_speaks("pages"):
        tree = reader.root_object.get("/Pages")
        count = number(as_dict(tree).get("/Count"))
        if count is not None and count > PAGES:
            raise TooManyPagesError(int(count))
        pages: list[DictionaryObject] = list(reader.pages)
    if len(pages) > PAGES:
        raise TooManyPagesError(len(pages))
    if not pages or (count is not None and count > len(pages)):
        raise DamagedPdfError("pages")
    return pages


def resolve(value: object) -> object:
    """Follow references to the object itself; None for null and for what is missing."""
    for _ in range(_CHAIN):
        if not isinstance(value, IndirectObject):
            return None if isinstance(value, NullObject) else value
        with pypdf_speaks("object"):
            value = value.get_object()
    raise DamagedPdfError("object")


def entry(holder: DictionaryObject, key: str) -> object:
    """Return a dictionary's entry, references followed; None when it is not there."""
    return resolve(holder.get(key))


def as_dict(value: object) -> DictionaryObject:
    """Return the dictionary (or stream) behind a value; an empty one for anything else."""
    found = resolve(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def as_list(value: object) -> Sequence[object]:
    """Return the items behind a value; none for anything that is not an array."""
    found = resolve(value)
    return found if isinstance(found, ArrayObject) else ()


def as_name(value: object) -> str:
    """Return a name without its slash; empty for anything else."""
    found = resolve(value)
    return str(found).removeprefix("/") if isinstance(found, NameObject) else ""


def number(value: object) -> float | None:
    """Return a number; None for anything else."""
    found = resolve(value)
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def integer(value: object, default: int = 0) -> int:
    """Return a whole number, or `default` for anything that is none."""
    found = number(value)
    return int(found) if found is not None and abs(found) < 1 << 40 else default


def numbers(value: object, count: int) -> tuple[float, ...] | None:
    """Return an array of exactly `count` numbers; None for anything else."""
    found = [number(item) for item in as_list(value)[:count]]
    return tuple(item for item in found if item is not None) if len(found) == count and None not in found else None


def string(value: object) -> bytes | None:
    """Return a string's bytes as they stand in the file; None for anything else."""
    found = resolve(value)
    if isinstance(found, TextStringObject):
        with pypdf_speaks("string"):
            return found.original_bytes
    return bytes(found) if isinstance(found, ByteStringObject) else None


def text_string(data: bytes) -> str:
    """Decode a text string (7.9.2.2): UTF-16 or UTF-8 by its mark, else PDFDocEncoding.

    Some Chinese programs write GBK without saying so. Such bytes become U+FFFD: what they mean can only be guessed.
    """
    for mark, codec in ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")):
        if data.startswith(mark):
            return _LANGUAGE.sub("", data[len(mark) :].decode(codec, "replace"))
    if _PAIRS.fullmatch(data):
        return _PAIR.sub("\ufffd", data.decode("latin-1"))
    return "".join(_DOC_SIGNS.get(byte) or chr(byte) for byte in data)


def stream_data(value: object, what: str) -> bytes:
    """Return a stream decoded; raises DamagedPdfError when `value` is none or does not decode to its end."""
    found = resolve(value)
    if not isinstance(found, StreamObject):
        raise DamagedPdfError(what)
    plain = not entry(found, "/DecodeParms") and as_name(found.get("/Filter")) == "FlateDecode"
    with pypdf_speaks(what):
        return _inflated(found._data, what) if plain else found.get_data()  # noqa: SLF001 - the encoded bytes have no other door


def encoded_data(value: object) -> bytes:
    """Return a stream's bytes as they stand in the file, still encoded."""
    found = resolve(value)
    return found._data if isinstance(found, StreamObject) else b""  # noqa: SLF001 - the encoded bytes have no other door


def _inflated(data: bytes, what: str) -> bytes:
    """Inflate the whole of `data`; pypdf would pass over a break in it."""
    if not data:
        return b""
    engine = zlib.decompressobj()
    plain = engine.decompress(data, STREAM_BYTES)
    if engine.unconsumed_tail:
        raise TooComplexError(what)
    if not engine.eof:
        raise DamagedPdfError(what)
    return plain


def page_content(page: DictionaryObject) -> bytes:
    """Return a page's content streams, one after the other."""
    contents = page.get("/Contents")
    if contents is None or isinstance(contents, NullObject):
        return b""
    found = resolve(contents)
    if not isinstance(found, ArrayObject):
        return stream_data(found, "content")
    parts: list[bytes] = []
    left = STREAM_BYTES
    for part in found:
        parts.append(stream_data(part, "content"))
        left -= len(parts[-1])
        if left < 0:
            raise TooComplexError("content")
    return b"\n".join(parts)
