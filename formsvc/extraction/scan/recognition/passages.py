"""Longer texts: rows of pieces joined into lines, and lines into the text or the items of a field.

A new item begins with a number. Where nobody numbered them it begins with an indent, or after a line that ends early
with a full stop. Text read here is never masked: it can say anything.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from types import MappingProxyType

import numpy as np

from formsvc.chinese import is_han, parse_number, read_items
from formsvc.chinese.dates import HAN_DIGITS
from formsvc.extraction.scan.recognition.choose import Choice
from formsvc.extraction.scan.recognition.confidence import AGAINST, PASSAGE, weighed
from formsvc.extraction.scan.recognition.decode import Line
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.recognition.numerals import with_numbers
from formsvc.extraction.scan.recognition.spacing import holes
from formsvc.extraction.scan.recognition.wording import worded
from formsvc.forms.spec import Field, Kind
from formsvc.forms.values import Normal, normalise

_INDENT = 0.8
"""Heights of a character that a line begins further right than the others."""
_EARLY = 2.5
"""Heights of a character that a line ends before the longest."""
_SIGN = 0.68
"""The height of a character as a part of its row's."""
_ENDS = "。；;.!！"
_BEGINS = "\u3000"
"""Stands before a line that begins a paragraph by how it stands."""
_DOUBTFUL = 0.6
_CLEAR = 0.97
"""A line all of whose signs are this sure is not read again."""
_APART = 0.5
"""What is left of how sure a sign is that a second reading does not find."""
_SURELY = 0.93
"""How sure the detector is of a clear line of text; of what is left of a seal it is less so."""
_WIDE = dict(zip(",;:?!().", "，；：？！（）。", strict=True))
_HAN = "[，。；：、“”\u3400-\u9fff]"
_BESIDE_HAN = re.compile(f"^[(](?=[0-9]{{1,2}}[)])|(?<={_HAN})(?:[,;:?!()]|[.](?=$|{_HAN}))|[,;:?!()](?={_HAN})")
_DOTTED_NUMBER = re.compile(r"^(\s*[0-9]{1,2})\s*[·•・]\s*")
_NUMBERED = re.compile(rf"\s*(?:[0-9]{{1,2}}|[{HAN_DIGITS}])([.．、，,·•・])")
_NUMBER = re.compile(r"\s*[0-9]{1,2} ")
_GAP = re.compile(f"(?<={_HAN}) +(?=\\S)|(?<=\\S) +(?={_HAN})")
"""Print sets a quarter of a character between Chinese and other signs; it is no blank."""
_AGREES, _CLAUSE = "同意", 4
"""How the sentence begins that opinions end with, and signs before it from which on a comma parts it from them."""
_AGREEING = ("研究", "讨论", "审核", "审议", "表决", "表示", "一致", "原则", "大会", "支部", "党委", "不")
"""What goes before that word without a comma."""
_RUN_ON = re.compile(f"[\u3400-\u9fff]{{{_CLAUSE},}}{''.join(f'(?<!{word})' for word in _AGREEING)}{_AGREES}")
_QUOTES = '"“”〝〞„'


