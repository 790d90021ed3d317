"""What a file says about itself: Info and XMP agree."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pypdf
import pytest
from lxml import etree

from formsvc.rendering.fonts import bundled_fonts
from formsvc.rendering.metadata import Metadata, info, packet
from formsvc.rendering.pdf import Document, Page, write

DATE = dt.datetime(2011, 2, 25, 9, 30, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
ABOUT = Metadata(
    "承诺书 (2011) \\ <&>",
    DATE,
    author="张三𬭎",
    subject="第2份",
    keywords=("承诺", "2011"),
    properties={"record": "7f3c", "copy": "2/4 & <存>"},
)


def read(metadata: Metadata) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(write([Document((Page(()),), metadata)], bundled_fonts())[0]))


def test_info_and_xmp_say_the_same() -> None:
    reader = read(ABOUT)
    plain, xmp = reader.metadata, reader.xmp_metadata
    assert plain is not None
    assert xmp is not None
    assert (plain.title, plain.author, plain.subject) == (ABOUT.title, ABOUT.author, ABOUT.subject)
    assert xmp.dc_title == {"x-default": ABOUT.title}
    assert xmp.dc_creator == [ABOUT.author]
    assert xmp.dc_description == {"x-default": ABOUT.subject}
    assert plain.keywords == xmp.pdf_keywords == "承诺, 2011"
    assert plain.producer == xmp.pdf_producer == plain.creator == xmp.xmp_creator_tool == "formsvc"
    assert plain.creation_date == plain.modification_date == DATE


def test_dates_carry_their_offset() -> None:
    assert b"(D:20110225093005+08'00')" in info(ABOUT)
    assert b"<xmp:CreateDate>2011-02-25T09:30:05+08:00</xmp:CreateDate>" in packet(ABOUT)
    west = Metadata("x", DATE.astimezone(dt.timezone(-dt.timedelta(hours=3, minutes=30))))
    assert b"(D:20110224220005-03'30')" in info(west)


def test_facts_of_our_own_stand_in_the_identifiers() -> None:
    found = etree.fromstring(packet(ABOUT)).find(f".//{{http://ns.adobe.com/xap/1.0/}}Identifier/{RDF}Bag")
    assert found is not None
    assert [item.text for item in found] == ["formsvc:record=7f3c", "formsvc:copy=2/4 & <存>"]


def test_what_is_empty_is_left_out() -> None:
    bare = Metadata("承诺书", DATE)
    assert b"Author" not in info(bare)
    assert b"Identifier" not in packet(bare)
    assert b"dc:creator" not in packet(bare)


def test_characters_xml_cannot_hold_are_left_out_of_both() -> None:
    reader = read(Metadata("承\x00诺\x0b书\ufffe", DATE))
    assert reader.metadata is not None
    assert reader.xmp_metadata is not None
    assert reader.metadata.title == "承诺书"
    assert reader.xmp_metadata.dc_title == {"x-default": "承诺书"}


def test_the_language_is_told() -> None:
    assert str(read(ABOUT).root_object["/Lang"]) == "zh-CN"


def test_a_date_without_offset_or_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        Metadata("x", DATE.replace(tzinfo=None))
    with pytest.raises(ValueError, match="a=b"):
        Metadata("x", DATE, properties={"a=b": "c"})
