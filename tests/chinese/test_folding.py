from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.chinese import clean_name, display_width, fold, fold_label, fold_name, is_han, pad


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("２０１１．２", "2011.2"),
        ("（总）：ＡＢ～", "(总):AB~"),
        ("张\u3000三\u00a0李\t四", "张 三 李 四"),
        ("张\u200b三\ufeff\u00ad", "张三"),
        ("一\r\n二\u2028三\r四", "一\n二\n三\n四"),
        ("\u2f00\u2f08\u2f25\u2ed3\u2ee2", "一人女长马"),
        ("ﬁnd@example.cn", "find@example.cn"),
        ("e\u0301", "é"),
        ("①㎡²", "①㎡²"),
        ("。、“”", "。、“”"),
    ],
)
def test_width_blanks_and_signs_of_fonts_are_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    "character", ["\uf9d1", "\ufa19", "\U0002f800", "\U0002070e", "\ue000", "㛃", "戶", "珺", "鎭"]
)
def test_a_han_character_is_never_folded_into_another(character: str) -> None:
    assert fold(character) == character
    assert clean_name(f"张{character}") == f"张{character}"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_label(fold_label(text)) == fold_label(text)


@pytest.mark.parametrize(
    ("variant", "label"),
    [
        ("姓　名：", "姓名"),
        (" 姓 \n 名 ", "姓名"),
        ("党（总）支部名称", "党(总)支部名称"),
        ("公　 开　 承　 诺　 事　项", "公开承诺事项"),
        ("单位、职务", "单位职务"),
        ("Ｅ－ｍａｉｌ", "e-mail"),
        ("\u2f25\u540d", "女名"),
        ("\uf98e龄", "年龄"),
    ],
)
def test_variants_of_a_label_in_spacing_width_and_punctuation_are_that_label(variant: str, label: str) -> None:
    assert fold_label(variant) == fold_label(label)


def test_labels_of_other_characters_stay_distinct() -> None:
    assert len({fold_label(label) for label in ("支部名称", "总支名称", "支部名稱", "党支部名称")}) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张 三", "张三"),
        ("张\u3000三", "张三"),
        ("阿依努尔•买买提", "阿依努尔·买买提"),
        ("阿依努尔．买买提", "阿依努尔·买买提"),
        ("阿依努尔 ・ 买买提", "阿依努尔·买买提"),
        ("第１支部", "第1支部"),
        ("葛\U000e0100城", "葛城"),
        ("\uf9d1一", "六一"),
    ],
)
def test_names_that_differ_in_width_blanks_or_interpunct_have_one_key(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_names_of_other_characters_or_case_have_other_keys() -> None:
    names = ["张三", "張三", "张叁", "张三丰", "城西党支部", "城西党总支部", "ma", "MA"]
    assert len({fold_name(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        (" 张 三 ", "张三"),
        ("张\n三", "张三"),
        ("欧阳　疏", "欧阳疏"),
        ("阿依努尔 · 买买提", "阿依努尔·买买提"),
        ("阿依努尔.买买提", "阿依努尔·买买提"),
        ("John   Smith", "John Smith"),
        ("Ｊｏｈｎ\u3000Smith", "John Smith"),
        ("李 John", "李John"),
        ("J. Smith", "J. Smith"),
        ("\U0002070e 三", "\U0002070e三"),
        ("张 \ue123", "张\ue123"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_clean_name_has_no_blanks_inside_han_names(written: str, clean: str) -> None:
    assert clean_name(written) == clean


@given(st.text())
def test_cleaning_a_name_keeps_its_key(text: str) -> None:
    assert fold_name(clean_name(text)) == fold_name(text)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("张三", 4),
        ("·", 1),
        ("\U0002070e", 2),
        ("e\u0301", 1),
        ("\u200b", 0),
        ("a\nb", 2),
        ("", 0),
        ("ａ", 2),
    ],
)
def test_a_han_character_takes_two_columns(text: str, columns: int) -> None:
    assert display_width(text) == columns


def test_padding_fills_to_a_width_and_cuts_nothing() -> None:
    assert pad("张三", 6) == "张三  "
    assert pad("张三", 3) == "张三"


@pytest.mark.parametrize(
    "character", [chr(code) for code in (0x4E00, 0x3400, 0x20000, 0x323AF, 0xE000, 0x3007, 0xFA0E)]
)
def test_rare_and_private_characters_count_as_han(character: str) -> None:
    assert is_han(character)


@pytest.mark.parametrize("sign", "aé1·，、（")
def test_letters_and_punctuation_are_not_han(sign: str) -> None:
    assert not is_han(sign)


def test_no_fold_of_a_radical_leaves_the_basic_characters() -> None:
    radicals = [chr(code) for code in range(0x2E80, 0x2FE0) if unicodedata.name(chr(code), "")]
    changed = [fold(radical) for radical in radicals if fold(radical) != radical]
    assert len(changed) > 230
    assert all("\u3400" <= character <= "\u9fff" for character in changed)
