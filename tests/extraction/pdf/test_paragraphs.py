"""Lines become paragraphs again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.extraction.pdf import lines as pdf_lines
from formsvc.extraction.pdf.paragraphs import Joined, paragraphs_of
from tests.extraction.pdf.sheets import Sheet
from tests.extraction.pdf.test_lines import glyphs
from tests.extraction.pdf.typesetting import EM, Setting, lines_of, typeset
from tests.extraction.pdf.views import cells, sheets_read

LEFT = 54.0


def joined(*lines: str, width: float = 28.0, left: float = LEFT, pitch: float = 1.5, **extra: float) -> list[Joined]:
    """Join lines set in 5 mm type in a cell that has room for `width` em; leading blanks move a line to the right."""
    size = 5.0
    drawn = []
    for number, line in enumerate(lines):
        bare = line.lstrip(" ") or line
        start = left + (len(line) - len(bare)) * size / 2
        drawn += glyphs(bare, x=start, y=50 + number * pitch * size, size=size, **extra)
    return paragraphs_of(pdf_lines.lines_of(drawn), left - 2.0, left + width * size + 2.0)


def texts(*lines: str, **options: float) -> list[str]:
    return [paragraph.text for paragraph in joined(*lines, **options)]


def test_a_full_line_goes_on_and_one_with_room_does_not() -> None:
    assert texts("一二三四五六七八九十", "一二三", "四五", width=10) == ["一二三四五六七八九十一二三", "四五"]


def test_a_mark_that_may_not_begin_a_line_takes_its_character_along() -> None:
    assert texts("一二三四五六七八九", "十，二", width=10) == ["一二三四五六七八九十，二"]


def test_a_word_that_did_not_fit_goes_on_and_one_that_did_begins_anew() -> None:
    assert texts("联系邮箱是", "zhang.san@example.cn", width=12) == ["联系邮箱是zhang.san@example.cn"]
    assert texts("联系邮箱是", "a@b.cn", width=12) == ["联系邮箱是", "a@b.cn"]


def test_numbered_items_begin_anew_on_full_lines() -> None:
    assert texts("1、一二三四五六七八九", "2、一二三", "3、一", width=10.5) == [
        "1、一二三四五六七八九",
        "2、一二三",
        "3、一",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("（一）", "（二）"),
        ("①", "②"),
        ("一、", "二、"),
        ("(1)", "(2)"),
        ("1.", "2."),
        ("第一条", "第二条"),
        ("●", "●"),
    ],
)
def test_every_style_of_numbering_parts_items(first: str, second: str) -> None:
    line = first + "一二三四五六七八九十"[: 10 - len(first)]
    assert texts(line, second + "五六", width=len(line)) == [line, second + "五六"]


def test_a_number_that_is_not_due_goes_on_with_the_sentence() -> None:
    assert texts("1、我一二三四五六七每年", "3、4月份植树。", width=11.5) == ["1、我一二三四五六七每年3、4月份植树。"]
    assert texts("1、我一二三四五六七投入", "2.9万元。", width=11.5) == ["1、我一二三四五六七投入2.9万元。"]


def test_an_item_may_begin_with_a_year() -> None:
    assert texts("1.一二三四五六七八九。", "2.2011年完成。", width=10.5) == ["1.一二三四五六七八九。", "2.2011年完成。"]


def test_in_justified_text_a_line_that_was_not_stretched_ends_a_paragraph() -> None:
    stretched = [glyphs("一二三四五六七八九十", x=LEFT, y=50 + n * 7.5, gap=0.06) for n in (0, 1, 2)]
    end = glyphs("末一二三四五六七八九", x=LEFT, y=72.5)
    last = glyphs("新的一段", x=LEFT, y=80)
    lines = pdf_lines.lines_of([glyph for line in [*stretched, end, last] for glyph in line])
    found = [paragraph.text for paragraph in paragraphs_of(lines, LEFT - 2, LEFT + 55)]
    assert found == ["一二三四五六七八九十" * 3 + "末一二三四五六七八九", "新的一段"]


def test_first_line_indents_begin_paragraphs() -> None:
    lines = ("    一二三四五六七八", "九十一二三四五六七八", "    二二三四五六七八", "三四")
    assert texts(*lines, width=10) == ["一二三四五六七八九十一二三四五六七八", "二二三四五六七八三四"]


def test_hanging_indents_do_not_begin_paragraphs() -> None:
    lines = ("1、一二三四五六七八九", "   十一二三四五六七八", "   九", "2、二")
    assert texts(*lines, width=10.5) == ["1、一二三四五六七八九十一二三四五六七八九", "2、二"]


def test_what_stands_to_the_right_is_not_part_of_the_text() -> None:
    lines = ("同意该同志的承诺事项", "              （盖章）", "          2011年2月")
    assert texts(*lines, width=11) == ["同意该同志的承诺事项", "（盖章）", "2011年2月"]


def test_centred_lines_go_on() -> None:
    lines = ("城西社区党支部宣传委", "        员兼")
    assert texts(*lines, width=10) == ["城西社区党支部宣传委员兼"]


def test_more_space_between_lines_begins_a_paragraph() -> None:
    setting = Setting(LEFT, 10 * 5.0, size=5 / EM)
    sheet = Sheet().table([30, 52, 106], [20, 140]).text(32, 30, "承诺")
    y = typeset(sheet, ["一二三四五六七八九十" * 2], 20, setting)
    typeset(sheet, ["一二三四五六七八九十"], y + 3.0, setting)
    assert list(cells(sheets_read(sheet))[(0, 1)].paragraphs) == ["一二三四五六七八九十" * 2, "一二三四五六七八九十"]


def test_a_blank_line_parts_paragraphs() -> None:
    assert texts("一二三四五六七八九十", "  ", "一二三", width=10) == ["一二三四五六七八九十", "一二三"]


def test_a_number_that_a_narrow_cell_broke_is_whole_again() -> None:
    assert texts("0574-6270", "0000", width=4.5) == ["0574-62700000"]
    assert texts("13800000", "000", width=4) == ["13800000000"]
    assert texts("zhang.san_community@exa", "mple.com.cn", width=11.5) == ["zhang.san_community@example.com.cn"]
    assert texts("0574-", "6270000", "0、13800000000", width=10) == ["0574-62700000、13800000000"]


def test_two_numbers_on_two_lines_stay_two() -> None:
    assert texts("62700000", "13800000000", width=10) == ["62700000", "13800000000"]


def test_a_blank_between_words_that_a_break_took_comes_back() -> None:
    assert texts("关于使用Microsoft", "Office软件", width=10) == ["关于使用Microsoft Office软件"]
    assert texts("关于使用Microsoft ", "Office软件", width=10) == ["关于使用Microsoft Office软件"]


def test_numbers_on_both_sides_of_a_break_are_one_only_on_a_line_full_to_its_end() -> None:
    assert texts("自二〇一〇年起我201", "1年完成。", width=9.5) == ["自二〇一〇年起我2011年完成。"]
    assert texts("编号20102011", "2012号", width=9, gap=0.1) == ["编号20102011 2012号"]


def test_a_blank_at_a_break_between_han_goes() -> None:
    assert texts("一二三四五六七八九十 ", "一二三 ", width=10) == ["一二三四五六七八九十一二三"]


def test_a_stop_at_the_end_of_a_full_line_is_named_as_unsure() -> None:
    (paragraph,) = joined("一二三。五六七八九。", "一二三。", width=10)
    assert paragraph.unsure
    (paragraph,) = joined("一二三四五六七八九十", "一二三。", width=10)
    assert not paragraph.unsure


def test_a_stretched_line_goes_on_for_sure() -> None:
    drawn = [glyphs(text, x=LEFT, y=50 + n * 7.5, gap=0.06) for n, text in enumerate(["一二三四五六七八九十"] * 3)]
    drawn += [glyphs("一二三四五六七八九。", x=LEFT, y=72.5, gap=0.06), glyphs("完成。", x=LEFT, y=80)]
    lines = pdf_lines.lines_of([glyph for line in drawn for glyph in line])
    (paragraph,) = paragraphs_of(lines, LEFT - 2, LEFT + 55)
    assert not paragraph.unsure


def test_where_paragraphs_are_sentences_a_full_stop_ends_one() -> None:
    assert texts("一二三四。", "一二三四五六七八九。", "二二三。", width=10) == [
        "一二三四。",
        "一二三四五六七八九。",
        "二二三。",
    ]


def test_lines_of_one_character_stay_apart() -> None:
    assert texts("公", "开", "承", "诺", width=3) == ["公", "开", "承", "诺"]


def test_a_paragraph_has_the_box_around_its_lines() -> None:
    (paragraph,) = joined("一二三四五六七八九十", "一二三", width=10)
    assert paragraph.box == pytest.approx((LEFT, 50 - 4.3, 50, 12.5))


WORDS = st.sampled_from(
    [
        *(
            "带头学习",
            "参加支部活动",
            "服务群众",
            "廉洁自律",
            "做到件件有回音",
            "“双强争先”",
            "（含节假日）",
            "使用Office",
        ),
        *(
            "每月不少于3次",
            "走访12户",
            "投入5.2万元",
            "联系电话13800000000",
            "邮箱li.si@example.cn",
            "2011年",
            "达到100%",
        ),
    ]
)
PLEDGE = st.builds(
    lambda words, marks: "".join(word + mark for word, mark in zip(words, marks, strict=False))[:-1] + "。",
    st.lists(WORDS, min_size=1, max_size=9),
    st.lists(st.sampled_from("，，，、；"), min_size=9, max_size=9),
)
SETTINGS = st.builds(
    Setting,
    left=st.just(LEFT),
    width=st.floats(100, 135),
    size=st.sampled_from([10.5, 12.0, 14.0, 16.0]),
    indent=st.sampled_from([0.0, 2.0]),
    justified=st.booleans(),
    pitch=st.sampled_from([1.2, 1.5, 2.0]),
    blanks=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(PLEDGE, min_size=1, max_size=8), SETTINGS, st.sampled_from(["{}、", "（{}）", "{}．"]), st.floats(0.5, 2.1)
)
def test_numbered_pledges_come_back_however_they_were_set(
    pledges: list[str], setting: Setting, style: str, padding: float
) -> None:
    wanted = [style.format(number) + pledge for number, pledge in enumerate(pledges, 1)]
    sheet = Sheet(height=800).table([30, LEFT - padding, LEFT + setting.width + padding], [50, 780])
    typeset(sheet.text(32, 60, "承诺"), wanted, 52, setting)
    assert [text.strip() for text in cells(sheets_read(sheet))[(0, 1)].paragraphs] == wanted


def test_the_typesetting_of_these_tests_breaks_as_programs_do() -> None:
    assert lines_of("一二三四，五六Word软件", Setting(0, 4 * EM, size=1)) == ["一二三", "四，五六", "Word软件"]
