"""PDF files: valid PDF/A-2b, exact text, exact places, the same bytes every time."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import page as validator
import pikepdf
import pikepdf.pdfa
import pypdf
import pypdfium2
import pytest
from PIL import Image

from formsvc.errors import NoGlyphError
from formsvc.rendering.fonts import Fonts, Role, bundled_fonts
from formsvc.rendering.lines import Paragraph, fit
from formsvc.rendering.marks import (
    BLACK,
    POINTS_A_MM,
    WHITE,
    Box,
    Mark,
    Picture,
    Raster,
    Rule,
    Squares,
    Text,
    texts_of_block,
)
from formsvc.rendering.metadata import Metadata
from formsvc.rendering.pdf import Document, Layer, Page, write

RARE = "㛃䶮堃喆犇𠅤𬭎"
PLEDGE = f"一、{RARE}带头参加“美丽乡村”建设，完成村口至渚山桥1.2公里道路绿化的组织工作（6月底前），电话0574-62000000。"
BEIJING = dt.timezone(dt.timedelta(hours=8))
ABOUT = Metadata("承诺书", dt.datetime(2011, 2, 25, 9, 30, tzinfo=BEIJING))
GREY = Raster(width=2, height=2, bits=8, channels=1, samples=bytes([0, 255, 255, 0]))
RED = Raster(width=1, height=1, bits=8, channels=3, samples=bytes([255, 0, 0]))
BITS = Raster(width=9, height=1, bits=1, channels=1, samples=b"\x0f\x7f")


def a_document(*marks: Mark, metadata: Metadata = ABOUT) -> Document:
    return Document((Page((Layer(marks),)),), metadata)


def written(*marks: Mark, metadata: Metadata = ABOUT) -> bytes:
    return write([a_document(*marks, metadata=metadata)], bundled_fonts())[0]


def everything() -> tuple[Mark, ...]:
    advance = bundled_fonts().advance(Role.BODY)
    block = fit([Paragraph(PLEDGE, 2)], width=200, height=200, size=14, leading=1.6, minimum=9, advance=advance)
    return (
        *texts_of_block(block, x=30, y=60),
        Text(30, 30, "附件2", 16, Role.HEADS),
        Text(30, 45, "2011年度党员公开承诺书", 22, Role.TITLE, colour=(0.8, 0, 0)),
        Text(30, 55, "", 14),
        Box(20, 20, 170, 200, 1.5),
        Box(12, 12, 5, 5, 0, BLACK),
        Box(12, 280, 5, 5, 0.5, WHITE, (0, 0, 1)),
        Box(12, 270, 5, 5, 0),
        Rule(20, 80, 190, 80, colour=(0.5, 0.5, 0.5)),
        Squares(170, 25, 0.5, ("## #", "#  #")),
        Picture(150, 150, 20, 20, GREY),
        Picture(150, 180, 20, 20, RED),
        Picture(150, 210, 20, 5, BITS),
    )


RICH = Metadata(
    "承诺书 & <附件>",
    dt.datetime(2011, 2, 25, tzinfo=dt.UTC),
    author="开元村党支部 (总支)",
    subject="第2份",
    keywords=("2011", "承诺"),
    properties={"record": "7f3c9a0b12de", "copy": "2/4"},
)


def findings(file: bytes) -> list[str]:
    """What two independent validators have against a file as PDF/A-2b."""
    theirs = validator.validate_pdf_bytes(file, profile=validator.ValidationProfile.PDF_A_2B)
    assert theirs.rules.total > 100
    ours = pikepdf.pdfa.validate_written(BytesIO(file), "2b").findings
    with pikepdf.open(BytesIO(file)) as opened:
        advised = pikepdf.pdfa.check(opened, "2b").findings
    return [*map(str, theirs.failures), *map(str, ours), *map(str, advised)]


@pytest.mark.parametrize("metadata", [ABOUT, RICH], ids=["plain", "rich"])
def test_a_file_with_everything_on_it_is_pdf_a_2b(metadata: Metadata) -> None:
    assert findings(written(*everything(), metadata=metadata)) == []


def test_an_empty_page_is_pdf_a_2b() -> None:
    assert findings(written()) == []


def test_the_validators_would_see_a_fault() -> None:
    faulty = BytesIO()
    with pikepdf.open(BytesIO(written(*everything()))) as opened:
        opened.Root.OutputIntents[0].S = pikepdf.Name("/GTS_PDFX1")
        opened.save(faulty)
    assert findings(faulty.getvalue()) != []


def test_every_character_comes_back_as_it_was_drawn() -> None:
    rows = [PLEDGE, f"{RARE}，·——……“‘’”", "kaiyuan@example.cn 0574-62000000", "⼈人"]
    file = written(*(Text(20, 20 + 10 * row, text, 10) for row, text in enumerate(rows)))
    assert text_of(file).splitlines() == rows


def test_what_is_never_seen_comes_back_and_leaves_no_mark() -> None:
    file = written(Text(20, 20, "张\U000e0100三\u200d，葛\ufe00", 14))
    assert text_of(file) == "张\U000e0100三\u200d，葛\ufe00"
    assert findings(file) == []
    assert shown(file).tobytes() == shown(written(Text(20, 20, "张三，葛", 14))).tobytes()


def text_of(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(file)).pages)


@pytest.mark.parametrize("width", [100, 150, 200, 300, 450])
def test_set_text_comes_back_without_the_white_between_its_scripts(width: float) -> None:
    advance = bundled_fonts().advance(Role.BODY)
    block = fit([Paragraph(PLEDGE, 2)], width=width, height=900, size=14, leading=1.6, minimum=9, advance=advance)
    assert text_of(written(*texts_of_block(block, x=20, y=20))).replace("\n", "") == PLEDGE


def test_justified_lines_end_where_they_should_on_the_page() -> None:
    advance = bundled_fonts().advance(Role.BODY)
    text = "党员公开承诺书" * 20 + "2011年度" + "党员公开承诺书" * 5
    block = fit([Paragraph(text)], width=400.3, height=900, size=14, leading=1.6, minimum=9, advance=advance)
    page = pypdfium2.PdfDocument(written(*texts_of_block(block, x=20, y=20)))[0].get_textpage()
    ends = [place - 1 for place, character in enumerate(page.get_text_range()) if character == "\r"]
    assert len(ends) == len(block.lines) - 1
    edges = [page.get_charbox(place, loose=True)[2] for place in ends]
    assert edges == pytest.approx([20 * POINTS_A_MM + 400.3] * len(edges), abs=0.1)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert written(*everything()) == written(*everything())


def test_another_date_or_text_gives_another_file_id() -> None:
    later = Metadata(ABOUT.title, ABOUT.date + dt.timedelta(days=1))
    files = written(Text(20, 20, "张三", 14)), written(Text(20, 20, "李四", 14)), written(metadata=later), written()
    assert len({identity_of(file) for file in files}) == 4


def identity_of(file: bytes) -> bytes:
    with pikepdf.open(BytesIO(file)) as opened:
        return bytes(opened.trailer["/ID"][0])


def test_copies_written_together_share_their_fonts() -> None:
    form = Layer((Text(20, 20, "承诺书", 14),))
    copies = [Document((Page((form, Layer((Text(20, 10, role, 9),)))),), ABOUT) for role in ("本人", "工作地")]
    first, second = write(copies, bundled_fonts())
    assert (text_of(first), text_of(second)) == ("承诺书\n本人", "承诺书\n工作地")
    assert fonts_of_file(first) == fonts_of_file(second)
    assert len(fonts_of_file(first)) == 2


def fonts_of_file(file: bytes) -> list[bytes]:
    with pikepdf.open(BytesIO(file)) as opened:
        objects = [one for one in opened.objects if isinstance(one, pikepdf.Stream)]
        return [bytes(one.read_bytes()) for one in objects if one.get("/Subtype") == "/CIDFontType0C"] + [
            bytes(one.read_bytes()) for one in objects if b"begincmap" in bytes(one.read_bytes())
        ]


def test_a_copy_written_by_itself_holds_nothing_of_the_others() -> None:
    shared = Layer((Text(20, 20, "承诺书", 14),))
    secret = Document((Page((shared, Layer((Text(20, 30, "犇𬭎", 14),)))),), ABOUT)
    public = Document((Page((shared,)),), ABOUT)
    fonts = bundled_fonts()
    write([secret], fonts)
    posted = write([public], fonts)[0]
    assert posted == write([Document((Page((Layer(shared.marks),)),), ABOUT)], fonts)[0]
    programs = b"".join(fonts_of_file(posted))
    assert f"{ord('承'):04X}".encode() in programs
    assert f"{ord('犇'):04X}".encode() not in programs


def test_a_character_no_face_has_stops_the_writing() -> None:
    with pytest.raises(NoGlyphError) as caught:
        written(Text(20, 20, "张\ue000三", 14))
    assert caught.value.params == {"character": "\ue000"}


def shown(file: bytes) -> Image.Image:
    """The first page at ten pixels a millimetre."""
    image: Image.Image = pypdfium2.PdfDocument(file)[0].render(scale=10 / POINTS_A_MM).to_pil()
    return image.convert("RGB")


def colour_at(page: Image.Image, x: float, y: float) -> object:
    """The colour at a place in millimetres."""
    return page.getpixel((int(x * 10), int(y * 10)))


def test_marks_stand_at_their_millimetres_from_the_top_left() -> None:
    page = shown(
        written(
            Box(10, 20, 5, 4, 0, (1, 0, 0)),
            Rule(30, 50, 60, 50, width=2),
            Squares(100, 100, 2, ("# #", " # ")),
            Picture(100, 150, 10, 10, GREY),
            Picture(150, 150, 10, 10, RED),
            Picture(100, 200, 18, 2, BITS),
        )
    )
    expected: dict[tuple[int, int, int], list[tuple[float, float]]] = {
        (255, 0, 0): [(10.2, 20.2), (14.8, 23.8), (155, 155)],
        (0, 0, 0): [(30.2, 50), (59.8, 50), (101, 101), (105, 101), (103, 103), (101, 151), (101, 201), (117, 201)],
        (255, 255, 255): [(9.8, 20), (15.2, 22), (45, 51), (103, 101), (101, 103), (109, 151), (101, 159), (111, 201)],
    }
    wrong = [place for colour, places in expected.items() for place in places if colour_at(page, *place) != colour]
    assert wrong == []


def test_later_layers_lie_over_earlier_ones() -> None:
    layers = (Layer((Box(10, 10, 10, 10, 0, BLACK),)), Layer((Box(12, 12, 2, 2, 0, (1, 0, 0)),)))
    file = write([Document((Page(layers),), ABOUT)], bundled_fonts())[0]
    page = shown(file)
    assert (colour_at(page, 13, 13), colour_at(page, 18, 18)) == ((255, 0, 0), (0, 0, 0))


def test_pages_have_the_size_they_are_given() -> None:
    wide = Document((Page((), 297, 210), Page(())), ABOUT)
    reader = pypdf.PdfReader(BytesIO(write([wide], bundled_fonts())[0]))
    sizes = [(float(page.mediabox.width), float(page.mediabox.height)) for page in reader.pages]
    assert sizes == [pytest.approx((841.89, 595.28), abs=0.01), pytest.approx((595.28, 841.89), abs=0.01)]


def test_a_weight_makes_strokes_thicker() -> None:
    def ink(weight: float) -> int:
        page = shown(written(Text(20, 40, "承诺", 40, weight=weight))).convert("L")
        return sum(page.histogram()[:128])

    assert ink(0.04) > 1.3 * ink(0)


def test_a_role_brings_its_own_weight() -> None:
    assert written(Text(20, 40, "承", 40, Role.TITLE)) == written(Text(20, 40, "承", 40, Role.TITLE, weight=0.03))


def test_a_layer_kept_is_drawn_once_for_each_height_and_font_set() -> None:
    song = bundled_fonts().chain(Role.BODY)
    other = Fonts(dict.fromkeys(Role, song))
    layer = Layer((Text(20, 20, "承诺", 14, Role.HEADS),))
    heights = [write([Document((Page((layer,), height=height),), ABOUT)], bundled_fonts())[0] for height in (297, 100)]
    assert heights[0] != heights[1]
    assert write([Document((Page((layer,)),), ABOUT)], other)[0] != heights[0]


@pytest.mark.parametrize(("bits", "channels", "samples"), [(8, 1, b"123"), (2, 1, b"1"), (1, 3, b"1")])
def test_a_raster_that_does_not_hold_its_pixels_is_refused(bits: int, channels: int, samples: bytes) -> None:
    with pytest.raises(ValueError, match=str(len(samples))):
        Raster(2, 2, bits, channels, samples)


def long_one(*pages: str) -> bytes:
    """Return a document whose glyphs are coded by how often they are drawn, a page for each text."""
    some = [Page((Layer((Text(20, 30, text, 14), Text(20, 60, f"{text}。", 22, Role.TITLE))),)) for text in pages]
    return write([Document(tuple(some), ABOUT)], bundled_fonts(), is_long=True)[0]


def test_a_long_document_is_valid_and_its_text_is_what_was_drawn() -> None:
    file = long_one(PLEDGE, "张三", "张三", RARE)
    assert findings(file) == []
    for read in (
        [page.extract_text() for page in pypdf.PdfReader(BytesIO(file)).pages],
        [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file)],
    ):
        assert [text.split() for text in read[1:]] == [["张三", "张三。"], ["张三", "张三。"], [RARE, f"{RARE}。"]]
        assert PLEDGE in "".join(read[0].split())


def test_the_codes_of_a_long_document_tell_nothing_of_the_order_of_its_text() -> None:
    def fonts(file: bytes) -> list[bytes]:
        with pikepdf.open(BytesIO(file)) as opened:
            found = [one for one in opened.objects if isinstance(one, pikepdf.Stream)]
            return sorted(
                one.read_bytes()
                for one in found
                if one.get("/Subtype") == "/CIDFontType0C" or b"begincmap" in one.read_bytes()
            )

    there, back = long_one("承诺书甲乙丙", "乙"), long_one("乙", "丙乙甲书诺承")
    assert fonts(there) == fonts(back)
    assert len(fonts(there)) == 2
