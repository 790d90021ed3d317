"""The faces of the office: found by name, in order, with fall-back; a broken or forbidden one is never silent."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.boundsPen import BoundsPen
from pypdf import PdfReader

from formsvc.errors import Code
from formsvc.rendering.blank_pdf import write_pdf
from formsvc.rendering.copies import unprintable
from formsvc.rendering.faces import SystemFace
from formsvc.rendering.fonts import Role, bundled_fonts
from formsvc.rendering.office_fonts import Typefaces, bundled_typefaces, office_order, office_typefaces
from tests.forms.factories import a_reading
from tests.rendering.office_faces import (
    EDITABLE,
    NO_SUBSETTING,
    PRINTED,
    RESTRICTED,
    a_collection,
    a_face,
    faces_in_pdf,
)
from tests.rendering.test_pdf import findings
from tests.road import MEMBER, a_member

BODY = {Role.BODY: ("Village Fang",)}


def chosen(folder: Path, **faces: bytes) -> Typefaces:
    """Return the faces chosen among font files of these names, for text alone wanted by name."""
    for name, data in faces.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    return office_typefaces([folder], {**dict.fromkeys(Role, ("Nowhere",)), **BODY})


def said(typefaces: Typefaces, use: Role = Role.BODY) -> list[tuple[Code, str, str]]:
    """Return code, reason and what is used instead of the problems of a use."""
    return [
        (problem.code, str(problem.params.get("reason", "")), str(problem.params["used"]))
        for problem in typefaces.problems
        if problem.params["typeface"] == use
    ]


@pytest.mark.parametrize("is_cff", [False, True], ids=["TrueType", "CFF"])
@pytest.mark.parametrize("units", [256, 1000, 2048])
def test_text_is_drawn_with_the_face_of_the_office(tmp_path: Path, units: int, *, is_cff: bool) -> None:
    made = chosen(tmp_path, fang_ttf=a_face("Village Fang", is_cff=is_cff, units=units, rights=EDITABLE))
    assert (made.used[Role.BODY][0], said(made)) == ("Village Fang", [])
    ours, theirs = made.fonts.chain(Role.BODY), bundled_fonts().chain(Role.HEADS)
    assert [round(ours.advance(sign), 2) for sign in "党1"] == [round(theirs.advance(sign), 2) for sign in "党1"]
    pdf = write_pdf(MEMBER, year=2011, values=a_member(name="张三"), fonts=made.fonts)
    assert findings(pdf) == []
    assert "张三" in PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "VillageFang" in faces_in_pdf(BytesIO(pdf))


def test_a_curve_of_truetype_is_drawn_where_it_was(tmp_path: Path) -> None:
    for name, is_cff in (("a.ttf", False), ("b.otf", True)):
        (tmp_path / name).write_bytes(a_face("Village Fang", "公", is_cff=is_cff))
    faces = [SystemFace(tmp_path / name, serif=True) for name in ("a.ttf", "b.otf")]
    boxes = [extent(face.outlines(["公"])[0]) for face in faces]
    assert all(abs(one - other) <= 1 for one, other in zip(*boxes, strict=True))


def extent(outline: bytes) -> tuple[float, ...]:
    """Return the bounds of a charstring, as fontTools draws it."""
    bounds = BoundsPen(None)
    drawn = SimpleNamespace(nominalWidthX=0, defaultWidthX=1000, rawDict={})
    T2CharString(outline, private=drawn).draw(bounds)
    return tuple(bounds.bounds)


def test_a_character_the_face_lacks_is_drawn_by_a_bundled_one(tmp_path: Path) -> None:
    chain = chosen(tmp_path, fang_ttf=a_face("Village Fang", PRINTED)).fonts.chain(Role.BODY)
    assert [chain.face(sign).name for sign in "张㛃"] == ["VillageFang", "NotoSerifSC-Regular"]


def test_a_glyph_without_ink_is_no_glyph(tmp_path: Path) -> None:
    chain = chosen(tmp_path, fang_ttf=a_face("Village Fang", PRINTED, blank="伟")).fonts.chain(Role.BODY)
    assert chain.face("伟").name == "NotoSerifSC-Regular"
    assert [chain.face(sign).name for sign in "张 "] == ["VillageFang", "VillageFang"]


def test_a_character_that_no_face_has_is_reported_by_its_field(tmp_path: Path) -> None:
    made = chosen(tmp_path, fang_ttf=a_face("Village Fang", PRINTED))
    assert unprintable(MEMBER, a_reading(name="张\ue000"), made.fonts) == {"name": "\ue000"}


@pytest.mark.parametrize("name", ["Village Fang", "village  fang", "VillageFang-GB", "乡村仿宋", "fang.ttf", "fang"])
def test_a_face_goes_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    (tmp_path / "fang.ttf").write_bytes(a_face("Village Fang", chinese="乡村仿宋", postscript="VillageFang-GB"))
    made = office_typefaces([tmp_path], {Role.BODY: (name,)})
    assert made.used[Role.BODY][0] == "乡村仿宋"


def test_the_first_face_wanted_is_asked_first_and_the_others_behind_it(tmp_path: Path) -> None:
    for name in ("One", "Two"):
        (tmp_path / f"{name}.ttf").write_bytes(a_face(name, "张"))
    for order in (("One", "Two"), ("Two", "One")):
        assert office_typefaces([tmp_path], {Role.BODY: order}).used[Role.BODY][:3] == (*order, "Noto Serif SC")


def test_the_upright_face_of_the_usual_weight_stands_for_its_family(tmp_path: Path) -> None:
    for style, weight in (("Bold", 700), ("Regular", 400), ("Light", 300)):
        data = a_face("Village Fang", "张", style=style, weight=weight, postscript=f"VillageFang-{style}")
        (tmp_path / f"{style}.ttf").write_bytes(data)
    assert office_typefaces([tmp_path], BODY).fonts.chain(Role.BODY).faces[0].name == "VillageFang-Regular"
    bold = office_typefaces([tmp_path], {Role.BODY: ("Village Fang Bold",)})
    assert bold.fonts.chain(Role.BODY).faces[0].name == "VillageFang-Bold"


def test_a_face_is_found_in_a_collection(tmp_path: Path) -> None:
    data = a_collection([a_face("Other", "张"), a_face("Village Fang", "张三")])
    made = chosen(tmp_path, fonts_ttc=data)
    assert made.fonts.chain(Role.BODY).face("三").name == "VillageFang"


def test_the_weight_added_to_bundled_titles_is_not_added_to_the_offices_own(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(a_face("Small Title", "张"))
    made = office_typefaces([tmp_path], {Role.TITLE: ("Small Title",)})
    assert (made.fonts.chain(Role.TITLE).weight, bundled_fonts().chain(Role.TITLE).weight > 0) == (0, True)


@pytest.mark.parametrize("rights", [RESTRICTED, NO_SUBSETTING, 0x0200, EDITABLE | NO_SUBSETTING])
def test_a_face_that_may_not_be_embedded_or_subset_is_named_with_what_is_used(tmp_path: Path, rights: int) -> None:
    made = chosen(tmp_path, fang_ttf=a_face("Village Fang", rights=rights))
    assert said(made) == [(Code.FONT_REFUSED, "licence", "Noto Serif SC")]
    assert made.problems[0].params["font"] == "Village Fang (fang.ttf)"
    assert made.fonts.chain(Role.BODY) is bundled_fonts().chain(Role.BODY)


def test_the_least_restrictive_of_several_rights_counts(tmp_path: Path) -> None:
    assert said(chosen(tmp_path, fang_ttf=a_face("Village Fang", rights=RESTRICTED | EDITABLE))) == []


def damaged(data: bytes, table: bytes) -> bytes:
    """Return a font whose table of this tag is zeros."""
    entry = data.index(table)
    start, length = (int.from_bytes(data[entry + at : entry + at + 4], "big") for at in (8, 12))
    return data[:start] + bytes(length) + data[start + length :]


WHOLE = a_face("Village Fang")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no font at all",
        WHOLE[:100],
        WHOLE[: len(WHOLE) // 2],
        WHOLE[:-100],
        damaged(WHOLE, b"glyf"),
        damaged(WHOLE, b"loca"),
        damaged(WHOLE, b"cmap"),
        damaged(WHOLE, b"head"),
        damaged(WHOLE, b"maxp"),
        damaged(WHOLE, b"name"),
    ],
    ids=["empty", "text", "head", "half", "end", "glyf", "loca", "cmap", "head table", "maxp", "name"],
)
def test_a_broken_font_is_named_with_what_is_used(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "fang.ttf").write_bytes(data)
    made = office_typefaces([tmp_path], {Role.BODY: ("Village Fang", "fang.ttf")})
    if data == damaged(WHOLE, b"name"):  # without its name it is as good as any
        assert said(made) == []
        return
    assert said(made) == [(Code.FONT_REFUSED, "broken-font", "Noto Serif SC")]


def test_a_font_without_outlines_is_refused(tmp_path: Path) -> None:
    data = WHOLE.replace(b"glyf", b"gxyf", 1)
    assert said(chosen(tmp_path, fang_ttf=data)) == [(Code.FONT_REFUSED, "outlines", "Noto Serif SC")]


def test_a_refused_face_gives_way_to_another_of_the_office(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(a_face("Village Fang", rights=RESTRICTED))
    (tmp_path / "b.ttf").write_bytes(a_face("Town Fang"))
    made = office_typefaces([tmp_path], {Role.BODY: ("Village Fang", "Town Fang")})
    assert said(made) == [(Code.FONT_REFUSED, "licence", "Town Fang")]


def test_absent_faces_are_named_with_what_is_used(tmp_path: Path) -> None:
    made = office_typefaces([tmp_path, tmp_path / "nowhere"], {})
    uses = {problem.params["typeface"]: (problem.code, problem.params["used"]) for problem in made.problems}
    assert uses == {role: (Code.FONT_ABSENT, made.used[role][0]) for role in Role}
    assert "仿宋_GB2312" in str(made.problems[0].params["fonts"])
    assert made.used == bundled_typefaces().used


def test_faces_of_one_name_stay_apart_in_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(a_face("Village Fang", "张", postscript="Same"))
    (tmp_path / "b.ttf").write_bytes(a_face("Town Fang", "三", postscript="Same"))
    (tmp_path / "c.ttf").write_bytes(a_face("Noto Fang", "城", postscript="NotoSerifSC-Regular"))
    made = office_typefaces([tmp_path], {Role.BODY: ("Village Fang", "Town Fang", "Noto Fang")})
    names = [face.name for face in made.fonts.chain(Role.BODY).faces]
    assert names == ["Same", "Same-2", "NotoSerifSC-Regular-2", "NotoSerifSC-Regular", "NotoSansSC-Regular"]
    assert findings(write_pdf(MEMBER, year=2011, values=a_member(name="张三"), fonts=made.fonts)) == []


def test_a_face_whose_name_pdf_cannot_write_gets_another(tmp_path: Path) -> None:
    (tmp_path / "仿宋.ttf").write_bytes(a_face("Village Fang", "张", postscript="仿宋 体"))
    (face, *_) = office_typefaces([tmp_path], BODY).fonts.chain(Role.BODY).faces
    assert face.name.startswith("Face-")
    assert face.name.isascii()


def test_the_same_fonts_give_the_same_bytes(tmp_path: Path) -> None:
    made = [chosen(tmp_path, fang_ttf=WHOLE) for _ in range(2)]
    drawn = {write_pdf(MEMBER, year=2011, values=a_member(name="张三"), fonts=one.fonts) for one in made}
    assert len(drawn) == 1


def test_the_order_of_official_papers_has_every_use() -> None:
    order = office_order()
    assert [order[role][0] for role in Role] == ["仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"]
