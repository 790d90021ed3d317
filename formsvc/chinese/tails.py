"""The date at the end of a text: below a signature, behind a seal, after an opinion.

The rule: what ends a text is a date only if it is written as one. A sentence that happens to end in a number has
none, and `is_alone` lets the caller tell a date of its own line from one that a sentence ends in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from formsvc.chinese.dates import DateFault, DateReading, read_date

_LONGEST = 60
"""Characters, blanks included, in which a date at the end of a line is looked for."""
_SIGNS = r"[\s_＿0-9０-９OoＯｏ〇○◯零一二三四五六七八九十廿卅卌元年月日号份度./\\\-‐‑‒–—−·•・、,。．，／－'’‘]"
_RUN = re.compile(rf"{_SIGNS}*$")
_STARTS = re.compile(r"(?:^|(?<=[\s_＿、,。，])|(?<![0-9０-９])(?=[0-9０-９]{4}))(?=[^\s_＿、,。，.．/／\\\-－—])")
_WITH_SIGNS = re.compile(r"年|月[^月]*[日号]")
_BLANK_DATE = re.compile(r"年[\s_＿]*月|月[\s_＿]*[日号]")
_ALL_SIGNS = re.compile("年.*月.*[日号]")
_ATTEMPT = re.compile(r"\S{0,9}年\S{0,6}月\S{0,6}[日号]")
_BLANKS = " \t\u3000\xa0_＿"
_LINES = 3
"""A narrow cell breaks a date into at most as many lines."""


@dataclass(frozen=True, slots=True)
class DateTail:
    """A date that ends a text."""

    start: int
    """Where it begins in the text, the blanks before it included."""
    reading: DateReading
    """What it says; a printed line for a date that was left empty has the fault BLANK."""
    is_alone: bool
    """Whether nothing else stands on its line."""


def date_at_end(text: str, *, within: range | None = None) -> DateTail | None:
    """Find the date that ends a text, also one broken over lines or left blank; None when there is none.

    `within` is for two-digit years, see `chinese.parse_year`.
    """
    found = None
    for start in _line_starts(text):
        tail = _tail(text[start:], within)
        if tail is not None and (found is None or _says_more(tail.reading, found.reading)):
            found = DateTail(start + tail.start, tail.reading, tail.is_alone)
        if not _RUN.fullmatch(text[start:]):
            break  # a date goes on above only a line that holds nothing else
    return found


def _line_starts(text: str) -> Iterator[int]:
    """Yield where the last line begins, then the one before it, as far as a date can reach."""
    end = len(text.rstrip())
    for _ in range(_LINES):
        start = text.rfind("\n", 0, end) + 1
        yield start
        end = len(text[:start].rstrip())
        if not end:
            return


def _tail(lines: str, within: range | None) -> DateTail | None:
    """Read the longest end of these lines that is a date; a date of several lines begins in the first one."""
    written = lines.rstrip()
    offset = max(0, len(written) - _LONGEST)
    match = _RUN.search(written[offset:])
    run = match[0] if match else ""
    begin = len(written) - len(run)
    bare = not written[:begin].strip()
    last = written.find("\n", begin) if "\n" in written else len(written)
    for start in [found.start() for found in _STARTS.finditer(run) if begin + found.start() <= last][:8]:
        piece = run[start:]
        is_alone = bare and not run[:start].strip(_BLANKS)
        reading = read_date(piece, within=within)
        if _is_written_as_date(piece, reading, is_alone=is_alone):
            return DateTail(len(written[: begin + start].rstrip(_BLANKS)), reading, is_alone)
    if "\n" not in written and _ATTEMPT.fullmatch("".join(written.split())):
        return DateTail(0, DateReading(None, DateFault.UNREADABLE), is_alone=True)
    return None


def _is_written_as_date(piece: str, reading: DateReading, *, is_alone: bool) -> bool:
    has_signs = _WITH_SIGNS.search(piece) is not None
    has_all_signs = _ALL_SIGNS.search(piece) is not None
    value = reading.value or ""
    match reading.fault:
        case None:
            return is_alone or has_all_signs or (len(value) > 4 and (has_signs or not value.startswith("-")))
        case DateFault.BLANK:
            return _BLANK_DATE.search(piece) is not None
        case DateFault.UNREADABLE:
            return False
        case _:
            return has_all_signs or (has_signs and is_alone)


def _says_more(new: DateReading, old: DateReading) -> bool:
    """Whether a date of more lines is the better one: it has a year, and the shorter one has none or cannot be read."""
    return new.value is not None and (old.value is None or old.value.startswith("-") or new.value.startswith(old.value))
