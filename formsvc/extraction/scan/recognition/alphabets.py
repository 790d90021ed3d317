"""Which signs a field of a kind can hold, for reading it with nothing else in mind."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from formsvc.chinese import is_han
from formsvc.chinese.dates import HAN_DIGITS
from formsvc.extraction.scan.recognition.models import Models
from formsvc.forms.spec import Field, Kind

_DIGITS = string.digits
_HAN_NUMERALS = HAN_DIGITS + "〇○零" + "十廿卅元"
_DATES = _DIGITS + _HAN_NUMERALS + "年月日号" + "./-"
_PHONES = _DIGITS + "-()+/ " + "转、"
_EMAILS = string.ascii_letters + _DIGITS + "@._-+"
_INTEGERS = _DIGITS + _HAN_NUMERALS + "岁周"
_NAMES = string.ascii_letters + "·"

_SIGNS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DATE: _DATES,
        Kind.MONTH: _DATES,
        Kind.YEAR: _DATES,
        Kind.PHONE: _PHONES,
        Kind.EMAIL: _EMAILS,
        Kind.INTEGER: _INTEGERS,
    }
)
DATE_SIGNS = frozenset(_DATES) - {"○"}


def signs_of(kind: Kind) -> str | None:
    """Return the signs of a field of figures or of an address; None of any other."""
    return _SIGNS.get(kind)


def allowed(models: Models, field: Field) -> tuple[int, ...] | None:
    """Return the recogniser's columns for the signs of a field; None when it can hold any."""
    if field.kind is Kind.NAME:
        return _han(models.signs)
    signs = "".join(sorted(set("".join(field.options)))) if field.kind is Kind.CHOICE else _SIGNS.get(field.kind)
    return None if signs is None else _columns(models.signs, signs)


@lru_cache(maxsize=64)
def _columns(signs: tuple[str, ...], wanted: str) -> tuple[int, ...]:
    known = {sign: column for column, sign in enumerate(signs)}
    return tuple(sorted({known[sign] for sign in wanted if sign in known}))


@lru_cache(maxsize=4)
def _han(signs: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(column for column, sign in enumerate(signs) if len(sign) == 1 and (is_han(sign) or sign in _NAMES))
