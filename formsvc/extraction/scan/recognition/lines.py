"""A cell taken apart into rows of writing.

The detector says where the rows are, and every row is widened to the ink that stands in its height, since the detector
leaves out a dot or a lone stroke now and then.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition.decode import Line, best_path
from formsvc.extraction.scan.recognition.detect import TextBox, cut_out, detect, in_rows
from formsvc.extraction.scan.recognition.inked import PALE, Inked, Mask, faint_beside
from formsvc.extraction.scan.recognition.models import Features, Models, Probabilities
from formsvc.extraction.scan.recognition.recognise import look, without_gaps
from formsvc.extraction.scan.registered import PER_MM, PixelBox

_INK_SHARE = 0.012
"""A box of text with less ink than this shines through."""
_STEEP = 12.0
"""Degrees."""
_HIGH = round(10 * PER_MM)
_PRINT, _LIGHTER = 0.1, 0.45
"""Where the darkness of print lies among all ink, and how much of the way to white lighter ink may be."""
_DARK_ENOUGH, _STRONGEST = 70.0, 2.5
"""The grey of print, and how much paler writing is strengthened at most."""
_FEW = 12
_BESIDE = 0.2
"""Heights of white put beside a line: the recogniser loses a sign that touches the edge."""
_AT_EDGE = 0.5
"""Heights of a row from the edge of its cell within which it may go on beyond."""
_STOP = 0.6
"""Heights of a row in which a full stop may stand behind its box."""
_NEAR = 3.0
"""Heights of a row in which ink beside a box belongs to its row."""
_LEGIBLE = 0.6
"""How sure the signs of a row are on the average, at least, for it to be writing for certain."""
_ACROSS = 0.35
"""The part of a row's height that another line of writing never shares with it."""
_UPRIGHT = 1.4
"""A box so many times as high as wide is a column of signs, or a lone narrow one."""
_LOWEST, _WHITE_ROW = round(2 * PER_MM), 0.03
"""Pixels of the lowest row of writing, and the part of the ink of the fullest row of pixels that one between has."""
_SQUEEZED_FROM, _SQUEEZE = 6.0, 0.72
"""A line more than this many heights long is set narrower by this."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of writing, or a part of one, as the recogniser sees it."""

    box: PixelBox
    """Where it stands in the upright picture."""
    steps: Probabilities
    line: Line
    """The free reading."""
    sure: float
    """How sure it is that this is text, 0 to 1."""
    ink: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    """At which of the steps there is ink in the picture that was read."""
    strip: Grey = field(default_factory=lambda: np.zeros((0, 0), dtype=np.uint8))
    """The picture that was read, as a second recogniser is shown it; empty for a part of a row."""
    features: Features = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    """What the recogniser makes of each of the steps."""


def is_cut(cell: Inked, row: Row) -> bool:
    """Whether the writing of a row runs on beyond the left or right edge of its cell."""
    left, top, right, bottom = (side - cell.origin[odd % 2] for odd, side in enumerate(row.box))
    quarter = (bottom - top) // 4
    middle = cell.ink[max(top + quarter, 0) : max(bottom - quarter, 1)]
    if not middle.size:
        return False
    return (left < quarter and bool(middle[:, 0].any())) or (
        right > cell.ink.shape[1] - quarter and bool(middle[:, -1].any())
    )


def is_at_edge(cell: PixelBox, row: Row) -> bool:
    """Whether a row begins or ends where its cell does, and may go on beyond; boxes on the page."""
    left, top, right, bottom = row.box
    room = _AT_EDGE * (bottom - top)
    return left - cell[0] < room or cell[2] - right < room


def is_alone(row: Row, rows: Sequence[Row]) -> bool:
    """Whether none of the other rows can be another line of writing: they lie across it or are hardly legible."""
    return all(other is row or other.line.mean < _LEGIBLE or _lies_across(row, other) for other in rows)


def _lies_across(row: Row, other: Row) -> bool:
    """Whether another row says nothing, or stands in the height of a row."""
    (_, top, _, bottom), (_, high, _, low) = row.box, other.box
    shared = min(bottom, low) - max(top, high)
    return not other.line.text or shared > _ACROSS * min(bottom - top, low - high)


