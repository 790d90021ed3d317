"""What is written in a cell: its grey, where there is ink, and what is no writing taken out.

The remains of ruling lines at the cell's edges are painted white, dust is told from ink. A cell with nothing left is
empty and is never shown to the recogniser, which would find letters in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.page import Grey, Pixels
from formsvc.extraction.scan.registered import PER_MM, PixelBox

Mask = NDArray[np.bool_]
BEYOND, FAR_BEYOND = round(10 * PER_MM), round(18 * PER_MM)
"""How many pixels beside a cell are looked at for what runs over its edge, and to see whose it is."""
PALE = 205
"""Darker than this on white paper is ink, if it has edges: what shines through is paler or has none."""
_UNDER_RED = 150
"""The same where there was red ink, of which a little is always left."""
_SHARP = 45
"""How much an edge of ink differs from what is around it."""
_REDNESS = 28
_FAINT, _BARELY_SHARP = 228, 20
"""The same two of ink that is too faint to be read, and yet darker than what paper and lamp leave on good pages."""
_EDGE = round(1.4 * PER_MM)
"""Pixels from a cell's edge in which a thin dark bar is the remains of a ruling line."""
_THIN = round(0.9 * PER_MM)
_WHOLE, _AT, _BESIDE = 0.7, 2, 0.5
"""An upright bar as high as this part of its cell is a rule; so is one within so many pixels of the cell's edges; a
shorter one with ink beside it, as near as this part of its height, is a stroke of a sign."""
_DUST = round(0.55 * PER_MM)
"""Pixels: what is smaller both ways is dust or a dot, and is no writing by itself."""
_GAP, _HANGS = 0.3, 2.2
"""Heights of a row: the white that parts what is written in a cell from what stands beside it, and how far over the
edge writing goes at most."""
_BLANK = 0.5
"""The same of the white that parts one piece of writing from another: a date in the next cell has gaps of its own."""
_SLICE = round(0.8 * PER_MM)
"""Pixels of the least slice of a sign."""
_LEAST_INK = round(1.1 * PER_MM)
"""Pixels of the longer side of the smallest thing that is writing by itself."""
_LONG = round(10 * PER_MM)
"""Pixels from which on what lies along an edge is a whole line."""
_FADING = round(6 * PER_MM)
"""Pixels without any ink over which writing that fades goes on: a sign and a blank."""


@dataclass(frozen=True, slots=True)
class Inked:
    """A cell, cleaned."""

    grey: Grey
    origin: tuple[int, int]
    """Where its left top corner stands in the upright picture."""
    ink: Mask
    """Where there is ink that may be writing."""
    dust: int
    """How many specks were left out."""
    slices: int = 0
    """How many short pieces at the edges were taken for remains of lines: many are writing that was cut off."""
    halved: int = 0
    """How many pieces of ink its upper edge, or its lower one, cuts through: many are a row of writing."""

    @property
    def is_empty(self) -> bool:
        """Whether nobody wrote anything."""
        return not self.ink.any()


