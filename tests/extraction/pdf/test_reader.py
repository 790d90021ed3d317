"""Whole PDFs of several programs, read into the neutral document."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Literal

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from formsvc.extraction.document import Document, Paragraph
from formsvc.extraction.pdf.errors import (
    GLYPHS,
    OPERATORS,
    PAGES,
    DamagedPdfError,
    EncryptedPdfError,
    TooComplexError,
    TooManyPagesError,
)
from formsvc.extraction.pdf.reader import read_pdf
from tests.extraction.pdf.sheets import Sheet, add_page, pdf_of
from tests.extraction.pdf.views import FOLDER, cells, grid, read, sheets_read, tables, texts

PLEDGES = [
    "1、带头学习，每季度参加不少于2次集中学习，撰写心得体会文章4篇以上，并在支部内作交流发言。",
    "2、走访结对户12户，办好实事3件，联系电话13800000000保持24小时畅通，做到件件有回音。",
    "3、热心公益。",
    "4、参加志愿服务，全年不少于30小时；通过E-mail: zhang.san_2011@example-community.cn收集意见，自觉接受监督。",
]
MEMBER = {
    (0, 0): ["姓名"],
    (0, 1): ["欧阳㛃犇"],
    (0, 2): ["性别"],
    (0, 3): ["女"],
    (0, 4): ["年龄"],
    (0, 5): ["43"],
    (0, 6): ["入党年月"],
    (0, 7): ["1998年7月"],
    (1, 0): ["单位及职务"],
    (1, 2): ["城西社区党支部宣传委员、综合治理办公室主任兼网格员"],
    (2, 1): PLEDGES,
    (3, 0): ["承诺人（手写签名）：", "2011年2月18日"],
    (3, 4): ["党组织审核：", "同意承诺，望认真履行。", "（盖章）", "2011年2月21日"],
    (4, 0): ["监督电话"],
    (4, 1): ["0574-62700000、13800000000"],
    (4, 4): ["监督邮箱"],
    (4, 6): ["zhang.san_community@example.com.cn"],
}
ORGANISATION = {
    (0, 0): ["党（总）支部名称"],
    (0, 2): ["城西街道阳光社区党总支部委员会"],
    (1, 1): [
        "一、围绕“十二五”规划，推进美丽社区建设，新增停车位120个，改造老旧管网3.5公里，年内完成率达到100%。",
        "二、建立党员责任区，实行网格化管理，做到小事不出网格、大事不出社区。",
        "（三）开展“双强争先”活动。",
        "（盖章）",
        "2011年2月18日",
    ],
    (2, 1): [
        "经审核，承诺事项符合科学发展观要求，体现先进性，有利于工作，同意公示。",
        "（盖章）",
        "二○一一年二月二十一日",
    ],
}
NOTE_OF_MEMBER = "备注：承诺书一式四份。党员个人存一份，工作和居住地党组织各存一份，公示一份。"
NOTE_OF_ORGANISATION = "备注：承诺书一式三份。党（总）支部存一份，上一级党组织存一份，公示一份。"


@pytest.mark.parametrize("name", ["libreoffice-annex2.pdf", "typst-annex2.pdf"])
def test_a_members_form_is_read_exactly(name: str) -> None:
    document = read(name)
    found = grid(document)
    assert "".join("".join(found.pop((2, 0))).split()) == "公开承诺事项"
    assert found == MEMBER
    assert texts(document) == ["附件2：", "2011年度党员公开承诺书", NOTE_OF_MEMBER]
    assert document.is_typed
    assert document.pages == 1


@pytest.mark.parametrize("name", ["libreoffice-annex1.pdf", "cairo-annex1.pdf"])
def test_an_organisations_form_is_read_exactly(name: str) -> None:
    document = read(name)
    found = grid(document)
    labels = ["".join("".join(found.pop(place)).split()) for place in ((1, 0), (2, 0))]
    assert labels == ["公开承诺事项", "上一级党组织审定意见"]
    assert found == ORGANISATION
    assert texts(document) == ["附件1：", "2011年度基层党组织公开承诺书", NOTE_OF_ORGANISATION]


def test_object_streams_change_nothing() -> None:
    packed = io.BytesIO()
    with pikepdf.open(FOLDER / "libreoffice-annex1.pdf") as pdf:
        pdf.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert read_pdf(packed.getvalue()).blocks == read("libreoffice-annex1.pdf").blocks


def test_a_table_and_a_row_that_run_on_over_the_page_stay_whole() -> None:
    document = read("libreoffice-two-pages.pdf")
    found = cells(document)
    pledges = found[(2, 1)].paragraphs
    assert len(pledges) == 10
    assert pledges[5] == (
        "（六）深入联系群众，了解社情民意，及时帮助解决实际困难，做到有求必应、有诺必践、有责必担，坚持每月走访"
        "不少于6次，年终向支部大会报告完成情况，自觉接受监督和评议。"
    )
    assert found[(2, 1)].page is None
    assert found[(4, 6)].page == 2
    assert list(found[(4, 6)].paragraphs) == ["zhang.san_community@example.com.cn"]
    assert document.pages == 2


def test_cells_and_paragraphs_know_their_places() -> None:
    document = read("libreoffice-annex2.pdf")
    title = next(block for block in document.blocks if isinstance(block, Paragraph) and "年度" in block.text)
    assert title.page == 1
    assert title.box == pytest.approx((61.7, 47.5, 88.6, 7.8), abs=0.2)
    assert cells(document)[(0, 1)].box == pytest.approx((52.0, 59.0, 22.0, 14.9), abs=1.0)
    assert tables(document)[0].page == 1


def test_values_typed_into_a_fillable_form_are_read_from_the_fields() -> None:
    document = read("pdfium-filled.pdf")
    tagged = {tag.key: tag.paragraphs for cell in cells(document).values() for tag in cell.tagged}
    assert tagged == {
        "name": ("欧阳㛃犇",),
        "sex": (),
        "age": ("43",),
        "joined": ("1998.7",),
        "unit_post": ("城西社区党支部书记",),
        "pledges": ("1、带头学习，走访困难户。", "2、热心公益。"),
        "phone": ("13800000000",),
        "email": ("zhang@example.cn",),
    }
    title = next(block for block in document.blocks if isinstance(block, Paragraph) and block.tagged)
    assert title.tagged[0].key == "year"
    assert "".join(title.text.split()) == "2011年度党员公开承诺书"
    assert document.properties["formsvc.template"] == "annex2/1/-/-"


def a_form() -> Sheet:
    sheet = Sheet().text(60, 50, "2011年度党员公开承诺书", 22).table([28, 52, 184], [60, 72, 120])
    return sheet.text(30, 68, "姓名").text(54, 68, "张三").text(54, 90, "1、带头学习。")


def with_picture(sheet: Sheet, box: tuple[float, float, float, float], pdf: pikepdf.Pdf) -> Sheet:
    """Draw a grey picture at x, y, width and height in mm."""
    x, y, width, height = box
    image = pdf.make_stream(b"\x80" * 64, Width=8, Height=8, BitsPerComponent=8, ColorSpace=Name.DeviceGray)
    image.Type, image.Subtype = Name.XObject, Name.Image
    sheet.resources["XObject"] = Dictionary(Im0=image)
    scale = 72 / 25.4
    return sheet.raw(f"q {width * scale} 0 0 {height * scale} {sheet.place(x, y + height)} cm /Im0 Do Q")


def test_a_scan_gives_no_text_and_is_not_typed() -> None:
    pdf = pikepdf.new()
    document = read_pdf(pdf_of(with_picture(Sheet(), (0, 0, 210, 297), pdf), pdf=pdf))
    assert not document.is_typed
    assert document.blocks == ()


def test_recognised_text_under_a_scan_is_no_typed_text() -> None:
    pdf = pikepdf.new()
    sheet = with_picture(Sheet(), (0, 0, 210, 297), pdf).raw("3 Tr").text(30, 50, "姓名张三")
    document = read_pdf(pdf_of(sheet, pdf=pdf))
    assert not document.is_typed
    assert document.blocks == ()


def test_text_drawn_under_a_page_wide_picture_is_not_read_either() -> None:
    pdf = pikepdf.new()
    document = read_pdf(pdf_of(with_picture(a_form(), (0, 0, 210, 297), pdf), pdf=pdf))
    assert not document.is_typed
    assert document.blocks == ()


def test_a_file_of_typed_and_scanned_pages_is_marked_and_keeps_its_text() -> None:
    pdf = pikepdf.new()
    document = read_pdf(pdf_of(a_form(), with_picture(Sheet(), (0, 0, 210, 297), pdf), pdf=pdf))
    assert not document.is_typed
    assert grid(document)[(0, 1)] == ["张三"]


def test_a_small_picture_stands_in_its_cell_and_the_form_stays_typed() -> None:
    pdf = pikepdf.new()
    document = read_pdf(pdf_of(with_picture(a_form(), (54, 95, 30, 20), pdf), pdf=pdf))
    (picture,) = cells(document)[(1, 1)].pictures
    assert picture.media_type == "image/png"
    assert (picture.width, picture.height) == pytest.approx((30, 20))
    assert picture.after == 1
    assert document.is_typed


def test_a_picture_outside_of_tables_is_left_alone() -> None:
    pdf = pikepdf.new()
    document = read_pdf(pdf_of(with_picture(a_form(), (10, 10, 30, 20), pdf), pdf=pdf))
    assert document.is_typed
    assert not any(cell.pictures for cell in cells(document).values())


def test_text_turned_into_outlines_is_a_picture_of_text() -> None:
    outlines = ["10 10 m 20 20 30 20 40 10 c f"] * 40
    assert not sheets_read(Sheet().raw(*outlines)).is_typed


def test_an_empty_page_says_nothing_about_the_others() -> None:
    document = sheets_read(a_form(), Sheet())
    assert document.is_typed
    assert document.pages == 2


def test_text_that_no_font_explains_is_marked_sign_by_sign() -> None:
    pdf = pikepdf.new()
    sheet = a_form()
    sheet.raw("BT /F2 14 Tf 1 0 0 1 200 600 Tm <00010002> Tj ET")
    page = add_page(pdf, sheet)
    below = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, DW=1000)
    page.obj.Resources.Font.F2 = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, Encoding=Name("/Identity-H"), DescendantFonts=Array([below])
    )
    file = io.BytesIO()
    pdf.save(file)
    document = read_pdf(file.getvalue())
    assert "\ufffd\ufffd" in grid(document)[(1, 1)]
    assert document.is_typed


def test_a_file_whose_fonts_explain_nothing_waits_like_a_scan() -> None:
    pdf = pikepdf.new()
    page = add_page(pdf, a_form())
    del page.obj.Resources.Font.F1.ToUnicode
    file = io.BytesIO()
    pdf.save(file)
    document = read_pdf(file.getvalue())
    assert not document.is_typed
    assert document.blocks == ()


def rewritten(change: Callable[[pikepdf.Pdf], None], **save: Any) -> bytes:
    """Return a form after a change to its objects."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_of(a_form()))) as pdf:
        change(pdf)
        pdf.save(file, **save)
    return file.getvalue()


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:Identifier><rdf:Bag>
<rdf:li>formsvc:template=other</rdf:li><rdf:li>formsvc:office=A&amp;B</rdf:li>
</rdf:Bag></xmp:Identifier></rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_properties_of_the_file_come_from_info_and_xmp() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.trailer.Info = pdf.make_indirect(Dictionary({"/formsvc.template": b"annex2/1/2011/000123", "/Title": b"x"}))
        pdf.Root.Metadata = pdf.make_stream(XMP.encode(), Type=Name.Metadata, Subtype=Name.XML)

    found = read_pdf(rewritten(change)).properties
    assert found == {"formsvc.template": "annex2/1/2011/000123", "formsvc.office": "A&B"}


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_file_that_only_forbids_copying_is_read(revision: Literal[2, 3, 4, 6]) -> None:
    data = rewritten(
        lambda _: None,
        encryption=pikepdf.Encryption(owner="x", user="", R=revision, aes=revision >= 4, metadata=revision >= 4),
    )
    assert grid(read_pdf(data))[(0, 1)] == ["张三"]


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_file_with_a_password_asks_for_it(revision: Literal[2, 3, 4, 6]) -> None:
    locked = pikepdf.Encryption(owner="x", user="y", R=revision, aes=revision >= 4, metadata=revision >= 4)
    with pytest.raises(EncryptedPdfError):
        read_pdf(rewritten(lambda _: None, encryption=locked))


