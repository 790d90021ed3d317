"""A table rectified by the corners it is thought to have, and the form's lines found anew in that picture.

Here a line is looked for where the form wants one: between two level rules short upright ones show in the sums of
columns, however broken they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from formsvc.extraction.scan.page import Grey, Matrix
from formsvc.extraction.scan.registration.lattice import Stretches, aspect_of, lattice_in
from formsvc.extraction.scan.registration.plane import thin_dark, thresholds
from formsvc.extraction.scan.registration.quads import Quad, find_quads
from formsvc.extraction.scan.registration.rules import Floats, Rule, find_rules
from formsvc.extraction.scan.registration.topology import Frame, Look, Match, Matcher, completed, printed_match

FINE = 6.0
"""Pixels a millimetre of the rectified picture."""
_MARGIN_MM = 9.0
_OUTER_WITHIN_MM = 4.0
_SHORT_MM = 40.0
"""Bands lower than this are looked into column by column."""
_COLUMN_SEEN = 0.66
_SIDE_SEEN = 0.35
_POOR = 0.8
"""A frame on marked paper that fits worse lost too many lines to be followed by them."""
_PRINTED_WITHIN_MM = 2.0
_HOPEFUL = 0.5
"""A frame that fits worse is not tried on fainter ink."""
_Edges = tuple[float, float, float, float]
"""left, top, right, bottom of a table in pixels of the rectified picture"""


@dataclass(frozen=True, slots=True)
class Traced:
    """A table rectified by its corners, with a form's frame laid over it."""

    match: Match
    mask: Grey
    """The ink of the rectified picture, 0 or 255."""
    from_page: Matrix
    """From the page to the rectified picture."""
    outer: tuple[Rule, Rule, Rule, Rule]
    """Its top, right, bottom and left."""
    level: tuple[tuple[Rule, ...], ...]
    """The rules each level strand of the match was made of."""
    outer_seen: float
    """0 to 1: how much of the outer lines was seen."""

    @property
    def score(self) -> float:
        """How sure it is, from 0 to 1: the fit of the frame, less for outer lines that were not seen."""
        return self.match.score * (0.85 + 0.15 * self.outer_seen)


def trace(grey: Grey, corners: Floats, frame: Frame, *, is_faint: bool = False) -> Traced:
    """Follow the lines of a table whose corners (top left first, clockwise, as it reads) are known roughly.

    With `is_faint` they may be dotted.
    """
    width = sum(frame.form.grid.columns) * FINE
    height = float(np.clip(width * aspect_of(corners), 0.25 * width, 3 * width))
    margin = _MARGIN_MM * FINE
    box = np.array([[0, 0], [width, 0], [width, height], [0, height]]) + margin
    from_page = np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), box.astype(np.float32)), np.float64)
    size = (round(width + 2 * margin), round(height + 2 * margin))
    edges = (margin, margin, margin + width, margin + height)
    return _traced(_dark(grey, from_page, size), from_page, edges, frame, is_faint=is_faint)


def trace_paper(grey: Grey, to_page: Matrix, frame: Frame) -> Traced | None:
    """Follow the lines of a table on paper of which it is known how it lies: from its millimetres to the page.

    The table is looked for between the form's margins, wherever the program that printed it put it; None without one.
    Where too few lines were left inside of it, but its outer ones are as far apart as the form prints them, the others
    are taken to be where the form prints them, too.
    """
    paper = frame.form.page
    left, top = paper.left - _MARGIN_MM, paper.top - _MARGIN_MM
    across, down = paper.width - paper.right + _MARGIN_MM - left, paper.height - paper.bottom + _MARGIN_MM - top
    from_page = np.diag([FINE, FINE, 1.0]) @ np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ np.linalg.inv(to_page)
    size = (round(across * FINE), round(down * FINE))
    dark = _dark(grey, from_page, size)
    lines = _lines(dark, thresholds(dark)[0], from_page)
    seen = (Stretches.of(lines.level, is_level=True), Stretches.of(lines.upright, is_level=False))
    quads = find_quads(lines.level, lines.upright, size)
    best, most = None, 0.0
    for quad in quads:
        score = Matcher(lattice_in(quad.corners, *seen)).match(frame, worst=most).score
        if score > most:
            best, most = quad, score
    traced = None
    if best is not None:
        traced = _traced(dark, from_page, _edges(best), frame, lines=lines)
    if traced is None or traced.score < _POOR:
        printed = next((quad for quad in quads if _is_printed(_edges(quad), frame)), None)
        if printed is not None:
            return replace(_laid(lines, _edges(printed), frame), match=printed_match(frame))
    return traced


def _edges(quad: Quad) -> _Edges:
    """Return left, top, right and bottom of a quadrilateral that stands level."""
    x, y = quad.corners.T.tolist()
    return (x[0] + x[3]) / 2, (y[0] + y[1]) / 2, (x[1] + x[2]) / 2, (y[2] + y[3]) / 2


def _is_printed(box: _Edges, frame: Frame) -> bool:
    """Say whether a table is as wide and as high as the form prints it."""
    grid = frame.form.grid
    wide, high = (box[2] - box[0]) / FINE - sum(grid.columns), (box[3] - box[1]) / FINE - sum(grid.rows)
    return abs(wide) <= _PRINTED_WITHIN_MM and abs(high) <= _PRINTED_WITHIN_MM


@dataclass(frozen=True, slots=True)
class _Lines:
    """A rectified picture and the rules found in it."""

    mask: Grey
    from_page: Matrix
    level: Sequence[Rule]
    upright: Sequence[Rule]


