from __future__ import annotations

import subprocess
import sys

import pytest

from formsvc.index.readings import readings_of
from formsvc.index.tokens import asked_name, asked_place, begun_syllables, name_tokens, place_tokens, search_key

COMPOUND = {
    "尉迟恭": ["yuchigong", "ycg"],
    "万俟卨": ["moqi", "mq"],
    "单于明": ["chanyuming", "cym"],
    "澹台灭明": ["tantaimieming", "ttmm"],
    "长孙无忌": ["zhangsunwuji", "zswj"],
    "令狐冲": ["linghuchong", "lhc"],
    "欧阳疏影": ["ouyangshuying", "oysy"],
}
HARD = {
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "曾": "zeng", "翟": "zhai", "区": "ou", "缪": "miao",
    "任": "ren", "华": "hua", "朴": "piao", "盖": "ge", "乐": "yue", "宁": "ning", "覃": "qin", "黑": "he",
    "贠": "yun", "员": "yun", "种": "chong", "折": "she", "秘": "bi", "繁": "po", "尉": "yu", "隗": "kui",
}  # fmt: skip


def finds(name: str, asked: str) -> bool:
    """Say whether the tokens of a name answer a question, as a back-end decides it."""
    tokens = name_tokens(name, readings_of)
    question = asked_name(asked)
    if question is None:
        return False
    every = tokens.whole | tokens.partial
    if every & set(question.tokens):
        return True
    if question.grams and every.issuperset(question.grams) and question.key in search_key(name):
        return True
    begun = () if question.begun is None else begun_syllables(question.begun)
    return any(
        before + syllable in every
        for before, tail in begun
        for syllable in tokens.syllables
        if syllable.startswith(tail) and syllable != tail
    )


@pytest.mark.parametrize("surname", HARD)
def test_a_hard_surname_is_found_by_the_reading_its_bearers_use(surname: str) -> None:
    assert finds(f"{surname}明", f"{HARD[surname]}ming")
    assert finds(f"{surname}明", f"{HARD[surname][0]}m")


@pytest.mark.parametrize("name", COMPOUND)
def test_a_compound_surname_is_found_by_its_reading(name: str) -> None:
    assert all(finds(name, asked) for asked in COMPOUND[name])


@pytest.mark.parametrize(
    "asked", ["曾", "zeng", "ceng", "曾荣", "zengrong", "rong", "荣光", "rongguang", "zrg", "crg", "rg", "曾荣光"]
)
def test_a_name_is_found_by_every_part_and_every_reading(asked: str) -> None:
    assert finds("曾荣光", asked)


@pytest.mark.parametrize(
    "asked", ["曾光", "zengguang", "zg", "荣曾", "engrong", "曾荣光明", "zengrongguangm", "g光", "zrgx"]
)
def test_a_name_is_not_found_by_what_it_does_not_hold(asked: str) -> None:
    assert not finds("曾荣光", asked)


@pytest.mark.parametrize(
    "asked",
    [
        "z",
        "zh",
        "zhan",
        "zhangs",
        "zhangsa",
        "s",
        "Zhang San",
        "zhang'san",
        "ZHANGSAN",
        "zhāng sān",
        "ｚｈａｎｇｓａｎ",
        "Ｚ s",
    ],
)
def test_pinyin_may_stop_anywhere_and_its_spacing_case_width_and_tones_do_not_count(asked: str) -> None:
    assert finds("张三", asked)


@pytest.mark.parametrize("asked", ["lv", "lu", "lü", "lyu", "LÜ", "lǚ", "lvbu", "lübù", "lyubu", "lb"])
def test_every_way_to_type_u_with_two_dots_is_known(asked: str) -> None:
    assert finds("吕布", asked)


def test_u_with_its_two_dots_is_not_u_without() -> None:
    assert not finds("卢明", "lü")
    assert finds("卢明", "lu")


