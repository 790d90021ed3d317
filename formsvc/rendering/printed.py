"""How a value in its normal form looks on paper: the inverse of reading, without any layout.

Dates are written with the signs the form itself prints for an empty one (`Field.blank`), and with points where it
prints none; items are numbered in Han numerals. A value that is not in its field's normal form is printed as it
stands: what was written down goes to paper unchanged rather than being lost.
"""

from __future__ import annotations

import re
from functools import cache

from formsvc.chinese.dates import HAN_DIGITS
from formsvc.forms.reading import Value
from formsvc.forms.spec import Field, Kind

_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?|--(\d{2})-(\d{2})")
_TEN = "\u5341"
_POINT = "\u3001"


def printed_lines(field: Field, value: Value) -> tuple[str, ...]:
    """Return the lines a value is printed in; none for an empty value and for a mark, which ink or a seal makes.

    Items are numbered unless there is a single one of one line; a further line of an item carries no number.
    """
    if value is None or field.kind.is_mark:
        return ()
    if isinstance(value, tuple):
        return _items(value)
    text = str(value)
    if field.kind in (Kind.DATE, Kind.MONTH):
        text = _date(field, text)
    return tuple(_lines(text)) if text.strip() else ()


@cache
def han_number(number: int) -> str:
    """Return a number from 1 to 99 in Han numerals; raise ValueError for any other."""
    if not 1 <= number <= 99:
        raise ValueError(number)
    tens, unit = divmod(number, 10)
    head = "" if not tens else _TEN if tens == 1 else HAN_DIGITS[tens - 1] + _TEN
    return head + (HAN_DIGITS[unit - 1] if unit else "")


def _lines(text: str) -> list[str]:
    return [text] if text.isprintable() else _LINE_END.split(text)


def _items(items: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of numbered items; beyond 99 of them the numerals are digits."""
    if len(items) == 1 and not _LINE_END.search(items[0]):
        return items if items[0].strip() else ()
    numbered = (
        f"{han_number(number) if number <= 99 else number}{_POINT}{item}" for number, item in enumerate(items, 1)
    )
    return tuple(line for item in numbered for line in _lines(item))


def _date(field: Field, text: str) -> str:
    match = _DATE.fullmatch(text)
    if match is None:
        return text
    year, month, day, month_alone, day_alone = match.groups()
    signs = field.blank.split()
    if year is None:
        if len(signs) != 3:
            return text
        return f"{int(month_alone)}{signs[1]}{int(day_alone)}{signs[2]}"
    parts = [part for part in (year, month, day) if part]
    if len(signs) < len(parts):
        return ".".join(parts)
    return "".join(f"{int(part)}{sign}" for part, sign in zip(parts, signs, strict=False))
