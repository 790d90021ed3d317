"""Tables that run on over pages."""

from __future__ import annotations

from formsvc.extraction.document import Table
from tests.extraction.pdf.sheets import Sheet
from tests.extraction.pdf.views import cells, grid, sheets_read, tables, texts

XS = (28, 52, 184)
FULL = "深入联系群众了解社情民意及时帮助解决实际困难做到有求必"
REST = "应有诺必践。"


def first_page(*, label: str = "承诺") -> Sheet:
    sheet = Sheet().text(70, 40, "公开承诺书", 22).table(XS, [60, 72, 260]).text(30, 68, "姓名").text(54, 68, "张三")
    return sheet.text(30, 80, label).text(53.9, 80, FULL[:26])


def second_page() -> Sheet:
    return Sheet().table(XS, [30, 100, 112]).text(53.9, 38, FULL[26:] + REST).text(30, 108, "电话").text(54, 108, "138")


def test_a_row_cut_by_the_page_s_end_is_one_row() -> None:
    document = sheets_read(first_page(), second_page())
    assert grid(document) == {
        (0, 0): ["姓名"],
        (0, 1): ["张三"],
        (1, 0): ["承诺"],
        (1, 1): [FULL + REST],
        (2, 0): ["电话"],
        (2, 1): ["138"],
    }
    assert [cells(document)[(row, 1)].page for row in range(3)] == [None, None, 2]


def test_paragraphs_of_a_cut_cell_keep_their_order() -> None:
    first = first_page().text(53.9, 90, "二、学习。").text(53.9, 100, "三、服务。")
    second = Sheet().table(XS, [30, 100]).text(53.9, 38, "四、守纪。").text(53.9, 48, "五、公益。")
    assert grid(sheets_read(first, second))[(1, 1)] == [
        FULL[:26],
        "二、学习。",
        "三、服务。",
        "四、守纪。",
        "五、公益。",
    ]


def test_page_numbers_between_the_parts_do_not_part_them() -> None:
    document = sheets_read(first_page().text(100, 285, "- 1 -"), second_page().text(95, 20, "第 2 页 共 2 页"))
    assert len(tables(document)) == 1
    assert texts(document) == ["公开承诺书", "- 1 -", "第 2 页 共 2 页"]


def test_a_row_with_its_own_label_is_a_new_row() -> None:
    document = sheets_read(first_page(), second_page().text(30, 38, "审核"))
    assert grid(document)[(2, 0)] == ["审核"]
    assert grid(document)[(3, 1)] == ["138"]


def test_a_stacked_label_that_was_cut_is_one_label() -> None:
    first, second = first_page(label="公"), second_page()
    for number, sign in enumerate("开承"):
        first.text(30, 92 + 12 * number, sign)
    for number, sign in enumerate("诺事项"):
        second.text(30, 40 + 12 * number, sign)
    assert "".join(grid(sheets_read(first, second))[(1, 0)]) == "公开承诺事项"


def test_an_empty_value_in_a_row_of_three_does_not_make_it_a_cut_one() -> None:
    xs = (28, 52, 102, 184)
    first = Sheet().table(xs, [60, 72]).text(30, 68, "电话").text(54, 68, "138").text(104, 68, "办公室")
    second = Sheet().table(xs, [30, 42]).text(30, 38, "手机").text(54, 38, "139")
    assert grid(sheets_read(first, second))[(1, 0)] == ["手机"]


def test_a_row_with_all_its_labels_is_a_new_row() -> None:
    xs = (28, 52, 102, 129, 184)
    first = (
        Sheet().table(xs, [60, 72]).text(30, 68, "电话").text(54, 68, "138").text(104, 68, "邮箱").text(131, 68, "a")
    )
    second = Sheet().table(xs, [30, 42]).text(30, 38, "手机").text(104, 38, "传真").text(131, 38, "627")
    assert grid(sheets_read(first, second))[(1, 0)] == ["手机"]


def test_two_forms_are_two_tables() -> None:
    assert len(tables(sheets_read(first_page(), first_page()))) == 2


def test_a_form_without_a_title_that_begins_again_is_another_form() -> None:
    again = Sheet().table(XS, [30, 42, 260]).text(30, 38, "姓名").text(54, 38, "李四")
    assert len(tables(sheets_read(first_page(), again))) == 2


def test_a_note_ends_the_table() -> None:
    assert len(tables(sheets_read(first_page().text(28, 270, "备注：一式四份。"), second_page()))) == 2


def test_a_table_with_other_sides_is_another_table() -> None:
    other = Sheet().table([40, 60, 150], [30, 100]).text(62, 38, "续")
    assert len(tables(sheets_read(first_page(), other))) == 2


def test_columns_of_both_parts_are_counted_together() -> None:
    below = Sheet().table([28, 52, 100, 184], [30, 42]).text(30, 38, "电话").text(54, 38, "138").text(102, 38, "邮箱")
    document = sheets_read(first_page(), below)
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    assert [(cell.row, cell.column, cell.columns) for cell in table.cells] == [
        (0, 0, 1),
        (0, 1, 2),
        (1, 0, 1),
        (1, 1, 2),
        (2, 0, 1),
        (2, 1, 1),
        (2, 2, 1),
    ]


def test_a_row_of_two_labels_cut_in_one_of_them_is_one_row() -> None:
    xs = (28, 52, 102, 129, 184)
    first = Sheet().table(xs, [60, 72]).text(30, 68, "监督电").text(54, 68, "13800000000").text(104, 68, "邮箱")
    second = Sheet().table(xs, [30, 42]).text(30, 38, "话")
    found = grid(sheets_read(first.text(131, 68, "a@b.cn"), second))
    assert "".join(found[(0, 0)]) == "监督电话"
    assert found[(0, 3)] == ["a@b.cn"]
