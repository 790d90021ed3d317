"""Lines: the rules of the marks, whole numbers, exact edges, nothing lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.rendering.lines import Align, Fitted, Line, Paragraph, break_lines, fit, set_line

SIZE = 14.0
OPENING = "（「『“‘《〈【([{"
CLOSING = "、。，：；！？）」』”’》〉】％,.;!?)]}%"
NUMBERS = ("2011", "1.2", "0574-62000000", "50%", "1998.07", "200", "12,500")
WORDS = ("kaiyuan@example.cn", "e-mail", "PDF", "A4")
HAN = "党员公开承诺书立足本职做好全村规划实施工作年内走访农户"

chunk = st.one_of(
    st.text(HAN, min_size=1, max_size=12),
    st.sampled_from(NUMBERS + WORDS),
    st.sampled_from(("（", "“", "《", "）", "”", "》", "，", "。", "、", "；", "：", "？", "——", "……", " ", "·")),
    st.sampled_from(("“十二五”", "（6月底前）。", "《承诺书》，", "：“", "。”（", "）、（", "\u3000")),
)
texts = st.lists(chunk, max_size=30).map("".join)


def advance(character: str) -> float:
    if character == " ":
        return 0.25
    return 0.5 if character.isascii() else 0.9 if character == "—" else 1.0


def widest_unit(text: str) -> float:
    """The width in em of the widest thing that the rules keep whole, written down apart from the code."""
    unit = rf"[{re.escape(OPENING)}\s]*(?:[!-~]+|——+|……+|.)[{re.escape(CLOSING)}·\s]*"
    glued = rf"(?:{unit})(?:(?<=[{re.escape(OPENING)}])(?:{unit}))*"
    return max((sum(map(advance, found)) for found in re.findall(glued, text)), default=0.0)


def lines_of(text: str, em: float, indent: float = 0.0, align: Align = Align.JUSTIFY) -> tuple[Line, ...]:
    return break_lines(Paragraph(text, indent), width=em * SIZE, size=SIZE, advance=advance, align=align)


def end_of(line: Line) -> float:
    """Where the pen stands after the last visible character, and a closing mark's white taken off."""
    visible = line.text.rstrip(" \u3000")
    pen = line.x + sum(advance(character) * SIZE + extra for character, extra in zip(visible, line.extra, strict=False))
    return pen - SIZE / 2 * (visible[-1:] in tuple("、。，：；！？）」』”’》〉】"))


@settings(deadline=None)
@given(text=texts, spare=st.floats(0, 20))
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(text: str, spare: float) -> None:
    lines = lines_of(text, widest_unit(text) + spare)
    assert [line.text for line in lines[1:] if line.text[0] in CLOSING] == []
    assert [line.text for line in lines[:-1] if line.text.rstrip()[-1:] in tuple(OPENING)] == []


@settings(deadline=None)
@given(text=texts, spare=st.floats(0, 20), indent=st.sampled_from([0.0, 2.0]))
def test_numbers_and_words_stay_whole_in_any_column_that_can_hold_them(text: str, spare: float, indent: float) -> None:
    places = {0}
    for line in lines_of(text, widest_unit(text) + spare, indent):
        places.add(max(places) + len(line.text))
    whole = re.finditer(r"[!-~]+|——|……", text)
    assert [found[0] for found in whole for place in places if found.start() < place < found.end()] == []


@settings(deadline=None)
@given(text=texts, em=st.floats(0.3, 40), indent=st.sampled_from([0.0, 2.0]), align=st.sampled_from(list(Align)))
def test_the_lines_joined_are_the_text(text: str, em: float, indent: float, align: Align) -> None:
    lines = lines_of(text, em, indent, align)
    assert "".join(line.text for line in lines) == text
    assert [len(line.extra) for line in lines] == [len(line.text) for line in lines]


@settings(deadline=None)
@given(text=texts, em=st.floats(3, 40), align=st.sampled_from(list(Align)))
def test_the_right_edge_a_line_tells_is_where_its_last_character_ends(text: str, em: float, align: Align) -> None:
    for line in lines_of(text, em, align=align):
        assert line.right == pytest.approx(end_of(line) if line.text.strip() else line.right, abs=SIZE / 2 + 0.001)
        if not line.text.rstrip()[-1:] or line.text.rstrip()[-1] not in CLOSING:
            assert line.right == pytest.approx(end_of(line), abs=0.001)


@settings(deadline=None)
@given(text=st.text(HAN + "，。、（）“”", max_size=200), em=st.floats(6, 40))
def test_justified_lines_end_at_the_right_edge_exactly(text: str, em: float) -> None:
    lines = lines_of(text, em)
    held = [line for line in lines[:-1] if sum(character in HAN for character in line.text) > em / 2]
    assert [line for line in held if abs(end_of(line) - em * SIZE) > 0.1] == []


@settings(deadline=None)
@given(text=texts, spare=st.floats(0, 20))
def test_no_line_is_wider_than_a_column_that_can_hold_its_words(text: str, spare: float) -> None:
    em = widest_unit(text) + spare
    assert [line for line in lines_of(text, em) if line.right > em * SIZE + 0.001] == []


@settings(deadline=None)
@given(text=texts, em=st.floats(1, 30))
def test_only_marks_and_the_white_between_scripts_are_ever_squeezed(text: str, em: float) -> None:
    for line in lines_of(text, em):
        visible = line.text.rstrip(" \u3000")
        for left, right, extra in zip(visible, visible[1:], line.extra, strict=False):
            squeezable = {left, right} & set("、。，：；！？（）“”《》")
            assert extra >= (-SIZE if squeezable else 0) - 0.001, (left, right, extra)