@pytest.mark.parametrize(
    "asked",
    [
        "阿依努尔·买买提", "阿依努尔•买买提", "阿依努尔 买买提", "阿依努尔买买提", "阿依努尔", "买买提", "尔·买",
        "买提", "ayinuer", "maimaiti", "ayinuermaimaiti", "mmt", "aynemmt", "ayne", "maiti", "nuer", "ayinuerm",
    ],
)  # fmt: skip
def test_a_name_with_an_interpunct_is_found_whole_and_by_part(asked: str) -> None:
    assert finds("阿依努尔·买买提", asked)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("John Smith", "john"),
        ("John Smith", "John Smith"),
        ("John Smith", "hnsm"),
        ("John Smith", "smith"),
        ("O’Brien", "o'brien"),
        ("李John", "李john"),
        ("李John", "lijohn"),
        ("第3支部", "第3"),
        ("第3支部", "di3zhibu"),
        ("第3支部", "3支部"),
        ("第３支部", "第3支部"),
        ("张\ue123三", "\ue123"),
        ("张\ue123三", "张\ue123"),
        ("张\ue123三", "san"),
        ("\U0002070e三", "\U0002070e"),
        ("欧阳疏影明月清风", "影明月清"),
        ("城西社区党支部", "chengxishequdangzhibu"),
        ("城西社区党支部", "cxsqdzb"),
        ("城西社区党支部", "社区党支部"),
        ("姓（名）", "姓名"),
    ],
)
def test_latin_letters_digits_and_rare_characters_are_found_too(name: str, asked: str) -> None:
    assert finds(name, asked)


@pytest.mark.parametrize("asked", ["", " ", "·", "——", "\u200b"])
def test_a_question_of_blanks_and_punctuation_asks_nothing(asked: str) -> None:
    assert asked_name(asked) is None


@pytest.mark.parametrize("name", ["", "·", " "])
def test_an_empty_name_has_no_tokens(name: str) -> None:
    tokens = name_tokens(name, readings_of)
    assert not tokens.whole | tokens.partial | tokens.syllables


def test_only_what_covers_a_name_from_end_to_end_covers_it_whole() -> None:
    tokens = name_tokens("曾荣光", readings_of)
    assert {"曾荣光", "zengrongguang", "cengrongguang", "ZRG", "CRG"} == tokens.whole
    assert {"曾", "荣光", "zeng", "RG"} <= tokens.partial
    assert not tokens.whole & tokens.partial


def test_a_name_of_many_readings_keeps_its_tokens_within_bounds() -> None:
    def many(_: str) -> tuple[str, ...]:
        return ("a", "b", "c", "d", "e", "f")

    tokens = name_tokens("一二三四五六", many)
    assert len(tokens.whole | tokens.partial) < 128 * 2 * 21
    assert {"a" * 6, "f" + "a" * 5, "A" * 6} <= tokens.whole


def test_a_long_text_costs_no_more_than_its_length() -> None:
    assert len(name_tokens("党" * 3000, readings_of).partial) < 100
    assert len(name_tokens("阿·" * 1000, readings_of).partial) < 400


def test_a_place_is_found_by_any_part_of_it() -> None:
    tokens = place_tokens("城西社区党支部书记")
    for asked in ("城", "社区", "西社区党支", "城西社区党支部书记", "支部 书记"):
        grams, key = asked_place(asked)
        assert grams
        assert tokens.issuperset(grams)
        assert key in search_key("城西社区党支部书记")


def test_a_place_without_a_part_lacks_it() -> None:
    grams, _ = asked_place("城东")
    assert not place_tokens("城西社区东").issuperset(grams)
    assert asked_place("（）") == ((), "")


def test_asking_needs_neither_readings_nor_libraries() -> None:
    unwanted = "{'formsvc.index.readings', 'formsvc.chinese.pinyin', 'sqlite_utils', 'click'}"
    code = f"import sys, formsvc.index.finding as _; print({unwanted} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "set()"
