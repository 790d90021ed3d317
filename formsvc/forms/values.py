"""A field's text brought to its normal form, by the field's kind.

The rule: a text that can be understood in one way only has a value; one that was left empty has none and is readable;
any other has none and is not readable, and a person looks at it. The text as written stays with the caller. Signatures
and seals are ink: for them only the three states themselves are a text that can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from formsvc.chinese import (
    DateFault,
    clean_email,
    clean_name,
    clean_phone,
    fold,
    fold_label,
    is_email,
    is_phone,
    parse_number,
    parse_year,
    read_date,
    split_items,
)
from formsvc.forms.reading import MarkState, Value
from formsvc.forms.spec import Field, Kind

_TICKED, _OPEN = "☑✓✔√■●☒◉⊙◼", "□☐○◯〇◻"
_DIGITS_OF_A_PHONE = 5
_LONGEST_BLANK = 80
"""Characters of what an empty form prints for a field."""
_UNSEEN = " \t\n\r\u3000\u00a0\u200b\ufeff_"


@dataclass(frozen=True, slots=True)
class Normal:
    """What a text says."""

    value: Value
    """The normal form; None for an empty text and for one that cannot be read."""
    is_readable: bool = True
    """False when something is written that has no normal form."""


EMPTY = Normal(None)
UNREADABLE = Normal(None, is_readable=False)


def normalise(field: Field, text: str, *, within: range | None = None) -> Normal:
    """Bring the text of a field to its normal form.

    `within` says in which years a two-digit year must lie, see `chinese.parse_year`; without it such a year cannot be
    read. Line ends part paragraphs: whoever reads print joins the lines of a paragraph before.
    """
    if is_blank(field, text):
        return EMPTY
    if field.kind is Kind.TEXT:
        return _of_text("\n".join(filter(None, map(_bare, text.splitlines()))))
    if field.kind is Kind.ITEMS:
        return Normal(tuple(split_items(text)) or None)
    return _READERS[field.kind](field, text, within)


def is_blank(field: Field, text: str) -> bool:
    """Say whether a field was left empty: nothing, what the empty form prints there, or a stroke that says none."""
    bare = text.strip(_UNSEEN)
    if not bare or (field.blank and len(bare) < _LONGEST_BLANK and fold_label(bare) == fold_label(field.blank)):
        return True
    if field.kind in (Kind.TEXT, Kind.ITEMS) or any(sign in bare for sign in _TICKED):
        return False
    return not fold_label(bare)


def _without_blanks(text: str) -> str:
    """Drop blanks and line ends, but for one between Latin words."""
    return re.sub(r"\s+", _between, _bare(text))


def _between(gap: re.Match[str]) -> str:
    before, after = gap.string[gap.start() - 1], gap.string[gap.end()]
    return " " if before.isascii() and after.isascii() and before.isalnum() and after.isalnum() else ""


def _bare(text: str) -> str:
    return text.strip(" \t\n\r\v\f\u3000\u00a0\u200b\ufeff")


def _of_text(value: str) -> Normal:
    return Normal(value or None)


def _checked(value: str, is_sound: Callable[[str], bool]) -> Normal:
    return Normal(value) if is_sound(value) else UNREADABLE


def _is_phone(value: str) -> bool:
    """Say whether a number can be called; words beside it, and numbers outside the numbering plan, are as written."""
    return is_phone(value) or sum(map(str.isdecimal, value)) >= _DIGITS_OF_A_PHONE


def _choice(field: Field, text: str) -> Normal:
    bare = "".join(fold(text).split())
    for option in field.options:
        if bare == "".join(fold(option).split()):
            return Normal(option)
    return _ticked(field, bare)


def _ticked(field: Field, bare: str) -> Normal:
    """Read options printed side by side of which one is ticked; all unticked is empty."""
    options = "|".join(re.escape("".join(fold(option).split())) for option in field.options)
    sign = f"[{_TICKED}{_OPEN}]"
    for pattern in (rf"(?P<sign>{sign})(?P<option>{options})", rf"(?P<option>{options})(?P<sign>{sign}?)"):
        if re.fullmatch(rf"(?:{pattern.replace('?P<sign>', '?:').replace('?P<option>', '?:')}[/、,]?){{2,}}", bare):
            ticked = [found["option"] for found in re.finditer(pattern, bare) if found["sign"] in [*_TICKED]]
            unticked = [found for found in re.finditer(pattern, bare) if found["sign"] in [*_OPEN]]
            if len(ticked) == 1:
                return _choice(field, ticked[0])
            return EMPTY if not ticked and unticked else UNREADABLE
    return UNREADABLE


def _integer(text: str) -> Normal:
    """Read a whole number, with at most two characters of unit behind it; a date is none."""
    bare = "".join(fold(text).split())
    if read_date(bare).fault is not DateFault.UNREADABLE and not bare.isdecimal():
        return UNREADABLE
    for unit in range(3):
        number = parse_number(bare[: len(bare) - unit])
        if number is not None and (not unit or bare[-unit:].isalpha()):
            return Normal(number)
    return UNREADABLE


def _date(field: Field, text: str, within: range | None) -> Normal:
    reading = read_date(text, within=within)
    if reading.fault is DateFault.BLANK:
        return EMPTY
    value = reading.value
    if value is None or (field.kind is Kind.MONTH and not re.match(r"\d{4}-\d{2}", value)):
        return UNREADABLE
    return Normal(value[:7] if field.kind is Kind.MONTH else value)


def _year(_field: Field, text: str, within: range | None) -> Normal:
    year = parse_year(text, within=within)
    return UNREADABLE if year is None else Normal(year)


def _mark(_field: Field, text: str, _within: range | None) -> Normal:
    state = _bare(text)
    return Normal(state) if state in set(MarkState) else UNREADABLE


_READERS: Mapping[Kind, Callable[[Field, str, range | None], Normal]] = MappingProxyType(
    {
        Kind.NAME: lambda _field, text, _within: _of_text(clean_name(text)),
        Kind.ORGANISATION: lambda _field, text, _within: _of_text(_without_blanks(text)),
        Kind.CHOICE: lambda field, text, _within: _choice(field, text),
        Kind.INTEGER: lambda _field, text, _within: _integer(text),
        Kind.YEAR: _year,
        Kind.MONTH: _date,
        Kind.DATE: _date,
        Kind.PHONE: lambda _field, text, _within: _checked(clean_phone(text), _is_phone),
        Kind.EMAIL: lambda _field, text, _within: _checked(clean_email(text), is_email),
        Kind.SIGNATURE: _mark,
        Kind.SEAL: _mark,
    }
)
