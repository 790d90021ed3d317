"""Longer texts: rows of pieces joined into lines, and lines into the text or the items of a field.

A new item begins with a number. Where nobody numbered them it begins with an indent, or after a line that ends early
with a full stop. Text read here is never masked: it can say anything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from formsvc.chinese import read_items
from formsvc.extraction.scan.choose import Choice
from formsvc.extraction.scan.decode import candidates
from formsvc.extraction.scan.lines import Row
from formsvc.extraction.scan.models import Models
from formsvc.forms.spec import Field, Kind
from formsvc.forms.values import Normal, normalise

_INDENT = 0.8
"""Heights of a character that a line begins further right than the others."""
_EARLY = 2.5
"""Heights of a character that a line ends before the longest."""
_SIGN = 0.68
"""The height of a character as a part of its row's."""
_ENDS = "。；;.!！"
_DOUBTFUL = 0.6


def passage(models: Models, field: Field, rows: Sequence[Sequence[Row]]) -> Choice:
    """Return the reading of a field of free text, from its rows in reading order."""
    lines = [_line(row) for row in rows]
    shown = _with_indents(lines, rows)
    raw = "\n".join(lines)
    if field.kind is Kind.ITEMS:
        items = read_items(shown, wrapped=True).items
        text, normal = "\n".join(items), Normal(items or None)
    else:
        text = "".join(lines)
        normal = normalise(field, text)
    flat = [row for line in rows for row in line]
    sure = sorted(one for row in flat for one in row.line.confidences)
    margins = [_margin(models, row) for row in flat]
    scores = {
        "mean": math.exp(float(np.mean(np.log(np.maximum(sure, 1e-6))))) if sure else 0.0,
        "lowest": sure[0] if sure else 0.0,
        "doubtful": float(sum(one < _DOUBTFUL for one in sure)),
        "signs": float(len(sure)),
        "margin": min(margins, default=0.0),
        "found": min((row.sure for row in flat), default=0.0),
        "rows": float(len(rows)),
    }
    return Choice(raw, text, normal, _score(scores), MappingProxyType(scores))


def _line(row: Sequence[Row]) -> str:
    text = ""
    for piece in row:
        part = piece.line.text.strip()
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
        shown.append(f"\u3000{line}" if is_indented or follows_end or number == 0 else line)
    return shown


def _margin(models: Models, row: Row) -> float:
    """Return how much likelier the best reading of a row is than the second, as a logarithm."""
    ranked = candidates(models, row.steps, range(1, len(models.signs)), 2)
    return ranked[0].score - ranked[1].score if len(ranked) > 1 else 20.0


def _score(scores: dict[str, float]) -> float:
    doubt = 1 / (1 + math.exp(-min(scores["margin"], 30.0)))
    return math.sqrt(max(scores["lowest"], 1e-6)) * doubt * scores["mean"]
