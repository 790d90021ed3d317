"""How common a sign is on a Chinese form, before anything is looked at.

The recogniser knows the scripts of the world. On such a form simplified characters, ASCII and the usual punctuation are
expected, traditional characters are rare, and kana, Cyrillic or pictures are next to never meant. It weighs a choice
between near signs; a sign that is read clearly stays what it is.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from formsvc.chinese import is_han

_RARE, _TRADITIONAL, _FOREIGN = 0.5, 0.12, 0.05
_UNUSUAL = 2.5
"""What a traditional character costs a whole value beside its own weight, as a logarithm of likelihood."""
_PUNCTUATION = frozenset("，。、；：？！（）《》“”‘’【】〔〕—…·％￥～①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳☑□√")
_FREQUENT_BIG5 = range(0xA440, 0xC680)
"""The first level of Big5: characters in daily use, by their codes."""


@lru_cache(maxsize=4)
def sign_weights(signs: tuple[str, ...]) -> NDArray[np.float32]:
    """Return a weight for each column of the recogniser; 1 for its blank and for what is common."""
    return np.array([_weight(sign) for sign in signs], dtype=np.float32)


def unusual(text: str) -> float:
    """Return what the traditional characters of a value cost it, as a logarithm of likelihood.

    Only a choice between readings is weighed so: how sure a sign is stays as it was, and tells that it was doubtful.
    """
    return _UNUSUAL * sum(map(_is_traditional, text))


def _weight(sign: str) -> float:
    if not sign or sign.isascii() or sign in _PUNCTUATION:
        return 1.0
    if not is_han(sign[0]):
        return _FOREIGN
    if _is_traditional(sign):
        return _TRADITIONAL
    return 1.0 if _encodes(sign, "gb2312") else _RARE


def _is_traditional(sign: str) -> bool:
    """Whether a character that GB 2312 lacks is in daily use where characters are not simplified."""
    if _encodes(sign, "gb2312") or not _encodes(sign, "big5"):
        return False
    return int.from_bytes(sign.encode("big5"), "big") in _FREQUENT_BIG5


def _encodes(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
