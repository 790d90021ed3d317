"""Invents what people write on forms, with the normal form a reader must give back.

Values depend on a field's kind and place alone, so any form can be filled. What is written and what it means are made
here side by side; nothing is normalised by the product.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from formsvc.forms.reading import Value
from formsvc.forms.spec import Field, FormSpec, Kind

WORDS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
Chance = np.random.Generator
_HAN_DIGITS = "〇一二三四五六七八九"
_HAN_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八")


@dataclass(frozen=True)
class Written:
    """One field as somebody fills it in."""

    lines: tuple[str, ...]
    """What is put on paper; several lines for items."""
    value: Value
    """Its normal form."""


EMPTY = Written((), None)


@dataclass(frozen=True)
class Person:
    """What one form says: the year of its title and its text fields."""

    year: int
    fields: Mapping[str, Written]
    marks: Mapping[str, bool]
    """Signatures and seals: whether there is to be one."""


def pick(chance: Chance, options: Sequence[Any]) -> Any:
    """Return one of the options."""
    return options[int(chance.integers(len(options)))]


def invent(spec: FormSpec, chance: Chance, *, empty: float = 0.04) -> Person:
    """Fill a form; each field but the subject's name and the items is left empty with this probability."""
    year = int(chance.integers(2009, 2027))
    signed = dt.date(year, 1, 1) + dt.timedelta(days=int(chance.integers(5, 300)))
    dates, last = {}, signed
    for step in spec.reviews:
        last += dt.timedelta(days=int(chance.integers(1, 40)))
        dates[step.date] = last
    style = int(chance.integers(4))
    fields, marks = {}, {}
    for key, field in spec.fields.items():
        if field.kind is Kind.YEAR:
            continue
        is_empty = chance.random() < empty and key != spec.subject.name and field.kind is not Kind.ITEMS
        if field.kind.is_mark:
            marks[key] = chance.random() < (0.82 if field.kind is Kind.SEAL else 0.88)
        elif is_empty:
            fields[key] = EMPTY
        elif field.kind is Kind.DATE:
            fields[key] = _date(dates.get(key, signed), style, field, chance)
        else:
            fields[key] = _text(spec, field, chance, year, style)
    return Person(year, _old_enough(spec, fields, year), marks)


def _old_enough(spec: FormSpec, fields: dict[str, Written], year: int) -> dict[str, Written]:
    """Let everybody have been of age in the month that the form names."""
    months = [str(one.value) for key, one in fields.items() if spec.fields[key].kind is Kind.MONTH and one.value]
    least = max((year - int(month[:4]) + 18 for month in months), default=0)
    for key, one in fields.items():
        if spec.fields[key].kind is Kind.INTEGER and isinstance(one.value, int) and one.value < least:
            fields[key] = Written((one.lines[0].replace(str(one.value), str(least)),), least)
    return fields


def name(chance: Chance) -> str:
    """Return a person's name: some with rare characters, some with a surname of two."""
    kind = chance.random()
    if kind < 0.04:
        family = pick(chance, WORDS["compound"])
    else:
        family = pick(chance, WORDS["rare_surnames"] if kind < 0.08 else WORDS["surnames"])
    count = 1 if chance.random() < 0.25 else 2
    return str(
        family + "".join(pick(chance, WORDS["rare" if chance.random() < 0.12 else "given"]) for _ in range(count))
    )


def sentence(chance: Chance, text: str) -> str:
    """Fill the slots of a sentence; slots inside what is filled in are filled, too."""
    for _ in range(2):
        text = text.format(
            month=int(chance.integers(1, 13)),
            n=int(chance.integers(10, 400)),
            m=int(chance.integers(2, 30)),
            k=int(chance.integers(1, 10)),
            work2=pick(chance, WORDS["work"]),
            **{key: pick(chance, WORDS[key]) for key in ("when", "who", "work", "thing", "verb", "virtue")},
        )
    return text


def organisation(chance: Chance) -> str:
    """Return the name of a branch."""
    town = pick(chance, WORDS["families"]) + pick(chance, ["镇", "乡", "街道"]) if chance.random() < 0.4 else ""
    return str(town + pick(chance, WORDS["families"]) + pick(chance, WORDS["places"]) + pick(chance, WORDS["branches"]))


