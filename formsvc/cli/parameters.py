"""Words of the command line that stand for more than a text; what is off is told as a UsageError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from formsvc import chinese
from formsvc.errors import UsageError
from formsvc.operations.blank import BlankFormat
from formsvc.operations.checking import Slice
from formsvc.operations.sorting import Order

_ANSWERS = {"yes": True, "no": False, "是": True, "否": False}


def year(word: str) -> int:
    """Read a year in any usual style."""
    found = chinese.parse_year(word)
    if found is None:
        raise UsageError(reason="not-a-year")
    return found


def part(word: str) -> Slice:
    """Read `N/T`: the N-th of T parts."""
    number, _, total = word.partition("/")
    if not (number.isdecimal() and total.isdecimal() and 1 <= int(number) <= int(total)):
        raise UsageError(reason="not-a-slice")
    return Slice(int(number), int(total))


def assignments(words: Sequence[str]) -> Mapping[str, str]:
    """Read `FIELD=VALUE` words; a field named several times has a line for each."""
    values: dict[str, str] = {}
    for word in words:
        key, value = _parted(word, "not-an-assignment")
        values[key] = f"{values[key]}\n{value}" if key in values else value
    return values


def criteria(words: Sequence[str]) -> Mapping[str, bool]:
    """Read `KEY=yes|no` words."""
    answers: dict[str, bool] = {}
    for word in words:
        key, answer = _parted(word, "not-a-criterion")
        if answer.strip().lower() not in _ANSWERS:
            raise UsageError(reason="not-a-criterion")
        answers[key] = _ANSWERS[answer.strip().lower()]
    return answers


def formats(word: str) -> Sequence[BlankFormat]:
    """Read kinds of blanks, parted by commas."""
    kinds = [kind.strip().lower() for kind in word.replace("，", ",").split(",") if kind.strip()]
    if not kinds or not set(kinds) <= set(BlankFormat):
        raise UsageError(reason="unknown-format")
    return [BlankFormat(kind) for kind in dict.fromkeys(kinds)]


def order(word: str) -> Order:
    """Read how names are sorted."""
    try:
        return Order(word.strip().lower())
    except ValueError:
        raise UsageError(reason="unknown-sort") from None


def _parted(word: str, reason: str) -> tuple[str, str]:
    key, sign, value = (word if "=" in word else word.replace("＝", "=", 1)).partition("=")
    if not sign or not key.strip():
        raise UsageError(reason=reason)
    return key.strip(), value
