"""What is written in the lines: dates, months, telephones, addresses, numbers, and strings that mean nothing.

A text is made of runs, each by print or by hand: on a form the year, month and day are printed and somebody writes the
figures between them. Meaningless strings keep the recogniser from learning words instead of signs.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

Chance = np.random.Generator
OTHER = "□"
"""What every sign is told as that is none of these."""
HAN_DIGITS = "〇一二三四五六七八九"
SIGNS = string.digits + string.ascii_letters + "@._-+/()" + HAN_DIGITS + "零十廿卅元年月日号岁周转至、" + OTHER
_LETTERS = string.ascii_lowercase
_INITIALS = ["b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s"]
_INITIALS += ["y", "w"]
_FINALS = ["a", "o", "e", "i", "u", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "ia", "ie", "iao", "iu"]
_FINALS += ["ian", "in", "iang", "ing", "iong", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ue"]
_HOSTS = ["qq.com", "163.com", "126.com", "sina.com", "sina.cn", "sohu.com", "139.com", "189.cn", "yeah.net", "wo.cn"]
_HOSTS += ["foxmail.com", "gmail.com", "hotmail.com", "outlook.com", "aliyun.com", "21cn.com", "vip.163.com", "tom.com"]
_HOSTS += ["263.net", "live.cn", "msn.com", "yahoo.com.cn", "vip.sina.com", "icloud.com", "188.com", "eyou.com"]
_ENDS = ["gov.cn", "edu.cn", "com.cn", "org.cn", "com", "cn", "net", "org", "net.cn", "ac.cn"]


@dataclass(frozen=True)
class Run:
    """A part of a line by one means: what is drawn, whether it is the form's own print, and the white before it."""

    text: str
    is_blank: bool = False
    gap: float = 0.0
    """In ems."""


def a_text(chance: Chance) -> list[Run]:
    """Return what a line says."""
    kind = str(chance.choice(list(KINDS), p=_SHARES))
    runs = KINDS[kind](chance)
    if kind != "email" and chance.random() < 0.05:
        other = Run(_strangers(chance), is_blank=chance.random() < 0.5, gap=float(chance.uniform(0, 1)))
        runs = [*runs, other] if chance.random() < 0.5 else [other, *runs]
    return runs


def told(runs: Sequence[Run]) -> str:
    """Return what is to be read of a line."""
    text = "".join(run.text for run in runs).replace(" ", "").replace("○", "〇")
    return "".join(sign if sign in SIGNS else OTHER for sign in text)


def _pick(chance: Chance, options: Sequence[Any]) -> Any:
    return options[int(chance.integers(len(options)))]


def _digits(chance: Chance, count: int) -> str:
    return "".join(map(str, chance.integers(0, 10, count)))


def _syllable(chance: Chance) -> str:
    return str(("" if chance.random() < 0.1 else _pick(chance, _INITIALS)) + _pick(chance, _FINALS))


def _letters(chance: Chance, count: int) -> str:
    return "".join(_pick(chance, _LETTERS) for _ in range(count))


def _email(chance: Chance) -> list[Run]:
    kind = chance.random()
    tail = _digits(chance, int(chance.integers(0, 6)))
    if kind < 0.16:
        local = _digits(chance, int(chance.integers(5, 12)))
    elif kind < 0.5:
        syllables = [_syllable(chance) for _ in range(int(chance.integers(1, 4)))]
        local = str(_pick(chance, ["", "", "", "_", ".", "-"])).join(syllables) + tail
    elif kind < 0.68:
        parts = [_syllable(chance), _letters(chance, int(chance.integers(0, 4))), tail]
        local = str(_pick(chance, ["", "_", ".", "-"])).join(part for part in parts if part)
    elif kind < 0.84:
        signs = _LETTERS + string.digits + "._-"
        local = "".join(_pick(chance, signs) for _ in range(int(chance.integers(3, 13))))
    else:
        likely = "l1iIoO0rnmuvwyjftaqg9cesz25b6"
        local = _syllable(chance) + "".join(_pick(chance, likely) for _ in range(int(chance.integers(2, 8))))
    text = f"{local}@{_host(chance)}" if chance.random() < 0.97 else local
    if chance.random() < 0.04:
        text = text.upper() if chance.random() < 0.3 else text[:1].upper() + text[1:]
    if chance.random() < 0.12:
        cut = int(chance.integers(1, max(len(text) - 1, 2)))
        text = text[:cut] if chance.random() < 0.5 else text[cut:]
    return [Run(text)]


def _host(chance: Chance) -> str:
    kind = chance.random()
    if kind < 0.5:
        return str(_pick(chance, _HOSTS))
    if kind < 0.75:
        joint = _pick(chance, ["", ".", "-"])
        return f"{_syllable(chance)}{joint}{_syllable(chance)}.{_pick(chance, _ENDS)}"
    return f"{_letters(chance, int(chance.integers(2, 8)))}.{_pick(chance, _ENDS)}"


def _a_day(chance: Chance) -> tuple[int, int, int]:
    return int(chance.integers(1940, 2040)), int(chance.integers(1, 13)), int(chance.integers(1, 32))


def _han(number: int) -> str:
    tens, unit = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else HAN_DIGITS[tens] + "十"
    return head + (HAN_DIGITS[unit] if unit else "")


def _han_year(year: int, chance: Chance) -> str:
    digits = "".join(HAN_DIGITS[int(digit)] for digit in str(year))
    return digits.replace("〇", str(_pick(chance, "〇〇○零")))