def passage(models: Models, field: Field, given: Sequence[Sequence[Row]], again: Callable[[int], Line]) -> Choice:
    """Return the reading of a field of free text, from its rows in reading order.

    `again` reads the row of a number once more, in another way; it is asked about rows with a doubtful sign only.
    """
    rows = [[dataclasses.replace(row, line=as_text(models, row)) for row in line] for line in given]
    raw = "\n".join(_line([row.line for row in line]) for line in given)
    lines = [typeset(_line([row.line for row in line])) for line in rows]
    shown = _numbered(_with_indents(lines, rows))
    if field.kind is Kind.ITEMS:
        items = tuple(_ended(re.sub(_GAP, "", item)) for item in read_items(shown, wrapped=True).items)
        text, normal = "\n".join(items), Normal(items or None)
    else:
        text = "".join(lines)
        normal = normalise(field, text)
    flat = [row for line in rows for row in line]
    told = [_telling(row.line) for row in flat]
    sure = sorted(one for line in told for one in line.confidences)
    both, apart = _compared(told, again)
    both.sort()
    scores = {
        "mean": math.exp(float(np.mean(np.log(np.maximum(sure, 1e-6))))) if sure else 0.0,
        "lowest": sure[0] if sure else 0.0,
        "doubtful": float(sum(one < _DOUBTFUL for one in sure)),
        "signs": float(len(sure)),
        "all": math.prod(sure),
        "changed": float(sum(one.line.text != other.line.text for one, other in _pairs(given, rows))),
        "found": min((row.sure for row in flat), default=0.0),
        "rows": float(len(rows)),
        "apart": float(apart),
        "holes": float(sum(map(holes, flat))),
        "undivided": float(
            may_go_apart(shown) or may_lack_items(shown) if field.kind is Kind.ITEMS else may_lack_comma(lines)
        ),
        "both": math.prod(both),
        "both_lowest": both[0] if both else 0.0,
        "both_second": both[1] if len(both) > 1 else 1.0,
    }
    doubts = _doubts(scores)
    evidence = MappingProxyType({**scores, **{f"{AGAINST}{doubt}": value for doubt, value in doubts.items()}})
    return Choice(raw, text, normal, weighed(PASSAGE, doubts), evidence)


def as_text(models: Models, row: Row) -> Line:
    """Return what a row of free text says: words where the recogniser wavers, numbers as both recognisers read them."""
    return with_numbers(models, row, worded(models, row.steps))


def _telling(line: Line) -> Line:
    """Return a line without what its value does not depend on: blanks, and the sign behind an item's number."""
    number = _NUMBERED.match(line.text)
    skipped = number.start(1) if number is not None else -1
    kept = [place for place, sign in enumerate(line.text) if not sign.isspace() and place != skipped]
    return Line("".join(line.text[place] for place in kept), tuple(line.confidences[place] for place in kept))


def _compared(lines: Sequence[Line], again: Callable[[int], Line]) -> tuple[list[float], int]:
    """Return how sure each sign is after a second reading of doubtful lines, and how many that did not find."""
    sure: list[float] = []
    apart = 0
    for number, line in enumerate(lines):
        if line.lowest >= _CLEAR:
            sure += line.confidences
            continue
        second = _telling(again(number))
        same = SequenceMatcher(None, line.text, second.text, autojunk=False).get_matching_blocks()
        found = {block.a + place: block.b + place for block in same for place in range(block.size)}
        apart += len(line.text) - len(found)
        sure += (
            max(one, second.confidences[found[place]]) if place in found else one * _APART
            for place, one in enumerate(line.confidences)
        )
    return sure, apart


def _pairs(given: Sequence[Sequence[Row]], rows: Sequence[Sequence[Row]]) -> Iterator[tuple[Row, Row]]:
    return zip(itertools.chain(*given), itertools.chain(*rows), strict=True)


def _line(row: Sequence[Line]) -> str:
    text = ""
    for piece in row:
        part = piece.text.strip()
        if text.isdecimal() and len(text) < 3 and part and not part[0].isdecimal():
            part = " " + part
        is_latin = text[-1:].isascii() and text[-1:].isalpha() and part[:1].isascii() and part[:1].isalpha()
        text += (" " if is_latin else "") + part
    return text


def _with_indents(lines: Sequence[str], rows: Sequence[Sequence[Row]]) -> list[str]:
    """Return lines with a blank before those that begin a paragraph by how they stand."""
    lefts = [min(piece.box[0] for piece in row) for row in rows]
    rights = [max(piece.box[2] for piece in row) for row in rows]
    sign = _SIGN * float(np.median([piece.box[3] - piece.box[1] for row in rows for piece in row]))
    first, last = min(lefts), max(rights)
    shown = []
    for number, line in enumerate(lines):
        is_indented = lefts[number] - first > _INDENT * sign
        follows_end = number > 0 and lines[number - 1][-1:] in _ENDS and last - rights[number - 1] > _EARLY * sign
        shown.append(f"{_BEGINS}{line}" if is_indented or follows_end or number == 0 else line)
    return shown


