"""Kinds of characters and the rules of the marks."""

from __future__ import annotations

import pytest

from formsvc.rendering.punctuation import Kind, in_number, inseparable, traits


@pytest.mark.parametrize(
    ("characters", "kind"),
    [
        ("党㛃𠅤〇①Ⅰ㎡□—…·", Kind.SOLE),
        ("（“《「", Kind.OPEN),
        ("。，、）”》」", Kind.CLOSE),
        ('a1.@-%"é×°–２Ａ\u00a0', Kind.WORD),
        (" \u3000\u2002", Kind.SPACE),
        ("\u0301\ufe00\U000e0100\u200d", Kind.ATTACHED),
    ],
)
def test_every_character_has_its_kind(characters: str, kind: Kind) -> None:
    assert [character for character in characters if traits(character).kind is not kind] == []


def test_marks_that_join_or_close_never_begin_a_line() -> None:
    assert [mark for mark in "、。，：；！？）」』”’》％%)],.;:!?～·-–" if not traits(mark).never_first] == []


def test_marks_that_open_and_signs_before_a_number_never_end_a_line() -> None:
    assert [mark for mark in "（「『“‘《([￥$№" if not traits(mark).never_last] == []


def test_a_quarter_em_stands_only_beside_ideographs_and_narrow_letters_or_digits() -> None:
    assert [mark for mark in "，（—2a％ □" if traits(mark).is_ideograph] == []
    assert [mark for mark in "党２Ａ，(.- " if traits(mark).is_latin] == []
    assert traits("党").is_ideograph
    assert traits("2").is_latin
    assert traits("%").is_latin


def test_words_doubled_dashes_and_combining_marks_are_inseparable() -> None:
    pairs = ("a1", "1.", "——", "……", "党\ufe00", "２３")
    assert [pair for pair in pairs if not inseparable(pair[0], pair[1])] == []
    assert [pair for pair in ("党员", "党1", "—…", "—党") if inseparable(pair[0], pair[1])] == []


def test_a_full_width_mark_belongs_to_a_number_of_full_width_digits() -> None:
    assert in_number("２", "，", "５")
    assert not in_number("2", "，", "5")
    assert not in_number("２", "。", "５")