def without_content(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Contents = pdf.make_indirect(Dictionary())


def broken_content(pdf: pikepdf.Pdf) -> None:
    data = zlib.compress(b"BT " * 5000)
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, data[: len(data) // 2], Filter=Name.FlateDecode)


@pytest.mark.parametrize("change", [without_content, broken_content])
def test_half_a_page_is_never_taken_for_the_page(change: Callable[[pikepdf.Pdf], None]) -> None:
    keep: dict[str, Any] = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}
    with pytest.raises(DamagedPdfError):
        read_pdf(rewritten(change, **keep))


def test_a_lost_page_is_damage() -> None:
    data = pdf_of(a_form(), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert data.count(b"/Count 1") == 1
    with pytest.raises(DamagedPdfError):
        read_pdf(data.replace(b"/Count 1", b"/Count 2"))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n", b"%PDF-1.7\n%%EOF\n", b"\0" * 4096])
def test_what_is_no_pdf_is_damaged(data: bytes) -> None:
    with pytest.raises(DamagedPdfError):
        read_pdf(data)


@pytest.mark.parametrize("size", [100, 1000, 5000, 20000])
def test_a_cut_off_file_is_damaged(size: int) -> None:
    with pytest.raises(DamagedPdfError):
        read_pdf((FOLDER / "libreoffice-annex1.pdf").read_bytes()[:size])


def test_more_pages_than_any_form_has_are_too_many() -> None:
    with pytest.raises(TooManyPagesError) as caught:
        read_pdf(pdf_of(*[Sheet()] * (PAGES + 1)))
    assert caught.value.count == PAGES + 1


def test_a_drawing_of_millions_of_strokes_is_too_complex() -> None:
    with pytest.raises(TooComplexError, match="operators"):
        sheets_read(Sheet().raw("x " * (OPERATORS + 256)))


@pytest.mark.parametrize(("mode", "is_too_much"), [(3, False), (0, True)])
def test_text_a_scanner_laid_over_its_pages_weighs_less(mode: int, *, is_too_much: bool) -> None:
    line = f"[{Sheet().codes('A' * 1000)}] TJ "
    sheet = Sheet().text(20, 20, "A").raw(f"BT {mode} Tr /F1 8 Tf " + line * (GLYPHS // 1000 + 1) + "ET")
    with pytest.raises(TooComplexError, match="characters") if is_too_much else nullcontext():
        sheets_read(sheet)


def test_a_content_stream_that_inflates_without_end_is_too_complex() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        engine = zlib.compressobj(9)
        data = b"".join(engine.compress(b" " * (1 << 20)) for _ in range(80)) + engine.flush()
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, data, Filter=Name.FlateDecode)

    keep: dict[str, Any] = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}
    with pytest.raises(TooComplexError, match="content"):
        read_pdf(rewritten(change, **keep))


def test_the_package_can_be_imported_without_the_pdf_library() -> None:
    code = "import sys, formsvc.extraction, formsvc.extraction.document; sys.exit('pypdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_reading_twice_gives_the_same_document() -> None:
    first: Document = read("typst-annex2.pdf")
    assert first == read("typst-annex2.pdf")
