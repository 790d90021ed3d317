"""The search for what a copy must not tell finds it wherever it may hide."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject

from formsvc.rendering.blank_pdf import write_pdf
from tests.road import MEMBER, a_member
from torture.searched import said_by, writings

MARK = "鼍龘C000123456"
PLAIN = write_pdf(MEMBER, year=2011, values=a_member())


def saved(change: Callable[[pikepdf.Pdf], object]) -> bytes:
    """Return a form with something put into it, its objects in compressed object streams."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(PLAIN)) as pdf:
        change(pdf)
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
    return out.getvalue()


def drawn() -> bytes:
    return write_pdf(MEMBER, year=2011, values=a_member(name=MARK))


def in_an_object_stream() -> bytes:
    return saved(lambda pdf: pdf.docinfo.__setitem__("/Subject", pikepdf.String(MARK)))


def as_a_name() -> bytes:
    return saved(lambda pdf: pdf.Root.__setitem__("/Note", pikepdf.Name(f"/{MARK}")))


def in_metadata() -> bytes:
    return saved(
        lambda pdf: pdf.pages[0].obj.__setitem__("/Metadata", pdf.make_stream(f"<x>{MARK}</x>".encode("utf-16-be")))
    )


def attached() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("values.json", "".join(f"\\u{ord(sign):04x}" for sign in MARK[:2]) + MARK[2:])
    return saved(lambda pdf: pdf.attachments.__setitem__("a.zip", packed.getvalue()))


def in_an_attached_pdf() -> bytes:
    return saved(lambda pdf: pdf.attachments.__setitem__("a.pdf", drawn()))


def in_an_older_revision() -> bytes:
    writer = PdfWriter(io.BytesIO(drawn()), incremental=True)
    writer.pages[0][NameObject("/Contents")] = ArrayObject()
    later = io.BytesIO()
    writer.write(later)
    return later.getvalue()


def in_a_stream_nothing_refers_to() -> bytes:
    orphan = zlib.compress(MARK.encode("gb18030"))
    return PLAIN + b"9999 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n" % len(orphan) + orphan + b"\nendstream\n"


def in_a_hex_string_of_a_page() -> bytes:
    text = MARK.encode("utf-16-be").hex().encode()

    def put(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].contents_add(b"BT <" + text[:8] + b"\n" + text[8:] + b"> Tj ET")

    return saved(put)


@pytest.mark.parametrize(
    "hidden",
    [
        drawn, in_an_object_stream, as_a_name, in_metadata, attached, in_an_attached_pdf, in_an_older_revision,
        in_a_stream_nothing_refers_to, in_a_hex_string_of_a_page,
    ],
)  # fmt: skip
def test_a_secret_is_found_wherever_it_hides(hidden: Callable[[], bytes]) -> None:
    assert said_by(hidden()).tells(MARK)


def test_the_characters_of_a_font_give_a_secret_away_though_its_text_is_not_drawn() -> None:
    said = said_by(write_pdf(MEMBER, year=2011, values=a_member(name="龘C鼍")))
    assert said.tells(MARK) == ["glyph 鼍", "glyph 龘"]
    assert {"党", "员"} <= said_by(PLAIN).characters


def test_a_file_without_it_tells_nothing_and_shows_what_is_public() -> None:
    said = said_by(PLAIN)
    assert said.tells(MARK) == said.tells(MARK[2:]) == []
    assert any("党员公开承诺书" in text for text in said.texts)


@pytest.mark.parametrize(("name", "written"), list(writings(MARK)))
def test_every_way_of_writing_is_looked_for(name: str, written: bytes) -> None:
    assert name in said_by(b"before " + written + b" behind").tells(MARK)
