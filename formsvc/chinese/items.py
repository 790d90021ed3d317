"""A pledge box taken apart into its items.

The rule: only the numbering and the blanks around an item go, every other sign stays. Numbering inside a paragraph
parts items only as a clean sequence that goes up by one from the number at the paragraph's beginning; a number that
belongs to a sentence (1.2 km, a year, a month) is never taken for numbering.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from formsvc.chinese.dates import HAN_DIGITS, parse_number
from formsvc.chinese.folding import fold

_HAN_NUMBER = f"[{HAN_DIGITS}十廿]{{1,3}}"
_NUMBER = rf"(?:[0-9]{{1,2}}|{_HAN_NUMBER})"
_POINT = r"\s*[.．、,，:：]\s*"
_STYLES = {
    "digit": rf"(?P<n>[0-9０-９]{{1,2}}){_POINT}",
    "han": rf"(?P<n>{_HAN_NUMBER}){_POINT}",
    "bracket-digit": r"[(（〔\[【]\s*(?P<n>[0-9０-９]{1,2})\s*[)）〕\]】]\s*[、.．,，:：]?",
    "bracket-han": rf"[(（〔\[【]\s*(?P<n>{_HAN_NUMBER})\s*[)）〕\]】]\s*[、.．,，:：]?",
    "half-bracket-digit": r"(?P<n>[0-9０-９]{1,2})\s*[)）]\s*",
    "half-bracket-han": rf"(?P<n>{_HAN_NUMBER})\s*[)）]\s*",
    "circled": r"(?P<n>[①-⑳㉑-㉟㊱-㊿❶-❿➀-➓㊀-㊉])\s*[、.．,，:：]?",
    "bracketed": r"(?P<n>[⑴-⒇㈠-㈩])\s*[、.．,，:：]?",
    "pointed": r"(?P<n>[⒈-⒛])\s*[、]?",
    "roman": r"(?P<n>[Ⅰ-Ⅻⅰ-ⅻ])\s*[、.．,，:：)）]?",
    "roman-letters": rf"(?P<n>[IVX]{{1,5}})(?:{_POINT}|\s*[)）])",
    "ordinal": rf"第(?P<n>{_NUMBER})[条项点]?(?:{_POINT}|\s+)",
    "ordinal-item": rf"第(?P<n>{_NUMBER})(?:条|项(?!目))",
    "pledge": rf"承诺(?:事项)?(?P<n>{_NUMBER}){_POINT}",
    "is": rf"(?P<n>{_HAN_NUMBER})(?:是|要)[:：]?",
    "letter": r"(?P<n>[A-Za-z])(?:[.．、]\s*|\s*[)）])",
    "spaced": r"(?P<n>[0-9０-９]{1,2})\s+(?=[^\W\d_])",
}
"""The ways of numbering; `n` is the number. A paragraph's beginning is compared with each."""

_ANYWHERE = frozenset({"digit", "bracket-digit", "bracket-han", "circled", "bracketed", "pointed"})
"""Styles that part items inside a paragraph even without a punctuation mark before them."""
_NEVER_ALONE = frozenset({"spaced", "letter", "is", "roman-letters", "ordinal-item"})
"""Styles that number nothing unless a second number follows the first."""
_BULLET = r"[●○■□◆◇★☆▲△▪▫•·※➢►▶✓✔\uf06c\uf06e\uf075\uf076\uf0a7\uf0b7\uf0d8\uf0e8\uf0fc\uf0fe][\s、]*|[-–—*]\s+"
_ENDS_BEFORE = r"[;；。！!？?…,，\s]$"
_NUMERAL_NEXT = {"digit": "0123456789０１２３４５６７８９", "han": HAN_DIGITS + "十"}
_DATE_NEXT = r"[0-9０-９]{1,4}\s*[年月日]"
_LEAD_END = "[:：]$"


@dataclass(frozen=True, slots=True)
class Items:
    """A pledge box taken apart."""

    items: tuple[str, ...]
    """The items in order, without their numbering."""
    lead: str = ""
    """What stood before the first numbered item and ended in a colon; empty if nothing did."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A number at a place in a paragraph, by one style of numbering."""

    style: str
    number: int
    start: int
    end: int
    weak: bool
    """It may as well belong to the sentence: it counts only as the number that is due."""


def split_items(text: str | Sequence[str], *, wrapped: bool = False) -> list[str]:
    """Give the items of a pledge box without numbering; see `read_items`."""
    return list(read_items(text, wrapped=wrapped).items)


def read_items(text: str | Sequence[str], *, wrapped: bool = False) -> Items:
    """Take a pledge box apart: numbered paragraphs, numbers running on in one paragraph, or a paragraph an item.

    `text` is one text with line ends or a list of paragraphs. A paragraph without a number among numbered ones
    continues the item before it on a new line. With `wrapped` the lines are lines of print: a line without a number
    or an indent continues the one before it on the same line.
    """
    lines = text.splitlines() if isinstance(text, str) else [line for part in text for line in part.splitlines()]
    kept = [line for line in lines if fold(line).strip()]
    paragraphs = [_bare(line) for line in kept]
    style = _style_of(paragraphs)
    if style is None:
        indented = [line[:1].isspace() for line in kept]
        opens = indented if wrapped and any(indented) else [not wrapped] * len(kept)
        return Items(tuple(re.sub(_BULLET, "", item, count=1) for item in _joined(paragraphs, opens, wrapped=wrapped)))
    return _numbered(paragraphs, style, wrapped=wrapped)