def rows_of(
    models: Models, cell: Inked, *, longest: int = 960, scale: float = 1.0, one_value: bool = False
) -> list[list[TextBox]]:
    """Return the boxes of text of a cell row by row, in the cell's pixels; one box around all ink if none was found.

    In a cell of one value a row goes on where its ink becomes too faint to be taken for writing by itself, and rows
    that the detector took for columns are parted where there is no ink between them.
    """
    if cell.is_empty:
        return []
    ink = cell.ink | faint_beside(cell) if one_value else cell.ink
    region = _bounds(ink, margin=round(2.5 * PER_MM))
    left, top, right, bottom = region
    found = detect(models, darkened(cell.grey[top:bottom, left:right]), longest=longest, scale=scale)
    shift = np.array([left, top], dtype=np.float32)
    moved = (TextBox(box.quad + shift, box.confidence) for box in found)
    boxes = [box for box in moved if _has_ink(ink, box)]
    if not boxes:
        left, top, right, bottom = _bounds(ink, margin=round(0.8 * PER_MM))
        quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)
        boxes = [TextBox(quad, 0.3)]
    rows = in_rows(boxes)
    return _bands(ink, rows) if one_value and _are_columns(rows) else rows


def _are_columns(rows: Sequence[Sequence[TextBox]]) -> bool:
    """Whether boxes are those of signs below each other: upright ones, or rows that stand in each other's height."""
    boxes = [box for row in rows for box in row]
    upright = sum(box.size[1] > _UPRIGHT * box.size[0] for box in boxes)
    if len(boxes) > 1 and 2 * upright >= len(boxes):
        return True
    spans = [(min(box.bounds[1] for box in row), max(box.bounds[3] for box in row)) for row in rows]
    return any(
        min(low, bottom) - max(high, top) > _ACROSS * min(low - high, bottom - top)
        for (high, low), (top, bottom) in itertools.combinations(spans, 2)
    )


def _bands(ink: Mask, rows: list[list[TextBox]]) -> list[list[TextBox]]:
    """Return a box for each band of ink with white above and below it; the rows as they are when there is one band."""
    counts = ink.sum(axis=1)
    has_ink = (counts > _WHITE_ROW * counts.max()).astype(np.int8)
    edges = np.flatnonzero(np.diff(has_ink, prepend=0, append=0)).reshape(-1, 2).tolist()
    bands = [(top, bottom) for top, bottom in edges if bottom - top >= _LOWEST]
    if len(bands) < 2:
        return rows
    sure = min(box.confidence for row in rows for box in row)
    found = []
    for top, bottom in bands:
        columns, margin = np.flatnonzero(ink[top:bottom].any(axis=0)), (bottom - top) / 8
        left, right, high, low = columns[0] - margin, columns[-1] + 1 + margin, top - margin, bottom + margin
        quad = np.array([[left, high], [right, high], [right, low], [left, low]], dtype=np.float32)
        found.append([TextBox(quad, sure)])
    return found


def _has_ink(ink: Mask, box: TextBox) -> bool:
    left, top, right, bottom = (max(int(side), 0) for side in box.bounds)
    inside = ink[top:bottom, left:right]
    return inside.size > 0 and float(inside.mean()) > _INK_SHARE


@dataclass(frozen=True, slots=True)
class Looked:
    """The rows of a cell in which a seal without colour may lie over the text."""

    rows: list[list[TextBox]]
    odd: tuple[TextBox, ...]
    """What came as one box and is no line of text: a ring and the text below it."""
    darker: Inked
    """The cell with only its darkest ink kept where there is no colour, to be read where a box is odd."""

    def cell_for(self, cell: Inked, boxes: Sequence[TextBox]) -> Inked:
        """Return from which picture some boxes are read."""
        return self.darker if any(_meet(box, other) for box in boxes for other in self.odd) else cell


