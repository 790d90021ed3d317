"""From a page's pixels to "this is form X, standing this way, and here lies each cell of its grid".

Several hypotheses are made (inks, thresholds, skews, outer lines, four ways to stand, every form known) and the best
wins only if it is clearly better than its rivals: the wrong form is the worst error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from formsvc.extraction.scan.lattice import Stretches, lattice_in
from formsvc.extraction.scan.page import Grey, ScanPage
from formsvc.extraction.scan.plane import luminance, red_free, reduced, skews, thresholds, turned
from formsvc.extraction.scan.quads import Quad, find_quads
from formsvc.extraction.scan.registered import Registered
from formsvc.extraction.scan.rules import Floats, find_rules
from formsvc.extraction.scan.topology import Frame, Matcher, frame_of
from formsvc.extraction.scan.tracing import Traced, trace
from formsvc.extraction.scan.upright import drawn_upright, straighten
from formsvc.forms.spec import FormSpec

_SMALLEST_SIDE = 300
"""Pixels: a page smaller than this cannot be read."""
_EMPTY_SHARE = 0.0012
"""A page with less ink than this is empty: specks, holes, what shows through."""
_ENOUGH = 0.72
_CLEAR = 0.9
_MARGIN = 0.08
_TRIED = 3
_HOPEFUL = 0.4


@dataclass(frozen=True, slots=True)
class Atlas:
    """What is derived once from all known forms."""

    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class NotAForm:
    """A page that is no form, and why."""

    reason: str
    """One of blank-page, no-table, unknown-table, too-small."""
    closest: str | None = None
    """The form it comes nearest to."""
    score: float = 0.0
    """0 to 1: how near."""


@dataclass(frozen=True, slots=True)
class _Guess:
    """A form, standing in a quadrilateral of the page."""

    frame: Frame
    corners: Floats
    """On the page, from the one that is top left as it reads, clockwise."""
    score: float


def prepare(forms: Sequence[FormSpec]) -> Atlas:
    """Derive what registration needs from forms."""
    return Atlas(tuple(frame_of(form) for form in forms))


def register(page: ScanPage, atlas: Atlas, read_text: Callable[[Grey], str] | None = None) -> Registered | NotAForm:
    """Find which form a page is and where each of its cells lies; `read_text` reads a picture of one line."""
    del read_text
    if min(page.pixels.shape[:2]) < _SMALLEST_SIDE:
        return NotAForm("too-small")
    best: list[tuple[float, _Guess, Traced]] = []
    reason = "no-table"
    for grey, guesses in _hypotheses(page, atlas):
        if guesses:
            reason = "unknown-table"
        for guess in guesses[:_TRIED]:
            traced = trace(grey, guess.corners, guess.frame)
            best.append((traced.score, guess, traced))
        best.sort(key=lambda found: -found[0])
        if best and best[0][0] >= _CLEAR:
            break
    if not best or best[0][0] < _ENOUGH:
        if _is_blank(page):
            return NotAForm("blank-page")
        return NotAForm(reason, best[0][1].frame.form.id if best else None, max(0.0, best[0][0]) if best else 0.0)
    return _registered(page, best)


def _registered(page: ScanPage, best: list[tuple[float, _Guess, Traced]]) -> Registered:
    score, guess, traced = best[0]
    form = guess.frame.form
    straight = straighten(traced)
    rivals = tuple(
        dict.fromkeys(
            other.frame.form.id for rank, other, _ in best if other.frame.form.id != form.id and rank > score - _MARGIN
        )
    )
    return Registered(
        form=form,
        page=page,
        upright=drawn_upright(page.pixels, straight),
        to_page=straight.to_page,
        cells=straight.cells,
        table=straight.table,
        confidence=float(np.clip(score, 0, 1)),
        rivals=rivals,
    )


def _hypotheses(page: ScanPage, atlas: Atlas) -> Iterator[tuple[Grey, list[_Guess]]]:
    """Yield guesses, best first, of one way after the other to look for lines."""
    grey = red_free(page)
    yield from _of_grey(grey, atlas)
    if page.has_colour:
        yield from _of_grey(luminance(page), atlas)


def _of_grey(grey: Grey, atlas: Atlas) -> Iterator[tuple[Grey, list[_Guess]]]:
    plane = reduced(grey)
    for threshold in thresholds(plane.dark):
        mask = np.asarray(cv2.threshold(plane.dark, threshold, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
        for skew in skews(mask):
            level_mask, matrix = turned(mask, skew)
            level_mask = np.asarray(cv2.threshold(level_mask, 100, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
            level = find_rules(level_mask, plane.unit)
            upright = find_rules(np.ascontiguousarray(level_mask.T), plane.unit)
            quads = find_quads(level, upright, (level_mask.shape[1], level_mask.shape[0]))
            seen = (Stretches.of(level, is_level=True), Stretches.of(upright, is_level=False))
            back = np.diag([1 / plane.scale, 1 / plane.scale, 1.0]) @ np.linalg.inv(matrix)
            guesses = [
                replace(guess, corners=cv2.perspectiveTransform(guess.corners.reshape(1, 4, 2), back)[0])
                for quad in quads
                for guess in _guesses(quad, *seen, atlas)
            ]
            yield grey, sorted(guesses, key=lambda guess: -guess.score)


def _guesses(quad: Quad, level: Stretches, upright: Stretches, atlas: Atlas) -> Iterator[_Guess]:
    lattice = lattice_in(quad.corners, level, upright)
    seen = lattice
    for quarters in range(4):
        if quarters:
            seen = seen.quarter_turned()
        matcher = Matcher(seen)
        for frame in atlas.frames:
            score = matcher.match(frame).score * (0.8 + 0.2 * quad.support)
            if score > _HOPEFUL:
                yield _Guess(frame, np.roll(quad.corners, quarters, axis=0), score)


def _is_blank(page: ScanPage) -> bool:
    plane = reduced(luminance(page))
    edge = max(4, round(8 * plane.unit))
    inner = plane.dark[edge:-edge, edge:-edge]
    return float((inner > max(60, thresholds(plane.dark)[-1])).mean()) < _EMPTY_SHARE
