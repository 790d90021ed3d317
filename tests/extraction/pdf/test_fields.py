"""What was filled in over a page."""

from __future__ import annotations

import io

import pikepdf
import pypdf
import pytest
from pikepdf import Array, Dictionary, Name

from formsvc.extraction.document import Document, Paragraph
from formsvc.extraction.pdf.reader import read_pdf
from formsvc.forms.reading import Source
from tests.extraction.pdf.sheets import Sheet, pdf_of
from tests.extraction.pdf.views import cells, grid, sheets_read, texts

BOX = (55.0, 62.0, 60.0, 8.0)


def a_form() -> Sheet:
    sheet = Sheet().text(60, 50, "    年度承诺书", 22).table([28, 52, 184], [60, 72, 120])
    return sheet.text(30, 68, "姓名").text(30, 90, "承诺")


def utf16(text: str) -> pikepdf.String:
    return pikepdf.String(text)


def tags(document: Document) -> dict[str, tuple[str, ...]]:
    found = [tag for cell in cells(document).values() for tag in cell.tagged]
    found += [tag for block in document.blocks if isinstance(block, Paragraph) for tag in block.tagged]
    assert all(tag.source is Source.FORM_FIELD for tag in found)
    return {tag.key: tag.paragraphs for tag in found}


def test_a_value_is_tagged_and_stands_in_its_cell() -> None:
    document = sheets_read(a_form().field("name", utf16("欧阳㛃犇𠀀"), BOX))
    assert tags(document) == {"name": ("欧阳㛃犇𠀀",)}
    assert grid(document)[(0, 1)] == ["欧阳㛃犇𠀀"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"\xfe\xff" + "张三".encode("utf-16-be"), "张三"),
        (b"\xff\xfe" + "张三".encode("utf-16-le"), "张三"),
        (b"\xef\xbb\xbf" + "张三".encode(), "张三"),
        (b"Li \x84 \xe9\xa0", "Li — é€"),
        ("张三".encode("gbk"), "��"),
        ("13800 张三".encode("gbk"), "13800 ��"),
    ],
)
def test_text_strings_are_decoded_as_their_marks_say(value: bytes, text: str) -> None:
    assert tags(sheets_read(a_form().field("name", value, BOX))) == {"name": (text,)}


def test_an_escape_that_names_a_language_is_no_text() -> None:
    value = b"\xfe\xff" + "\x1bzh\x1b张三".encode("utf-16-be")
    assert tags(sheets_read(a_form().field("name", value, BOX))) == {"name": ("张三",)}


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\u2028", "\u2029"])
def test_every_line_of_a_value_is_a_paragraph(end: str) -> None:
    value = utf16(f"1、带头学习{end}2、服务群众{end}{end}")
    document = sheets_read(a_form().field("pledges", value, (55, 75, 120, 40), Ff=1 << 12))
    assert tags(document) == {"pledges": ("1、带头学习", "2、服务群众")}
    assert grid(document)[(1, 1)] == ["1、带头学习", "2、服务群众"]


def test_long_lines_of_a_value_are_never_joined() -> None:
    lines = ["承诺" * 40, "服务" * 40, "学习"]
    document = sheets_read(a_form().field("pledges", utf16("\r".join(lines)), (55, 75, 120, 40), Ff=1 << 12))
    assert grid(document)[(1, 1)] == lines


def test_an_empty_field_is_tagged_and_says_nothing() -> None:
    document = sheets_read(a_form().field("name", None, BOX).field("phone", b"", (55, 80, 60, 8)))
    assert tags(document) == {"name": (), "phone": ()}
    assert grid(document)[(0, 1)] == []


def test_the_year_stands_in_the_title() -> None:
    document = sheets_read(a_form().field("year", b"2011", (60, 43, 15, 9)))
    assert tags(document) == {"year": ("2011",)}
    (title,) = texts(document)
    assert "".join(title.split()) == "2011年度承诺书"


def test_a_field_away_from_all_text_is_a_paragraph_of_its_own() -> None:
    document = sheets_read(a_form().field("year", b"2011", (60, 200, 15, 9)))
    assert [block.text for block in document.blocks if isinstance(block, Paragraph) and block.tagged] == ["2011"]


@pytest.mark.parametrize("name", ["name#2", "name.2", "form[0].page[0].name[0]", "annex.name"])
def test_suffixes_and_parents_do_not_change_the_key(name: str) -> None:
    assert tags(sheets_read(a_form().field(name, utf16("张三"), BOX))) == {"name": ("张三",)}


def test_a_field_below_others_inherits_their_name_type_and_value() -> None:
    pdf = pikepdf.new()
    parent = pdf.make_indirect(Dictionary(T=b"name", FT=Name.Tx, V=utf16("张三")))
    kid = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Parent=parent, T=b"2")
    assert tags(read_pdf(pdf_of(a_form().note(kid, BOX), pdf=pdf))) == {"name": ("张三",)}


def test_a_field_of_somebody_else_is_read_as_text_in_its_cell() -> None:
    document = sheets_read(a_form().field("Text 1", utf16("张三"), BOX))
    assert tags(document) == {}
    assert grid(document)[(0, 1)] == ["张三"]


def test_text_printed_where_a_field_stands_is_not_doubled() -> None:
    document = sheets_read(a_form().text(56, 68, "张三").field("Text 1", utf16("张三"), BOX))
    assert grid(document)[(0, 1)] == ["张三"]