def look_beside_seals(models: Models, cell: Inked, *, scale: float, has_colour: bool) -> Looked:
    """Return the rows of a cell: of its darkest ink where a seal without colour made the first look odd."""
    rows = rows_of(models, cell, scale=scale)
    boxes = [box for row in rows for box in row]
    odd = tuple(box for box in boxes if _is_odd(box, boxes))
    if has_colour or cell.is_empty:
        return Looked(rows, (), cell)
    darker = Inked(_darkest(cell), cell.origin, cell.ink, cell.dust)
    if not odd:
        return Looked(rows, (), darker)
    again = [box for row in rows_of(models, darker, scale=scale) for box in row]
    again = [box for box in again if not _is_odd(box, again) and any(_meet(box, other) for other in odd)]
    kept = [box for box in boxes if not any(_meet(box, other) for other in (*odd, *again))]
    return Looked(in_rows([*kept, *again]), odd, darker)


def widened(row: Sequence[TextBox], cell: Inked) -> list[TextBox]:
    """Return the boxes of a row, each as wide as the ink beside it that the detector left out."""
    found = list(row)
    for number, box in enumerate(found):
        left, top, right, bottom = box.bounds
        height = bottom - top
        before = found[number - 1].bounds[2] if number else left - _NEAR * height
        after = row[number + 1].bounds[0] if number + 1 < len(row) else right + _NEAR * height
        middle = cell.ink[max(int(top + 0.2 * height), 0) : max(int(bottom - 0.2 * height), 1)]
        ink = np.flatnonzero(middle.any(axis=0))
        more_left = left - min((int(one) for one in ink[(ink >= before) & (ink < left)]), default=left)
        more_right = max((int(one) for one in ink[(ink > right) & (ink <= after)]), default=right) - right
        more_right = max(more_right, _stop_beside(cell.grey, box, after))
        if max(more_left, more_right) > 0.1 * height:
            found[number] = _longer(box, more_left + 0.1 * height * (more_left > 0), more_right + 0.1 * height)
    return found


def _stop_beside(grey: Grey, box: TextBox, after: float) -> float:
    """Return how far a full stop, too small to be writing by itself, stands right of a box."""
    _, top, right, bottom = box.bounds
    low, far = (top + bottom) / 2, min(right + _STOP * (bottom - top), after)
    beside = grey[int(low) : int(bottom), int(right) : int(far)]
    columns = np.flatnonzero((beside < PALE).any(axis=0))
    return float(columns[-1]) if len(columns) else 0.0


def _longer(box: TextBox, left: float, right: float) -> TextBox:
    """Return a box grown along its own direction by so many pixels on each side."""
    along = box.quad[1] - box.quad[0] if box.slope else np.array([1.0, 0.0], dtype=np.float32)
    along = along / max(float(np.hypot(*along)), 1e-6)
    shift = np.array([-left * along, right * along, right * along, -left * along], dtype=np.float32)
    return TextBox(box.quad + shift, box.confidence)


def _is_odd(box: TextBox, boxes: Sequence[TextBox]) -> bool:
    """Whether a box is no line of text: steep, or far higher than the others."""
    height = box.size[1]
    usual = float(np.median([one.size[1] for one in boxes]))
    return abs(box.slope) > _STEEP or (height > _HIGH and height > 2 * usual)


def _meet(box: TextBox, other: TextBox) -> bool:
    left, top, right, bottom = box.bounds
    x, y, far, low = other.bounds
    return min(right, far) - max(left, x) > 0 and min(bottom, low) - max(top, y) > 0.3 * (bottom - top)


def _darkest(cell: Inked) -> Grey:
    """Return a cell with the ink that is much lighter than its darkest made white."""
    dark = float(np.quantile(cell.grey[cell.ink], _PRINT))
    light = dark + _LIGHTER * (255 - dark)
    stretched = (cell.grey.astype(np.float32) - dark) * (255 / (light - dark))
    return np.asarray(np.clip(stretched, 0, 255), dtype=np.uint8)


def _bounds(mask: Mask, *, margin: int) -> PixelBox:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        max(int(columns[0]) - margin, 0),
        max(int(rows[0]) - margin, 0),
        min(int(columns[-1]) + margin + 1, mask.shape[1]),
        min(int(rows[-1]) + margin + 1, mask.shape[0]),
    )


