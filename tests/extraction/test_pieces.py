"""What stands behind one label is taken apart: the value, the seal, the signature, the date."""

from __future__ import annotations

import pytest

from formsvc.forms.reading import MarkState
from tests.extraction.docx.factory import (
    codes,
    docx,
    p,
    reading,
    tbl,
    tc,
    tr,
    untagged,
)

TITLE = p("2011年度党员公开承诺书")


@pytest.mark.parametrize(
    "lines",
    [
        ["承诺人（手写签名）：张三", "2011年2月20日"],
        ["承诺人（手写签名）：张三 2011年2月20日"],
        ["承诺人（手写签名）：", "张三", "日期：2011年2月20日"],
        ["承诺人（手写签名）：张三        2011 年 2 月 20 日"],
        ["承诺人（手写签名）", "张三", "2011年\n2月20日"],
        ["承诺人（手写签名）：张三2011.2.20"],
        ["承诺人（手写签名） 张三", "二○一一年二月二十日"],
    ],
)
def test_a_signature_cell_is_taken_apart(lines: list[str]) -> None:
    found = reading(docx(TITLE, tbl(tr("姓名", "张三"), tr("公开承诺事项", "好事"), tr(tc(*map(p, lines))))))
    assert found.fields["signature"].raw == "张三"
    assert found.value("signature") == MarkState.ABSENT
    assert found.value("signed_on") == "2011-02-20"


@pytest.mark.parametrize(
    ("lines", "opinion", "day"),
    [
        (["党组织审核：同意 （盖章） 2011年2月22日"], "同意", "2011-02-22"),
        (["党组织审核：", "同意。", "（盖章）", "2011.2.22"], "同意。", "2011-02-22"),
        (
            ["党组织审核：", "情况属实，", "同意公示。", "（公章）", "2011年2月22日"],
            "情况属实，\n同意公示。",
            "2011-02-22",
        ),
        (["党组织审核：", "", "（盖章）", "年   月   日"], None, None),
        (["党组织审核：", "2011年2月22日（盖章）"], None, "2011-02-22"),
        (["党组织审核：同意2011年2月22日"], "同意", "2011-02-22"),
        (["党组织审核：", "同意", "盖章：", "2011-2-22"], "同意", "2011-02-22"),
        (["党组织审核：", "同意，3月1日前完成。", "（盖章）", "年   月   日"], "同意，3月1日前完成。", None),
    ],
)
def test_a_review_cell_is_taken_apart(lines: list[str], opinion: str | None, day: str | None) -> None:
    found = reading(docx(TITLE, tbl(tr("姓名", "张三"), tr("公开承诺事项", "好事"), tr(tc(*map(p, lines))))))
    assert (found.value("review_opinion"), found.value("reviewed_on")) == (opinion, day)
    assert "text-left-over" not in codes(found)


@pytest.mark.parametrize(
    ("lines", "items", "day"),
    [
        (["一、学习", "二、走访", "（盖章）", "2011年2月21日"], ["学习", "走访"], "2011-02-21"),
        (["一、学习", "二、走访", "清溪社区党支部（盖章）", "2011年2月21日"], ["学习", "走访"], "2011-02-21"),
        (["一、学习", "二、走访", "清溪社区党支部", "（盖章）", "年 月 日"], ["学习", "走访"], None),
        (
            ["一、学习", "二、2011年12月20日前修路", "（盖章）", "年    月    日"],
            ["学习", "2011年12月20日前修路"],
            None,
        ),
        (["1.学习", "2.工期至2011年12月20日"], ["学习", "工期至2011年12月20日"], None),
        (["学习", "走访", "", "2011年2月21日"], ["学习", "走访"], "2011-02-21"),
        (["1.学习。2.走访。（盖章）2011年2月21日"], ["学习。", "走访。"], "2011-02-21"),
        (["①学习②走访", "（盖章）", "2011.2.21"], ["学习", "走访"], "2011-02-21"),
    ],
)
def test_a_pledge_cell_with_seal_and_date_is_taken_apart(lines: list[str], items: list[str], day: str | None) -> None:
    typed = {"organisation": "清溪社区党支部", "pledges": [], "seal": lines, "pledged_on": []}
    found = reading(untagged(typed, "annex1"))
    assert found.value("pledges") == tuple(items)
    assert (found.value("pledged_on"), found.value("seal"), codes(found)) == (day, "absent", [])


def test_a_stranger_named_beside_the_seal_is_asked_about() -> None:
    lines = ["一、学习", "二、走访", "城西社区党支部（盖章）"]
    found = reading(untagged({"organisation": "清溪社区党支部", "pledges": lines, "seal": []}, "annex1"))
    assert found.value("pledges") == ("学习", "走访")
    assert codes(found) == ["text-left-over"]


def test_another_name_in_the_place_of_the_signature_is_asked_about() -> None:
    found = reading(untagged({"name": "张三", "pledges": "好事", "signature": "李四"}))
    assert [(one.field, one.params) for one in found.problems if one.code == "sources-disagree"] == [
        ("name", {"raw": "张三", "other": "李四"})
    ]


def test_paragraphs_that_word_numbers_are_items() -> None:
    cell = tc(p("学习", numbered=True), p("常学常新"), p("修1.2公里路", numbered=True))
    found = reading(docx(TITLE, tbl(tr("姓名", "张三"), tr("公开承诺事项", cell))))
    assert found.value("pledges") == ("学习\n常学常新", "修1.2公里路")
    assert found.fields["pledges"].raw == "学习\n常学常新\n修1.2公里路"