def test_neighbouring_marks_share_half_an_em() -> None:
    line = set_line("（盖章）。", size=10, advance=advance)
    assert line.extra == (0, 0, 0, -5, 0)


def test_a_quarter_em_stands_between_ideographs_and_digits() -> None:
    line = set_line("2011年2月，3", size=10, advance=advance)
    assert line.text == "2011年2月，3"
    assert line.extra == (0, 0, 0, 2.5, 2.5, 2.5, 0, 0, 0)


def test_an_opening_mark_gives_up_its_white_at_the_left_edge_but_not_where_a_paragraph_begins() -> None:
    lines = lines_of("“承诺“承诺“承诺", 3)
    assert [line.x for line in lines] == [0, -SIZE / 2, -SIZE / 2]


def test_marks_are_squeezed_rather_than_a_short_line_torn_apart() -> None:
    assert lines_of("党，员公开承诺", 4.5)[0].text == "党，员公开"


def test_a_long_line_is_spread_by_a_hair_rather_than_its_marks_squeezed() -> None:
    assert lines_of("党员，" + "承" * 30, 20.5)[0].text == "党员，" + "承" * 17


def test_a_word_longer_than_a_line_is_cut_at_a_sign_and_begins_beside_what_precedes_it() -> None:
    assert [line.text for line in lines_of("邮箱kaiyuan.branch@example.cn", 9)] == ["邮箱kaiyuan.", "branch@example.cn"]
    assert lines_of("党员公开-诺kaiyuan.branch@example.cn", 6.5)[0].text == "党员公开-诺"
    assert lines_of("a-" + "k" * 40, 9)[0].text == "a-" + "k" * 16


def test_spaces_at_the_end_of_a_line_hang() -> None:
    lines = lines_of("党员公开   承诺书", 4)
    assert [line.text for line in lines] == ["党员公开   ", "承诺书"]
    assert lines[0].right == 4 * SIZE
    assert lines[0].extra == (0, 0, 0, 0, -SIZE / 4, -SIZE / 4, -SIZE / 4)


def test_a_line_of_a_long_word_and_little_else_is_left_ragged() -> None:
    lines = lines_of("邮箱kaiyuan@example.cn", 10)
    assert lines[0].text == "邮箱"
    assert lines[0].right == 2 * SIZE


def test_straight_quotes_open_and_close() -> None:
    assert [line.text for line in lines_of('党员"承诺"书', 3)] == ["党员", '"承诺"', "书"]


def test_an_indent_shortens_the_first_line_only() -> None:
    lines = lines_of("党员公开承诺书", 4, indent=2)
    assert [(line.text, line.x) for line in lines] == [("党员", 2 * SIZE), ("公开承诺", 0), ("书", 0)]


def test_a_first_word_gives_up_its_indent_rather_than_be_cut() -> None:
    lines = lines_of("kaiyuan@example.cn承诺", 10, indent=2)
    assert [(line.text, line.x) for line in lines] == [("kaiyuan@example.cn", 0), ("承诺", 0)]


def test_lines_lie_where_they_are_aligned() -> None:
    assert [lines_of("承诺", 6, align=align)[0].x for align in Align] == [0, 0, 2 * SIZE, 4 * SIZE]


def test_an_empty_paragraph_is_one_empty_line() -> None:
    assert lines_of("", 6) == (Line("", 0, (), 0),)


def fitted(text: str, height: float, minimum: float = 9.0) -> Fitted:
    paragraphs = [Paragraph(piece, 2) for piece in text.split("\n")]
    return fit(paragraphs, width=140, height=height, size=14, leading=1.5, minimum=minimum, advance=advance)


@settings(deadline=None, max_examples=50)
@given(text=texts, height=st.floats(0, 300))
def test_what_does_not_fit_is_handed_back_and_nothing_is_lost(text: str, height: float) -> None:
    result = fitted(text, height)
    assert "".join(line.text for line in result.lines) + "".join(rest.text for rest in result.remainder) == text
    assert len(result.lines) * result.leading <= height + 0.001
    assert result.size in {14 - step / 2 for step in range(11)}
    assert not result.remainder or result.size == 9.0


def test_text_shrinks_by_half_points_only_as_far_as_it_must() -> None:
    assert [fitted("承诺" * 15, height).size for height in (90, 75, 45, 40)] == [14, 12.5, 10, 9]


def test_the_rest_of_a_broken_paragraph_has_no_indent_and_a_whole_one_keeps_it() -> None:
    result = fitted("承诺" * 20 + "\n党员", height=30)
    assert [(rest.text, rest.indent) for rest in result.remainder] == [("承诺" * 6, 0), ("党员", 2)]


def test_a_box_too_low_for_a_line_holds_none() -> None:
    result = fitted("承诺", height=5)
    assert (result.lines, result.remainder) == ((), (Paragraph("承诺", 2),))


def test_baselines_stand_in_the_middle_of_their_lines() -> None:
    result = fitted("承诺\n党员", height=100)
    assert [result.baseline(number) for number in (0, 1)] == pytest.approx([3.5 + 12.32, 24.5 + 12.32])


def test_white_too_little_to_be_seen_goes_between_all_characters_alike() -> None:
    (line, *_) = lines_of("承诺2011年，" + HAN, 19.8)
    gaps = [round(white / SIZE, 4) for white in line.extra[:-1]]
    seen = {round(gap - 0.25, 4) if place in (1, 5) else gap for place, gap in enumerate(gaps)}
    assert len(seen) == 1
    assert 0 < seen.pop() <= 0.03


def test_doubled_marks_touch_each_other_in_a_line_that_is_spread() -> None:
    (line, *_) = lines_of("承诺——" + HAN, 20.3)
    assert line.extra[2] == 0
    assert max(line.extra) > 0
