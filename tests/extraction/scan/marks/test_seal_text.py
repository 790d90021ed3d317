"""The writing of a seal is laid straight, wherever the seal was turned to."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from formsvc.extraction.scan.marks.marks import read_marks
from formsvc.extraction.scan.marks.seal import Ring
from formsvc.extraction.scan.marks.seal_text import seal_strip, seal_text
from formsvc.extraction.scan.page import Grey
from tests.extraction.scan.marked import Paper

RING = Ring(x=200, y=200, radius=160, coverage=1, visible=1, half=1, content=1, darkness=1)


def bars(turned: float, brightness: int = 0) -> Grey:
    """Return a seal whose writing is seven bars, the third one thick, over three quarters of its way."""
    picture: Grey = np.full((400, 400), 255, np.uint8)
    for number in range(7):
        angle = np.radians(turned + number * 40)
        way = np.array([np.cos(angle), np.sin(angle)])
        start, stop = 200 + 105 * way, 200 + 140 * way
        thick = 20 if number == 2 else 6
        cv2.line(picture, start.astype(int).tolist(), stop.astype(int).tolist(), brightness, thick)
    return picture


def widths(strip: Grey) -> list[int]:
    """Return how wide each piece of ink on a strip is."""
    inked = (strip < 128).any(axis=0).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked, [0]])))
    return [int(stop - start) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


@pytest.mark.parametrize("turned", [0, 100, 215, 333])
def test_a_strip_reads_clockwise_from_behind_the_widest_gap(turned: float) -> None:
    found = widths(seal_strip(bars(turned), RING))
    assert len(found) == 7
    assert found.index(max(found)) == 2


def test_a_faint_seal_is_made_dark() -> None:
    assert len(widths(seal_strip(bars(0, brightness=190), RING))) == 7


def test_a_ring_without_writing_is_a_blank_strip() -> None:
    assert widths(seal_strip(np.full((400, 400), 255, np.uint8), RING)) == []


def test_what_is_read_is_kept_without_blanks_and_given_with_the_mark() -> None:
    assert seal_text(np.zeros((8, 8), np.uint8), lambda _: " 城西 社区\n") == "城西社区"
    found = read_marks(Paper().seal(160, 215).registered(), read_text=lambda strip: f"{strip.shape[0]} rows")
    assert (found["review_seal"].text, found["signature"].text) == ("64rows", "")
