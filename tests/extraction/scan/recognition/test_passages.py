"""Rows of longer texts become items and sentences."""

from __future__ import annotations

import dataclasses

import pytest

from formsvc.extraction.scan.reader import SURE as FILED
from formsvc.extraction.scan.recognition.choose import Choice
from formsvc.extraction.scan.recognition.confidence import calibrated
from formsvc.extraction.scan.recognition.decode import Line, best_path
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.passages import may_go_apart, may_lack_comma, may_lack_items, passage, typeset
from formsvc.extraction.scan.recognition.wording import worded
from formsvc.forms.spec import Field, Kind
from tests.extraction.scan.recognisers import a_model, steps

MODEL = a_model("学习理论")
FIELD = Field("text", Kind.TEXT, "text", "", (), required=False, public=False, options=(), blank="")
DOUBT = (0.3, 0.7, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ("学习,思考;落实.", "学习，思考；落实。"),
        ('参加"美丽乡村“建设', "参加“美丽乡村”建设"),
        ("(1)参加(6月底前)", "（1）参加（6月底前）"),
        ("1·学习理论", "1.学习理论"),
        ("完成1.2公里", "完成1.2公里"),
        ("call 0574,62718350", "call 0574,62718350"),
        ("走访 200 户 ,完成 1.2 公里", "走访200户，完成1.2公里"),
        ("1 走访 3 户", "1 走访3户"),
    ],
)
def test_punctuation_beside_chinese_is_chinese(read: str, text: str) -> None:
    assert typeset(read) == text


def _passage(*signs: tuple[float, ...], again: Line | None = None, sure: float = 0.95) -> Choice:
    """Return what is made of one row; it may be read again only if a second reading is given."""
    seen = steps(*signs)

    def second(number: int) -> Line:
        assert again is not None, number
        return again

    row = Row((0, 0, 30 * len(signs), 40), seen, best_path(MODEL, seen), sure)
    return passage(MODEL, FIELD, [[row]], second)


def _sure(column: int) -> tuple[float, ...]:
    return tuple(0.999 if number == column else 0.00025 for number in range(5))


def test_a_row_of_sure_signs_is_not_read_again() -> None:
    assert _passage(_sure(1), _sure(2)).text == "学习"


def test_a_long_text_of_sure_signs_is_about_as_sure_as_a_short_one() -> None:
    short, long = _passage(_sure(1), _sure(2)), _passage(*[_sure(1), _sure(2)] * 20)
    assert short.score - long.score < 0.01


def test_a_second_reading_that_agrees_makes_a_doubtful_sign_surer_than_one_that_does_not() -> None:
    agrees = _passage(DOUBT, _sure(2), again=Line("学习", (0.99, 0.99)))
    differs = _passage(DOUBT, _sure(2), again=Line("理习", (0.99, 0.99)))
    assert 1 - differs.score > 2 * (1 - agrees.score)
    assert agrees.text == differs.text == "学习"


def test_a_doubtful_blank_and_a_doubtful_stop_behind_a_number_leave_a_passage_sure() -> None:
    model = a_model("1. 学.")
    blank, stop = (0.4, 0.0, 0.0, 0.6, 0.0, 0.0), (0.4, 0.0, 0.6, 0.0, 0.0, 0.0)
    sure = [tuple(0.999 if number == column else 0.0002 for number in range(6)) for column in (1, 4)]
    seen = steps(sure[0], stop, blank, sure[1])
    row = Row((0, 0, 120, 40), seen, best_path(model, seen), 0.95)

    def again(number: int) -> Line:
        raise AssertionError(number)

    assert passage(model, FIELD, [[row]], again).scores["lowest"] > 0.99


def test_a_figure_at_the_beginning_of_a_wrapped_line_brings_no_blank_into_its_item() -> None:
    model = a_model("一、走访24 小时内")
    rows = []
    for number, text in enumerate(("一、走访", "24 小时内")):
        chosen = [model.columns[sign] for sign in text]
        seen = steps(*(tuple(0.999 * (column == one) + 1e-5 for column in range(len(model.signs))) for one in chosen))
        rows.append([Row((0, 50 * number, 30 * len(text), 50 * number + 40), seen, best_path(model, seen), 0.95)])
    items = Field("items", Kind.ITEMS, "items", "", (), required=False, public=False, options=(), blank="")
    found = passage(model, items, rows, lambda number: rows[number][0].line)
    assert found.normal.value == ("走访24小时内",)


def test_what_is_hardly_text_is_less_sure() -> None:
    assert _passage(_sure(1), sure=0.6).score < _passage(_sure(1)).score


@pytest.mark.parametrize(
    ("shown", "may"),
    [
        (["\u3000甲；", "乙；"], True),
        (["\u3000甲；", "\u3000乙；"], False),
        (["\u3000甲", "乙；"], False),
        (["一、甲；", "乙。"], False),
        (["\u3000甲；"], False),
        ([], False),
    ],
)
def test_items_without_numbers_may_be_two_where_a_line_ends_as_one_does(shown: list[str], *, may: bool) -> None:
    assert may_go_apart(shown) is may


@pytest.mark.parametrize(
    ("shown", "may"),
    [
        (["1、学习", "思考；", "2.落实"], False),
        (["\u3000一、学习", "二、思考"], False),
        (["学习。", "思考。"], False),
        (["2、学习", "3、思考"], True),
        (["1、学习", "3、思考"], True),
    ],
)
def test_items_may_be_lacking_when_their_numbers_are_not_one_after_the_other(shown: list[str], *, may: bool) -> None:
    assert may_lack_items(shown) is may


def test_items_that_may_be_two_are_less_sure() -> None:
    model = a_model("学；思考理论")
    rows = []
    for number in range(2):
        seen = steps(*[tuple(0.999 if place == column else 0.0001 for place in range(7)) for column in (1, 2)])
        rows.append(Row((0, 50 * number, 60, 50 * number + 40), seen, best_path(model, seen), 0.95))
    field = dataclasses.replace(FIELD, kind=Kind.ITEMS)
    joined = passage(model, field, [[row] for row in rows], lambda number: rows[number].line)
    text = passage(model, FIELD, [[row] for row in rows], lambda number: rows[number].line)
    assert joined.score < text.score - 0.05


@pytest.mark.parametrize(
    ("lines", "may"),
    [
        (["符合岗位实际", "同意"], True),
        (["内容具体，便于监督", "同意公示"], True),
        (["符合岗位实际，", "同意"], False),
        (["同意该同志", "承诺"], False),
        (["原则", "同意"], False),
        (["", "同意"], False),
        (["承诺内容切实可行同意公示"], True),
        (["承诺内容切实", "可行同意公示"], True),
        (["经支委会研究同意上报"], False),
        (["支部大会一致同意"], False),
        (["该同志表现良好，同意"], False),
    ],
)
def test_a_comma_may_be_lost_before_the_sentence_an_opinion_ends_with(lines: list[str], *, may: bool) -> None:
    assert may_lack_comma(lines) is may


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.ITEMS])
def test_a_passage_with_a_sign_that_is_only_meant_is_asked_about(kind: Kind) -> None:
    read = "达到3%上。"
    model = a_model(read)
    seen = steps(*[tuple(0.9999 * (sign == one) for one in ("", *read)) for sign in read])
    row = Row((0, 0, 90, 40), seen, best_path(model, seen), 0.95)
    found = passage(model, dataclasses.replace(FIELD, kind=kind), [[row]], lambda _: worded(model, seen))
    assert found.text == "达到3%以上。"
    assert calibrated(kind, found.score) < FILED
