"""Lines may lie, words do not: a page without a form's labels is not that form, if it was read well."""

from __future__ import annotations

import numpy as np
import pytest

from formsvc.extraction.scan.another import is_another, sounds_like
from formsvc.extraction.scan.pages import PageLine, legible, texts_of, turned_back, upright_rows
from tests.extraction.scan.recognisers import a_model
from tests.forms.factories import a_spec

SPEC = a_spec()
QUAD = np.zeros((4, 2), np.float32)
LABELS = ("姓名", "性别", "年龄", "入党年月", "单位及职务", "公开承诺事项", "监督电话", "监督邮箱")
OTHERS = (
    "测评对象",
    "满意",
    "不满意",
    "得票",
    "备注",
    "总票数",
    "有效票数",
    "监票人",
    "计票人",
    "二〇一一年民主评议测评表",
    "主持人（签名）",
)


def rows(*texts: str, sure: float = 0.95) -> list[list[PageLine]]:
    return [[(text, QUAD, sure)] for text in texts]


def test_a_page_of_other_words_is_another_document() -> None:
    assert is_another(SPEC, rows(*OTHERS))


def test_a_page_with_the_forms_labels_is_not() -> None:
    assert not is_another(SPEC, rows(*OTHERS, *LABELS))


def test_a_page_that_was_read_badly_or_says_little_says_nothing() -> None:
    assert not is_another(SPEC, rows(*OTHERS, sure=0.5))
    assert not is_another(SPEC, rows("测评表"))
    assert not is_another(SPEC, [])


def test_a_title_with_some_labels_below_is_a_part_of_the_form() -> None:
    assert sounds_like(SPEC, rows("2011年度党员公开承诺书", *LABELS[:4]))
    assert sounds_like(SPEC, rows("2011年度党员公开承诺书", *LABELS))


def test_a_title_alone_and_labels_below_another_title_are_not() -> None:
    assert not sounds_like(SPEC, rows("2011年度党员公开承诺书", *OTHERS))
    assert not sounds_like(SPEC, rows("2011年度党员公开承诺书（续）", "公开承诺事项（续）", "三、为民服务。"))
    assert not sounds_like(SPEC, rows("关于填报2011年度党员公开承诺书的通知", *LABELS))
    assert not sounds_like(SPEC, rows("2011年度基层党组织公开承诺书", *LABELS))
    assert not sounds_like(SPEC, rows("党员民主评议测评表", *LABELS))


def test_a_page_is_as_legible_as_its_signs() -> None:
    assert legible([]) == 0.0
    assert legible([[("一二三", QUAD, 1.0), ("四", QUAD, 0.0)]]) == 0.75


def test_what_a_page_says_is_bounded() -> None:
    assert texts_of([[("一", QUAD, 1.0), ("二", QUAD, 1.0)], [("三" * 999, QUAD, 1.0)]]) == ("一二", "三" * 300)
    assert len(texts_of(rows(*["行"] * 999))) == 150


def test_a_page_that_was_read_well_is_not_turned() -> None:
    upright = rows("清楚")
    assert upright_rows(np.zeros((2, 2, 3), np.uint8), a_model(""), upright) is upright


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_corners_found_on_a_turned_page_are_those_on_the_page_as_it_came(turn: int) -> None:
    page = np.zeros((5, 8), np.uint8)
    page[1, 6] = 1
    (y,), (x,) = np.nonzero(np.rot90(page, turn))
    back = turned_back(np.array([[x, y]] * 4, np.float32), turn, page.shape)
    assert back.tolist() == [[6, 1]] * 4
