"""One value out of readings of the same writing."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from formsvc.extraction.scan.reader import SURE as FILED
from formsvc.extraction.scan.recognition.choose import Choice, choose
from formsvc.extraction.scan.recognition.confidence import calibrated
from formsvc.extraction.scan.recognition.decode import best_path
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.models import Probabilities
from formsvc.forms.spec import Field, Kind
from tests.extraction.scan.recognisers import a_model, steps

MODEL = a_model("张王三")
FIELD = Field("name", Kind.NAME, "name", "", (), required=False, public=False, options=(), blank="")
LAST = (0.0001, 0.0, 0.0, 0.9999)
SURE, WAVERS, OTHERWISE, SURELY_OTHERWISE = (
    (0.0, 0.9999, 0.0001, 0.0),
    (0.0, 0.55, 0.45, 0.0),
    (0.0, 0.46, 0.54, 0.0),
    (0.0, 0.1, 0.9, 0.0),
)


def _row(first: tuple[float, ...]) -> Row:
    seen = steps(first, (1.0, 0.0, 0.0, 0.0), LAST)
    return Row((0, 0, 90, 40), seen, best_path(MODEL, seen), 1.0)


def _chosen(first: tuple[float, ...], second: tuple[float, ...] | None) -> Choice:
    def again() -> Sequence[Row]:
        assert second is not None
        return [_row(second)]

    return choose(MODEL, FIELD, [_row(first)], lexicon=Lexicon(), again=again)


def test_a_clear_reading_is_not_made_again() -> None:
    assert _chosen(SURE, None).text == "张三"


def test_a_doubtful_reading_is_made_again_and_is_surer_when_the_second_says_the_same() -> None:
    agrees, differs = _chosen(WAVERS, SURE), _chosen(WAVERS, OTHERWISE)
    assert agrees.text == differs.text == "张三"
    assert agrees.score > 2 * differs.score


def test_a_second_reading_that_is_far_surer_counts_for_more() -> None:
    assert _chosen(WAVERS, SURELY_OTHERWISE).text == "王三"


@pytest.mark.parametrize(("names", "said"), [((), "张三"), (("王三",), "王三"), (("王三", "张张三"), "王三")])
def test_a_known_name_no_other_is_near_to_is_taken_though_less_likely_and_asked_about(
    names: tuple[str, ...], said: str
) -> None:
    row = _row((0.0, 1 - 1e-5, 1e-5, 0.0))
    found = choose(MODEL, FIELD, [row], lexicon=Lexicon(names), again=lambda: [row])
    assert (found.text, found.raw) == (said, "张三")
    assert not names or calibrated(Kind.NAME, found.score) < FILED


def test_a_simplified_character_goes_before_a_likelier_traditional_one_and_is_doubtful() -> None:
    model = a_model("陈陳平")
    seen = steps((0.0, 0.3, 0.7, 0.0), (1.0, 0.0, 0.0, 0.0), LAST)
    row = Row((0, 0, 90, 40), seen, best_path(model, seen), 1.0)
    found = choose(model, FIELD, [row], lexicon=Lexicon(), again=lambda: [row])
    assert (found.text, found.raw, found.alternatives[0]) == ("陈平", "陳平", "陳平")
    assert calibrated(Kind.NAME, found.score) < FILED


def test_a_name_begins_with_a_surname_where_one_is_nearly_as_likely_and_is_asked_about() -> None:
    model = a_model("失朱福")
    seen = steps((0.0, 0.99, 0.002, 0.0), (1.0, 0.0, 0.0, 0.0), LAST)
    row = Row((0, 0, 90, 40), seen, best_path(model, seen), 1.0)
    found = choose(model, FIELD, [row], lexicon=Lexicon(), again=lambda: [row])
    assert (found.text, found.raw, found.alternatives[0]) == ("朱福", "失福", "失福")
    assert calibrated(Kind.NAME, found.score) < FILED


def test_a_name_without_a_surname_stays_what_it_is_where_no_surname_is_likely_and_is_asked_about() -> None:
    model = a_model("失朱福")
    sure = steps((0.0, 1 - 2e-6, 1e-6, 1e-6), (1.0, 0.0, 0.0, 0.0), LAST)
    row = Row((0, 0, 90, 40), sure, best_path(model, sure), 1.0)
    found = choose(model, FIELD, [row], lexicon=Lexicon(), again=lambda: [row])
    assert found.text == "失福"
    assert calibrated(Kind.NAME, found.score) < FILED


def test_a_name_without_a_surname_that_is_known_is_as_sure_as_any_other() -> None:
    model = a_model("失朱福")
    sure = steps((0.0, 1 - 2e-6, 1e-6, 1e-6), (1.0, 0.0, 0.0, 0.0), LAST)
    row = Row((0, 0, 90, 40), sure, best_path(model, sure), 1.0)
    found = choose(model, FIELD, [row], lexicon=Lexicon(["失福"]), again=lambda: [row])
    assert found.text == "失福"
    assert calibrated(Kind.NAME, found.score) >= FILED


def _organisation(first: float, second: float) -> Choice:
    model = a_model("档景案馆")
    sure = tuple(tuple(0.9999 * (number == column) for number in range(5)) for column in (1, 4))
    seen = steps(sure[0], (0.0, 0.0, first, second, 0.0), sure[1])
    row = Row((0, 0, 90, 40), seen, best_path(model, seen), 1.0)
    return choose(model, dataclasses.replace(FIELD, kind=Kind.ORGANISATION), [row], lexicon=Lexicon())


def test_a_word_is_made_whole_where_its_sign_is_not_out_of_the_question_and_is_asked_about() -> None:
    found = _organisation(0.99, 0.01)
    assert (found.text, found.raw) == ("档案馆", "档景馆")
    assert calibrated(Kind.ORGANISATION, found.score) < FILED


def test_a_sign_that_is_read_clearly_stays_though_another_would_make_a_word() -> None:
    assert _organisation(1 - 1e-6, 1e-7).text == "档景馆"


def test_a_date_is_as_sure_as_its_figures() -> None:
    model = a_model("1月2日旧")
    date = Field("on", Kind.DATE, "on", "", (), required=False, public=False, options=(), blank="")
    rows = [tuple(0.9999 if number == column else 0.00002 for number in range(6)) for column in (1, 2, 3)]
    blank = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    seen = steps(rows[0], blank, rows[1], blank, rows[2], blank, (0.0, 0.0, 0.0, 0.0, 0.4, 0.6))
    row = Row((0, 0, 90, 40), seen, best_path(model, seen), 1.0)
    found = choose(model, date, [row], lexicon=Lexicon())
    assert found.normal.value == "--01-02"
    assert found.scores["lowest"] > 0.99
    assert found.scores["agrees"]


def test_the_same_day_written_otherwise_is_no_alternative() -> None:
    signs = "201年月3日"
    date = Field("on", Kind.DATE, "on", "", (), required=False, public=False, options=(), blank="")
    count = len(signs) + 1
    blank = tuple(float(number == 0) for number in range(count))
    rows = [tuple(float(number == 1 + signs.index(sign)) for number in range(count)) for sign in "2011年1月3"]
    wavers = tuple({0: 0.45, count - 1: 0.55}.get(number, 0.0) for number in range(count))
    model, seen = a_model(signs), steps(*(one for row in rows for one in (row, blank)), wavers)
    found = choose(model, date, [Row((0, 0, 90, 40), seen, best_path(model, seen), 1.0)], lexicon=Lexicon())
    assert (found.normal.value, found.alternatives) == ("2011-01-03", ())


def _run_together(figures: str) -> Choice:
    model = a_model("0123456789.")
    date = Field("on", Kind.DATE, "on", "", (), required=False, public=False, options=(), blank="")
    blank = (1.0, *[0.0] * 11)
    signs = [tuple(float(number == 1 + int(sign)) for number in range(12)) for sign in figures]
    seen = steps(*(row for sign in signs for row in (sign, blank)))
    return choose(model, date, [Row((0, 0, 90, 40), seen, best_path(model, seen), 1.0)], lexicon=Lexicon())


@pytest.mark.parametrize(("figures", "day"), [("2019816", "2019-08-16"), ("201016", "2010-01-06")])
def test_a_date_that_lost_its_points_is_read_where_its_figures_say_one_alone(figures: str, day: str) -> None:
    found = _run_together(figures)
    assert (found.normal.value, found.raw) == (day, figures)
    assert found.scores["margin"] > 4


def test_figures_that_may_be_two_dates_are_as_good_as_unread() -> None:
    found = _run_together("2009113")
    assert found.scores["margin"] == 0
    assert calibrated(Kind.DATE, found.score) < FILED


def test_a_blank_more_or_less_is_no_rival() -> None:
    model = a_model("所 长")
    unit = Field("unit", Kind.TEXT, "unit", "", (), required=False, public=False, options=(), blank="")
    blank = (1.0, 0.0, 0.0, 0.0)
    seen = steps((0.0, 1.0, 0.0, 0.0), blank, (0.5, 0.0, 0.5, 0.0), blank, (0.0, 0.0, 0.0, 1.0))
    found = choose(model, unit, [Row((0, 0, 90, 40), seen, best_path(model, seen), 1.0)], lexicon=Lexicon())
    assert found.scores["margin"] > 5
    assert found.scores["lowest"] > 0.99


def test_an_address_is_as_sure_as_what_stands_before_its_usual_domain() -> None:
    model = a_model("li@q.com1")
    mail = Field("mail", Kind.EMAIL, "mail", "", (), required=False, public=False, options=(), blank="")
    count = len(model.signs)

    def seen(text: str, **doubtful: str) -> Probabilities:
        rows = []
        for sign in text:
            row = [0.0] * count
            row[model.columns[sign]] = 0.6 if sign in doubtful else 0.9999
            row[model.columns[doubtful.get(sign, sign)]] += 0.4 if sign in doubtful else 0.0
            rows += [tuple(row), (1.0, *[0.0] * (count - 1))]
        return steps(*rows)

    def found(steps_: Probabilities) -> Choice:
        return choose(model, mail, [Row((0, 0, 90, 40), steps_, best_path(model, steps_), 1.0)], lexicon=Lexicon())

    assert found(seen("li@qq.com", o="c")).scores["lowest"] > 0.99
    assert found(seen("li@qq.com", i="1")).scores["lowest"] < 0.7