def test_what_is_printed_under_a_value_is_left_as_printed() -> None:
    sheet = a_form().text(56, 68, "年   月   日").field("signed_on", b"2011-02-18", BOX)
    document = sheets_read(sheet)
    assert tags(document) == {"signed_on": ("2011-02-18",)}
    assert grid(document)[(0, 1)] == ["年   月   日"]


def test_lines_to_write_on_do_not_keep_a_value_out() -> None:
    document = sheets_read(a_form().text(56, 68, "________").field("Text 1", utf16("张三"), BOX))
    assert "张三" in "".join(grid(document)[(0, 1)])


@pytest.mark.parametrize("flags", [2, 32])
def test_a_hidden_field_is_not_there(flags: int) -> None:
    assert tags(sheets_read(a_form().field("name", utf16("李四"), BOX, F=flags))) == {}


def test_a_password_is_not_read() -> None:
    assert tags(sheets_read(a_form().field("name", b"x", BOX, Ff=1 << 13))) == {}


def test_a_choice_shows_what_its_options_show() -> None:
    options = Array([Array([b"M", utf16("男")]), Array([b"F", utf16("女")])])
    sheet = a_form().field("sex", b"F", BOX, FT=Name.Ch, Opt=options)
    sheet.field("focus", Array([utf16("学习"), utf16("服务")]), (55, 80, 60, 8), FT=Name.Ch)
    assert tags(sheets_read(sheet)) == {"sex": ("女",), "focus": ("学习", "服务")}


def test_a_value_may_be_a_stream() -> None:
    pdf = pikepdf.new()
    sheet = a_form().field("name", pdf.make_stream("\ufeff张三".encode("utf-16-be")), BOX)
    assert tags(read_pdf(pdf_of(sheet, pdf=pdf))) == {"name": ("张三",)}


def test_check_boxes_show_whether_they_are_on() -> None:
    sheet = a_form().text(60, 68, "男").text(80, 68, "女")
    sheet.field("a", None, (54, 64, 5, 5), FT=Name.Btn, AS=Name.Yes)
    sheet.field("b", None, (74, 64, 5, 5), FT=Name.Btn, AS=Name.Off)
    document = sheets_read(sheet)
    assert "".join("".join(grid(document)[(0, 1)]).split()) == "☑男□女"


def test_the_chosen_one_of_several_buttons_is_the_value() -> None:
    pdf = pikepdf.new()
    parent = pdf.make_indirect(Dictionary(T=b"sex", FT=Name.Btn, Ff=1 << 15, V=Name("/女")))
    sheet = a_form()
    for state, x in (("/Off", 55.0), ("/女", 75.0)):
        kid = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Parent=parent, AS=Name(state))
        sheet.note(kid, (x, 64, 5, 5))
    assert tags(read_pdf(pdf_of(sheet, pdf=pdf))) == {"sex": ("女",)}


def test_text_typed_onto_the_page_is_read_in_its_cell() -> None:
    typed = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Contents=utf16("张三"))
    document = sheets_read(a_form().note(typed, BOX))
    assert grid(document)[(0, 1)] == ["张三"]
    assert document.is_typed


@pytest.mark.parametrize(
    "note",
    [
        Dictionary(Subtype=Name.Stamp),
        Dictionary(Subtype=Name.Ink),
        Dictionary(Subtype=Name.Widget, FT=Name.Sig, V=Dictionary()),
    ],
)
def test_a_stamp_ink_or_a_seal_on_the_page_is_no_typed_text(note: Dictionary) -> None:
    document = sheets_read(a_form().note(note, BOX))
    assert not document.is_typed
    assert grid(document)[(0, 0)] == ["姓名"]


@pytest.mark.parametrize("kind", ["Link", "Highlight", "Popup", "Text"])
def test_other_notes_are_left_alone(kind: str) -> None:
    note = Dictionary(Subtype=Name(f"/{kind}"), Contents=utf16("看这里"))
    document = sheets_read(a_form().note(note, BOX))
    assert document.is_typed
    assert grid(document)[(0, 1)] == []


def test_two_forms_in_one_file_keep_their_own_values() -> None:
    first = a_form().field("name", utf16("张三"), BOX)
    second = a_form().field("name#2", utf16("李四"), BOX)
    document = sheets_read(first, second)
    names = [
        tag.paragraphs[0]
        for block in document.blocks
        if not isinstance(block, Paragraph)
        for cell in block.cells
        for tag in cell.tagged
    ]
    assert names == ["张三", "李四"]


def test_what_pypdf_fills_in_is_read_back() -> None:
    blank = (
        a_form().field("name", None, BOX, DA=b"/Helv 0 Tf 0 g").field("age", None, (55, 80, 60, 8), DA=b"/Helv 9 Tf")
    )
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of(blank)))
    writer.update_page_form_field_values(writer.pages[0], {"name": "欧阳㛃犇", "age": "43"}, auto_regenerate=False)
    file = io.BytesIO()
    writer.write(file)
    assert tags(read_pdf(file.getvalue())) == {"name": ("欧阳㛃犇",), "age": ("43",)}


def test_a_field_that_is_its_own_parent_ends() -> None:
    pdf = pikepdf.new()
    loop = pdf.make_indirect(Dictionary(Subtype=Name.Widget))
    loop.Parent = loop
    sheet = a_form()
    sheet.note(Dictionary(Subtype=Name.Widget, Parent=loop), BOX)
    assert tags(read_pdf(pdf_of(sheet, pdf=pdf))) == {}
