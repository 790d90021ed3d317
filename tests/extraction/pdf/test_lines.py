"""Characters become lines."""

from __future__ import annotations

import random

import pytest

from formsvc.extraction.pdf.lines import HARD, Line, lines_of
from formsvc.extraction.pdf.shown import DOWNWARD, STACKED, TURNED, UPRIGHT, UPWARD, Glyph
from tests.extraction.pdf.sheets import width_of

EM = 5.0


def glyphs(text: str, x: float = 10.0, y: float = 50.0, gap: float = 0.0, size: float = EM) -> list[Glyph]:
    """Set text from a place on; `gap` in em stands between its characters."""
    found = []
    for sign in text:
        found.append(Glyph(sign, x, y, width_of(sign) * size, size, UPRIGHT))
        x += (width_of(sign) + gap) * size
    return found


def only(found: list[Line]) -> Line:
    (line,) = found
    return line


def texts(*parts: list[Glyph]) -> list[str]:
    return [line.text for line in lines_of([glyph for part in parts for glyph in part])]


def test_the_order_of_drawing_does_not_matter() -> None:
    drawn = [*glyphs("第二行", y=58), *glyphs("第一行")]
    random.Random(2).shuffle(drawn)
    assert texts(drawn) == ["第一行", "第二行"]


def test_raised_signs_and_other_sizes_stay_in_their_line() -> None:
    raised, lower = glyphs("2", x=30.1, y=48.4, size=3), glyphs("以上", x=31.8, y=50.3)
    assert texts(glyphs("面积100m"), raised, lower) == ["面积100m2以上"]


def test_lines_set_solid_stay_apart() -> None:
    assert texts(glyphs("一行"), glyphs("二行", y=54.5), glyphs("三行", y=59)) == ["一行", "二行", "三行"]


def test_blanks_of_the_file_are_kept() -> None:
    assert texts(glyphs("  张  三\u3000")) == ["  张  三\u3000"]


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.2, 0.4, 0.7, 2.5])
def test_stretched_han_gets_no_blanks(gap: float) -> None:
    assert texts(glyphs("积极参加支部活动", gap=gap)) == ["积极参加支部活动"]


def test_the_gap_between_han_and_numbers_is_no_blank() -> None:
    parts = glyphs("每月走访"), glyphs("12", x=10 + 4 * EM + 1.6), glyphs("户", x=10 + 5 * EM + 3.2)
    assert texts(*parts) == ["每月走访12户"]


def test_a_few_widely_stretched_han_beside_a_long_word_get_no_blanks() -> None:
    parts = glyphs("邮箱", gap=0.85), glyphs("zhao-liu@example.org", x=10 + 3.95 * EM)
    assert texts(*parts) == ["邮箱zhao-liu@example.org"]


def test_a_gap_between_latin_words_is_a_blank() -> None:
    assert texts(glyphs("Office"), glyphs("Word", x=10 + 3 * EM + 1.5)) == ["Office Word"]


def test_letterspaced_numbers_get_no_blanks() -> None:
    assert texts(glyphs("13800000000", gap=0.4)) == ["13800000000"]


def test_a_wide_gap_is_a_blank_in_any_script() -> None:
    assert texts(glyphs("盖章"), glyphs("日期", x=60)) == ["盖章 日期"]


def test_what_is_drawn_twice_is_read_once() -> None:
    assert texts(glyphs("谢谢"), glyphs("谢谢", x=10.2, y=50.1)) == ["谢谢"]


def test_blanks_drawn_under_text_add_nothing() -> None:
    assert texts(glyphs("          "), glyphs("2011")) == ["2011      "]


def test_a_line_knows_where_its_characters_begin_and_end() -> None:
    line = only(lines_of(glyphs("  张三 ")))
    assert (line.start, line.end) == pytest.approx((10 + EM, 10 + 3 * EM))
    assert line.box == pytest.approx((10 + EM, 50 - 0.86 * EM, 2 * EM, EM))
    assert line.size == EM


def test_a_line_of_blanks_has_no_places() -> None:
    assert only(lines_of(glyphs("  "))).places == ()


def test_the_gap_of_a_line_is_what_stretches_it() -> None:
    assert only(lines_of(glyphs("张三李四", gap=0.1))).gap == pytest.approx(0.1)
    assert only(lines_of(glyphs("张"))).gap == 0


def test_a_field_s_line_is_hard_and_shows_no_line_end() -> None:
    line = only(lines_of([Glyph("城西社区" + HARD, 10, 50, 20, EM, UPRIGHT)]))
    assert line.hard
    assert line.text == "城西社区"


@pytest.mark.parametrize(
    ("way", "box"),
    [
        (UPRIGHT, (10, 5.7, 20, 5)),
        (DOWNWARD, (9.3, 10, 5, 20)),
        (TURNED, (-10, 9.3, 20, 5)),
        (UPWARD, (5.7, -10, 5, 20)),
        (STACKED, (10, 10, 5, 5)),
    ],
)
def test_the_box_of_a_character_stands_on_its_baseline(way: int, box: tuple[float, ...]) -> None:
    assert Glyph("张", 10, 10, 20, 5, way).box() == pytest.approx(box)


@pytest.mark.parametrize(
    ("way", "along"),
    [(UPRIGHT, (1, 0)), (DOWNWARD, (0, 1)), (TURNED, (-1, 0)), (UPWARD, (0, -1)), (STACKED, (0, 1))],
)
def test_every_way_of_writing_is_read_in_its_own_order(way: int, along: tuple[int, int]) -> None:
    after = {UPRIGHT: (0, 1), DOWNWARD: (-1, 0), TURNED: (0, -1), UPWARD: (1, 0), STACKED: (-1, 0)}[way]
    drawn = [
        Glyph(
            sign,
            100 + along[0] * n * EM + after[0] * row * 8,
            100 + along[1] * n * EM + after[1] * row * 8,
            EM,
            EM,
            way,
        )
        for row, text in enumerate(["公开承诺", "事项"])
        for n, sign in enumerate(text)
    ]
    random.Random(3).shuffle(drawn)
    assert texts(drawn) == ["公开承诺", "事项"]
