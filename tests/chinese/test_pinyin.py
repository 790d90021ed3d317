"""Readings of characters: all that the source has, in its order, as they are typed and as they are sorted."""

from __future__ import annotations

import os

import pytest

from formsvc.chinese import is_pinyin, numbered, sounds_of, toneless

# pypinyin's own switch, read when it is imported: its phrases are not asked for, and large.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from pypinyin import Style, pinyin
from pypinyin.constants import PINYIN_DICT


def test_every_character_of_the_source_is_read_as_there() -> None:
    other = [chr(code) for code, text in PINYIN_DICT.items() if ",".join(sounds_of(chr(code))) != text]
    assert other == []
    assert len(PINYIN_DICT) > 40_000


@pytest.mark.parametrize("start", range(7))
def test_readings_are_typed_and_numbered_as_the_source_does_it(start: int) -> None:
    for character in map(chr, sorted(PINYIN_DICT)[start::7]):
        sounds = sounds_of(character)
        assert list(dict.fromkeys(map(toneless, sounds))) == _said(character, Style.NORMAL), character
        assert list(dict.fromkeys(map(numbered, sounds))) == _said(character, Style.TONE3), character


def _said(character: str, style: Style) -> list[str]:
    said: list[list[str]] = pinyin(character, style=style, heteronym=True, neutral_tone_with_five=True)
    return said[0]


def test_the_likelier_reading_comes_first() -> None:
    assert sounds_of("长") == ("zhǎng", "cháng")
    assert (toneless("lǜ"), numbered("lǜ"), numbered("de")) == ("lv", "lv4", "de5")


@pytest.mark.parametrize("sign", ["a", "á", " ", "\n", "#", "·", "５", "\U0002ffff", ""])
def test_what_is_no_character_has_no_reading(sign: str) -> None:
    assert sounds_of(sign) == ()


def test_characters_beyond_the_basic_plane_are_read() -> None:
    assert sounds_of("\U00020001") == tuple(PINYIN_DICT[0x20001].split(","))


@pytest.mark.parametrize(
    ("letters", "is_it"),
    [
        ("zhangwei", True),
        ("lvhong", True),
        ("xian", True),
        ("je", False),
        ("yangnng", False),
        ("zw", False),
        ("", True),
    ],
)
def test_pinyin_is_made_of_syllables_that_there_are(letters: str, *, is_it: bool) -> None:
    assert is_pinyin(letters) is is_it