def _text(spec: FormSpec, field: Field, chance: Chance, year: int, style: int) -> Written:
    if field.kind is Kind.TEXT:
        return _plain(_free_text(spec, field, chance))
    makers: Mapping[Kind, Callable[[], Written]] = {
        Kind.NAME: lambda: _name(chance),
        Kind.ORGANISATION: lambda: _plain(organisation(chance)),
        Kind.CHOICE: lambda: _plain(pick(chance, field.options)),
        Kind.INTEGER: lambda: _integer(chance),
        Kind.MONTH: lambda: _month(chance, year, style),
        Kind.PHONE: lambda: _phone(chance),
        Kind.EMAIL: lambda: _plain(_email(chance)),
        Kind.ITEMS: lambda: _items(chance),
    }
    return makers[field.kind]()


def _plain(text: str) -> Written:
    return Written((text,), text)


def _free_text(spec: FormSpec, field: Field, chance: Chance) -> str:
    if any(step.opinion == field.key for step in spec.reviews):
        return sentence(chance, pick(chance, WORDS["opinions"]))
    if spec.subject.unit == field.key:
        gap = pick(chance, ["", "", " "])
        return f"{pick(chance, WORDS['families'])}{pick(chance, WORDS['places'])}{gap}{pick(chance, WORDS['posts'])}"
    return sentence(chance, pick(chance, WORDS["skills"]))


def _name(chance: Chance) -> Written:
    value = name(chance)
    spaced = len(value) == 2 and chance.random() < 0.3
    return Written((" ".join(value) if spaced else value,), value)


def _integer(chance: Chance) -> Written:
    number = int(chance.integers(19, 88))
    return Written((f"{number}岁" if chance.random() < 0.1 else str(number),), number)


def _month(chance: Chance, year: int, style: int) -> Written:
    y, m = int(chance.integers(year - 50, year)), int(chance.integers(1, 13))
    shown = (f"{y}.{m:02}", f"{y}年{m}月", f"{y}-{m:02}", f"{y}.{m}")[style]
    return Written((shown,), f"{y}-{m:02}")


def _date(date: dt.date, style: int, field: Field, chance: Chance) -> Written:
    value = date.isoformat()
    if field.blank and style != 3:
        return Written((f"{date.year}年{date.month}月{date.day}日",), value)
    if style == 3 and chance.random() < 0.3:
        year = "".join(_HAN_DIGITS[int(digit)] for digit in str(date.year))
        return Written((f"{year}年{_han(date.month)}月{_han(date.day)}日",), value)
    shown = pick(chance, [f"{date.year}.{date.month}.{date.day}", f"{date.year}-{date.month:02}-{date.day:02}"])
    return Written((shown,), value)


def _han(number: int) -> str:
    tens, unit = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else _HAN_DIGITS[tens] + "十"
    return head + (_HAN_DIGITS[unit] if unit else "")


def _phone(chance: Chance) -> Written:
    kind = chance.random()
    tail = int(chance.integers(10**7))
    if kind < 0.6:
        value = f"1{pick(chance, '356789')}{int(chance.integers(10))}{int(chance.integers(10**8)):08}"
    elif kind < 0.85:
        value = f"0574-6{tail:07}"
    else:
        value = f"6{tail:07}"
    return _plain(value)


def _email(chance: Chance) -> str:
    kind = chance.random()
    number = str(int(chance.integers(10, 10 ** int(chance.integers(2, 6)))))
    parts = [pick(chance, WORDS["syllables"]) for _ in range(int(chance.integers(1, 4)))]
    if kind < 0.25:
        local = str(int(chance.integers(10**5, 10**9)))
        return f"{local}@{pick(chance, ['qq.com', '163.com', '139.com', '189.cn'])}"
    if kind < 0.5:
        local = "".join(parts) + number
    elif kind < 0.65:
        local = pick(chance, "_.").join([*parts, number])
    elif kind < 0.8:
        local = (
            "".join(parts) + pick(chance, ["", "_"]) + pick(chance, ["l0", "o1", "00", "1l", "a8", "zl"]) + number[:2]
        )
    else:
        local = "".join(parts)
    return f"{local}@{pick(chance, WORDS['domains'])}"


def _items(chance: Chance) -> Written:
    count = int(chance.choice([1, 2, 3, 4, 5, 6], p=[0.06, 0.16, 0.3, 0.26, 0.14, 0.08]))
    items = tuple(sentence(chance, pick(chance, WORDS["pledges"])) + pick(chance, "。。；") for _ in range(count))
    style = int(chance.integers(4)) if count > 1 else 3
    if style == 3 and count > 1:
        style = 0
    numbers: Sequence[Callable[[int], str]] = (
        lambda at: f"{_HAN_NUMBERS[at]}、",
        lambda at: f"{at + 1}．",
        lambda at: f"{at + 1}、",
        lambda _at: "",
    )
    return Written(tuple(numbers[style](at) + item for at, item in enumerate(items)), items)
