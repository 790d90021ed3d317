"""Forms that stand in one file more than once: two copies of one paper through the feeder are one record. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from formsvc.chinese import fold_name
from formsvc.errors import Code, Problem, Weight
from formsvc.forms.reading import Decision, Reading, Value
from formsvc.forms.spec import FormSpec
from formsvc.operations.account import pages_text

_CLEAR = 0.9
"""The confidence from which on two readings of paper that differ contradict each other."""


def distinct(forms: Mapping[str, FormSpec], readings: Iterable[Reading]) -> list[Reading]:
    """Return the readings without those that say the same as another.

    Typed forms say the same when all their values are equal. Two of paper may be read differently where the ink is
    faint: they are one when they are of one subject and year and no sure value contradicts another, and the one that
    leaves less to ask is kept; when one does, the later one asks a person. Marks are of each paper's own.
    """
    kept: list[Reading] = []
    for reading in readings:
        spec = forms.get(reading.form or "")
        place = None if spec is None or reading.decision is Decision.REFUSE else _place(spec, kept, reading)
        if spec is None or place is None:
            kept.append(reading)
        elif _contradict(spec, kept[place], reading):
            kept.append(reading.with_problems([_twice(kept[place], reading)]))
        elif _doubts(reading) < _doubts(kept[place]):
            kept[place] = _with_copy(reading, kept[place])
        else:
            kept[place] = _with_copy(kept[place], reading)
    return kept


def _place(spec: FormSpec, kept: Sequence[Reading], reading: Reading) -> int | None:
    """Return which of the readings this one says again, perhaps with other words."""
    for place, other in enumerate(kept):
        if other.decision is Decision.REFUSE or (other.form, other.year.value) != (reading.form, reading.year.value):
            continue
        is_paper = not (other.typed or reading.typed)
        if _values(other) == _values(reading) or (is_paper and _same_subject(spec, other, reading)):
            return place
    return None


def _values(reading: Reading) -> dict[str, Value]:
    return {key: found.value for key, found in reading.fields.items()}


def _same_subject(spec: FormSpec, one: Reading, other: Reading) -> bool:
    keys = (spec.subject.name, *spec.subject.identity)
    values = [[reading.value(key) for key in keys] for reading in (one, other)]
    folded = [[fold_name(str(value)) for value in found] for found in values]
    return None not in values[0] and folded[0] == folded[1]


def _contradict(spec: FormSpec, one: Reading, other: Reading) -> bool:
    """Whether a value that is sure on both papers differs."""
    for key, found in one.fields.items():
        beside = other.fields.get(key)
        if beside is None or spec.fields[key].kind.is_mark or found.value == beside.value:
            continue
        if None not in (found.value, beside.value) and min(found.confidence, beside.confidence) >= _CLEAR:
            return True
    return False


def _with_copy(kept: Reading, other: Reading) -> Reading:
    """Return the reading that is kept, with a note of the paper that says the same and of the blank pages behind it."""
    if not other.pages:
        return kept
    earlier = [note for note in other.problems if note.code in (Code.FURTHER_COPY, Code.BLANK_PAGES)]
    note = Problem(Code.FURTHER_COPY, params=MappingProxyType({"pages": pages_text(other.pages)}))
    return kept.with_problems([*earlier, note])


def _doubts(reading: Reading) -> int:
    return sum(problem.code.weight is Weight.ASKS for problem in reading.problems)


def _twice(one: Reading, other: Reading) -> Problem:
    pages = [", ".join(map(str, reading.pages)) for reading in (one, other)]
    return Problem(Code.TWICE_IN_FILE, params=MappingProxyType({"other": pages[0], "pages": pages[1]}))
