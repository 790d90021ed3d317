"""Telephone numbers, mail addresses, and personal data that must not be posted.

`private_data` holds a text back for a person to look at; it promises to find numbers that are written as such, not
every way of hiding one.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum

from formsvc.chinese.folding import fold

_MOBILE = r"(?:\+?(?:00)?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}"
_FIXED = r"(?:\(0\d{2,3}\) ?|0\d{2,3}[ -]?)?[1-9]\d{2,3}[ -]?\d{4}"
_SERVICE = r"[48]00(?:[ -]?\d){7}|[1-9]\d{4,5}"
_PHONE = rf"(?:{_MOBILE}|{_FIXED}|{_SERVICE})(?:(?:转|-|ext\.?) ?\d{{1,6}})?"
_PHONES = rf"{_PHONE}(?:(?:\s*[/、,;或]\s*|\s+){_PHONE})*"
_LONGEST_PHONES = 120
_EMAIL = r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"

_LONG_NUMBER = r"(?<!\d)\d(?:[ -]?\d){13,18}[ -]?[Xx]?(?![\dA-Za-z])"
_MOBILE_IN_TEXT = rf"(?<!\d){_MOBILE}(?!\d)"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"


class PrivateKind(StrEnum):
    """A kind of personal data that is held from posting until a person has looked."""

    IDENTITY_NUMBER = "identity-number"
    MOBILE_NUMBER = "mobile-number"
    BANK_CARD = "bank-card"


def clean_phone(text: str) -> str:
    """Give a telephone number as written, full width folded; a number broken over lines is joined."""
    lines = [line.strip() for line in fold(text).split("\n") if line.strip()]
    return (" " if all(map(is_phone, lines)) else "").join(lines)


def is_phone(text: str) -> bool:
    """Say whether a text is one telephone number or several: mobile, fixed, short or service number, extension."""
    return len(text) <= _LONGEST_PHONES and re.fullmatch(_PHONES, fold(text).strip()) is not None


def clean_email(text: str) -> str:
    """Give a mail address with full width folded and without the blanks that spacing or a line end left in it."""
    return "".join(fold(text).split())


def is_email(text: str) -> bool:
    """Say whether a text is one mail address in the usual form."""
    return len(text) <= 254 and re.fullmatch(_EMAIL, text) is not None


def private_data(text: str) -> frozenset[PrivateKind]:
    """Tell which kinds of personal numbers stand in a text.

    Identity numbers of 18 signs by their check sign (GB 11643) and of 15 digits by their birth date, bank cards of
    16 to 19 digits by Luhn's check (ISO/IEC 7812-1), mobile numbers by their form; grouped by blanks or hyphens too.
    """
    folded = fold(text)
    found = {PrivateKind.MOBILE_NUMBER} if re.search(_MOBILE_IN_TEXT, folded) else set()
    for match in re.finditer(_LONG_NUMBER, folded):
        number = re.sub("[ -]", "", match[0]).upper()
        if _is_identity_number(number):
            found.add(PrivateKind.IDENTITY_NUMBER)
        elif 16 <= len(number) <= 19 and number.isdigit() and _passes_luhn(number):
            found.add(PrivateKind.BANK_CARD)
    return frozenset(found)


def _is_identity_number(number: str) -> bool:
    if number[0] in "09":
        return False
    if len(number) == 15 and number.isdigit():
        return _is_day("19" + number[6:12])
    if len(number) != 18 or not number[:17].isdigit() or not _is_day(number[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECK_SIGNS[total % 11] == number[17]


def _is_day(digits: str) -> bool:
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1850 <= day.year <= 2099


def _passes_luhn(number: str) -> bool:
    doubled = [int(digit) * 2 for digit in number[-2::-2]]
    return (sum(map(int, number[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0
