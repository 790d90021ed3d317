"""Printed words found again in what was read, although a letter or two of them was read wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterable

from formsvc.chinese import fold_label

_WRONG = 0.34
"""The part of a label's letters that may be read wrongly."""
_COLONS = frozenset(":：")
_BRACKETED = re.compile(r"[(（〔\[【]\s*((?:\w\s*){1,8})[)）〕\]】]?[:：]?\s*$")
_PARTED = 3
"""What a colon among a label's letters counts against it, in letters: a label ends with one."""


def distance(one: str, other: str) -> int:
    """Count the letters to change, add or drop to make one text the other (Levenshtein)."""
    before = list(range(len(other) + 1))
    for number, sign in enumerate(one, 1):
        now = [number]
        for place, opposite in enumerate(other, 1):
            now.append(min(before[place] + 1, now[-1] + 1, before[place - 1] + (sign != opposite)))
        before = now
    return before[-1]


def is_like(text: str, wordings: Iterable[str]) -> bool:
    """Whether a text is one of some wordings, read with few letters wrong."""
    letters = fold_label(text)
    return any(_near(letters, fold_label(one)) for one in wordings)


def _near(letters: str, wording: str) -> bool:
    allowed = int(len(wording) * _WRONG)
    return bool(wording) and abs(len(letters) - len(wording)) <= allowed and distance(letters, wording) <= allowed


def after_label(text: str, wordings: Iterable[str]) -> int | None:
    """Return where a text goes on behind the label it begins with; None when it begins with none of the wordings.

    One wording may begin with another: the one counts of which most letters are there, up to a colon. The label's
    colon, brackets and blanks belong to it.
    """
    ends = _letter_ends(text)
    best: tuple[float, int] | None = None
    for wording in {fold_label(one) for one in wordings} - {""}:
        for count in range(max(1, len(wording) - 1), min(len(wording) + 1, len(ends)) + 1):
            end = ends[count - 1]
            wrong = distance(fold_label(text[:end]), wording)
            if wrong <= int(len(wording) * _WRONG):
                colons = sum(sign in _COLONS for sign in text[:end])
                found = (len(wording) - 2 * wrong - _PARTED * colons + (text[end : end + 1] in _COLONS), end)
                best = found if best is None else max(best, found)
    if best is None:
        return None
    end = best[1]
    while end < len(text) and (text[end].isspace() or text[end] in ":：)）]】;；.,。，、"):
        end += 1
    return end


def bracketed_end(text: str, wording: str) -> int | None:
    """Return where brackets at the end of a text begin that hold a letter of a bracketed wording, and no more letters.

    Nobody writes the like there: it is that wording, the other letters read wrongly.
    """
    letters = fold_label(wording)
    if _BRACKETED.fullmatch(wording.strip()) is None:
        return None
    # The first bracket may be lost in a seal: then as many signs before the last one are looked at.
    match = _BRACKETED.search(text) or re.search(rf"(\w{{{len(letters)}}})[)）]\s*$", text)
    if match is None:
        return None
    held = fold_label(match[1])
    return match.start() if set(held) & set(letters) and len(held) <= len(letters) else None


def _letter_ends(text: str) -> list[int]:
    return [place + 1 for place, sign in enumerate(text) if fold_label(sign)]
