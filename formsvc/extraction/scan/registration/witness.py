"""Labels called as witnesses: what is printed where a form should print its labels, read and compared.

Topology says which grid it is; two tables of the same grid are told apart by their words. A label is compared loosely:
what matters is whether it can be this label at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

import cv2
import numpy as np

from formsvc.chinese.folding import fold_label
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.registered import PER_MM, PixelBox, Registered
from formsvc.forms.spec import Cell, FormSpec

ReadText = Callable[[Grey], str]
"""Reads a picture of one line of dark text on white paper."""

_ALIKE = 0.6
_MOST = 4
_ENOUGH = 2
_DARK = 22
"""How much darker than its cell's paper ink is at the least."""
_LINE_MM = (1.6, 14.0)
"""Lowest and highest line of a label."""
_GAP_MM = 0.5
_EDGE_MM = 0.4
_BORDER = 6


@dataclass(frozen=True, slots=True)
class Testimony:
    """What the labels say."""

    agreed: int
    """Labels that read as they should."""
    denied: int
    """Labels in whose place something else is written."""

    @property
    def speaks_for(self) -> bool:
        """Whether it is this form: as far as labels go, for certain."""
        return self.agreed >= _ENOUGH and self.agreed > self.denied

    @property
    def speaks_against(self) -> bool:
        """Whether it is another table, or stands another way."""
        return self.denied >= _ENOUGH and self.agreed == 0


def hear(registered: Registered, read_text: ReadText) -> Testimony:
    """Read some labels of a form that was found, those that say most first, until they are clear."""
    grey = _plane(registered)
    agreed = denied = 0
    for cell, wordings in _labels(registered.form):
        box = registered.cell_box(cell)
        if box is None:
            continue
        text = fold_label("".join(read_text(line) for line in lines_in(grey, box)))
        if not text:
            continue
        if likeness(text, wordings) >= _ALIKE:
            agreed += 1
        elif len(text) > 1:
            denied += 1
        if agreed + denied >= _MOST or (agreed >= _ENOUGH and not denied):
            break
    return Testimony(agreed, denied)


def wordings_of(form: FormSpec, key: str) -> tuple[str, ...]:
    """Return what the label of a field may say, folded."""
    field = form.fields[key]
    said = (field.printed, field.label, *field.aliases)
    return tuple(dict.fromkeys(folded for one in said if (folded := fold_label(one))))


def likeness(text: str, wordings: tuple[str, ...]) -> float:
    """Return how much a text is one of these, from 0 to 1; a text that only begins with one is that one."""
    return max(
        (SequenceMatcher(None, text[: len(word) + 2], word, autojunk=False).ratio() for word in wordings), default=0.0
    )


def lines_in(grey: Grey, box: PixelBox, *, most: int = 3) -> Iterator[Grey]:
    """Yield the lines of a cell as pictures, white paper around; letters set one below the other become one line."""
    edge = round(_EDGE_MM * PER_MM)
    part = grey[box[1] + edge : box[3] - edge, box[0] + edge : box[2] - edge]
    if min(part.shape) < 2 * PER_MM:
        return
    paper = float(np.quantile(part[::3, ::3], 0.8))
    inked = part < paper - max(_DARK, 0.4 * (paper - float(np.quantile(part, 0.02))))
    spans = _spans(inked.sum(axis=1) > 0)
    low, high = (limit * PER_MM for limit in _LINE_MM)
    pieces = []
    for first, past in _cut(spans, inked, high):
        columns = np.flatnonzero(inked[first:past].any(axis=0))
        if past - first <= high and len(columns):
            pieces.append((first, past, int(columns[0]), int(columns[-1]) + 1))
    heights = [past - first for first, past, _, _ in pieces]
    tall = max(heights, default=0)
    if tall < low:
        return
    if len(pieces) > 1 and all(right - left <= 1.7 * tall for _, _, left, right in pieces):
        yield _side_by_side(part, pieces, tall, paper)
        return
    for first, past, left, right in [piece for piece in pieces if piece[1] - piece[0] >= low][:most]:
        yield _framed(part[first:past, left:right], paper)


def _labels(form: FormSpec) -> list[tuple[Cell, tuple[str, ...]]]:
    """Return the cells that hold a label alone, those with the longest first."""
    found = []
    for cell in form.grid.cells:
        if len(cell.lines) == 1 and cell.lines[0].is_label:
            wordings = wordings_of(form, cell.lines[0].key)
            if wordings:
                found.append((cell, wordings))
    return sorted(found, key=lambda label: -len(label[1][0]))


def _plane(registered: Registered) -> Grey:
    upright = registered.upright
    if registered.page.has_colour:
        return np.ascontiguousarray(upright[:, :, 0])
    return np.asarray(cv2.cvtColor(upright, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _spans(inked: np.ndarray) -> list[tuple[int, int]]:
    """Return where rows are inked, small gaps closed."""
    changes = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    spans: list[tuple[int, int]] = []
    for first, past in zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True):
        if spans and first - spans[-1][1] < _GAP_MM * PER_MM:
            spans[-1] = (spans[-1][0], past)
        else:
            spans.append((first, past))
    return spans


def _cut(spans: list[tuple[int, int]], inked: np.ndarray, high: float) -> Iterator[tuple[int, int]]:
    """Yield spans, those of letters that stand closely one below the other cut into letters."""
    for first, past in spans:
        columns = np.flatnonzero(inked[first:past].any(axis=0))
        wide = int(columns[-1] - columns[0] + 1) if len(columns) else 1
        count = round((past - first) / wide) if past - first > min(high, 1.7 * wide) and wide <= high else 1
        edges = [first + round(number * (past - first) / count) for number in range(count + 1)]
        yield from pairwise(edges)


def _side_by_side(part: Grey, pieces: list[tuple[int, int, int, int]], tall: int, paper: float) -> Grey:
    """Return letters that stand one below the other as one line."""
    blank = np.uint8(min(255, round(paper)))
    letters = []
    for first, past, left, right in pieces:
        letter = np.full((tall, right - left + 4), blank, np.uint8)
        above = (tall - (past - first)) // 2
        letter[above : above + past - first, 2:-2] = part[first:past, left:right]
        letters.append(letter)
    return _framed(np.concatenate(letters, axis=1), paper)


def _framed(line: Grey, paper: float) -> Grey:
    """Return a line with paper around it, the paper brought to white."""
    white = np.clip(line.astype(np.float32) * (255 / max(paper, 1.0)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.copyMakeBorder(white, *(_BORDER,) * 4, cv2.BORDER_CONSTANT, value=(255,)), dtype=np.uint8)
