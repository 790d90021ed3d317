"""The order of names by pinyin."""

from __future__ import annotations

from formsvc.index.readings import order_of


def test_a_surname_sorts_by_its_reading_as_one() -> None:
    names = ["曾国", "张三", "单雄", "解放", "仇英", "查良", "欧阳春", "任平", "翟青"]
    assert sorted(names, key=order_of) == ["欧阳春", "仇英", "任平", "单雄", "解放", "曾国", "查良", "翟青", "张三"]


def test_a_reading_of_compound_surnames_holds_there_alone() -> None:
    names = ["万伟", "万俟卓", "长孙晟", "常青", "张三", "尉迟恭", "魏征", "宋江"]
    assert sorted(names, key=order_of) == ["常青", "万俟卓", "宋江", "万伟", "魏征", "尉迟恭", "张三", "长孙晟"]


def test_a_character_beyond_the_first_sorts_by_its_usual_reading() -> None:
    assert order_of("张单")[1][0] == "dan1"


def test_surnames_that_sound_alike_stay_together() -> None:
    names = ["章一", "张二", "章丁", "张八"]
    assert [name[0] for name in sorted(names, key=order_of)] == ["张", "张", "章", "章"]


def test_what_has_no_reading_sorts_by_itself() -> None:
    assert sorted(["李", "\U0002ffff", "Bob", "ann", ""], key=order_of)[:3] == ["", "ann", "Bob"]
