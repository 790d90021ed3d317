"""Values of one form that do not go together, so that one of them may have been misread. Pure.

It is asked of scans only: what was typed is what the form says, however odd that is. The checks go by the kinds of
fields and by the two keys that forms share: `age`, a whole number, and `joined`, the month of joining.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from types import MappingProxyType

from formsvc.chinese import fold_name
from formsvc.errors import Code, Param, Problem
from formsvc.forms.reading import Reading, YearSource
from formsvc.forms.spec import FormSpec, Kind, SubjectKind

_AGE, _JOINED = "age", "joined"
_YOUNGEST, _OLDEST = 18, 110
"""Years of age of those who may join, and of the oldest there are."""
_COUNTED = 1
"""Years by which an age may be off: counted from birth or by the calendar, this birthday or the last."""
_FIRST = "1921-07"
"""The month before which nobody joined."""
_MONTH = re.compile(r"\d{4}-\d{2}")


def disagreements(form: FormSpec, reading: Reading) -> tuple[Problem, ...]:
    """Return which values of a reading of this form do not go together."""
    return tuple(dict.fromkeys([*_of_dates(form, reading), *_of_joining(form, reading)]))


def unknown_name(form: FormSpec, reading: Reading, is_known: Callable[[str], bool]) -> tuple[Problem, ...]:
    """Return the problem that nobody of the member's name is known, when that is so."""
    key = form.subject.name
    name = fold_name(reading.text(key))
    if form.subject.kind is not SubjectKind.MEMBER or not name or is_known(name):
        return ()
    return (_problem(Code.NAME_UNKNOWN, key, raw=reading.text(key)),)


def _of_dates(form: FormSpec, reading: Reading) -> Iterator[Problem]:
    """Compare the dates in the order they are written in: signed, then reviewed step by step, around the year."""
    keys = [key for key in (form.signing.date, *(step.date for step in form.reviews)) if key is not None]
    dated = [(key, reading.text(key)) for key in keys if _MONTH.match(reading.text(key))]
    for (_, before), (key, after) in itertools.pairwise(dated):
        length = min(len(before), len(after))
        if before[:length] > after[:length]:
            yield _problem(Code.DATES_CONFLICT, key, raw=after, other=before)
    year = reading.year.value
    if year is None or reading.year.source is YearSource.PERSON:
        return
    for key, found in dated:
        if key != form.signing.date and not f"{year - 1}-12" <= found < f"{year + 2}":
            yield _problem(Code.DATES_CONFLICT, key, raw=found, other=str(year))


def _of_joining(form: FormSpec, reading: Reading) -> Iterator[Problem]:
    """Compare age and month of joining with the year of the form and with each other."""
    year, joined, age = reading.year.value, _joined(form, reading), _age(form, reading)
    signed = reading.text(form.signing.date)
    latest = signed[:7] if _MONTH.match(signed) else None if year is None else f"{year}-12"
    if joined is not None and joined < _FIRST:
        yield _problem(Code.DATES_CONFLICT, _JOINED, raw=joined, other=_FIRST)
    elif joined is not None and latest is not None and joined > latest:
        yield _problem(Code.DATES_CONFLICT, _JOINED, raw=joined, other=signed or str(year))
    if age is None or year is None:
        return
    at_joining = age if joined is None else int(joined[:4]) - (year - age - _COUNTED)
    if not _YOUNGEST <= age <= _OLDEST or at_joining < _YOUNGEST:
        yield _problem(Code.AGE_CONFLICT, _AGE, raw=str(age), joined=joined or "", year=year)


def _age(form: FormSpec, reading: Reading) -> int | None:
    value = reading.value(_AGE)
    is_age = _AGE in form.fields and form.fields[_AGE].kind is Kind.INTEGER
    return value if is_age and isinstance(value, int) else None


def _joined(form: FormSpec, reading: Reading) -> str | None:
    text = reading.text(_JOINED)
    is_month = _JOINED in form.fields and form.fields[_JOINED].kind is Kind.MONTH
    return text if is_month and _MONTH.fullmatch(text) else None


def _problem(code: Code, key: str, **facts: Param) -> Problem:
    return Problem(code, key, MappingProxyType(facts))