def inked(page: Grey, box: PixelBox, colours: Pixels | None = None, *, beside: int = 0) -> Inked:
    """Return what is written in a box of a page whose paper is white; `colours` tell where there was red ink.

    `beside` is how many pixels left and right of the box are looked at too, beyond its ruling lines.
    """
    left, top, right = max(box[0] - beside, 0), max(box[1], 0), box[2] + beside
    grey = page[top : box[3], left:right].copy()
    mask = _mask(grey, None if colours is None else colours[top : box[3], left:right])
    rules = _rules(mask, (box[0] - left, box[2] - left) if beside else ())
    mask[rules > 0] = 0
    grey[rules > 0] = 255
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    kept = np.zeros(count, dtype=np.bool_)
    wiped = np.zeros(count, dtype=np.bool_)
    specks = slices = 0
    for number in range(1, count):
        x, y, across, down, area = (int(one) for one in stats[number])
        if _is_rule((x, y, across, down), mask):
            wiped[number] = True
            slices += _SLICE < max(across, down) < _LONG
        elif max(across, down) >= _LEAST_INK and area >= _DUST * 3:
            kept[number] = True
        elif max(across, down) < _DUST or area < _DUST:
            specks += area > 2
    wiped_mask = cv2.dilate(wiped[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    grey[wiped_mask > 0] = 255
    above, below = (int(np.count_nonzero(kept[np.unique(labels[edge])])) for edge in (0, -1)) if labels.size else (0, 0)
    return Inked(grey, (left, top), kept[labels], specks, slices, max(above, below))


def with_overhang(cell: Inked, wide: Inked, rows: Iterable[tuple[int, int]]) -> Inked:
    """Return a cell with what is written in some rows of it and goes on beyond its edges with no gap but the line's.

    `wide` is the same cell with what stands beside it; rows are in the cell's pixels. What reaches far beyond an edge
    is the writing of the cell beside it.
    """
    begin = cell.origin[0] - wide.origin[0]
    end = begin + cell.ink.shape[1]
    left, right = begin, end
    for top, bottom in rows:
        has_ink: Mask = np.asarray(wide.ink[max(top, 0) : bottom].any(axis=0), dtype=np.bool_)
        own = np.flatnonzero(has_ink[begin:end])
        room = round(_GAP * (bottom - top))
        if len(own) and own[0] <= room:
            left = min(left, begin - _overhang(has_ink[:begin][::-1], bottom - top))
        if len(own) and own[-1] >= end - begin - 1 - room:
            right = max(right, end + _overhang(has_ink[end:], bottom - top))
    part = (slice(None), slice(left, right))
    return Inked(wide.grey[part], (wide.origin[0] + left, wide.origin[1]), wide.ink[part], cell.dust, cell.slices)


def _overhang(has_ink: Mask, height: int) -> int:
    """Return how far writing goes on beyond an edge, column by column; 0 when it goes on too far to belong here."""
    columns = np.flatnonzero(has_ink).tolist()
    is_own = _run(columns, round(_BLANK * height), _EDGE) < min(_HANGS * height, len(has_ink))
    return _run(columns, round(_GAP * height), _EDGE) if is_own else 0


def _run(columns: Sequence[int], most: int, first: int | None = None) -> int:
    """Return how far ink beyond an edge goes on with no gap wider than this, or than `first` before the first of it."""
    reach, gap = 0, most if first is None else first
    for column in columns:
        if column - reach > gap:
            break
        reach, gap = column + 1, most
    return reach


def faint_pieces(page: Grey, box: PixelBox, colours: Pixels | None = None) -> int:
    """Return how many things as large as writing stand in a box of the page that are too faint to be taken for it."""
    left, top = max(box[0], 0), max(box[1], 0)
    grey = page[top : box[3], left : box[2]]
    known = _mask(grey, None if colours is None else colours[top : box[3], left : box[2]])
    return len(_faint(grey, known)[1])


def faint_beside(cell: Inked) -> Mask:
    """Return where a cell's rows go on, left or right, in ink that is too faint to be taken for writing by itself."""
    beside = np.zeros_like(cell.ink)
    rows, columns = np.flatnonzero(cell.ink.any(axis=1)), np.flatnonzero(cell.ink.any(axis=0))
    band = slice(int(rows[0]), int(rows[-1]) + 1)
    labels, numbers = _faint(cell.grey, cell.ink.astype(np.uint8))
    pieces: Mask = np.isin(labels, numbers)
    has_faint: Mask = np.asarray(pieces[band].any(axis=0), dtype=np.bool_)
    begin, end = int(columns[0]), int(columns[-1]) + 1
    left = begin - _run(np.flatnonzero(has_faint[:begin][::-1]).tolist(), _FADING)
    right = end + _run(np.flatnonzero(has_faint[end:]).tolist(), _FADING)
    beside[band, left:begin], beside[band, end:right] = pieces[band, left:begin], pieces[band, end:right]
    return beside


def _faint(grey: Grey, known: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """Return parts of ink apart from what is known, and the numbers of those large and sharp enough for writing."""
    mask = (cv2.GaussianBlur(grey, (3, 3), 0) < _FAINT).astype(np.uint8)
    mask[cv2.dilate(known, np.ones((9, 9), np.uint8)) > 0] = 0
    inner = np.zeros_like(mask)
    inner[_EDGE:-_EDGE, _EDGE:-_EDGE] = mask[_EDGE:-_EDGE, _EDGE:-_EDGE]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=8)
    sizes = stats[1:, :4].max(axis=1, where=[False, False, True, True], initial=0)
    large = np.flatnonzero((sizes >= _LEAST_INK) & (stats[1:, cv2.CC_STAT_AREA] >= _DUST * 3)) + 1
    sharp = np.unique(labels[_edges(grey) > _BARELY_SHARP])
    return np.asarray(labels, dtype=np.int32), large[np.isin(large, sharp)]


def _edges(grey: Grey) -> NDArray[np.int16]:
    """Return how much each place differs from the darkest and lightest around it."""
    around = np.ones((5, 5), np.uint8)
    return np.asarray(cv2.dilate(grey, around).astype(np.int16) - cv2.erode(grey, around), dtype=np.int16)


def _mask(grey: Grey, colours: Pixels | None) -> NDArray[np.uint8]:
    """Return 1 where there is ink."""
    mask = (grey < PALE).astype(np.uint8)
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    sharp = np.zeros(int(labels.max()) + 1, dtype=np.bool_)
    sharp[np.unique(labels[_edges(grey) > _SHARP])] = True
    sharp[0] = False
    mask = sharp[labels]
    if colours is not None:
        red = colours[..., 0].astype(np.int16) - np.maximum(colours[..., 1], colours[..., 2])
        was_red = cv2.dilate((red > _REDNESS).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        mask &= ~was_red | (grey < _UNDER_RED)
    return np.asarray(mask, dtype=np.uint8)


def _rules(mask: NDArray[np.uint8], inner: Sequence[int]) -> NDArray[np.uint8]:
    """Return what is left of ruling lines: long straight bars at the edges and around some columns."""
    height, width = mask.shape
    found = np.zeros_like(mask)
    for across in (True, False):
        length = max(int(0.3 * (width if across else height)), 3 * _THIN)
        kernel = np.ones((1, length) if across else (length, 1), np.uint8)
        within = () if across else (slice(max(column - _EDGE, 0), column + _EDGE) for column in inner)
        for edge in (slice(0, _EDGE), slice(-_EDGE, None), *within):
            place = (edge, slice(None)) if across else (slice(None), edge)
            band = np.ascontiguousarray(mask[place])
            if band.shape[1 if across else 0] >= length:
                bars = np.asarray(cv2.morphologyEx(band, cv2.MORPH_OPEN, kernel, borderValue=0), dtype=np.uint8)
                found[place] |= bars if across else _without_strokes(bars, mask, edge.indices(width)[0])
    return np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8)), dtype=np.uint8)