def leading_number(text: str) -> int | None:
    """Give the number that a paragraph begins with, in any style of numbering; None when it begins with none."""
    bare = _bare(text)
    marks = (_mark_at(bare, style, 0) for style in _STYLES)
    return next((mark.number for mark in marks if mark is not None and not mark.weak), None)


def _bare(line: str) -> str:
    return line.strip().strip("\u200b\ufeff\u3000\u00a0 \t")


def _joined(paragraphs: list[str], opens: list[bool], *, wrapped: bool) -> list[str]:
    items: list[str] = []
    for paragraph, opens_item in zip(paragraphs, opens, strict=True):
        if opens_item or not items:
            items.append(paragraph)
        else:
            items[-1] = _continued(items[-1], paragraph, wrapped=wrapped)
    return items


def _continued(item: str, paragraph: str, *, wrapped: bool) -> str:
    if not item or not wrapped:
        return f"{item}\n{paragraph}".strip()
    between = " " if item[-1].isascii() and item[-1].isalpha() and paragraph[0].isascii() else ""
    return f"{item}{between}{paragraph}"


def _numbered(paragraphs: list[str], style: str, *, wrapped: bool) -> Items:
    items: list[str] = []
    lead: list[str] = []
    last = 0
    for paragraph in paragraphs:
        mark = _mark_at(paragraph, style, 0)
        if mark is not None and (not mark.weak or mark.number == last + 1):
            pieces, last = _run_on(paragraph, mark)
            items += pieces
        elif last:
            items[-1] = _continued(items[-1], paragraph, wrapped=wrapped)
        else:
            lead.append(paragraph)
    if lead and not re.search(_LEAD_END, lead[-1]):
        items[:0] = lead
        lead = []
    return Items(tuple(item for item in items if item), "\n".join(lead))


def _style_of(paragraphs: list[str]) -> str | None:
    """Tell by which style the items are numbered: that of the first paragraph whose number holds, if there is one."""
    for index, paragraph in enumerate(paragraphs):
        for style in _STYLES:
            mark = _mark_at(paragraph, style, 0)
            if mark is not None and _holds(paragraphs[index:], mark):
                return style
    return None


def _holds(paragraphs: list[str], first: _Mark) -> bool:
    """Say whether a first number is numbering: beyond doubt by itself, or because the next number follows."""
    if not first.weak and first.style not in _NEVER_ALONE:
        return True
    if first.number != 1:
        return False
    later = (_mark_at(paragraph, first.style, 0) for paragraph in paragraphs[1:])
    return len(_run_on(paragraphs[0], first)[0]) > 1 or any(mark is not None and mark.number == 2 for mark in later)


@cache
def _pattern(style: str) -> re.Pattern[str]:
    return re.compile(_STYLES[style])


def _mark_at(text: str, style: str, position: int) -> _Mark | None:
    match = _pattern(style).match(text, position)
    if match is None:
        return None
    number = _value(match["n"], style)
    if number is None or number < 1:
        return None
    return _Mark(style, number, match.start(), match.end(), _is_weak(text, match, style))


def _is_weak(text: str, match: re.Match[str], style: str) -> bool:
    """Find a number that the sentence may claim: another numeral follows the point."""
    numerals = _NUMERAL_NEXT["han" if style == "han" else "digit"]
    return style in {"digit", "han"} and match.end() < len(text) and text[match.end()] in numerals


def _value(number: str, style: str) -> int | None:
    if style == "letter":
        return ord(number.upper()) - ord("A") + 1
    if style == "roman-letters":
        return _ROMAN.get(number)
    if len(number) == 1 and not number.isdecimal() and parse_number(number) is None:
        return int(unicodedata.numeric(number, 0))
    return parse_number(number)


_ROMAN = {
    tens + unit: 10 * len(tens) + value
    for tens in ("", "X", "XX")
    for value, unit in enumerate(("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"))
}


def _run_on(paragraph: str, first: _Mark) -> tuple[list[str], int]:
    """Cut a paragraph at each next number; return the pieces and the last number."""
    pieces: list[str] = []
    begin, number = first.end, first.number
    for mark in _following(paragraph, first):
        pieces.append(paragraph[begin : mark.start].strip())
        begin, number = mark.end, mark.number
    return [*pieces, paragraph[begin:].strip()], number


def _following(paragraph: str, first: _Mark) -> Iterator[_Mark]:
    """Find the marks after the first one, each the first place where the number that is due stands as numbering."""
    last = first
    for match in _pattern(first.style).finditer(paragraph, first.end):
        mark = _mark_at(paragraph, first.style, match.start())
        if mark is not None and mark.number == last.number + 1 and _parts_items(paragraph, mark, last):
            yield mark
            last = mark


def _parts_items(paragraph: str, mark: _Mark, last: _Mark) -> bool:
    before = paragraph[last.end : mark.start]
    if not before.strip():
        return False
    if re.search(_ENDS_BEFORE, before):
        return not mark.weak or re.match(_DATE_NEXT, paragraph[mark.end :]) is not None
    return (
        mark.style in _ANYWHERE
        and not mark.weak
        and not before[-1].isdigit()
        and before[-1] not in "、.第-—~～至到和与"
    )
