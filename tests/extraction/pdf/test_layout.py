"""Characters and pictures in the cells they stand in."""

from __future__ import annotations

from tests.extraction.pdf.sheets import Sheet
from tests.extraction.pdf.views import cells, grid, sheets_read, tables, texts


def test_a_table_in_words_way_of_ruling_has_its_cells() -> None:
    sheet = Sheet().table([28, 52, 74, 184], [60, 72, 84], merged=[(1, 2)])
    sheet.text(30, 68, "姓名").text(54, 68, "张三").text(76, 68, "男").text(30, 80, "单位").text(54, 80, "城西社区")
    document = sheets_read(sheet)
    assert grid(document) == {
        (0, 0): ["姓名"],
        (0, 1): ["张三"],
        (0, 2): ["男"],
        (1, 0): ["单位"],
        (1, 1): ["城西社区"],
    }
    assert cells(document)[(1, 1)].columns == 2


def test_text_that_runs_over_a_border_stays_in_one_cell() -> None:
    sheet = Sheet().table([28, 52, 74, 184], [60, 72]).text(54, 68, "阿卜杜拉·买买提").text(100, 68, "男")
    assert grid(sheets_read(sheet))[(0, 1)] == ["阿卜杜拉·买买提"]
    assert grid(sheets_read(sheet))[(0, 2)] == ["男"]


def test_a_row_shown_by_one_operator_is_cut_at_its_gaps() -> None:
    sheet = Sheet(signs={"姓": 3, "张": 4, "男": 5}).table([28, 52, 74, 184], [60, 72])
    sheet.raw(f"BT /F1 14 Tf 1 0 0 1 {sheet.place(30, 68)} Tm [<0003> -4000 <0004> -4000 <0005>] TJ ET")
    assert grid(sheets_read(sheet)) == {(0, 0): ["姓"], (0, 1): ["张"], (0, 2): ["男"]}


def test_text_around_a_table_comes_in_reading_order() -> None:
    sheet = Sheet().table([28, 100, 184], [60, 100]).table([28, 100, 184], [130, 160])
    sheet.text(28, 200, "备注").text(28, 115, "附件2").text(28, 40, "附件1").text(70, 50, "公开承诺书", 22)
    sheet.text(30, 70, "甲").text(30, 140, "乙")
    blocks = sheets_read(sheet).blocks
    shown = [getattr(block, "text", "表") for block in blocks]
    assert shown == ["附件1", "公开承诺书", "表", "附件2", "表", "备注"]


def test_lines_on_both_sides_of_a_table_are_not_joined() -> None:
    sheet = Sheet().table([28, 100, 184], [60, 100]).text(28, 55, "一二三四五六七八九十" * 3).text(28, 110, "备注")
    assert texts(sheets_read(sheet)) == ["一二三四五六七八九十" * 3, "备注"]


def test_a_note_below_the_table_is_one_paragraph() -> None:
    sheet = Sheet().table([28, 100, 184], [60, 100]).text(30, 70, "甲")
    sheet.text(28, 110, "备注：承诺书一式四份。党员个人存一份，工作和居住地党组织各存一", 14).text(
        28, 117, "份，公示一份。"
    )
    assert texts(sheets_read(sheet)) == ["备注：承诺书一式四份。党员个人存一份，工作和居住地党组织各存一份，公示一份。"]


def test_a_frame_around_the_page_is_no_table() -> None:
    sheet = Sheet().table([15, 195], [20, 280]).table([28, 100, 184], [60, 100]).text(30, 70, "甲").text(28, 50, "标题")
    document = sheets_read(sheet)
    assert len(tables(document)) == 1
    assert texts(document) == ["标题"]


def test_a_table_inside_a_cell_stands_in_it_with_its_rows() -> None:
    sheet = Sheet().table([28, 60, 184], [60, 160]).table([70, 100, 170], [90, 100, 110])
    sheet.text(30, 70, "承诺").text(62, 80, "如下：").text(62, 130, "完")
    sheet.text(72, 97, "一月").text(102, 97, "学习").text(72, 107, "二月")
    cell = cells(sheets_read(sheet))[(0, 1)]
    assert cell.paragraphs == ("如下：", "一月\t学习", "二月", "完")
    assert [inner.paragraphs for inner in cell.tables[0].cells] == [("一月",), ("学习",), ("二月",), ()]


def test_a_slanted_watermark_is_in_no_cell() -> None:
    sheet = Sheet(signs={"样": 3, "本": 4}).table([28, 60, 184], [60, 160]).text(62, 110, "张三")
    sheet.raw(f"BT /F1 60 Tf 0.7 0.7 -0.7 0.7 {sheet.place(90, 120)} Tm <00030004> Tj ET")
    document = sheets_read(sheet)
    assert grid(document)[(0, 1)] == ["张三"]
    assert texts(document) == ["样本"]


def test_what_lies_beyond_the_page_is_not_read() -> None:
    sheet = Sheet().text(28, 50, "看得见").text(300, 50, "看不见").text(28, 400, "看不见")
    assert texts(sheets_read(sheet)) == ["看得见"]


def test_a_stacked_label_is_read_downwards() -> None:
    sheet = Sheet().table([28, 44, 184], [60, 160]).text(50, 70, "一、学习")
    for number, sign in enumerate("公开承诺事项"):
        sheet.text(33, 75 + 12 * number, sign)
    assert "".join(grid(sheets_read(sheet))[(0, 0)]) == "公开承诺事项"


def test_a_turned_label_is_one_line() -> None:
    sheet = Sheet(signs={"审": 3, "定": 4}).table([28, 44, 184], [60, 160])
    sheet.raw(f"BT /F1 14 Tf 0 -1 1 0 {sheet.place(34, 100)} Tm <00030004> Tj ET")
    assert grid(sheets_read(sheet))[(0, 0)] == ["审定"]


def test_text_as_browsers_draw_it_is_read() -> None:
    """Chromium turns the page's axis over and scales it."""
    sheet = Sheet(signs={"张": 3, "三": 4}).raw("q .75 0 0 -.75 0 841.9 cm")
    sheet.raw("100 200 400 1 re 100 260 400 1 re 100 200 1 60 re 250 200 1 60 re 499 200 1 60 re f")
    sheet.raw("BT /F1 20 Tf 1 0 0 -1 300 240 Tm <0003> Tj 20 0 Td <0004> Tj ET Q")
    assert grid(sheets_read(sheet)) == {(0, 0): [], (0, 1): ["张三"]}


def test_text_as_wps_draws_it_is_read() -> None:
    """WPS places every character by itself and strokes its borders."""
    sheet = Sheet()
    for y in (60, 80):
        sheet.stroke(28, y, 184, y)
    for x in (28, 60, 184):
        sheet.stroke(x, 60, x, 80)
    for number, sign in enumerate("城西社区党支部"):
        sheet.text(62 + number * 14 / 72 * 25.4, 72, sign)
    assert grid(sheets_read(sheet))[(0, 1)] == ["城西社区党支部"]
