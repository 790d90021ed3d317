"""A Word document becomes what a reader of its page sees."""

from __future__ import annotations

import io
import zipfile

import docx as docx_library
import pytest
from lxml import etree

from formsvc.extraction.document import Document, Paragraph, Table, TableCell
from formsvc.extraction.docx.package import OTHER_PICTURE
from formsvc.extraction.docx.reader import read_docx
from formsvc.forms.reading import Source
from tests.extraction.docx.factory import PNG, bookmark, docx, p, part, picture, run, sdt, tbl, tc, tr

DROP_DOWN = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="男"/><w:listEntry w:val="女"/></w:ddList>'
CHOICE = f"<mc:Choice>{run('一')}</mc:Choice>"
FALLBACK = f"<mc:Fallback>{run('二')}</mc:Fallback>"


def texts(document: Document) -> list[str]:
    """Return the paragraphs outside of tables."""
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def table(document: Document) -> Table:
    """Return the only table."""
    (found,) = (block for block in document.blocks if isinstance(block, Table))
    return found


def cell(*content: str, **more: object) -> TableCell:
    """Return the cell of a document with one cell of this content."""
    return table(read_docx(docx(tbl(tr(tc(*content))), **more))).cells[0]  # type: ignore[arg-type]  # - one more for all of docx()


def line(*content: str) -> str:
    """Return the text of a paragraph with this content."""
    return texts(read_docx(docx(p(*content))))[0]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (run("一") + run("二"), "一二"),
        (run("一\n二\t三"), "一\n二\t三"),
        ("<w:r><w:t>甲</w:t><w:cr/><w:t>乙</w:t><w:noBreakHyphen/><w:t>丙</w:t></w:r>", "甲\n乙-丙"),
        (f"<w:hyperlink>{run('链接')}</w:hyperlink>", "链接"),
        (f"<w:smartTag>{run('人名')}</w:smartTag>", "人名"),
        (f'<w:fldSimple w:instr="DATE">{run("域")}</w:fldSimple>', "域"),
        (f"<w:r><w:instrText>DATE</w:instrText></w:r>{run('结果')}", "结果"),
        (f"<w:ins>{run('新')}</w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>", "新"),
        (f"<w:moveTo>{run('来')}</w:moveTo><w:moveFrom>{run('去')}</w:moveFrom>", "来"),
        (run("见") + run("不见", "<w:vanish/>") + run("也见", '<w:vanish w:val="0"/>'), "见也见"),
        (f"<mc:AlternateContent>{CHOICE}{FALLBACK}</mc:AlternateContent>", "一"),
        (f"<mc:AlternateContent>{FALLBACK}</mc:AlternateContent>", "二"),
        (f"<w:newElement>{run('没见过')}</w:newElement>", "没见过"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>男</w:t></w:r>', "☑男"),
        ("<m:oMath><m:r><m:t>1.2</m:t></m:r></m:oMath>", "1.2"),
        (f"<w:ruby><w:rt>{run('pin')}</w:rt><w:rubyBase>{run('㛃')}</w:rubyBase></w:ruby>", "㛃"),
        (f"<w:r><w:fldChar><w:ffData>{DROP_DOWN}</w:ffData></w:fldChar></w:r>", "女"),
        ("<w:r><w:fldChar><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>", "☑"),
        (sdt("name", run("张三")), "张三"),
        (sdt("name", run("单击此处输入"), is_empty=True), ""),
    ],
)  # fmt: skip
def test_a_line_says_what_is_seen_on_the_page(content: str, text: str) -> None:
    assert line(content) == text


@pytest.mark.parametrize("change", ["<w:ins/>", "<w:del/>", "<w:moveTo/>"])
def test_changes_that_await_a_decision_are_told(change: str) -> None:
    assert read_docx(docx(p(change))).has_tracked_changes
    assert not read_docx(docx(p("x"))).has_tracked_changes


def test_text_boxes_follow_the_paragraph_they_hang_on() -> None:
    inside = f"<v:textbox><w:txbxContent>{p('框内')}</w:txbxContent></v:textbox>"
    box = f"<w:r><w:pict><v:shape>{inside}</v:shape></w:pict></w:r>"
    assert texts(read_docx(docx(p("上", box), p("下")))) == ["上", "框内", "下"]


def test_merged_cells_are_one_cell_with_its_spans() -> None:
    found = table(
        read_docx(
            docx(
                tbl(
                    tr(tc("甲", merge="restart"), tc("乙", columns=2)),
                    tr(tc("", merge="continue"), tc("丙"), tc("丁")),
                )
            )
        )
    )
    places = [(one.row, one.column, one.rows, one.columns, one.paragraphs) for one in found.cells]
    assert places == [(0, 0, 2, 1, ("甲",)), (0, 1, 1, 2, ("乙",)), (1, 1, 1, 1, ("丙",)), (1, 2, 1, 1, ("丁",))]


