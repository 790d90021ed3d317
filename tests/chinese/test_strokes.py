"""The order of names by strokes: counts, kinds of strokes, given names of one character, characters without data."""

from __future__ import annotations

import random

import pytest

from formsvc.chinese import stroke_key, strokes_of

TABLE_PAST_THE_FIRST_BLOCK = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠"
    "䲢䴓䴔䴕䴖䴗䴘䴙䶮鿍鿎鿏𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄"
    "𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡"
    "𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮"
    "𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)
"""The characters of 通用规范汉字表 that are not among U+4E00-9FA5: 276 of its 8,105."""


def in_order(names: list[str]) -> bool:
    """Say whether names come out as they stand here, however they are mixed before."""
    mixed = random.Random(20110221).sample(names, len(names))
    return sorted(mixed, key=stroke_key) == names


@pytest.mark.parametrize(
    ("character", "strokes"),
    [
        *zip("丁王马石达刘李陈范欧赵黄韩魏戴", (2, 4, 3, 5, 6, 6, 7, 7, 8, 8, 9, 11, 12, 17, 17), strict=True),
        *zip("㛃䶮堃喆犇𠅤𬭎䜣", (9, 9, 11, 12, 12, 11, 12, 6), strict=True),
        ("\ue000", None),
        ("A", None),
    ],
)
def test_strokes_are_counted(character: str, strokes: int | None) -> None:
    assert strokes_of(character) == strokes


def test_surnames_go_by_the_number_of_their_strokes() -> None:
    assert in_order(["丁大宁", "马一", "王小宁", "石山", "刘伟", "张三", "陈一", "赵一", "黄一", "魏一"])


def test_as_many_strokes_go_by_the_kinds_of_the_first_strokes() -> None:
    assert in_order(["王一", "文一", "尹一"])  # horizontal, dot, turning
    assert in_order(["林东", "欧东"])  # both begin horizontal; then vertical before left-falling
    assert in_order(["毕一", "吕一", "任一", "刘一", "江一", "许一", "孙一"])  # six strokes each


def test_a_given_name_of_one_character_comes_before_longer_ones_of_the_same_surname() -> None:
    assert in_order(["田富", "田大利", "田富利"])
    assert in_order(["欧阳富", "欧阳一一"])


def test_surnames_of_two_characters_go_by_their_first_character() -> None:
    assert in_order(["司马光", "欧阳修", "诸葛亮"])


def test_blanks_and_interpuncts_do_not_count() -> None:
    assert stroke_key("张 三") == stroke_key("张三")
    assert stroke_key("古丽·买买提") == stroke_key("古丽买买提")


def test_characters_without_data_come_last_by_their_code_points() -> None:
    assert in_order(["龘一", "A一", "\ue000一", "\ue001一"])


def test_every_character_of_the_table_of_general_standard_characters_has_strokes() -> None:
    assert len(TABLE_PAST_THE_FIRST_BLOCK) == len(set(TABLE_PAST_THE_FIRST_BLOCK)) == 276
    first_block = map(chr, range(0x4E00, 0x9FA6))
    assert [one for one in (*first_block, *TABLE_PAST_THE_FIRST_BLOCK) if strokes_of(one) is None] == []


def test_compatibility_forms_count_as_their_characters() -> None:
    assert strokes_of("\uf9d3") == strokes_of("陸")
