"""From codes to characters."""

from __future__ import annotations

import pytest

from formsvc.extraction.pdf.cmaps import UNREADABLE, Encoding, cleaned, embedded, predefined, to_unicode


def read(encoding: Encoding, data: bytes) -> str:
    return "".join(encoding.text(code) for code in encoding.codes(data))


def test_a_tounicode_map_is_read_in_all_its_forms() -> None:
    found = to_unicode(
        b"2 beginbfchar <01> <4E00> <0002> <D840DC00> endbfchar "
        b"2 beginbfrange <0010> <0012> <0041> <20> <21> [<5F20> <4E09>] endbfrange "
        b"1 beginbfchar <30> <00660069> endbfchar"
    )
    assert found == {1: "一", 2: "𠀀", 16: "A", 17: "B", 18: "C", 32: "张", 33: "三", 48: "fi"}


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (b"<0000>", UNREADABLE),
        (b"<FFFE>", UNREADABLE),
        (b"<D840>", UNREADABLE),
        (b"<>", UNREADABLE),
        (b"/notdef", UNREADABLE),
        (b"<00A0>", " "),
        (b"<000D>", " "),
        (b"<00AD>", "-"),
        (b"<2F00>", "一"),
        (b"<2ED3>", "长"),
        (b"<FB01>", "fi"),
        (b"<E000>", "\ue000"),
        (b"<3000>", "\u3000"),
    ],
)
def test_what_fonts_do_to_characters_is_undone(target: bytes, text: str) -> None:
    assert to_unicode(b"1 beginbfchar <05> " + target + b" endbfchar") == {5: text}


def test_a_range_without_end_is_cut() -> None:
    assert len(to_unicode(b"1 beginbfrange <00000000> <FFFFFFFF> <4E00> endbfrange")) <= 100_000


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("UniGB-UCS2-H", "张三A".encode("utf-16-be"), "张三A"),
        ("UniGB-UTF16-H", "张𠀀三".encode("utf-16-be"), "张𠀀三"),
        ("UniGB-UTF32-H", "张𠀀".encode("utf-32-be"), "张𠀀"),
        ("UniGB-UTF8-H", "张A𠀀é".encode(), "张A𠀀é"),
        ("GBK-EUC-H", "张三A喆".encode("gbk"), "张三A喆"),
        ("GB-EUC-H", "张三".encode("gbk"), "张三"),
        ("GBK2K-V", "张㛃A".encode("gb18030"), "张㛃A"),
        ("ETen-B5-H", "張三".encode("big5"), "張三"),
        ("Adobe-GB1-0", b"\x01\x02", UNREADABLE),
    ],
)
def test_a_predefined_map_explains_its_codes_by_itself(name: str, data: bytes, text: str) -> None:
    assert read(predefined(name), data) == text


def test_a_predefined_map_says_whether_it_writes_downwards() -> None:
    assert predefined("UniGB-UCS2-V").vertical
    assert not predefined("UniGB-UCS2-H").vertical


def test_broken_codes_are_unreadable_and_not_dropped() -> None:
    assert read(predefined("GBK-EUC-H"), b"\xff\xffA") == UNREADABLE + "A"
    assert read(predefined("UniGB-UTF16-H"), b"\xd8\x40\x00") == UNREADABLE


def test_half_width_latin_has_its_own_glyphs_in_the_chinese_encodings() -> None:
    assert predefined("GBK-EUC-H").glyph(b"A") == 814 + 33
    assert predefined("UniGB-UCS2-H").glyph(b"\0A") == 1 + 33
    assert predefined("UniGB-UCS2-H").glyph("张".encode("utf-16-be")) is None


def test_an_embedded_map_cuts_codes_of_several_lengths() -> None:
    encoding = embedded(
        b"/WMode 1 def 2 begincodespacerange <00> <7F> <8140> <FEFE> endcodespacerange "
        b"1 begincidchar <41> 7 endcidchar 1 begincidrange <8140> <8142> 100 endcidrange",
        "X",
    )
    codes = list(encoding.codes(b"A\x81\x41B"))
    assert codes == [b"A", b"\x81\x41", b"B"]
    assert [encoding.glyph(code) for code in codes] == [7, 101, 0x42]
    assert encoding.vertical


def test_ordinary_characters_stay_as_they_are() -> None:
    text = "张·㛃﨑é—“”"
    assert cleaned(text) == text