def _dark(grey: Grey, from_page: Matrix, size: tuple[int, int]) -> Grey:
    """Return how dark thin strokes are in a rectified picture of this width and height."""
    picture = cv2.warpPerspective(grey, from_page, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return thin_dark(np.asarray(picture, dtype=np.uint8), FINE)


def _lines(dark: Grey, threshold: int, from_page: Matrix, *, is_faint: bool = False) -> _Lines:
    mask = np.asarray(cv2.threshold(dark, threshold, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    level = find_rules(mask, FINE, is_faint=is_faint)
    return _Lines(mask, from_page, level, find_rules(np.ascontiguousarray(mask.T), FINE, is_faint=is_faint))


def _traced(
    dark: Grey, from_page: Matrix, box: _Edges, frame: Frame, *, is_faint: bool = False, lines: _Lines | None = None
) -> Traced:
    """Lay a form's frame over a table; if a line is lost that should be there, fainter ink is looked at, too."""
    levels = thresholds(dark)
    first = _laid(lines or _lines(dark, levels[0], from_page, is_faint=is_faint), box, frame)
    if first.match.is_whole or first.score < _HOPEFUL or len(levels) < 2 or levels[1] > levels[0]:
        return first
    fainter = _laid(_lines(dark, levels[1], from_page, is_faint=is_faint), box, frame)
    best = fainter if fainter.score > first.score else first
    return replace(best, match=completed(best.match))


def _laid(lines: _Lines, box: _Edges, frame: Frame) -> Traced:
    """Lay a form's frame over the table of which left, top, right and bottom are known roughly."""
    left, top, right, bottom = box
    level, upright = lines.level, lines.upright
    sides = (
        _outer(level, top, left, right),
        _outer(upright, right, top, bottom),
        _outer(level, bottom, left, right),
        _outer(upright, left, top, bottom),
    )
    outer = (sides[0][0], sides[1][0], sides[2][0], sides[3][0])
    refined = np.array([crossing(outer[row], outer[column]) for row, column in ((0, 3), (0, 1), (2, 1), (2, 3))])
    lattice = lattice_in(refined, Stretches.of(level, is_level=True), Stretches.of(upright, is_level=False))
    match = Matcher(lattice, _columns_of(lines.mask, refined)).match(frame, lenient=True)
    sources = tuple(tuple(level[number] for number in strand) for strand in lattice.level.sources)
    return Traced(match, lines.mask, lines.from_page, outer, sources, sum(side[1] for side in sides) / 4)


def crossing(level: Rule, upright: Rule) -> tuple[float, float]:
    """Return where a level and an upright rule cross."""
    x = upright.at((upright.start + upright.end) / 2)
    for _ in range(3):
        x = upright.at(level.at(x))
    return x, level.at(x)


def _outer(rules: Sequence[Rule], across: float, start: float, end: float) -> tuple[Rule, float]:
    """Return the rule seen best near where an outer line should be, or a straight one, and how much was seen of it."""
    best = Rule(np.array([across]), ((start, end),), 2.0)
    most = _SIDE_SEEN
    for rule in rules:
        apart = max(abs(rule.at(start) - across), abs(rule.at(end) - across))
        seen = sum(max(0.0, min(high, end) - max(low, start)) for low, high in rule.pieces) / (end - start)
        if apart <= _OUTER_WITHIN_MM * FINE and seen > most:
            best, most = rule, seen
    return best, most if most > _SIDE_SEEN else 0.0


def _columns_of(mask: Grey, corners: Floats) -> Look:
    """Return what looks for upright rules in the sums of columns of low bands of a mask."""
    box = np.array([corners[:, 0].min(), corners[:, 1].min(), np.ptp(corners[:, 0]), np.ptp(corners[:, 1])])
    wide = cv2.dilate(mask, np.ones((1, 3), np.uint8))
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)
    to_box = cv2.getPerspectiveTransform(corners.astype(np.float32), square * box[2:].astype(np.float32))
    level = cv2.warpPerspective(wide, to_box, (int(box[2]) + 1, int(box[3]) + 1), flags=cv2.INTER_NEAREST)
    sums = cv2.integral(cv2.threshold(level, 127, 1, cv2.THRESH_BINARY)[1])
    per_row = np.diff(sums.astype(np.int64), axis=1)

    def look(top: float, bottom: float) -> tuple[Floats, Floats]:
        first, last = round(top * box[3] + 0.6 * FINE), round(bottom * box[3] - 0.6 * FINE)
        if not 2 * FINE <= last - first <= _SHORT_MM * FINE:
            return np.zeros(0), np.zeros(0)
        shares = (per_row[min(last, len(per_row) - 1)] - per_row[first]) / (last - first)
        return _peaks(shares, box[2])

    return look


def _peaks(shares: Floats, width: float) -> tuple[Floats, Floats]:
    """Return where columns are inked almost all the way, as parts of the width, and how far."""
    inked = np.concatenate([[False], shares >= _COLUMN_SEEN, [False]])
    changes = np.flatnonzero(inked[1:] != inked[:-1])
    places, seen = [], []
    for first, past in zip(changes[::2], changes[1::2], strict=True):
        place = (first + past - 1) / 2 / width
        if past - first <= 2.2 * FINE and 0.02 < place < 0.98:
            places.append(place)
            seen.append(min(1.0, float(shares[first:past].max())))
    return np.array(places), np.array(seen)
