"""A sign that was swallowed leaves a hole."""

from __future__ import annotations

import numpy as np

from formsvc.extraction.scan.recognition.decode import Line
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.spacing import holes

_PITCH = 6


def _row(text: str, *, blank: tuple[int, ...] = (), lost: tuple[int, ...] = ()) -> Row:
    """Return a row of evenly spaced signs: nothing stands at blank places, and lost ones have ink but no sign."""
    count = len(text) * _PITCH
    ink = np.array([place // _PITCH not in blank for place in range(count)])
    kept = [place for place in range(len(text)) if place not in (*blank, *lost)]
    places = tuple((place + 0.5) * _PITCH / count for place in kept)
    line = Line("".join(text[place] for place in kept), tuple(1.0 for _ in kept), places)
    return Row((0, 0, count, 8), np.zeros((count, 1), dtype=np.float32), line, 1.0, ink)


def test_a_line_of_evenly_spaced_signs_has_no_holes() -> None:
    assert holes(_row("件件有回音年内")) == 0


def test_a_sign_that_was_left_out_leaves_a_hole() -> None:
    assert holes(_row("件件有回音年内", lost=(3,))) == 1


def test_a_mark_that_was_left_out_leaves_a_hole() -> None:
    assert holes(_row("会驾驶、会清洁", lost=(3,))) == 1


def test_a_blank_is_no_hole() -> None:
    assert holes(_row("国土所 副主任", blank=(3,))) == 0


def test_a_line_too_short_to_know_its_spacing_has_no_holes() -> None:
    assert holes(_row("王小明", lost=(1,))) == 0


def test_a_blank_is_a_hole_in_what_is_written_without_blanks() -> None:
    row = _row("花园财政所第二党支部", blank=(6,))
    assert (holes(row), holes(row, blanks=True)) == (0, 1)