def _date(chance: Chance) -> list[Run]:
    year, month, day = _a_day(chance)
    kind = chance.random()
    if kind < 0.3:
        sign = _pick(chance, "..-/、")
        pads = chance.random() < 0.4
        return [Run(f"{year}{sign}{month:02}{sign}{day:02}" if pads else f"{year}{sign}{month}{sign}{day}")]
    last = _pick(chance, ["日", "日", "日", "号", ""])
    if kind < 0.68:
        return [Run(f"{year}年{month}月{day}{last}")]
    if kind < 0.75:
        return [Run(_pick(chance, [f"{month}月{day}{last}", f"{year % 100:02}年{month}月{day}{last}", f"{year}年"]))]
    days = _han(day) if chance.random() < 0.9 else _han(day).replace("二十", "廿").replace("三十", "卅")
    text = f"{_han_year(year, chance)}年{_han(month) if month > 1 or chance.random() < 0.9 else '元'}月{days}{last}"
    if chance.random() < 0.2:
        cut = int(chance.integers(1, len(text)))
        text = text[:cut] if chance.random() < 0.5 else text[cut:]
    return [Run(text)]


def _blank_date(chance: Chance) -> list[Run]:
    """Return a form's own 年 月 日 with what is written between, all or some of it or nothing."""
    year, month, day = _a_day(chance)
    shown = [str(year), str(month), str(day)]
    if chance.random() < 0.12:
        shown = [_han_year(year, chance), _han(month), _han(day)]
    if chance.random() < 0.15:
        shown = [part if chance.random() < 0.5 else "" for part in shown]
    elif chance.random() < 0.06:
        shown = ["", "", ""]
    wide = float(chance.uniform(0, 1.6))
    runs = []
    is_by_half = shown[0] == str(year) and chance.random() < 0.1
    for part, sign in zip(shown, "年月日", strict=True):
        if is_by_half and sign == "年":
            runs.append(Run(part[:2], is_blank=True))
        written = part[2:] if is_by_half and sign == "年" else part
        if written:
            runs.append(Run(written, gap=wide * float(chance.uniform(0, 1))))
        runs.append(Run(sign, is_blank=True, gap=wide * float(chance.uniform(0, 1)) + (0.0 if part else wide)))
    return runs


def _month(chance: Chance) -> list[Run]:
    year, month, _ = _a_day(chance)
    forms = [f"{year}.{month:02}", f"{year}.{month}", f"{year}年{month}月", f"{year}-{month:02}", f"{year}/{month}"]
    forms += [f"{year}年{month:02}月", f"{_han_year(year, chance)}年{_han(month)}月", f"{year}{month:02}"]
    forms += [
        f"{year}.{month:02}",
        f"{year}-{month}",
        f"{year}.{month:02}-{year + 3}.{month:02}",
        f"{year}年{month}月至",
    ]
    return [Run(str(_pick(chance, forms)))]


def _phone(chance: Chance) -> list[Run]:
    kind = chance.random()
    if kind < 0.6:
        number = "1" + str(_pick(chance, "3456789")) + _digits(chance, 9)
        gaps = chance.random()
        return [
            Run(f"{number[:3]}{(sign := _pick(chance, ' -'))}{number[3:7]}{sign}{number[7:]}" if gaps < 0.1 else number)
        ]
    area = "0" + _digits(chance, int(chance.integers(2, 4)))
    local = _digits(chance, int(chance.integers(7, 9)))
    shown = [f"{area}-{local}", f"{area}-{local}", local, f"({area}){local}", f"{area}{local}", f"{area}—{local}"]
    shown += [f"{local}转{_digits(chance, 3)}", f"{area}-{local}-{_digits(chance, 3)}", f"{local}/{_digits(chance, 4)}"]
    shown += [f"+86{local}", f"{local}、{_digits(chance, 8)}"]
    return [Run(str(_pick(chance, shown)).replace("—", "-"))]


def _number(chance: Chance) -> list[Run]:
    number = int(chance.integers(0, 10 ** int(chance.integers(1, 4))))
    if chance.random() < 0.1 and number < 100:
        return [Run(_han(number) or "〇"), Run(str(_pick(chance, ["", "岁", "周"])))]
    return [Run(f"{number}{_pick(chance, ['', '', '', '', '岁', '周岁'])}")]


def _nonsense(chance: Chance) -> list[Run]:
    kind = chance.random()
    count = int(chance.integers(1, 14))
    if kind < 0.35:
        return [Run(_digits(chance, count))]
    if kind < 0.55:
        return [Run("".join(_pick(chance, string.digits + "年月日./-") for _ in range(count)))]
    if kind < 0.9:
        return [Run("".join(_pick(chance, _LETTERS + string.digits + "@._-") for _ in range(count)))]
    if kind < 0.95:
        return [Run("".join(_pick(chance, HAN_DIGITS + "十年月日元") for _ in range(count)))]
    return [Run(_strangers(chance))]


def _strangers(chance: Chance) -> str:
    common = _common()
    return "".join(_pick(chance, common) for _ in range(int(chance.integers(1, 5))))


@functools.cache
def _common() -> str:
    """Return the common characters that no figure or date is written with."""
    every = (bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD0) for low in range(0xA1, 0xFF))
    return "".join(sign for sign in every if sign not in SIGNS)


KINDS: Mapping[str, Callable[[Chance], list[Run]]] = MappingProxyType(
    {
        "email": _email,
        "date": _date,
        "blank date": _blank_date,
        "month": _month,
        "phone": _phone,
        "number": _number,
        "nonsense": _nonsense,
    }
)
_SHARES = (0.36, 0.15, 0.17, 0.08, 0.09, 0.06, 0.09)
