"""Pages on which a form goes on, told by what they say and put to the form before them. Pure.

Two things say so: a heading of ours (the form's title, or the label of a field, with the word that it goes on), and a
number that goes on from the last item of the form before. What is joined is always for a person to look at.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from formsvc.chinese import fold_label, leading_number, read_items
from formsvc.errors import Code, Problem
from formsvc.extraction.scan.recognition.matching import distance
from formsvc.forms.reading import FieldReading, Reading, Value
from formsvc.forms.spec import CONTINUED, Field, FormSpec, Kind
from formsvc.forms.values import normalise

Rows = Mapping[str, tuple[str, ...]]
"""Field key -> the rows of a further page that belong to it."""
_GOES_ON = fold_label(CONTINUED)
_IN_BRACKETS = re.compile(r"[（(〔\[【].[）)〕\]】]?$")
_LEAST, _OFF_BY = 2, 1
"""The least number that can go on from another, and by how much the number of items may have been read wrongly."""
_SHORT = 4
"""Letters of a word above the first item that says nothing by itself."""
_DOUBT = 0.5
"""How sure a field is at most that was put together from two pages."""


def goes_on(spec: FormSpec, reading: Reading, texts: Sequence[str]) -> Rows | None:
    """Return what a page's rows add to the form before it; None when nothing says that it goes on here."""
    headed = _headed(spec, texts)
    if headed is not None:
        return headed
    key = _items_key(spec)
    items = reading.value(key)
    heads = texts[:2] if texts and len(fold_label(texts[0])) <= _SHORT else texts[:1]
    first = next((number for row in heads if (number := leading_number(row)) is not None), None)
    if key is None or not isinstance(items, tuple) or first is None or first < _LEAST:
        return None
    # Items nobody numbered are told apart by how they stand, and may be counted wrongly.
    is_counted = leading_number(reading.fields[key].raw) is not None
    is_next = abs(first - len(items) - 1) <= _OFF_BY
    is_list = first + 1 in (leading_number(row) for row in texts)
    return {key: tuple(texts)} if is_next or is_list or not is_counted else None


def headed_form(forms: Mapping[str, FormSpec], texts: Sequence[str]) -> FormSpec | None:
    """Return the form that a page's own headings say it is a further page of."""
    return next((spec for spec in forms.values() if _headed(spec, texts) is not None), None)


def joined(spec: FormSpec, reading: Reading, page: int, rows: Rows) -> Reading:
    """Return a reading with a further page; a person is asked about each field that goes on there."""
    for key, texts in rows.items():
        found = reading.fields.get(key, FieldReading(None, "", 0.0))
        raw = "\n".join(filter(None, [found.raw, *texts]))
        value = _value(spec.fields[key], found, raw)
        sure = min(found.confidence, _DOUBT)
        reading = reading.with_field(key, dataclasses.replace(found, value=value, raw=raw, confidence=sure))
    problems = [_goes_on_problem(page, key) for key in rows or (_items_key(spec),)]
    return dataclasses.replace(reading, pages=(*reading.pages, page)).with_problems(problems)


def _goes_on_problem(page: int, key: str | None) -> Problem:
    return Problem(Code.FURTHER_PAGE, key, MappingProxyType({"pages": str(page)}))


def _value(field: Field, found: FieldReading, raw: str) -> Value:
    if field.kind is not Kind.ITEMS:
        return normalise(field, raw).value
    items = read_items(raw.splitlines(), wrapped=True).items
    before = found.value if isinstance(found.value, tuple) else ()
    # All but the last item of the first page stand there whole: they were read with more care.
    kept = before[:-1] if len(items) >= len(before) else ()
    return (*kept, *items[len(kept) :]) or None


def _headed(spec: FormSpec, texts: Sequence[str]) -> Rows | None:
    """Return the rows behind each heading of the form; None when there is no heading of it."""
    rows: dict[str, tuple[str, ...]] = {}
    key = _items_key(spec)
    is_headed = False
    for text in texts:
        head = _head(text)
        label = None if head is None else _label(spec, head)
        if head is not None and (label is not None or _is(_without_digits(head), _title(spec))):
            is_headed = True
            key = label or key
        elif is_headed and key is not None and text.strip():
            rows[key] = (*rows.get(key, ()), text.strip())
    return rows if is_headed else None


def _head(text: str) -> str | None:
    """Return what a heading says before the word that it goes on; None for a row that is no such heading.

    That word is one sign, and one that is read wrongly now and then: the brackets around it say as much.
    """
    letters = fold_label(text)
    goes_on = letters.endswith(_GOES_ON) or _IN_BRACKETS.search(text.strip()) is not None
    return letters[:-1] if goes_on and len(letters) > len(_GOES_ON) + 1 else None


def _label(spec: FormSpec, head: str) -> str | None:
    for key, field in spec.fields.items():
        if not field.kind.is_mark and any(_is(head, fold_label(one)) for one in _wordings(field)):
            return key
    return None


def _is(head: str, wording: str) -> bool:
    """Whether a heading is this one, a sign in five read wrongly at most: two forms have much the same title."""
    return len(head) > 1 and distance(head, wording) <= len(wording) // 5


def _wordings(field: Field) -> Iterable[str]:
    return filter(None, (field.label, field.printed, *field.aliases))


def _title(spec: FormSpec) -> str:
    return _without_digits(fold_label(spec.printed_title))


def _without_digits(text: str) -> str:
    return "".join(sign for sign in text if not sign.isdecimal())


def _items_key(spec: FormSpec) -> str | None:
    return next((key for key, field in spec.fields.items() if field.kind is Kind.ITEMS), None)