def _without_strokes(bars: NDArray[np.uint8], mask: NDArray[np.uint8], left: int) -> NDArray[np.uint8]:
    """Return upright bars without those that are strokes of a sign, such as an l at the edge of its cell."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bars, connectivity=8)
    strokes = []
    for number in range(1, count):
        x, y, across, down = (int(one) for one in stats[number][:4])
        if _is_stroke((left + x, y, across, down), mask):
            strokes.append(number)
    return np.where(np.isin(labels, strokes), np.uint8(0), bars) if strokes else bars


def _is_stroke(part: tuple[int, int, int, int], mask: NDArray[np.uint8]) -> bool:
    """Whether an upright bar is a part of a line of writing: short, away from corners and edges, others beside it."""
    x, y, across, down = part
    height, width = mask.shape
    if down >= _WHOLE * height or y <= _AT or y + down >= height - _AT or x <= _AT or x + across >= width - _AT:
        return False
    reach = round(_BESIDE * down)
    before, behind = slice(max(x - _AT - reach, 0), max(x - _AT, 0)), slice(x + across + _AT, x + across + _AT + reach)
    rows = slice(y + down // 4, y + down)
    return bool(mask[rows, before].any() if x + across // 2 > width // 2 else mask[rows, behind].any())


def _is_rule(part: tuple[int, int, int, int], mask: NDArray[np.uint8]) -> bool:
    """Whether a connected part of the ink is the remains of a line at one of the cell's edges."""
    x, y, across, down = part
    height, width = mask.shape
    level = down <= _THIN and across > 2 * down and (y + down <= _EDGE or y >= height - _EDGE)
    upright = across <= _THIN and down > 2 * across and (x + across <= _EDGE or x >= width - _EDGE)
    if level and (across > width * 0.25 or y <= 1 or y + down >= height - 1):
        return True
    is_long = down > height * 0.4 and not _is_stroke(part, mask)
    return upright and (is_long or x <= 1 or x + across >= width - 1)
