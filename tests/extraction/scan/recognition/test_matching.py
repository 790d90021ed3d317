"""Printed words are known although some of their letters were read wrongly."""

from __future__ import annotations

import itertools

import pytest

from formsvc.extraction.scan.recognition.matching import after_label, bracketed_end, distance, is_like


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("党组织审核：同意", "同意"),
        ("党组织审核:", ""),
        ("党组织宙核：同意", "同意"),
        ("党 组 织 审 核 同意", "同意"),
    ],
)
def test_a_text_goes_on_behind_its_label(text: str, rest: str) -> None:
    end = after_label(text, ("党组织审核：",))
    assert end is not None
    assert text[end:] == rest


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("党组织审核意见：同意", "同意"),
        ("党组织审核意风：同意", "同意"),
        ("党组织审核意见同意", "同意"),
        ("党组织审核：同意公开", "同意公开"),
        ("党组织审核：意见一致", "意见一致"),
        ("党组织审核：", ""),
    ],
)
def test_of_labels_that_begin_alike_the_one_that_is_there_is_taken_away(text: str, rest: str) -> None:
    labels = ("党组织审核：", "党组织审核意见", "党支部意见", "党支部审核意见")
    for wordings in itertools.permutations(labels):
        end = after_label(text, wordings)
        assert end is not None
        assert text[end:] == rest


@pytest.mark.parametrize("text", ["同意该同志的承诺", "党", "", "审核通过"])
def test_a_text_that_begins_with_something_else_has_no_label(text: str) -> None:
    assert after_label(text, ("党组织审核：",)) is None


def test_few_wrong_letters_make_no_other_word() -> None:
    assert is_like("承诺人（乎写签名）", ("承诺人（手写签名）：",))
    assert not is_like("同意", ("盖章",))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("建议细化第二条后公示（盖草）", "建议细化第二条后公示"),
        ("建议细化第二条后公示（盖草", "建议细化第二条后公示"),
        ("(盖 韋)", ""),
        ("同意（不公示）", None),
        ("同意（盖好章后公示）", None),
        ("同意盖卓）", "同意"),
        ("同意上报）", None),
        ("同意盖草", None),
        ("同意", None),
    ],
)
def test_brackets_at_the_end_with_a_letter_of_the_hint_are_the_hint(text: str, kept: str | None) -> None:
    end = bracketed_end(text, "（盖章）")
    assert (None if end is None else text[:end]) == kept


def test_a_hint_without_brackets_has_no_bracketed_end() -> None:
    assert bracketed_end("同意（盖草）", "盖章") is None


def test_the_distance_counts_letters_changed_added_and_dropped() -> None:
    assert distance("163.com", "l63com") == 2
