"""Short values in their cells: on one line while the type need not be small for it, and clear of the rules."""

from __future__ import annotations

import pytest

from formsvc.rendering.fonts import bundled_fonts
from formsvc.rendering.layout import CELL_SIZE, SMALLEST, Rectangle, layout_of
from formsvc.rendering.marks import POINTS_A_MM, Text
from tests.rendering.word_forms import SPECS

MEMBER = SPECS["annex2"]
LAYOUT = layout_of(MEMBER, bundled_fonts())
DESCENT, ASCENT = 0.25, 0.8
"""How far ink goes below and above a baseline, in em: a `y` and a `d`."""


def lines_in(key: str, text: str) -> tuple[list[Text], Rectangle]:
    page, *_ = LAYOUT.pages(2011, {key: (text,)})
    box = LAYOUT.cell_box(LAYOUT.cell_of(key))
    marks = [mark for layer in page.layers[1:] for mark in layer.marks if isinstance(mark, Text)]
    within = [mark for mark in marks if box.y <= mark.y <= box.y + box.height and box.x <= mark.x < box.x + box.width]
    return within, box


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("email", "zhangsan.dangzhibu@nbyuyao.gov.cn"),
        ("email", "kaiyuan.cunwei.dangzongzhi@yuyao.zhejiang.example.gov.cn"),
        ("phone", "0574-62000000、13800138000"),
        ("name", "阿不都热合曼·买买提艾力江"),
        ("unit_post", "浙江省宁波市余姚市马渚镇开元村党总支第三党支部 宣传委员兼青年委员、村民小组组长" * 2),
    ],
)
def test_a_value_of_several_lines_stays_clear_of_the_rules(key: str, text: str) -> None:
    lines, box = lines_in(key, text)
    assert "".join(line.text for line in lines) == text
    assert len(lines) > 1
    first, last = lines[0], lines[-1]
    assert first.y - ASCENT * first.size / POINTS_A_MM >= box.y + 0.6
    assert last.y + DESCENT * last.size / POINTS_A_MM <= box.y + box.height - 0.6


def test_a_value_a_little_too_long_is_made_smaller_and_stays_on_one_line() -> None:
    (whole,), _ = lines_in("email", "kaiyuan@126.com")
    (line,), _ = lines_in("email", "kaiyuan_village@126.com")
    assert whole.size == CELL_SIZE
    assert SMALLEST < line.size < CELL_SIZE