def test_cells_merged_the_old_way_are_one_cell() -> None:
    old = '<w:tc><w:tcPr><w:hMerge w:val="{}"/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>'
    found = table(read_docx(docx(tbl(f"<w:tr>{old.format('restart', '甲')}{old.format('continue', '')}</w:tr>"))))
    assert [(one.column, one.columns) for one in found.cells] == [(0, 2)]


def test_columns_left_out_before_a_row_count() -> None:
    row = f'<w:tr><w:trPr><w:gridBefore w:val="2"/></w:trPr>{tc("甲")}</w:tr>'
    assert table(read_docx(docx(tbl(row)))).cells[0].column == 2


def test_deleted_and_hidden_rows_are_left_out() -> None:
    rows = [f"<w:tr><w:trPr><w:{name}/></w:trPr>{tc(name)}</w:tr>" for name in ("del", "hidden", "cantSplit")]
    assert [one.paragraphs for one in table(read_docx(docx(tbl(*rows)))).cells] == [("cantSplit",)]


def test_a_nested_table_stands_in_the_text_and_beside_it() -> None:
    found = cell(p("上"), tbl(tr("一", "二"), tr("三", "四")), p("下"))
    assert found.paragraphs == ("上", "一\t二", "三\t四", "下")
    assert [one.paragraphs for one in found.tables[0].cells] == [("一",), ("二",), ("三",), ("四",)]


@pytest.mark.parametrize(
    "content",
    [
        sdt("name", p("张三")),
        p(sdt("name", run("张三"))),
        p(sdt("name", sdt("other", run("张三")))),
    ],
)
def test_a_control_in_or_around_a_paragraph_tags_its_text(content: str) -> None:
    found = [(tag.key, tag.source, tag.paragraphs) for tag in cell(content).tagged]
    assert ("name", Source.CONTROL, ("张三",)) in found


@pytest.mark.parametrize("row", [tr(sdt("name", tc("张三"))), sdt("name", tr(tc("张三"), tc("李四")))])
def test_a_control_around_cells_or_rows_tags_its_first_cell(row: str) -> None:
    found = table(read_docx(docx(tbl(row))))
    assert [(tag.key, tag.paragraphs) for tag in found.cells[0].tagged] == [("name", ("张三",))]


def test_a_placeholder_is_empty_wherever_the_control_stands() -> None:
    found = table(
        read_docx(docx(tbl(tr(sdt("name", tc("请输入"), is_empty=True), tc(sdt("sex", p("请选"), is_empty=True))))))
    )
    assert [[tag.paragraphs for tag in one.tagged] for one in found.cells] == [[("",)], [("",)]]
    assert not any(text for one in found.cells for text in one.paragraphs)


def test_a_bookmark_tags_its_text_over_runs_and_paragraphs() -> None:
    start, end = '<w:bookmarkStart w:id="7" w:name="formsvc_pledges"/>', '<w:bookmarkEnd w:id="7"/>'
    inside = cell(p(start, "一、", "学习"), p("二、走访", end, "后面"))
    assert [(tag.key, tag.source, tag.paragraphs) for tag in inside.tagged] == [
        ("pledges", Source.BOOKMARK, ("一、学习", "二、走访"))
    ]


def test_a_bookmark_that_ends_in_another_cell_ends_with_its_own() -> None:
    start, end = '<w:bookmarkStart w:id="7" w:name="formsvc_name"/>', '<w:bookmarkEnd w:id="7"/>'
    found = table(read_docx(docx(tbl(tr(tc(p(start, "张三")), tc(p("性别", end)))))))
    assert [tag.paragraphs for tag in found.cells[0].tagged] == [("张三",)]


def test_a_file_of_another_program_is_read() -> None:
    made = docx_library.Document()
    made.add_paragraph("2011年度党员公开承诺书")
    rows = made.add_table(2, 3)
    rows.cell(0, 0).text = "姓名"
    rows.cell(0, 1).merge(rows.cell(0, 2)).text = "张㛃·买买提"
    rows.cell(1, 0).merge(rows.cell(1, 2)).text = "一、学习\n二、走访"
    saved = io.BytesIO()
    made.save(saved)
    found = read_docx(saved.getvalue())
    assert texts(found) == ["2011年度党员公开承诺书"]
    assert [(one.columns, one.paragraphs) for one in table(found).cells] == [
        (1, ("姓名",)),
        (2, ("张㛃·买买提",)),
        (3, ("一、学习\n二、走访",)),
    ]


def test_other_bookmarks_are_not_ours() -> None:
    assert cell(p('<w:bookmarkStart w:id="1" w:name="_GoBack"/><w:bookmarkEnd w:id="1"/>', "x")).tagged == ()


def test_a_paragraph_outside_of_tables_keeps_its_tags() -> None:
    (found,) = read_docx(docx(p(bookmark("year", run("2011")), "年度承诺书"))).blocks
    assert isinstance(found, Paragraph)
    assert (found.text, found.tagged[0].key, found.tagged[0].paragraphs) == ("2011年度承诺书", "year", ("2011",))


