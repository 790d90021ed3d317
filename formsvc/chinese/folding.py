"""Text made comparable: width, blanks, look-alike signs; names; columns on a screen.

The rule: signs that only differ in width or come from a font's table (full-width letters, Kangxi radicals that a
PDF's text layer shows for ordinary characters, ligatures) are folded; two Han characters are never made one.
Traditional and simplified forms stay distinct here.
"""

from __future__ import annotations

import re
import unicodedata

_WIDE_SIGNS = [*range(0xFF01, 0xFF5F), *range(0xFFE0, 0xFFE3), *range(0xFFE4, 0xFFE7), *range(0xFF61, 0xFF66)]
_VERTICAL_AND_SMALL = [*range(0xFE10, 0xFE1A), *range(0xFE30, 0xFE45), *range(0xFE50, 0xFE6C)]
_LIGATURES = range(0xFB00, 0xFB07)
_KANGXI_RADICALS = range(0x2F00, 0x2FD6)
_RADICALS_OF_FONTS = {
    "⺟": "母", "⺠": "民", "⻁": "虎", "⻄": "西", "⻅": "见", "⻆": "角", "⻉": "贝", "⻋": "车",
    "⻓": "长", "⻔": "门", "⻘": "青", "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食",
    "⻢": "马", "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄",
    "⻬": "齐", "⻮": "齿", "⻰": "龙", "⻳": "龟",
}  # fmt: skip
"""CJK radicals that Unicode gives no decomposition, with the character they are drawn for."""

_BLANKS = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2800\u3000"
_LINE_ENDS = "\v\f\r\x85\u2028\u2029"
_UNSEEN = [
    *(code for code in [*range(0x20), *range(0x7F, 0xA0)] if chr(code) not in "\t\n\v\f\r\x85"),
    0x00AD, 0x061C, 0x115F, 0x1160, 0x180E, 0x3164, 0xFEFF, 0xFFA0,
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
]  # fmt: skip

_FOLDS: dict[int, str | None] = {
    **{
        code: unicodedata.normalize("NFKC", chr(code))
        for code in (*_WIDE_SIGNS, *_VERTICAL_AND_SMALL, *_LIGATURES, *_KANGXI_RADICALS)
    },
    **{ord(radical): character for radical, character in _RADICALS_OF_FONTS.items()},
    **dict.fromkeys(map(ord, _BLANKS), " "),
    **dict.fromkeys(map(ord, _LINE_ENDS), "\n"),
    **dict.fromkeys(_UNSEEN, None),
}
_COMPATIBILITY_IDEOGRAPHS = "([\uf900-\ufaff\U0002f800-\U0002fa1f]+)"

INTERPUNCT = "·"
_INTERPUNCTS = str.maketrans(dict.fromkeys("•・‧⋅∙ㆍ⸱･", INTERPUNCT))
_VARIATION_SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
_HAN = (
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3400, 0x4DBF), (0xE000, 0xF8FF), (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF), (0xF0000, 0x10FFFF),
)  # fmt: skip


def is_han(character: str) -> bool:
    """Say whether one character is a Han character; private-use ones count, since rare name characters hide there."""
    code = ord(character)
    return 0x4E00 <= code <= 0x9FFF or any(first <= code <= last for first, last in _HAN)


def fold(text: str) -> str:
    """Fold width and blanks, sign by sign, for comparing and for reading values.

    Full-width signs become ASCII, every kind of blank becomes a space, line ends become a newline, unseen signs go,
    radicals become the characters they are drawn for, the rest is NFC. Compatibility ideographs stay as written.
    Runs of blanks are kept.
    """
    if text.isascii() and text.isprintable():
        return text
    folded = text.replace("\r\n", "\n").translate(_FOLDS)
    if unicodedata.is_normalized("NFC", folded):
        return folded
    parts = re.split(_COMPATIBILITY_IDEOGRAPHS, folded)
    return "".join(part if odd % 2 else unicodedata.normalize("NFC", part) for odd, part in enumerate(parts))


def fold_label(text: str) -> str:
    """Reduce a printed label to its letters, so that variants in spacing, width and punctuation are that label.

    Letters and digits are kept, in lower case; blanks, brackets and all punctuation go.
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", fold(text)))).casefold()


def fold_name(text: str) -> str:
    """Give the key by which two names (of people or organisations) are the same name: exact but for width and blanks.

    All blanks go, interpuncts are one sign, NFC, no variation selectors. Case and characters count.
    """
    bare = "".join(_unify_interpuncts(fold(text)).split())
    return unicodedata.normalize("NFC", bare.translate(_VARIATION_SELECTORS))


def clean_name(text: str) -> str:
    """Give a name's normal form: no blanks inside Han names, one between Latin words, `·` between parts.

    Rare characters (extensions, private use, compatibility ideographs, variation selectors) stay as written.
    """
    unified = _unify_interpuncts(fold(text)).strip()
    return re.sub(r"\s+", lambda run: _blank_of_name(unified, run), unified)


def _unify_interpuncts(text: str) -> str:
    """Make every dot between the parts of a name the one interpunct; a full stop counts between Han characters."""
    unified = text.translate(_INTERPUNCTS)
    if "." not in unified:
        return unified
    signs = list(unified)
    for place in range(1, len(signs) - 1):
        if signs[place] == "." and is_han(signs[place - 1]) and is_han(signs[place + 1]):
            signs[place] = INTERPUNCT
    return "".join(signs)


def _blank_of_name(text: str, run: re.Match[str]) -> str:
    before, after = text[run.start() - 1], text[run.end()]
    latin = all(sign != INTERPUNCT and ord(sign) < 0x2E80 for sign in (before, after))
    return " " if latin else ""


def display_width(text: str) -> int:
    """Count the columns a text takes on a terminal: a Han character two, a combining or unseen sign none."""
    if text.isascii():
        return len(text) if text.isprintable() else sum(map(str.isprintable, text))
    return sum(map(_columns, text))


def _columns(sign: str) -> int:
    if unicodedata.category(sign) in {"Mn", "Me", "Cf", "Cc"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


def pad(text: str, width: int) -> str:
    """Fill a text with spaces to `width` columns; a longer one stays whole."""
    return text + " " * (width - display_width(text))
