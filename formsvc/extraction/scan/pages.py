"""A whole page read without knowing what it is: for pages without a grid, and for pages that are no forms."""

from __future__ import annotations

from formsvc.extraction.scan.detect import Quad, cut_out, detect, in_rows
from formsvc.extraction.scan.ink import red_free
from formsvc.extraction.scan.models import Models
from formsvc.extraction.scan.page import Pixels
from formsvc.extraction.scan.recognise import read_line

PageLine = tuple[str, Quad, float]
"""What a line says, its corners in the page's pixels, and how sure it is from 0 to 1."""
_LONGEST = 1280
"""Pixels of the page's longer side as the detector sees it: print of 14 pt on A4 is 21 pixels high."""


def page_lines(pixels: Pixels, models: Models, *, longest: int = _LONGEST) -> list[PageLine]:
    """Return every line of text of an upright page in reading order; takes 1 to 2 s for a full page."""
    page = red_free(pixels)
    lines = []
    for row in in_rows(detect(models, page, longest=longest)):
        for box in row:
            line = read_line(models, cut_out(page, box))
            if line.text.strip():
                lines.append((line.text, box.quad, line.mean * box.confidence))
    return lines
