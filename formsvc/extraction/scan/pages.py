"""A whole page read without knowing what it is: for pages without a grid, and for pages that are no forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from formsvc.extraction.scan.ink import red_free
from formsvc.extraction.scan.page import Pixels
from formsvc.extraction.scan.recognition.detect import Quad, cut_out, detect, in_rows
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.recognition.recognise import read_line

PageLine = tuple[str, Quad, float]
"""What a line says, its corners in the page's pixels, and how sure it is from 0 to 1."""
_LONGEST = 1280
"""Pixels of the page's longer side as the detector sees it: print of 14 pt on A4 is 21 pixels high."""
LEGIBLE = 0.75
"""How sure a page's signs are from which on it stands upright and was read."""
_MOST_ROWS, _MOST_SIGNS = 150, 300


def page_rows(pixels: Pixels, models: Models, *, longest: int = _LONGEST) -> list[list[PageLine]]:
    """Return the text of an upright page row by row from the top; takes 1 to 2 s for a full page."""
    page = red_free(pixels)
    rows = []
    for row in in_rows(detect(models, page, longest=longest)):
        read = [(box, read_line(models, cut_out(page, box))) for box in row]
        rows.append([(line.text, box.quad, line.mean * box.confidence) for box, line in read if line.text.strip()])
    return [row for row in rows if row]


def legible(rows: Sequence[Sequence[PageLine]]) -> float:
    """Return how sure the signs of a page are, 0 to 1; 0 for a page without any."""
    signs = [(len(text), sure) for row in rows for text, _, sure in row]
    return sum(count * sure for count, sure in signs) / max(1, sum(count for count, _ in signs))


def upright_rows(pixels: Pixels, models: Models, rows: list[list[PageLine]]) -> list[list[PageLine]]:
    """Return the rows of a page, read again the other ways round if it seems to lie on its head or its side.

    Corners stay those on the page as it came, clockwise from where a line begins.
    """
    if not rows or legible(rows) >= LEGIBLE:
        return rows
    tall = [_height(quad) > 1.5 * _width(quad) for row in rows for text, quad, _ in row if len(text) > 1]
    ways = [rows]
    for turn in (1, 3, 2) if sum(tall) * 2 > len(tall) else (2, 1, 3):
        ways.append(_rows_turned(pixels, models, turn))
        if legible(ways[-1]) >= LEGIBLE:
            break
    return max(ways, key=lambda one: legible(one) * min(20, sum(len(text) for row in one for text, _, _ in row)))


def _rows_turned(pixels: Pixels, models: Models, turn: int) -> list[list[PageLine]]:
    """Return the rows of a page turned by so many quarters against the clock, with corners on the page as it came."""
    rows = page_rows(np.ascontiguousarray(np.rot90(pixels, turn)), models)
    return [[(text, turned_back(quad, turn, pixels.shape[:2]), sure) for text, quad, sure in row] for row in rows]


def turned_back(quad: Quad, turn: int, shape: tuple[int, ...]) -> Quad:
    """Return corners on a page of (height, width) for those on the same page turned against the clock."""
    height, width = shape
    x, y = quad[:, 0], quad[:, 1]
    found = {1: (width - 1 - y, x), 2: (width - 1 - x, height - 1 - y), 3: (y, height - 1 - x)}[turn]
    return np.column_stack(found).astype(quad.dtype)


def texts_of(rows: Sequence[Sequence[PageLine]]) -> tuple[str, ...]:
    """Return what each row says; a page full of signs is cut off."""
    return tuple("".join(text for text, _, _ in row).strip()[:_MOST_SIGNS] for row in rows[:_MOST_ROWS])


def _width(quad: Quad) -> float:
    return float(np.hypot(*(quad[1] - quad[0])))


def _height(quad: Quad) -> float:
    return float(np.hypot(*(quad[3] - quad[0])))
