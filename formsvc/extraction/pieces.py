"""Takes the text behind one label apart: its own value, and the seal, signature and date that stand below it.

The rule: only what is written as a date, printed as a place for a seal, or typed beside one is cut off the end; all the
rest is the value of the label's own field. Every letter of the text ends up in a piece, or is reported as left over,
but for printed hints.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from formsvc.chinese import DateFault, fold_label, fold_name
from formsvc.chinese.dates import HAN_DIGITS
from formsvc.chinese.tails import DateTail, date_at_end
from formsvc.extraction.labels import FormMap
from formsvc.extraction.sheets import CellLine, CellText
from formsvc.forms.spec import Kind

_HINTS: Mapping[Kind, str] = MappingProxyType({Kind.SEAL: "章", Kind.SIGNATURE: "签[名字]?"})
"""What every printed hint for a seal or a signature says."""
_IN_BRACKETS = r"[（(〔【\[][^（(〔【\[）)〕】\]\n]{0,12}(?:%s)[^（(〔【\[）)〕】\]\n]{0,6}[）)〕】\]]\s*[:：]?"
_ON_A_LINE = r"(?:^|(?<=\n))[^\S\n]*\w{1,2}(?:%s)\s*[:：]?(?=\s*$)"
_HINTED: Mapping[Kind, tuple[re.Pattern[str], ...]] = MappingProxyType(
    {kind: tuple(re.compile(place % sign) for place in (_IN_BRACKETS, _ON_A_LINE)) for kind, sign in _HINTS.items()}
)
"""The hints of a kind: in brackets, where they may stand anywhere, and without, alone on the last line."""
_DATE_HINT = re.compile(r"(?:^|(?<=\s))\w{0,4}[期间日]\s*[:：]\s*$")
_ENDS_SENTENCE = "。；;！!，,、：:."
_BEGINS_ITEM = rf"\s*(?:[(（]?[0-9０-９{HAN_DIGITS}十]{{1,3}}[)）、.．]|[①-⑳●·*-])"
_LONGEST_SIGNER = 40
"""Characters of a name typed beside a seal."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line and the cell it stands in."""

    line: CellLine
    cell: CellText | None


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one field."""

    raw: str
    shown: str
    """The text with the numbers that are shown and not in it."""
    cell: CellText | None
    """The cell it begins in."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A text taken apart."""

    pieces: Mapping[str, Piece]
    left_over: tuple[str, ...] = ()
    """Text of which it is not clear to which field it belongs."""


def take_apart(
    lines: Sequence[Stretch],
    group: Sequence[str],
    form: FormMap,
    *,
    within: range | None = None,
    names: Collection[str] = (),
) -> Taken:
    """Give each field of a group its part of the text.

    `names` are names, folded, of those who sign: one typed alone at the end of a list is a signature. `within` is for
    two-digit years, see `chinese.parse_year`.
    """
    if len(group) == 1 and not form.form.fields[group[0]].kind.is_mark:
        return Taken(MappingProxyType({group[0]: _whole(lines)}))
    return _Apart(lines, group, form, within, names).taken()


def _whole(lines: Sequence[Stretch]) -> Piece:
    """Return all of the text as one piece."""
    raw = "\n".join(stretch.line.text for stretch in lines).strip()
    cell = next((stretch.cell for stretch in lines if stretch.line.text.strip()), lines[0].cell if lines else None)
    return Piece(raw, shown([(stretch.line.text, stretch.line.numbered) for stretch in lines]), cell)


def shown(lines: Iterable[tuple[str, bool]]) -> str:
    """Return lines with the numbers that are shown before some of them, and are not in the text."""
    numbers = itertools.count(1)
    return "\n".join(
        f"({next(numbers)}) {text}" if numbered and text.strip() else text for text, numbered in lines
    ).strip()


def is_tail(text: str) -> bool:
    """Say whether a text ends in a date on a line of its own, or in a printed hint for a seal or a signature."""
    date = date_at_end(text)
    return (date is not None and date.is_alone) or any(
        re.search(rf"{_IN_BRACKETS % sign}\s*$", text) or re.search(_ON_A_LINE % sign, text) for sign in _HINTS.values()
    )


def says_nothing(text: str) -> bool:
    """Say whether a text is nothing but printed places for a seal, a signature and a date."""
    for pattern in (pattern for hints in _HINTED.values() for pattern in hints):
        text = pattern.sub("", text)
    date = date_at_end(text)
    return not fold_label(text[: date.start] if date is not None and date.reading.fault is DateFault.BLANK else text)


