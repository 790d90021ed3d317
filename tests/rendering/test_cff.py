"""CFF programs: what is put together draws what was taken apart."""

from __future__ import annotations

from io import BytesIO

import pytest
import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen
from pylopdf_fonts_zh_cn import sans_path, serif_path

from formsvc.rendering import cff
from formsvc.rendering.faces import Face

CHARACTERS = "㛃一堃犇（。1a\u3000"


def program(face: Face, characters: str = CHARACTERS) -> CFFFontSet:
    outlines = face.outlines(characters)
    glyphs = [cff.Glyph(ord(character), outline) for character, outline in zip(characters, outlines, strict=True)]
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(cff.assemble("ABCDEF+Song", glyphs, face.box)), None)
    return fonts


@pytest.mark.parametrize("face", [Face(serif_path(), serif=True), Face(sans_path(), serif=False)], ids=["song", "hei"])
def test_every_glyph_keeps_its_outline_and_its_width(face: Face) -> None:
    original = hb.Font(hb.Face(hb.Blob.from_file_path(str(face.path))))
    top = program(face)[0]
    for character in CHARACTERS:
        kept, expected = RecordingPen(), RecordingPen()
        charstring = top.CharStrings[f"cid{ord(character):05d}"]
        charstring.draw(kept)
        glyph = original.get_nominal_glyph(ord(character))
        original.draw_glyph_with_pen(glyph, expected)
        assert outline(kept) == outline(expected), character
        assert charstring.width == original.get_glyph_h_advance(glyph), character


def outline(pen: RecordingPen) -> list[tuple[str, tuple[tuple[float, float], ...]]]:
    """The drawing without the line that closes a contour, which the two libraries give or leave out as they like."""
    steps = [(name, tuple((float(x), float(y)) for x, y in points)) for name, points in pen.value]
    starts = [points[0] for name, points in steps if name == "moveTo"]
    kept, contour = [], -1
    for (name, points), (following, _points) in zip(steps, [*steps, ("", ())][1:], strict=True):
        contour += name == "moveTo"
        if not (name == "lineTo" and following == "closePath" and points == (starts[contour],)):
            kept.append((name, points))
    return kept


def test_an_assembled_program_names_itself_and_its_codes() -> None:
    fonts = program(Face(serif_path(), serif=True))
    assert fonts.fontNames == ["ABCDEF+Song"]
    assert fonts[0].ROS == ("Adobe", "Identity", 0)
    assert fonts[0].charset == [".notdef", *(f"cid{ord(character):05d}" for character in CHARACTERS)]
    assert fonts[0].CIDCount == 0x10000
    assert len(fonts[0].GlobalSubrs) == 0


def test_the_dash_fills_its_em_so_that_two_of_them_join() -> None:
    fonts = program(Face(serif_path(), serif=True), "—")
    pen = RecordingPen()
    fonts[0].CharStrings["cid08212"].draw(pen)
    assert {x for _name, points in pen.value for x, _y in points} == {0, 1000}


@pytest.mark.parametrize(("advance", "first"), [(1000, b"\x95"), (500, b"\xf8\x88\x95"), (2000, b"\x1c\x07\xd0\x95")])
def test_a_charstring_says_its_width_unless_it_is_the_default(advance: int, first: bytes) -> None:
    moved = b"\x95\x16\x0e"  # 10 hmoveto endchar
    assert cff.independent(moved, advance) == first + moved[1:]
    assert cff.independent(b"\xef" + moved, advance) == first + moved[1:]


def test_a_bar_is_a_rectangle() -> None:
    fonts = CFFFontSet()
    bar = cff.Glyph(1, cff.bar(0, 300, 1000, 360))
    fonts.decompile(BytesIO(cff.assemble("ABCDEF+Song", [bar], (0, 0, 1000, 1000))), None)
    pen = RecordingPen()
    fonts[0].CharStrings["cid00001"].draw(pen)
    assert [points for _name, points in outline(pen)] == [
        ((0.0, 300.0),),
        ((1000.0, 300.0),),
        ((1000.0, 360.0),),
        ((0.0, 360.0),),
        (),
    ]
