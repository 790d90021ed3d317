"""What a page shows: characters at their places, lines, pictures."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from formsvc.extraction.pdf.content import PageReader
from formsvc.extraction.pdf.errors import TooComplexError
from formsvc.extraction.pdf.layers import Layers
from formsvc.extraction.pdf.objects import opened, pages_of
from formsvc.extraction.pdf.shown import DOWNWARD, SLANTED, STACKED, TURNED, UPRIGHT, UPWARD, Shown
from tests.extraction.pdf.sheets import POINT, Sheet, add_page, font, pdf_of


def shown(data: bytes) -> Shown:
    """Return what the first page shows."""
    with opened(data) as reader:
        return PageReader(Layers(reader.root_object)).read(pages_of(reader)[0])


def text(found: Shown) -> str:
    return "".join(glyph.text for string in found.strings for glyph in string)


def drawn(*operations: str, **entries: object) -> Shown:
    """Return what raw operators show on a page that is 100 by 200 mm; `F1` knows 张 (code 3) and A (code 4)."""
    sheet = Sheet(100, 200, signs={"张": 3, "A": 4}, entries=dict(entries))
    return shown(pdf_of(sheet.raw(*operations)))


def spots(found: Shown) -> list[tuple[str, float, float]]:
    return [(glyph.text, round(glyph.x, 2), round(glyph.y, 2)) for string in found.strings for glyph in string]


MM10 = 10 * POINT


def test_text_stands_where_its_matrices_put_it() -> None:
    found = drawn(f"q 2 0 0 2 {MM10} {MM10} cm BT /F1 10 Tf 1 0 0 1 {MM10} {MM10} Tm <00030004> Tj ET Q")
    assert spots(found) == [("张", 30.0, 170.0), ("A", round(30 + 20 / POINT, 2), 170.0)]
    (glyph, _), *_ = found.strings
    assert (glyph.width, glyph.size, glyph.way) == pytest.approx((20 / POINT, 20 / POINT, UPRIGHT))


@pytest.mark.parametrize(
    "operations",
    [
        "0 100 Td 20 TL T* <0003> Tj",
        "0 100 Td 20 TL <> Tj <0003> '",
        '0 100 Td 20 TL 1 2 <0003> "',
        "0 60 Td 0 20 TD <0003> Tj",
        "1 0 0 1 0 80 Tm <0003> Tj",
    ],
)
def test_every_operator_that_moves_and_shows_text_does(operations: str) -> None:
    found = drawn(f"BT /F1 10 Tf {operations} ET")
    assert spots(found) == [("张", 0.0, round(200 - 80 / POINT, 2))]


def test_spacing_moves_what_follows_and_belongs_to_no_character() -> None:
    found = drawn("BT /F1 10 Tf 0 100 Td 3 Tc 200 Tz [<0003> -1000 <0003>] TJ ET")
    first, second = (glyph for string in found.strings for glyph in string)
    assert (second.x - first.x) * POINT == pytest.approx(2 * (10 + 3 + 10))
    assert first.width * POINT == pytest.approx(20)


def test_word_spacing_widens_the_single_byte_blank_alone() -> None:
    pdf = pikepdf.new()
    page = add_page(pdf, Sheet().raw("BT /F2 10 Tf 5 Tw 0 100 Td (A B) Tj ET"))
    page.obj.Resources.Font.F2 = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier, Encoding=Name.WinAnsiEncoding
    )
    file = io.BytesIO()
    pdf.save(file)
    ((a, blank, b),) = shown(file.getvalue()).strings
    assert (blank.x - a.x) * POINT == pytest.approx(6)
    assert (b.x - blank.x) * POINT == pytest.approx(11)


def test_raised_text_keeps_its_rise() -> None:
    found = drawn("BT /F1 10 Tf 0 100 Td 5 Ts <0003> Tj ET")
    assert spots(found) == [("张", 0.0, round(200 - 105 / POINT, 2))]


@pytest.mark.parametrize(
    ("matrix", "way"),
    [
        ("1 0 0 1", UPRIGHT),
        ("0 -1 1 0", DOWNWARD),
        ("-1 0 0 -1", TURNED),
        ("0 1 -1 0", UPWARD),
        ("0.7 0.7 -0.7 0.7", SLANTED),
    ],
)
def test_the_way_of_writing_is_told(matrix: str, way: int) -> None:
    found = drawn(f"BT /F1 10 Tf {matrix} 100 100 Tm <00030003> Tj ET")
    assert {glyph.way for string in found.strings for glyph in string} == {way}


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90, 450])
def test_a_turned_page_is_read_as_it_is_seen(turn: int) -> None:
    matrices = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}
    found = drawn(f"BT /F1 10 Tf {matrices[turn % 360]} 100 200 Tm <0003> Tj ET", Rotate=turn)
    ((glyph,),) = found.strings
    assert glyph.way == UPRIGHT
    assert (found.width, found.height) == pytest.approx((200, 100) if turn % 180 else (100, 200))
    assert (glyph.x * POINT, glyph.y * POINT) == pytest.approx(
        {
            0: (100, 200 * POINT - 200),
            90: (200, 100),
            180: (100 * POINT - 100, 200),
            270: (200 * POINT - 200, 100 * POINT - 100),
        }[turn % 360],
        abs=0.01,
    )


def test_places_count_from_the_visible_corner() -> None:
    boxes = {"MediaBox": Array([-50, -50, 350, 650]), "CropBox": Array([50, 0, 400, 500])}
    found = drawn("BT /F1 10 Tf 100 400 Td <0003> Tj ET", **boxes)
    assert spots(found) == [("张", round(50 / POINT, 2), round(100 / POINT, 2))]
    assert (found.width * POINT, found.height * POINT) == pytest.approx((300, 500))


def test_a_crop_box_beside_the_page_is_not_looked_at() -> None:
    found = drawn("", MediaBox=Array([0, 0, 300, 500]), CropBox=Array([400, 0, 500, 500]))
    assert (found.width * POINT, found.height * POINT) == pytest.approx((300, 500))


def test_units_of_the_user_count() -> None:
    found = drawn("BT /F1 10 Tf 10 20 Td <0003> Tj ET", UserUnit=2, MediaBox=Array([0, 0, 100, 100]))
    assert spots(found) == [("张", round(20 / POINT, 2), round(160 / POINT, 2))]


def test_text_that_paints_nothing_is_counted_and_not_shown() -> None:
    found = drawn("BT /F1 10 Tf 3 Tr 0 100 Td <00030004> Tj 0 Tr <0004> Tj ET")
    assert text(found) == "A"
    assert found.unseen == 2


def test_restoring_the_state_restores_the_font() -> None:
    assert text(drawn("BT /F1 10 Tf q /F9 5 Tf Q 0 100 Td <0003> Tj ET")) == "张"


def test_text_in_a_font_that_is_missing_is_unreadable_and_not_lost() -> None:
    assert text(drawn("BT /F9 10 Tf 0 100 Td (AB) Tj ET")) == "\ufffd\ufffd"


def test_operands_of_the_wrong_kind_do_no_harm() -> None:
    assert text(drawn("(x) /y cm q [1] w /F1 Tf BT /F1 10 Tf 1 Td 0 100 Td 5 Tj <0003> Tj ET Q Q Q re S")) == "张"


def rules(found: Shown) -> list[tuple[bool, float, float, float]]:
    return [
        (rule.level, round(rule.at * POINT, 1), round(rule.start * POINT, 1), round(rule.end * POINT, 1))
        for rule in found.rules
    ]


def test_stroked_lines_are_rules() -> None:
    top = 200 * POINT
    found = rules(drawn("10 10 m 60 10 l 60 50 l s 0 0 m 30 30 l S"))
    assert found == [(True, round(top - 10, 1), 10.0, 60.0), (False, 60.0, round(top - 50, 1), round(top - 10, 1))]


def test_thin_filled_rectangles_are_rules_and_broad_ones_are_not() -> None:
    assert [(level, start, end) for level, _, start, end in rules(drawn("10 10 50 0.5 re f* 10 10 50 50 re f"))] == [
        (True, 10.0, 60.0)
    ]


@pytest.mark.parametrize("operations", ["10 10 50 0.5 re W n", "10 10 m 60 10 l n", "1 1 1 rg 10 10 50 0.5 re f"])
def test_what_is_not_painted_or_white_is_no_rule(operations: str) -> None:
    assert rules(drawn(operations)) == []


def test_curves_are_counted_and_draw_no_rules() -> None:
    found = drawn("0 0 m 10 10 20 10 30 0 c 30 0 l S")
    assert found.curves == 1
    assert found.rules == []


def in_form(content: str, **entries: object) -> tuple[pikepdf.Pdf, Sheet]:
    """Draw a form XObject with this content by `/X Do`."""
    pdf = pikepdf.new()
    sheet = Sheet(signs={"张": 3})
    form = pdf.make_stream(content.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 500, 500]))
    for key, value in entries.items():
        form[f"/{key}"] = value
    form = pdf.make_indirect(form)
    sheet.resources["XObject"] = Dictionary(X=form)
    return pdf, sheet


def test_a_form_is_drawn_with_its_matrix_and_leaves_the_state_alone() -> None:
    pdf, sheet = in_form("BT /F1 10 Tf 0 0 Td <0003> Tj ET q q", Matrix=Array([1, 0, 0, 1, 72, 72]))
    sheet.raw("q 1 0 0 1 72 72 cm /X Do Q BT /F1 10 Tf 36 36 Td <0003> Tj ET")
    found = spots(shown(pdf_of(sheet, pdf=pdf)))
    assert found == [("张", 50.8, round(297 - 50.8, 2)), ("张", 12.7, round(297 - 12.7, 2))]


def test_a_form_that_draws_itself_is_drawn_once() -> None:
    pdf, sheet = in_form("BT /F1 10 Tf 0 0 Td <0003> Tj ET /X Do")
    sheet.resources["XObject"].X.Resources = Dictionary(
        XObject=Dictionary(X=sheet.resources["XObject"].X), Font=Dictionary(F1=font(pdf, sheet.signs))
    )
    assert text(shown(pdf_of(sheet.raw("/X Do"), pdf=pdf))) == "张"


def test_forms_that_multiply_run_into_the_limit() -> None:
    pdf = pikepdf.new()
    below = pdf.make_stream(b"q Q " * 50, Subtype=Name.Form)
    for _ in range(9):
        below = pdf.make_stream(b"/X Do " * 9, Subtype=Name.Form, Resources=Dictionary(XObject=Dictionary(X=below)))
    sheet = Sheet(resources={"XObject": Dictionary(X=below)})
    with pytest.raises(TooComplexError):
        shown(pdf_of(sheet.raw("/X Do"), pdf=pdf))


def test_forms_nested_deeper_than_any_program_does_are_refused_and_not_left_out() -> None:
    pdf = pikepdf.new()
    form = pdf.make_stream(b"", Subtype=Name.Form)
    for _ in range(20):
        form = pdf.make_stream(b"/X Do", Subtype=Name.Form, Resources=Dictionary(XObject=Dictionary(X=form)))
    sheet = Sheet(resources={"XObject": Dictionary(X=form)})
    with pytest.raises(TooComplexError, match="forms"):
        shown(pdf_of(sheet.raw("/X Do"), pdf=pdf))


def test_states_saved_without_end_are_refused() -> None:
    with pytest.raises(TooComplexError, match="states"):
        drawn("q " * 3000)


def test_a_layer_that_is_switched_off_is_not_read() -> None:
    pdf = pikepdf.new()
    layers = [pdf.make_indirect(Dictionary(Type=Name.OCG, Name=b"x")) for _ in range(2)]
    pdf.Root.OCProperties = Dictionary(OCGs=Array(layers), D=Dictionary(OFF=Array([layers[0]])))
    both = Dictionary(Type=Name.OCMD, OCGs=Array(layers))
    sheet = Sheet(signs={"张": 3, "三": 4, "李": 5, "四": 6})
    sheet.resources["Properties"] = Dictionary(L0=layers[0], L1=layers[1], L2=both)
    sheet.raw("BT /F1 10 Tf 0 100 Td /OC /L0 BDC <0003> Tj /Span BMC <0004> Tj EMC EMC")
    sheet.raw("/OC /L1 BDC <0005> Tj EMC /OC /L2 BDC <0006> Tj EMC ET")
    found = shown(pdf_of(sheet, pdf=pdf))
    assert text(found) == "李四"
    assert found.unseen == 2


def test_a_mark_explains_characters_that_the_font_leaves_unexplained() -> None:
    found = drawn("BT /F1 10 Tf 0 100 Td /Span <</ActualText <FEFF4E094E09>>> BDC <00090009> Tj EMC <0003> Tj ET")
    assert text(found) == "三三张"


def test_a_mark_does_not_contradict_what_is_shown() -> None:
    assert text(drawn("BT /F1 10 Tf 0 100 Td /Span <</ActualText <FEFF674E>>> BDC <0003> Tj EMC ET")) == "张"


def test_vertical_writing_goes_down_a_character_at_a_time() -> None:
    pdf = pikepdf.new()
    sheet = Sheet(signs={"张": 3, "三": 4})
    page = add_page(pdf, sheet.raw("BT /F1 10 Tf 100 500 Td <0003> Tj <0004> Tj ET"))
    page.obj.Resources.Font.F1 = font(pdf, sheet.signs, Encoding=Name("/Identity-V"))
    file = io.BytesIO()
    pdf.save(file)
    ((first,), (second,)) = shown(file.getvalue()).strings
    assert (first.text, second.text, first.way) == ("张", "三", STACKED)
    assert first.x * POINT == pytest.approx(95)
    assert (second.y - first.y) * POINT == pytest.approx(10)


def test_pictures_are_placed_and_inline_ones_too() -> None:
    pdf = pikepdf.new()
    image = pdf.make_stream(b"\0", Subtype=Name.Image, Width=1, Height=1, ColorSpace=Name.DeviceGray)
    sheet = Sheet(resources={"XObject": Dictionary(Im=image)})
    sheet.raw("q 72 0 0 36 100 100 cm /Im Do Q q 10 0 0 10 0 0 cm BI /W 1 /H 1 ID x EI Q")
    found = shown(pdf_of(sheet, pdf=pdf)).images
    assert [image.stream is None for image in found] == [False, True]
    assert found[0].box[2:] == pytest.approx((25.4, 12.7))
