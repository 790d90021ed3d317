"""The vocabulary decides between signs the recogniser wavers between, and only there."""

from __future__ import annotations

import pytest

from formsvc.extraction.scan.recognition.wording import familiarity, mended, pairs, worded
from tests.extraction.scan.recognisers import a_model, steps

MODEL = a_model("规观定")


def test_a_wavering_sign_becomes_the_one_that_makes_a_word() -> None:
    line = worded(MODEL, steps((0.05, 0.4, 0.55, 0.0), (0.02, 0.0, 0.0, 0.98)))
    assert line.text == "规定"
    assert line.lowest < 0.9


def test_a_sign_that_is_chosen_for_its_word_alone_is_told_as_doubtful() -> None:
    line = worded(MODEL, steps((0.0, 0.02, 0.98, 0.0), (0.02, 0.0, 0.0, 0.98)))
    assert line.text == "规定"
    assert line.lowest <= 0.1


def test_a_sure_sign_stays_although_it_makes_no_word() -> None:
    assert worded(MODEL, steps((0.01, 0.005, 0.985, 0.0), (0.02, 0.0, 0.0, 0.98))).text == "观定"


@pytest.mark.parametrize(("signs", "word"), [("用干于", "用于"), ("出忖村", "出村"), ("自已己", "自己")])
def test_a_sign_that_only_its_word_tells_from_its_twin_becomes_it_and_is_never_quite_sure(
    signs: str, word: str
) -> None:
    line = worded(a_model(signs), steps((0.0, 1.0, 0.0, 0.0), (0.01, 0.0, 0.99, 0.0)))
    assert line.text == word
    assert 0.9 < line.lowest < 0.99


def test_a_sign_and_its_twin_are_as_sure_as_both_where_only_one_makes_a_word() -> None:
    line = worded(a_model("用干于"), steps((0.0, 1.0, 0.0, 0.0), (0.02, 0.0, 0.92, 0.06)))
    assert line.text == "用于"
    assert line.lowest > 0.97


@pytest.mark.parametrize(
    "phrase", ["参加人数达到", "节日问候老人", "民工示范岗", "情况已核", "便于监督", "出村入户", "干群关系"]
)
def test_what_is_read_surely_and_is_no_slip_stays(phrase: str) -> None:
    signs = dict.fromkeys(phrase)
    surely = [tuple(0.99 * (sign == one) for one in ("", *signs)) for sign in phrase]
    assert worded(a_model("".join(signs)), steps(*surely)).text == phrase


def test_a_mark_that_wavers_between_its_two_widths_is_sure() -> None:
    line = worded(a_model(",，."), steps((0.01, 0.44, 0.55, 0.0)))
    assert line.text == "，"
    assert line.lowest > 0.95


def test_a_mark_that_wavers_between_two_meanings_is_not_sure() -> None:
    assert worded(a_model(",，."), steps((0.01, 0.0, 0.55, 0.44))).lowest < 0.6


def test_a_sign_that_makes_a_word_is_not_taken_for_its_twin() -> None:
    line = worded(a_model("部干于"), steps((0.01, 0.0, 0.99, 0.0), (0.0, 1.0, 0.0, 0.0)))
    assert line.text == "干部"
    assert line.lowest > 0.9


def test_pairs_are_taken_from_inside_words_only() -> None:
    assert "规定" in pairs()
    assert not any(" " in pair or "\n" in pair for pair in pairs())


def test_a_long_word_of_which_one_sign_is_another_is_mended_and_so_are_two() -> None:
    assert "新湖档案馆党支部" in mended("新湖档景馆党支部")
    assert "新湖档案馆党支部" in mended("新湖档景馆堂支部")
    assert "档案" not in mended("档景")


def test_a_text_whose_words_are_whole_is_likelier_than_one_with_another_sign_in_it() -> None:
    assert familiarity("新湖档案馆") > familiarity("新湖档景馆") + 2 * 2.6
    whole = mended("河姆供电正")
    assert "河姆供电所" in whole
    assert all(familiarity(text) > familiarity("河姆供电正") for text in whole)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ("3%上。", "3%以上。"), ("3人r上；", "3人以上；"), ("3户下", "3户以下"),
        ("3、上半年", "3、上半年"), ("3%以上。", "3%以上。"), ("3次上门，", "3次上门，"),
        ("岗位实际·同意", "岗位实际，同意"), ("阿里木·艾山", "阿里木·艾山"), ("岗位实际·", "岗位实际·"),
    ],
)  # fmt: skip
def test_at_least_and_a_comma_are_meant_where_another_mark_was_read_and_are_doubtful(read: str, said: str) -> None:
    signs = dict.fromkeys(read)
    surely = [tuple(0.99 * (sign == one) for one in ("", *signs)) for sign in read]
    line = worded(a_model("".join(signs)), steps(*surely))
    assert line.text == said
    assert len(line.confidences) == len(line.places) == len(said)
    assert list(line.places) == sorted(line.places)
    assert (line.lowest <= 0.1) == (read != said)
