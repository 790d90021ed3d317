"""Numbers, years and dates as clerks write them.

The rule: a date is read when it can be read in one way only. A two-digit year is read only when the caller says in
which years it must lie and just one of them fits. A date line left blank is told apart from one that cannot be read.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from enum import StrEnum

from formsvc.chinese.folding import fold

YEARS = range(1900, 2100)
"""The years a form can speak of."""

_DIGITS = {
    "〇": 0, "○": 0, "◯": 0, "零": 0, "O": 0, "o": 0, "0": 0,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_TENS = {"十": 10, "廿": 20, "卅": 30, "卌": 40}
HAN_DIGITS = "".join(sign for sign, value in _DIGITS.items() if value)
"""The Han digits from one to nine."""
_NUMERAL = f"[0-9元{''.join(_DIGITS)}{''.join(_TENS)}]"
_SEPARATOR = r"[./\\\-‐‑‒–—−·•・、,。]"

_WITH_SIGNS = rf"(?P<y>{_NUMERAL}*)年度?(?P<m>{_NUMERAL}*)(?:月份?(?P<d>{_NUMERAL}*)[日号]?)?"
_MONTH_AND_DAY = rf"(?P<y>)(?P<m>{_NUMERAL}*)月(?P<d>{_NUMERAL}*)[日号]"
_WITH_SEPARATORS = (
    rf"(?P<y>{_NUMERAL}+){_SEPARATOR}(?P<m>{_NUMERAL}+)(?:{_SEPARATOR}(?P<d>{_NUMERAL}+)日?|月)?{_SEPARATOR}?"
)
_RUN_TOGETHER = r"(?P<y>[0-9]{4})(?:(?P<m>[0-9]{2})(?P<d>[0-9]{2})?)?"
_YEAR_IN_HAN = rf"(?P<y>{_NUMERAL}{{4}})(?P<m>)(?P<d>)"
_BLANK_LINE = r"[\s_年月日号/.\-—]*"
_LEADING_APOSTROPHE = "^['’‘`′]"


class DateFault(StrEnum):
    """Why a text has no date in normal form."""

    BLANK = "blank"
    """Nothing was written, or the printed line for a date was left empty."""
    UNREADABLE = "unreadable"
    """Something is written that is no date, or a date in more than one reading."""
    INCOMPLETE = "incomplete"
    """The month, or the year and the month, is missing before what follows it."""
    IMPOSSIBLE = "impossible"
    """No calendar has this day, or no form can speak of this year."""
    TWO_DIGIT_YEAR = "two-digit-year"
    """The century is not written and cannot be told."""


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a text says of a date: a normal form, or the fault that leaves it without one; never both."""

    value: str | None
    """`YYYY-MM-DD`, `YYYY-MM`, `YYYY` or `--MM-DD`: as much as is written."""
    fault: DateFault | None = None


def parse_number(text: str) -> int | None:
    """Read a whole number from 0 to 99 in Han numerals, or one of up to nine digits of any width; else None."""
    bare = "".join(fold(text).split())
    if bare.isascii() and bare.isdigit() and len(bare) <= 9:
        return int(bare)
    if len(bare) == 1 and bare in _DIGITS and bare not in "Oo":
        return _DIGITS[bare]
    match = re.fullmatch(rf"(?P<count>[{HAN_DIGITS}]?)(?P<tens>十)(?P<unit>[{HAN_DIGITS}]?)", bare)
    if match is None:
        match = re.fullmatch(rf"(?P<count>)(?P<tens>[廿卅卌])十?(?P<unit>[{HAN_DIGITS}]?)", bare)
    if match is None:
        return None
    return _DIGITS.get(match["count"], 1) * _TENS[match["tens"]] + _DIGITS.get(match["unit"], 0)


def parse_year(text: str, *, within: range | None = None) -> int | None:
    """Read a year between 1900 and 2099 in digits of any width or in Han digits, with or without its sign; else None.

    A two-digit year is read only if `within` is given and exactly one year in it ends so.
    """
    bare = re.sub("年度?$", "", "".join(fold(text).split()))
    year = _year(re.sub(_LEADING_APOSTROPHE, "", bare), within)
    return year if isinstance(year, int) else None


