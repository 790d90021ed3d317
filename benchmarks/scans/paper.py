"""A sheet of paper that ink is put on: everything multiplies, so that toner, pens and seals lie over each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scans.fonts import Mask, glyph

Colour = tuple[int, int, int]
BLACK: Colour = (18, 18, 20)
Box = tuple[float, float, float, float]
"""x, y, width, height in mm from the top left corner of the sheet."""


@dataclass
class Paper:
    """A sheet in RGB at so many pixels a millimetre."""

    pixels: NDArray[Any]
    per_mm: float

    @classmethod
    def white(cls, width: float, height: float, per_mm: float) -> Paper:
        """Return an empty sheet; lengths in mm."""
        return cls(np.full((round(height * per_mm), round(width * per_mm), 3), 255, np.uint8), per_mm)

    def put(self, mask: Mask, x: float, y: float, colour: Colour, opacity: float = 1.0) -> None:
        """Put ink through a mask whose top left corner lies at x, y pixels; what lies beyond the sheet is lost."""
        left, top = round(x), round(y)
        height, width = self.pixels.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + mask.shape[1], width), min(top + mask.shape[0], height)
        if x0 >= x1 or y0 >= y1:
            return
        share = mask[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32) * (opacity / 255)
        area = self.pixels[y0:y1, x0:x1]
        lost = 1 - np.asarray(colour, np.float32) / 255
        area[:] = (area * (1 - share[:, :, None] * lost)).astype(np.uint8)

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float, colour: Colour = BLACK) -> None:
        """Draw a rule between two points in mm, width in mm."""
        scale = 16
        first, last = ((round(x * self.per_mm * scale), round(y * self.per_mm * scale)) for x, y in (start, end))
        cv2.line(self.pixels, first, last, colour, max(1, round(width * self.per_mm)), cv2.LINE_AA, 4)

    def print_text(self, text: str, x: float, baseline: float, size: float, *, font: str, extra: float = 0.0) -> float:
        """Print text in toner from x mm on; size in mm an em, extra mm behind each character. Returns where it ends."""
        em = max(6, round(size * self.per_mm))
        at = x * self.per_mm
        for character in text:
            if character == "\u3000":
                at += em
                continue
            mask, advance = glyph(character, font, em)
            if not character.isspace():
                self.put(mask, at - em // 2, baseline * self.per_mm - round(1.4 * em), BLACK)
            at += advance + extra * self.per_mm
        return at / self.per_mm


def printed_width(text: str, size: float, font: str) -> float:
    """Return how wide a printed text is in mm."""
    return sum(1.0 if character == "\u3000" else glyph(character, font, 40)[1] / 40 for character in text) * size
