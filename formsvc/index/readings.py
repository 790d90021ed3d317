"""The pinyin readings of characters as names are found and sorted by them.

What the table of readings lacks or might lose of surnames stands here, so that a person is found under the name she is
called by.
"""

from __future__ import annotations

from functools import cache

from formsvc import chinese

_SURNAMES = {
    "万": "mo", "乐": "yue", "乜": "nie", "仇": "qiu", "令": "ling", "任": "ren", "佴": "nai", "俞": "yu",
    "俟": "qi", "冼": "xian", "区": "ou", "华": "hua", "单": "shan", "卜": "bu", "厍": "she", "召": "shao",
    "台": "tai", "员": "yun", "呙": "guo", "句": "gou", "哈": "ha", "宁": "ning", "宓": "mi", "尉": "yu",
    "应": "ying", "折": "she", "拓": "tuo", "撒": "sa", "於": "yu", "晟": "cheng", "曲": "qu", "曾": "zeng",
    "朴": "piao", "查": "zha", "柏": "bai", "洗": "xian", "澹": "tan", "燕": "yan", "牟": "mu", "瞿": "qu",
    "祭": "zhai", "种": "chong", "秘": "bi", "纪": "ji", "繁": "po", "缪": "miao", "翟": "zhai", "能": "nai",
    "臧": "zang", "葛": "ge", "褚": "chu", "覃": "qin", "解": "xie", "訾": "zi", "谌": "chen", "贠": "yun",
    "贲": "ben", "费": "bi", "逄": "pang", "那": "na", "郄": "qie", "郇": "huan", "郗": "chi", "都": "du",
    "长": "zhang", "阚": "kan", "隗": "kui", "黑": "he",
}  # fmt: skip
"""Readings of characters in surnames, alone or in compound ones."""
_ONLY_BEFORE = {"万": "俟", "长": "孙", "尉": "迟", "澹": "台", "拓": "跋", "令": "狐", "俟": "斤", "於": "陵"}
"""Characters with such a reading in a compound surname only, and what follows there."""


@cache
def readings_of(character: str) -> tuple[str, ...]:
    """Give the toneless pinyin readings of a character, the likelier first; empty if it has none.

    A reading with ü stands there in each way to type it: with v, with u and, as passports have it, with yu.
    """
    readings = [chinese.toneless(sound).replace("ê", "e") for sound in chinese.sounds_of(character)]
    if character in _SURNAMES:
        readings.append(_SURNAMES[character])
    typed = [reading.replace("v", vowel) for reading in readings for vowel in ("v", "u", "yu")]
    return tuple(dict.fromkeys(reading for reading in typed if reading.isascii() and reading.isalpha()))


def order_of(name: str) -> tuple[tuple[str, str], ...]:
    """Give the key that sorts names by pinyin with tones, a surname by the reading it has as one.

    Characters that sound alike stay together; what has no reading comes by itself.
    """
    return tuple((_sound(name, index), character) for index, character in enumerate(name))


def _sound(name: str, index: int) -> str:
    character = name[index]
    found = [chinese.numbered(sound) for sound in chinese.sounds_of(character)]
    if not found:
        return character.casefold()
    surname = _SURNAMES.get(character) if index == 0 and _is_surname(name) else None
    return next((sound for sound in found if sound.rstrip("12345") == surname), found[0])


def _is_surname(name: str) -> bool:
    """Whether the first character has its reading of surnames here: some have it in a compound one only."""
    second = _ONLY_BEFORE.get(name[0])
    return second is None or name[1:2] == second