def test_paragraphs_and_tables_keep_their_order() -> None:
    kinds = [type(block).__name__ for block in read_docx(docx(tbl(tr("x")), p("a"), tbl(tr("y")), p("b"))).blocks]
    assert kinds == ["Table", "Paragraph", "Table", "Paragraph"]


def test_paragraphs_that_show_numbers_of_their_own_are_told() -> None:
    found = cell(p("引言"), p("学习", numbered=True), p("走访", numbered=True), sdt("x", p("看望", numbered=True)))
    assert found.numbered == (1, 2, 3)
    assert found.tagged[0].numbered == (0,)


@pytest.mark.parametrize(("level", "number"), [(1, 3), (0, 0)])
def test_a_number_of_a_lower_level_or_switched_off_is_none(level: int, number: int) -> None:
    numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    assert cell(f"<w:p><w:pPr>{numbering}</w:pPr>{run('学习')}</w:p>").numbered == ()


def test_a_picture_in_a_cell_is_taken_out_with_its_size() -> None:
    inside = cell(
        p("上"), p(picture("r9", 40, 20)), relations={"r9": ("image", "media/a.png")}, parts={"word/media/a.png": PNG}
    )
    (found,) = inside.pictures
    assert (found.media_type, found.data, found.after) == ("image/png", PNG, 1)
    assert (round(found.width, 2), round(found.height, 2)) == (40, 20)


def test_a_picture_of_an_old_shape_is_taken_out_too() -> None:
    shape = '<w:r><w:pict><v:shape style="width:72pt;height:36pt"><v:imagedata r:id="r9"/></v:shape></w:pict></w:r>'
    inside = cell(p(shape), relations={"r9": ("image", "media/a.png")}, parts={"word/media/a.png": PNG})
    assert [(one.media_type, round(one.width, 1)) for one in inside.pictures] == [("image/png", 25.4)]


def test_a_picture_that_is_missing_or_of_another_kind_is_noticed() -> None:
    inside = cell(
        p(picture("r8"), picture("r9")),
        relations={"r9": ("image", "media/a.emf")},
        parts={"word/media/a.emf": b"EMF"},
    )
    assert [(one.media_type, one.data) for one in inside.pictures] == [(OTHER_PICTURE, b"")] * 2


def test_headers_come_first_and_footers_last() -> None:
    section = '<w:sectPr><w:headerReference r:id="r1"/><w:footerReference r:id="r2"/></w:sectPr>'
    found = read_docx(
        docx(
            p("正文"),
            section,
            relations={"r1": ("header", "header1.xml"), "r2": ("footer", "footer1.xml")},
            parts={
                "word/header1.xml": part("hdr", p("页眉") + tbl(tr("表内", "页眉"))),
                "word/footer1.xml": part("ftr", p("") + p("编号000123")),
            },
        )
    )
    assert texts(found) == ["页眉", "表内\t页眉", "正文", "编号000123"]


def test_custom_properties_are_read() -> None:
    assert read_docx(docx(p("x"), properties={"formsvc.template": "a/1/2011/-"})).properties == {
        "formsvc.template": "a/1/2011/-"
    }


def test_the_strict_dialect_says_the_same() -> None:
    body = (p("标题"), tbl(tr(tc("甲", merge="restart"), sdt("name", tc(p("张三"))))), p(run("藏", "<w:vanish/>")))
    loose = read_docx(docx(*body, properties={"x": "y"}))
    strict = read_docx(docx(*body, properties={"x": "y"}, strict=True))
    assert strict == loose


def test_a_main_part_of_another_name_is_found_by_its_relation() -> None:
    data = docx(
        p("真"), parts={"_rels/.rels": docx_relations("doc/main.xml"), "doc/main.xml": part("document", p("另"))}
    )
    assert texts(read_docx(data)) == ["另"]


def docx_relations(target: str) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}"><Relationship Id="a" Type="{kind}" Target="/{target}"/></Relationships>'


def test_only_pictures_and_no_text_is_not_typed() -> None:
    assert not read_docx(docx(p(picture("r9")))).is_typed
    assert read_docx(docx(p("字", picture("r9")))).is_typed
    assert read_docx(docx(p())).is_typed


def test_a_document_type_is_refused() -> None:
    xml = '<!DOCTYPE d [<!ENTITY e "李四">]>' + part("document", f"<w:body>{p('x')}</w:body>")
    with pytest.raises(zipfile.BadZipFile):
        read_docx(docx(parts={"word/document.xml": xml}))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"PK", zipfile.BadZipFile),
        (docx(parts={"word/document.xml": "<w:document"}), etree.XMLSyntaxError),
    ],
)
def test_a_damaged_file_is_an_error(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_docx(data)