class _Apart:
    """The work on one text: cuts pieces off its end."""

    def __init__(
        self,
        lines: Sequence[Stretch],
        group: Sequence[str],
        form: FormMap,
        within: range | None,
        names: Collection[str],
    ) -> None:
        self._lines = lines
        self._text = "\n".join(stretch.line.text for stretch in lines)
        self._end = len(self._text)
        self._has_numbers = any(stretch.line.numbered for stretch in lines)
        self._within = within
        self._names = names
        self._kinds = {key: form.form.fields[key].kind for key in group}
        self._dates = [key for key in group[1:] if self._kinds[key] is Kind.DATE]
        self._marks = [key for key in group if self._kinds[key].is_mark]
        self._free = [key for key in group if key not in self._dates and key not in self._marks]
        self._pieces: dict[str, Piece] = {}
        self._left_over: list[str] = []

    @property
    def _rest(self) -> str:
        return self._text[: self._end]

    @property
    def _is_list(self) -> bool:
        return bool(self._free) and self._kinds[self._free[0]] is Kind.ITEMS

    def taken(self) -> Taken:
        """Cut until nothing more can be cut, then give out the rest."""
        signers = list(self._marks)
        while self._cut_date() or self._cut_mark():
            pass
        if self._is_list and signers:
            self._cut_signer(signers[-1])
        self._give_rest(signers)
        return Taken(MappingProxyType(self._pieces), tuple(self._left_over))

    def _cut_date(self) -> bool:
        tail = date_at_end(self._rest, within=self._within) if self._dates else None
        if tail is None or not (tail.is_alone or not self._is_list or self._is_apart(tail)):
            return False
        self._pieces[self._dates.pop()] = self._piece(tail.start, self._end)
        self._end = tail.start
        hint = _DATE_HINT.search(self._rest)
        if hint is not None:
            self._end = hint.start()
        return True

    def _is_apart(self, tail: DateTail) -> bool:
        """Whether a date at the end of a pledge's line stands clearly apart from it."""
        gap = re.match(r"\s*", self._text[tail.start : self._end])
        before = self._text[tail.start - 1 : tail.start]
        return gap is not None and (len(gap[0]) > 1 or "\u3000" in gap[0] or before in "）)】〕]")

    def _cut_mark(self) -> bool:
        """Cut a printed hint for a seal or signature off the end, with what is typed beside it."""
        for key in reversed(self._marks):
            in_brackets, on_a_line = _HINTED[self._kinds[key]]
            found = list(in_brackets.finditer(self._rest)) or list(on_a_line.finditer(self._rest))
            if not found or "\n" in self._rest[found[-1].end() :].strip():
                continue
            start, end = found[-1].span()
            behind = self._rest[end:].strip()
            if len(behind) > _LONGEST_SIGNER or (behind and self._kinds[key] is Kind.SIGNATURE):
                continue
            beside = self._signer_before(start)
            if beside:
                start = self._rest.rindex(beside, 0, start)
            typed = " ".join(filter(None, (beside, behind)))
            if typed and self._is_list and not any(name in fold_name(typed) for name in self._names):
                self._left_over.append(typed)
            self._marks.remove(key)
            self._pieces[key] = Piece(typed, typed, self._cell_at(start))
            self._end = start
            return True
        return False

    def _signer_before(self, start: int) -> str:
        """Return who is named before a hint on its line, where that cannot be part of a list's last item."""
        line_start = self._rest.rfind("\n", 0, start) + 1
        before = self._rest[line_start:start].strip()
        is_item = not self._rest[:line_start].strip() or re.match(_BEGINS_ITEM, before)
        if not self._is_list or not before or is_item or before[-1] in _ENDS_SENTENCE or len(before) > _LONGEST_SIGNER:
            return ""
        return before

    def _cut_signer(self, key: str) -> None:
        """Cut a name alone on the last line of a list: it is whose seal or signature belongs there."""
        rest = self._rest.rstrip()
        start = rest.rfind("\n") + 1
        if start and fold_name(rest[start:]) in self._names:
            known = self._pieces.get(key)
            typed = " ".join(filter(None, (rest[start:].strip(), known.raw if known else "")))
            self._pieces[key] = Piece(typed, typed, self._cell_at(start))
            self._end = start

    def _give_rest(self, signers: Sequence[str]) -> None:
        if len(self._free) > 1:
            self._part_lines()
        elif self._free:
            self._pieces[self._free[0]] = self._piece(0, self._end)
        elif self._marks:
            self._pieces[self._marks[0]] = self._piece(0, self._end)
        elif self._rest.strip():
            first = signers[0] if signers else ""
            known = self._pieces.get(first)
            if known is None or known.raw:
                self._left_over.append(self._rest.strip())
            else:
                self._pieces[first] = self._piece(0, self._end)

    def _part_lines(self) -> None:
        """Give each of several fields its line; the first one all lines if they are not as many as the fields."""
        lines = [match for match in re.finditer(r"[^\n]+", self._rest) if match[0].strip()]
        if len(lines) == len(self._free):
            for key, line in zip(self._free, lines, strict=True):
                self._pieces[key] = self._piece(*line.span())
            return
        self._pieces[self._free[0]] = self._piece(0, self._end)
        if self._rest.strip():
            self._left_over.append(self._rest.strip())

    def _piece(self, start: int, end: int) -> Piece:
        raw = self._text[start:end].strip()
        begin = self._text.index(raw, start) if raw else start
        return Piece(raw, self._shown(start, end) if self._has_numbers else raw, self._cell_at(begin))

    def _shown(self, start: int, end: int) -> str:
        """Return a part of the text with the numbers that are shown before its lines."""
        pieces, place = [], 0
        for stretch in self._lines:
            piece = self._text[max(place, start) : max(min(place + len(stretch.line.text), end), start)]
            pieces.append((piece, stretch.line.numbered))
            place += len(stretch.line.text) + 1
        return shown(pieces)

    def _cell_at(self, place: int) -> CellText | None:
        for stretch in self._lines:
            place -= len(stretch.line.text) + 1
            if place < 0:
                return stretch.cell
        return self._lines[-1].cell if self._lines else None
