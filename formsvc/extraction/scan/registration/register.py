"""From a page's pixels to "this is form X, standing this way, and here lies each cell of its grid".

Several hypotheses are made (inks, thresholds, skews, outer lines, four ways to stand, every form known) and the best
wins only if it is clearly better than its rivals and the labels do not deny it: the wrong form is the worst error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from formsvc.extraction.scan.ink import darker, has_dark, lighter
from formsvc.extraction.scan.page import Grey, Pixels, ScanPage
from formsvc.extraction.scan.registered import Registered
from formsvc.extraction.scan.registration.corner_marks import Marked, corner_marks
from formsvc.extraction.scan.registration.lattice import Lattice, Stretches, lattice_in
from formsvc.extraction.scan.registration.plane import (
    Plane,
    is_too_faint,
    luminance,
    red_free,
    reduced,
    sheet_on_desk,
    skews,
    thresholds,
    turned,
)
from formsvc.extraction.scan.registration.quads import Quad, find_quads
from formsvc.extraction.scan.registration.rules import Floats, find_rules
from formsvc.extraction.scan.registration.topology import Frame, Matcher, frame_of
from formsvc.extraction.scan.registration.tracing import Traced, trace, trace_paper
from formsvc.extraction.scan.registration.upright import Straight, drawn_upright, straighten
from formsvc.extraction.scan.registration.witness import ReadText, hear
from formsvc.forms.spec import FormSpec

_SMALLEST_SIDE = 300
"""Pixels: a page smaller than this cannot be read."""
_EMPTY_SHARE = 0.0008
"""A page with less ink than this, away from its edges, is empty: specks, holes, what shows through."""
_ENOUGH, _UNHEARD = 0.72, 0.9
"""How well a frame has to fit when nobody reads labels; and when none was heard: a page that can be read has some."""
_NONE_FOUND = frozenset({"unknown-table", "no-table", "blank-page"})
"""Why a page holds no form that darker ink may show."""
_WITH_LABELS = 0.5
"""And when labels speak for it."""
_CLEAR = 0.9
"""From here on no further guess is looked into."""
_GOOD = 0.8
"""From here on no further view of the page is taken."""
_MARGIN = 0.08
"""How much worse a rival has to fit."""
_POOR = 0.6
"""Below this it is tried whether a line between two rows was lost."""
_TRIED, _MOST_TRIED = 3, 9
"""How many guesses of one view are looked into, and how many of a page."""
_HEARD = 3
_HOPEFUL = 0.3
"""Below this a guess is none."""
_FAR_BELOW = 0.35
"""A guess this much worse than another of the same view is none."""
_SURE = 0.97
_SHOWN_THROUGH = 0.06
"""How much better its mirror image has to fit for a table to be that of the other side of the paper."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """What is derived once from all known forms."""

    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class NotAForm:
    """A page that is no form, and why."""

    reason: str
    """One of blank-page, no-table, unknown-table, shows-through, too-small, too-faint."""
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
    lattice: Lattice


@dataclass(frozen=True, slots=True)
class _Found:
    """A guess that was looked into."""

    guess: _Guess
    traced: Traced

    @property
    def score(self) -> float:
        """How well it fits: a frame that fits the coarse picture better was disturbed by ink in the fine one."""
        return max(self.traced.score, (self.traced.score + self.guess.score) / 2)


def prepare(forms: Sequence[FormSpec]) -> Atlas:
    """Derive what registration needs from forms."""
    return Atlas(tuple(frame_of(form) for form in forms))


def register(page: ScanPage, atlas: Atlas, read_text: ReadText | None = None) -> Registered | NotAForm:
    """Find which form a page is and where each of its cells lies; `read_text` reads a grey picture of one line.

    On a page without dark ink that seems to hold none the ink is made darker, for the search alone.
    """
    found = _register(page, atlas, read_text)
    if not isinstance(found, NotAForm) or found.reason not in _NONE_FOUND or has_dark(page.pixels):
        return found
    again = _register(replace(page, pixels=darker(page.pixels)), atlas, read_text)
    return found if isinstance(again, NotAForm) else replace(again, page=page, upright=lighter(again.upright))


def _register(page: ScanPage, atlas: Atlas, read_text: ReadText | None) -> Registered | NotAForm:
    """Find it on the page as it is."""
    if min(page.pixels.shape[:2]) < _SMALLEST_SIDE:
        return NotAForm("too-small")
    marked = corner_marks(red_free(page), [frame.form for frame in atlas.frames])
    named = [found for one in marked if one.mark is not None for found in _by_marks(page, one, atlas)]
    if named:
        return named[0]
    by_grid = _by_grid(page, atlas, read_text)
    if isinstance(by_grid, Registered) or read_text is None:
        return by_grid
    heard = (found for one in marked for found in _by_marks(page, one, atlas) if hear(found, read_text).speaks_for)
    return next(heard, by_grid)


def _by_grid(page: ScanPage, atlas: Atlas, read_text: ReadText | None) -> Registered | NotAForm:
    """Return the page by its grid: the form whose rows and columns lie to each other as the lines on the page do."""
    found, has_quads = _found(page, atlas)
    best = found[0] if found else None
    if best is None or best.score < _WITH_LABELS:
        if _is_blank(page):
            return NotAForm("blank-page")
        reason = "unknown-table" if has_quads or best is not None else "no-table"
        reason = "too-faint" if is_too_faint(page) else reason
        if best is None:
            return NotAForm(reason)
        return NotAForm(reason, best.guess.frame.form.id, max(0.0, best.score))
    if _is_mirrored(best.guess):
        return NotAForm("blank-page" if _is_blank(page) else "shows-through", best.guess.frame.form.id, best.score)
    return _judged(page, found, read_text)


def _judged(page: ScanPage, found: Sequence[_Found], read_text: ReadText | None) -> Registered | NotAForm:
    """Return the best of what was found unless labels deny it, and then the next."""
    is_denied = False
    for one in found[:_HEARD]:
        if one.score < (_WITH_LABELS if read_text else _ENOUGH):
            break
        registered = _registered(page, one, found)
        if read_text is None:
            return registered
        testimony = hear(registered, read_text)
        if testimony.speaks_for:
            return replace(registered, confidence=max(registered.confidence, _SURE), rivals=())
        if not testimony.speaks_against and one.score >= _UNHEARD:
            return registered
        is_denied = is_denied or testimony.speaks_against
    best = found[0]
    # What labels deny is another document, however like its table is: it is not told as a form nearly read.
    score = min(best.score, _WITH_LABELS - 0.01) if is_denied else best.score
    reason = "too-faint" if is_too_faint(page) else "unknown-table"  # labels in crumbs deny nothing
    return NotAForm(reason, best.guess.frame.form.id, score)


def _registered(page: ScanPage, one: _Found, found: Sequence[_Found]) -> Registered:
    form = one.guess.frame.form
    others = [other for other in found if other.guess.frame.form.id != form.id and other.score > one.score - _MARGIN]
    rivals = tuple(dict.fromkeys(other.guess.frame.form.id for other in others))
    return replace(_drawn(page, form, straighten(one.traced), one.score), rivals=rivals)


def _drawn(page: ScanPage, form: FormSpec, straight: Straight, score: float) -> Registered:
    return Registered(
        form=form,
        page=page,
        upright=drawn_upright(page.pixels, straight),
        to_page=straight.to_page,
        cells=straight.cells,
        table=straight.table,
        confidence=float(np.clip(score, 0, 1)),
    )


def _by_marks(page: ScanPage, marked: Marked, atlas: Atlas) -> Iterator[Registered]:
    """Yield the page by the marks of its blank, if the grid they promise is there: no other guess is needed then."""
    for frame in atlas.frames:
        traced = trace_paper(red_free(page), marked.to_page, frame) if frame.form in marked.forms else None
        if traced is not None and traced.score >= _GOOD:
            straight = straighten(traced)
            if straight.is_as_printed or traced.match.is_whole:
                yield _drawn(page, frame.form, straight, max(traced.score, _SURE))


def _found(page: ScanPage, atlas: Atlas) -> tuple[list[_Found], bool]:
    """Return what was found, best first, and whether there was any table."""
    found: list[_Found] = []
    has_quads = False
    for view, guesses, is_table in _hypotheses(page, atlas):
        has_quads = has_quads or is_table
        for guess in guesses[:_TRIED]:
            if found and guess.score < found[0].score - 2 * _MARGIN:
                break
            found.append(_Found(guess, trace(view.grey, guess.corners, guess.frame, is_faint=view.is_faint)))
            found.sort(key=lambda one: -one.score)
            if found[0].score >= _CLEAR:
                break
        if len(found) >= _MOST_TRIED or (found and found[0].score >= _GOOD):
            break
    return found, has_quads


@dataclass(frozen=True, slots=True)
class _View:
    """One way to look for lines on a page."""

    grey: Grey
    """The whole page."""
    plane: Plane
    threshold: int
    corner: tuple[int, int] = (0, 0)
    """Where on the page the plane begins."""
    is_faint: bool = False


def _views(page: ScanPage) -> Iterator[_View]:
    grey = red_free(page)
    plane = reduced(grey)
    levels = thresholds(plane.dark)
    yield _View(grey, plane, levels[0])
    if (sheet := sheet_on_desk(page, grey)) is not None:
        yield _View(grey, sheet[0], thresholds(sheet[0].dark)[0], sheet[1])
    yield from (_View(grey, plane, level) for level in levels[1:])
    yield _View(grey, plane, levels[1 % len(levels)], is_faint=True)
    if page.has_colour:
        grey = luminance(page)
        plane = reduced(grey)
        yield _View(grey, plane, thresholds(plane.dark)[0])


def _hypotheses(page: ScanPage, atlas: Atlas) -> Iterator[tuple[_View, list[_Guess], bool]]:
    """Yield guesses, best first, of one way after the other to look for lines, and whether there was any table."""
    for view in _views(page):
        plane = view.plane
        mask = np.asarray(cv2.threshold(plane.dark, view.threshold, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
        for skew in skews(mask):
            level_mask, matrix = turned(mask, skew)
            level_mask = np.asarray(cv2.threshold(level_mask, 100, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
            level = find_rules(level_mask, plane.unit, is_faint=view.is_faint)
            upright = find_rules(np.ascontiguousarray(level_mask.T), plane.unit, is_faint=view.is_faint)
            quads = find_quads(level, upright, (level_mask.shape[1], level_mask.shape[0]))
            seen = (Stretches.of(level, is_level=True), Stretches.of(upright, is_level=False))
            back = np.diag([1 / plane.scale, 1 / plane.scale, 1.0]) @ np.linalg.inv(matrix)
            back = np.array([[1, 0, view.corner[0]], [0, 1, view.corner[1]], [0, 0, 1.0]]) @ back
            guesses = _guesses(quads, *seen, atlas)
            if max((guess.score for guess in guesses), default=0.0) < _POOR:
                guesses += _guesses(quads, *seen, atlas, lenient=True)
            guesses = [
                replace(guess, corners=cv2.perspectiveTransform(guess.corners.reshape(1, 4, 2), back)[0])
                for guess in guesses
            ]
            yield view, sorted(guesses, key=lambda guess: -guess.score), bool(quads)


def _guesses(
    quads: Sequence[Quad], level: Stretches, upright: Stretches, atlas: Atlas, *, lenient: bool = False
) -> list[_Guess]:
    """Return which forms may stand in these quadrilaterals, and which way; what is far from the best is left out."""
    found: list[_Guess] = []
    worst = _HOPEFUL
    for quad in quads:
        seen = lattice_in(quad.corners, level, upright)
        support = 0.8 + 0.2 * quad.support
        for quarters in range(4):
            if quarters:
                seen = seen.quarter_turned()
            matcher = Matcher(seen)
            for frame in atlas.frames:
                score = matcher.match(frame, lenient=lenient, worst=worst / support).score * support
                if score > worst:
                    found.append(_Guess(frame, np.roll(quad.corners, quarters, axis=0), score, seen))
                    worst = max(worst, score - _FAR_BELOW)
    return found


def _is_mirrored(guess: _Guess) -> bool:
    """Say whether the table fits better as what shows through from the other side of the paper."""
    mirrored = Matcher(guess.lattice.mirror_image()).match(guess.frame).score
    return mirrored > Matcher(guess.lattice).match(guess.frame).score + _SHOWN_THROUGH


def _is_blank(page: ScanPage) -> bool:
    """Say whether there is next to no ink on a page, its edges and what is as wide as a hole left aside."""
    plane = reduced(luminance(page))
    edge = max(4, round(12 * plane.unit))
    inner: Pixels = plane.dark[edge:-edge, edge:-edge]
    return float((inner > max(70, thresholds(plane.dark)[0])).mean()) < _EMPTY_SHARE
