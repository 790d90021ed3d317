"""Fonts: characters and widths from their dictionaries."""

from __future__ import annotations

import pytest
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
)

from formsvc.extraction.pdf.cmaps import UNREADABLE
from formsvc.extraction.pdf.fonts import Font, glyph_text, read_font


def made(value: object) -> PdfObject:
    """Turn plain values into the objects of a file; text is a name."""
    match value:
        case PdfObject():
            return value
        case dict():
            return DictionaryObject({NameObject(f"/{key}"): made(item) for key, item in value.items()})
        case list():
            return ArrayObject([made(item) for item in value])
        case str():
            return NameObject(f"/{value}")
        case int():
            return NumberObject(value)
        case float():
            return FloatObject(value)
        case _:
            raise TypeError(value)


def stream(data: bytes) -> DecodedStreamObject:
    found = DecodedStreamObject()
    found.set_data(data)
    return found


def composite(**entries: object) -> Font:
    below = {key: entries.pop(key) for key in ("W", "DW") if key in entries}
    return read_font(
        made({"Subtype": "Type0", "Encoding": "Identity-H", "DescendantFonts": [{"Subtype": "X", **below}], **entries})
    )


def text(font: Font, data: bytes) -> str:
    return "".join(sign.text for sign in font.read(data))


def widths(font: Font, data: bytes) -> list[float]:
    return [sign.width for sign in font.read(data)]


def test_a_composite_font_takes_its_characters_from_tounicode() -> None:
    font = composite(ToUnicode=stream(b"1 beginbfchar <0102> <5F20> endbfchar"))
    assert text(font, b"\x01\x02\x01\x03") == "张" + UNREADABLE


def test_widths_of_a_composite_font_come_from_both_forms_of_its_array() -> None:
    font = composite(W=[1, [500, 250], 10, 12, 600], DW=900)
    assert widths(font, b"\0\x01\0\x02\0\x0b\0\x63") == [0.5, 0.25, 0.6, 0.9]


def test_without_widths_a_character_is_an_em_wide() -> None:
    assert widths(composite(), b"\0\x01") == [1.0]


def test_a_broken_array_of_widths_costs_widths_alone() -> None:
    assert widths(composite(W=["x", 3, 1, [700], 5]), b"\0\x01") in ([0.7], [1.0])


def test_a_predefined_encoding_needs_no_map() -> None:
    font = composite(Encoding="GBK-EUC-H", W=[814, [500]], DW=1000)
    signs = font.read("张 三".encode("gbk"))
    assert "".join(sign.text for sign in signs) == "张 三"
    assert [sign.is_space for sign in signs] == [False, True, False]
    assert [sign.width for sign in signs] == [1.0, 0.5, 1.0]


def test_a_code_that_its_map_leaves_out_is_read_by_a_predefined_encoding() -> None:
    font = composite(Encoding="UniGB-UCS2-H", ToUnicode=stream(b"1 beginbfchar <5F20> <4E09> endbfchar"))
    assert text(font, "张李".encode("utf-16-be")) == "三李"


def test_a_simple_font_reads_its_code_page() -> None:
    font = read_font(
        made({"Subtype": "TrueType", "Encoding": "WinAnsiEncoding", "FirstChar": 65, "Widths": [600, 700]})
    )
    assert text(font, b"AB\x93") == "AB“"
    assert widths(font, b"AB") == pytest.approx([0.6, 0.7])


def test_differences_change_single_codes() -> None:
    encoding = {"BaseEncoding": "WinAnsiEncoding", "Differences": [65, "uni5F20", "B", 90, "g17"]}
    font = read_font(made({"Subtype": "Type1", "Encoding": encoding}))
    assert text(font, b"ABZ") == "张B" + UNREADABLE


def test_a_font_with_an_encoding_of_its_own_is_unreadable_without_a_map() -> None:
    descriptor = {"Flags": 4, "FontFile2": stream(b"")}
    assert text(read_font(made({"Subtype": "TrueType", "FontDescriptor": descriptor})), b"A") == UNREADABLE
    assert text(read_font(made({"Subtype": "Type3"})), b"A") == UNREADABLE
    assert text(read_font(made({"Subtype": "Type1", "BaseFont": "Symbol"})), b"A") == UNREADABLE


def test_fonts_every_viewer_has_need_no_widths() -> None:
    font = read_font(made({"Subtype": "Type1", "BaseFont": "Helvetica"}))
    assert text(font, b"iW") == "iW"
    assert widths(font, b"iW") == pytest.approx([0.222, 0.944])


def test_what_is_no_font_shows_unreadable_characters() -> None:
    assert text(read_font(None), b"A") in {"A", UNREADABLE}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A", "A"),
        ("quotedblleft", "“"),
        ("uni5F204E09", "张三"),
        ("u2070E", "𠜎"),
        ("A.alt", "A"),
        ("a65", UNREADABLE),
        ("cid123", UNREADABLE),
        (".notdef", UNREADABLE),
    ],
)
def test_a_glyphs_name_is_a_character_only_by_the_list(name: str, expected: str) -> None:
    assert glyph_text(name) == expected
