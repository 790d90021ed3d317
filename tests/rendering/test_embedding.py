"""Embedded fonts: what they hold, what they do not tell, and reportlab's canvas drawing with them."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Any

import pypdf
import pytest
from fontTools.cffLib import CFFFontSet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from formsvc.errors import NoGlyphError
from formsvc.rendering.canvas_font import ReportlabFont
from formsvc.rendering.embedding import Codes, Font, code_of, fonts_of, subset
from formsvc.rendering.fonts import Role, bundled_fonts

RARE = "㛃䶮堃喆犇𠅤𬭎"


def on_a_canvas(*texts: tuple[str, str]) -> bytes:
    """Draw texts, each in a role, with a canvas as reportlab ships it."""
    for role in Role:
        pdfmetrics.registerFont(ReportlabFont(role.value, bundled_fonts().chain(role)))
    file = BytesIO()
    canvas = Canvas(file, initialFontName="body", invariant=1, pageCompression=1)
    for row, (role_name, text) in enumerate(texts):
        canvas.setFont(role_name, 14)
        canvas.drawString(72, 700 - 30 * row, text)
    canvas.save()
    return file.getvalue()


def fonts_in(file: bytes) -> dict[str, Any]:
    resources: Any = pypdf.PdfReader(BytesIO(file)).pages[0]["/Resources"]
    return {name: font.get_object() for name, font in resources["/Font"].items()}


def test_a_reportlab_canvas_draws_with_the_font_unchanged() -> None:
    text = f"张三 zhang@example.cn，{RARE}——（盖章）。"
    file = on_a_canvas(("body", text), ("heads", "附件2"))
    assert pypdf.PdfReader(BytesIO(file)).pages[0].extract_text().splitlines() == [text, "附件2"]


def test_roles_that_share_a_face_share_its_font() -> None:
    file = on_a_canvas(("body", "张三"), ("notes", "李四"), ("heads", "王五"))
    assert sorted(fonts_in(file)) == ["/NotoSansSC-Regular-0", "/NotoSerifSC-Regular-0"]


def test_only_our_fonts_are_in_the_file() -> None:
    fonts = fonts_in(on_a_canvas(("body", f"张三{RARE}")))
    assert {font["/Subtype"] for font in fonts.values()} == {"/Type0"}
    programs = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"]["/FontFile3"] for font in fonts.values()]
    assert {program["/Subtype"] for program in programs} == {"/CIDFontType0C"}


def test_the_width_reportlab_is_told_is_the_width_drawn() -> None:
    font = ReportlabFont("body", bundled_fonts().chain(Role.BODY))
    assert font.stringWidth("党员，", 10) == 30


def test_characters_past_the_first_plane_have_fonts_of_their_own() -> None:
    needed = fonts_of(bundled_fonts().chain(Role.BODY), "㛃𠅤𬭎")
    assert {(font.block, *characters) for font, characters in needed.items()} == {(0, "㛃"), (4, "𠅤"), (5, "𬭎")}


def test_no_code_is_that_of_the_missing_glyph_or_half_a_surrogate() -> None:
    points = [*range(0x20, 0xD800), *range(0xE000, 0x33480)]
    codes = {code_of(chr(point)) for point in points}
    assert min(codes) > 0
    assert max(codes) <= 0xFFFF
    assert not codes & set(range(0xD800, 0xE000))


def test_codes_of_one_font_never_meet() -> None:
    for block in (range(0x20000, 0x28000), range(0x28000, 0x30000)):
        assert len({code_of(chr(point)) for point in block}) == len(block)


def test_a_subset_tells_which_characters_it_has_and_not_their_order() -> None:
    file, turned = on_a_canvas(("body", "kaiyuan@example.cn")), on_a_canvas(("body", "nc.elpmaxe@nauyiak"))
    assert programs_of(file) == programs_of(turned)
    assert sorted(fonts_in(file)) == sorted(fonts_in(turned))


def test_a_subset_holds_no_glyph_that_is_not_drawn() -> None:
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(programs_of(on_a_canvas(("body", "张三")))[0]), None)
    assert fonts[0].charset == [".notdef", f"cid{ord('三'):05d}", f"cid{ord('张'):05d}"]


def programs_of(file: bytes) -> list[bytes]:
    fonts = fonts_in(file).values()
    found = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"]["/FontFile3"] for font in fonts]
    return [program.get_data() for program in found]


def test_the_same_characters_give_the_same_bytes() -> None:
    needed = fonts_of(bundled_fonts().chain(Role.BODY), "张三李四")
    ((font, characters),) = needed.items()
    first = subset(font, frozenset(characters))
    subset.cache_clear()
    again = subset(font, frozenset(characters))
    assert again is not first
    assert again == first
    assert zlib.decompress(first.program).startswith(b"\x01\x00\x04\x04")


def test_a_character_no_face_has_is_not_drawn() -> None:
    with pytest.raises(NoGlyphError):
        on_a_canvas(("body", "张\ue000三"))


def test_codes_of_a_long_document_go_by_how_often_and_need_no_escape() -> None:
    face = bundled_fonts().chain(Role.BODY).face("张")
    font = Font(face, 0)
    signs = [chr(0x4E00 + number) for number in range(40_000)]
    codes = Codes({font: {"三": 5, "张": 5, "四": 9, **{sign: 1 for sign in signs if sign not in "三张四"}}})
    order = sorted("三张四", key=lambda sign: codes.of(font, sign))
    assert order == ["四", "三", "张"]
    written = codes.written(font, "".join(signs))
    assert len(set(zip(written[::2], written[1::2], strict=True))) == len(signs)
    assert not set(written) & set(b"\n\r()\\")
    assert not set(written[::2]) & {0, *range(0xD8, 0xE0)}