def may_go_apart(shown: Sequence[str]) -> bool:
    """Whether items that nobody numbered may be two where they were taken for one: a line ends as an item does."""
    if any(_NUMBERED.match(line) for line in shown):
        return False
    return any(line[-1:] in _ENDS and not after.startswith(_BEGINS) for line, after in itertools.pairwise(shown))


def may_lack_items(shown: Sequence[str]) -> bool:
    """Return whether the numbers of items are not one after the other from 1: one may stand where nobody looked."""
    numbered = (_NUMBERED.match(line) for line in shown)
    numbers = [parse_number(match[0][: match.start(1)]) for match in numbered if match is not None]
    return numbers != list(range(1, len(numbers) + 1))


def may_lack_comma(lines: Sequence[str]) -> bool:
    """Whether a comma may be lost before the sentence that opinions end with, most of all where a line ends."""
    wraps = itertools.pairwise(line.strip() for line in lines if line.strip())
    is_wrapped = any(is_han(line[-1]) and len(line) >= _CLAUSE and after.startswith(_AGREES) for line, after in wraps)
    return is_wrapped or _RUN_ON.search("".join(map(str.strip, lines))) is not None


def _doubts(scores: Mapping[str, float]) -> dict[str, float]:
    """Return what speaks against a passage: its worst signs and how surely it is text, its length hardly does."""
    worst, second = _against(scores["both_lowest"]), _against(scores["both_second"])
    return {
        "worst": worst,
        "others": max(_against(scores["both"]) - worst - second, 0.0),
        "found": max(_SURELY - scores["found"], 0.0),
        "mean": _against(scores["mean"]),
        "apart": scores["apart"],
        "holes": min(scores["holes"], 1.0),
        "undivided": scores["undivided"],
    }


def _against(likely: float) -> float:
    return -math.log(max(likely, 1e-4))


def _ended(item: str) -> str:
    """Return an item without the colon that a semicolon at its end was read as."""
    return f"{item[:-1]}；" if item.endswith("：") else item


def _numbered(lines: Sequence[str]) -> list[str]:
    """Return lines with the number back that thin strokes lost before a point at a line's beginning."""
    numbers = [_han_number(line) for line in lines]
    mended = []
    for number, line in enumerate(lines):
        before = next((one for one in reversed(numbers[:number]) if one), 0)
        is_cut = line.lstrip().startswith("、") and 0 < before < len(HAN_DIGITS)
        if is_cut:
            numbers[number] = before + 1
        mended.append(f"{HAN_DIGITS[before]}{line.lstrip()}" if is_cut else line)
    return mended


def _han_number(line: str) -> int:
    """Return the Han number a line begins with, 0 if there is none."""
    match = re.match(rf"\s*([{HAN_DIGITS}])、", line)
    return HAN_DIGITS.index(match[1]) + 1 if match is not None else 0


def typeset(text: str) -> str:
    """Return a text with Chinese punctuation beside Chinese characters, no blanks there, and quotation marks in pairs.

    A blank behind the number that a line begins with stays: it says that this is the number of an item.
    """
    text = re.sub(_DOTTED_NUMBER, r"\1.", text)
    number = re.match(_NUMBER, text)
    begin = 0 if number is None else number.end()
    text = text[:begin] + re.sub(_GAP, "", text[begin:])
    wide = re.sub(_BESIDE_HAN, lambda match: _WIDE[match[0]], text)
    marks = itertools.cycle("“”")
    if sum(sign in _QUOTES for sign in wide) % 2:
        return wide
    return "".join(next(marks) if sign in _QUOTES else sign for sign in wide)