def parse_date(text: str, *, within: range | None = None) -> str | None:
    """Give the normal form of a date, or None; `read_date` tells why there is none."""
    return read_date(text, within=within).value


def parse_month(text: str, *, within: range | None = None) -> str | None:
    """Give `YYYY-MM` of a text that says at least a year and a month, else None; a day is left out."""
    value = parse_date(text, within=within)
    return value[:7] if value and len(value) >= 7 and value[0] != "-" else None


def parted(figures: str) -> tuple[str, ...]:
    """Give every date that figures which ran together may say, its parts parted: 2019816 says 2019.8.16 alone."""
    year, rest = figures[:4], figures[4:]
    ways = (f"{year}.{rest[:cut]}.{rest[cut:]}" for cut in (1, 2) if len(rest) - cut in (1, 2))
    return tuple(way for way in ways if parse_date(way) is not None)


def read_date(text: str, *, within: range | None = None) -> DateReading:
    """Read a text that holds a date and nothing else, in any usual style.

    2009.07 · 2009-7-3 · 2009/7/3 · 20110221 · 200907 · 2011 年 2 月 21 日 · 1998年7月 in Han numerals · 2月21日.
    Line ends inside a date do not matter. `within` is for two-digit years, see `parse_year`.
    """
    folded = fold(text)
    if re.fullmatch(_BLANK_LINE, folded):
        return DateReading(None, DateFault.BLANK)
    bare = re.sub(_LEADING_APOSTROPHE, "", _without_blanks(folded))
    for style in (_WITH_SIGNS, _MONTH_AND_DAY, _WITH_SEPARATORS, _RUN_TOGETHER, _YEAR_IN_HAN):
        match = re.fullmatch(style, bare)
        if match is not None:
            return _reading(match["y"], match["m"] or "", match["d"] or "", within)
    return DateReading(None, DateFault.UNREADABLE)


def _without_blanks(folded: str) -> str:
    """Drop the blanks where other signs part the numbers; where only blanks do, make them separators."""
    if re.search(rf"[年月]|{_SEPARATOR}", folded):
        return re.sub(r"[\s_]+", "", folded)
    return re.sub(r"\s+", ".", folded.strip())


def _reading(year_text: str, month_text: str, day_text: str, within: range | None) -> DateReading:
    if (year_text and day_text and not month_text) or not (year_text or (month_text and day_text)):
        return DateReading(None, DateFault.INCOMPLETE)
    year = _year(year_text, within) if year_text else None
    if isinstance(year, DateFault):
        return DateReading(None, year)
    month, day = _part(month_text), _part(day_text)
    if (month_text and month is None) or (day_text and day is None):
        return DateReading(None, DateFault.UNREADABLE)
    if not _possible(year, month, day):
        return DateReading(None, DateFault.IMPOSSIBLE)
    parts = ["-" if year is None else f"{year:04}"] + [f"{part:02}" for part in (month, day) if part is not None]
    return DateReading("-".join(parts))


def _year(text: str, within: range | None) -> int | DateFault:
    """Read a bare year: four digits, or two if `within` leaves one choice."""
    if text.isascii() and not text.isdigit():
        return DateFault.UNREADABLE
    if len(text) not in {2, 4} or not all(sign in _DIGITS or sign.isdecimal() for sign in text):
        return DateFault.UNREADABLE
    year = int("".join(str(_DIGITS[sign]) if sign in _DIGITS else sign for sign in text))
    if len(text) == 4:
        return year if year in YEARS else DateFault.IMPOSSIBLE
    fitting = [candidate for candidate in within or () if candidate % 100 == year]
    return fitting[0] if len(fitting) == 1 else DateFault.TWO_DIGIT_YEAR


def _part(text: str) -> int | None:
    """Read a month or a day; a leading zero may be a Han one."""
    if text == "元":
        return 1
    bare = text[1:] if len(text) == 2 and text[0] in "〇○零" else text
    return parse_number(bare) if len(bare) <= 3 else None


def _possible(year: int | None, month: int | None, day: int | None) -> bool:
    if month is None:
        return True
    if month not in range(1, 13):
        return False
    leap_year = 2000
    last = calendar.monthrange(leap_year if year is None else year, month)[1]
    return day is None or 1 <= day <= last