def whole_row(models: Models, cell: Inked, row: Sequence[TextBox], *, squeeze: float | None = None) -> Row:
    """Read all that stands in the height of a row as one line."""
    top = max(int(min(box.bounds[1] for box in row)), 0)
    bottom = int(max(box.bounds[3] for box in row)) + 1
    left = max(int(min(box.bounds[0] for box in row)), 0)
    right = int(max(box.bounds[2] for box in row)) + 1
    margin = round(0.15 * (bottom - top))
    top, bottom = max(top - margin // 3, 0), bottom + margin // 3
    inside = cell.ink[top + margin : max(bottom - margin, top + margin + 1)]
    columns = np.flatnonzero(inside.any(axis=0))
    if len(columns):
        left, right = min(left, max(int(columns[0]) - margin, 0)), max(right, int(columns[-1]) + margin + 1)
    sure = min(box.confidence for box in row)
    return read_strip(models, cell, (left, top, right, bottom), sure, squeeze=squeeze)


def read_strip(models: Models, cell: Inked, box: PixelBox, sure: float = 1.0, *, squeeze: float | None = None) -> Row:
    """Read an upright box of a cell, in the cell's pixels, as one line; white gaps are shortened."""
    left, top, right, bottom = box
    strip = darkened(cell.grey[max(top, 0) : bottom, max(left, 0) : right])
    return _read(models, without_gaps(strip) if strip.size else strip, _moved(box, cell), sure, squeeze)


def read_box(models: Models, cell: Inked, box: TextBox, *, squeeze: float | None = None) -> Row:
    """Read one box of text as the detector found it."""
    left, top, right, bottom = (round(side) for side in box.bounds)
    place = _moved((left, top, right, bottom), cell)
    return _read(models, darkened(cut_out(cell.grey, box)), place, box.confidence, squeeze)


def _read(models: Models, strip: Grey, box: PixelBox, sure: float, squeeze: float | None = None) -> Row:
    height, width = strip.shape
    beside = round(_BESIDE * height)
    strip = np.pad(strip, ((0, 0), (beside, beside)), constant_values=255)
    if squeeze is None:
        squeeze = _SQUEEZE if height and width > _SQUEEZED_FROM * height else 1.0
    steps, features = look(models, strip, squeeze=squeeze)
    return Row(box, steps, best_path(models, steps), sure, _inked_steps(strip, len(steps)), strip, features)


def _inked_steps(strip: Grey, count: int) -> Mask:
    """Return at which of so many steps along a strip there is ink."""
    has_ink: Mask = np.asarray((strip < PALE).any(axis=0), dtype=np.bool_)
    edges = np.linspace(0, len(has_ink), count + 1).astype(np.intp)
    return np.array([has_ink[low:high].any() for low, high in itertools.pairwise(edges)], dtype=np.bool_)


def darkened(grey: Grey) -> Grey:
    """Return pale writing as dark as print; what is dark already stays."""
    ink = grey[grey < PALE]
    if len(ink) < _FEW:
        return np.ascontiguousarray(grey)
    level = float(np.quantile(ink, _PRINT))
    if level <= _DARK_ENOUGH:
        return np.ascontiguousarray(grey)
    strength = min((255 - _DARK_ENOUGH) / (255 - level), _STRONGEST)
    return np.asarray(np.clip(255 - (255 - grey.astype(np.float32)) * strength, 0, 255), dtype=np.uint8)


def _moved(box: PixelBox, cell: Inked) -> PixelBox:
    x, y = cell.origin
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def joined_steps(rows: Sequence[Row]) -> Probabilities:
    """Return the steps of several rows as those of one line, each row parted from the next by a blank."""
    parts: list[Probabilities] = []
    for row in rows:
        if parts and len(row.steps):
            blank = np.zeros((1, row.steps.shape[1]), dtype=np.float32)
            blank[0, 0] = 1
            parts.append(blank)
        parts.append(row.steps)
    return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)
