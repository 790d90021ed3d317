"""The ink of a seal on a page without colour, taken away where it is paler than the writing.

The tone of a seal is measured along its ring. Within its disc, what is darker than that is writing and stays, with
the little around it that belongs to its strokes; all else goes: ring, letters, star. Thin strokes of the writing go
with them, so that what is read then is a second reading and no better one by itself. A seal as dark as print, and a
page of black and white alone, are not taken apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.marks.disc import Disc
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.registered import PER_MM, PixelBox

_REACH = 1.06
"""How far from its middle there is ink of a seal, as a part of its radius."""
_INK = 0.16
"""Absorbance of the palest ink."""
_DARKER = 1.25
"""How much darker than the ring writing is."""
_SPECK = 4
"""Pixels of writing; less is noise in the seal's ink."""
_BESIDE = round(0.3 * PER_MM)
"""Pixels beside what is darker than the seal that belong to the same stroke."""
_EDGE = 0.6
"""What is paler than this part of the seal's tone is gone also there."""
_ENOUGH = 200
"""Pixels of a ring from which its tone is measured."""
_DARKEST = 1.7
"""Absorbance from which nothing is told to be darker."""


@dataclass(frozen=True, slots=True)
class SealInk:
    """A seal and the tone of its ink."""

    disc: Disc
    """In pixels of the page."""
    tone: float
    """The absorbance of the darker part of its ring."""

    def without(self, grey: Grey) -> Grey:
        """Return a page on which what stands in the seal's disc and is no darker than the seal is gone."""
        rows, columns = _around(grey, self.disc, _REACH * self.disc.radius)
        part = grey[rows, columns]
        ink = _absorbance(part)
        _, labels, places, _ = cv2.connectedComponentsWithStats(self._is_darker(ink).astype(np.uint8), connectivity=8)
        is_writing = (places[:, cv2.CC_STAT_AREA] >= _SPECK)[labels] & (labels > 0)
        stroke = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _BESIDE + 1, 2 * _BESIDE + 1))
        is_beside = cv2.dilate(is_writing.astype(np.uint8), stroke) > 0
        left = np.clip((ink / self.tone - _EDGE) / (_DARKER - _EDGE), 0, 1)
        faded = (255 - (255 - part.astype(np.float32)) * left).astype(np.uint8)
        is_inside = self.disc.distances(rows, columns) < _REACH * self.disc.radius
        clean = grey.copy()
        without = np.where(is_beside, faded, np.uint8(255))
        clean[rows, columns] = np.where(is_inside & ~is_writing, without, part)
        return clean

    def touches(self, box: PixelBox) -> bool:
        """Whether the seal reaches into a box."""
        across = max(box[0] - self.disc.x, 0, self.disc.x - box[2])
        down = max(box[1] - self.disc.y, 0, self.disc.y - box[3])
        return float(np.hypot(across, down)) < _REACH * self.disc.radius

    def dark_part(self, grey: Grey, boxes: Iterable[PixelBox]) -> float:
        """Return which part of the ink of signs is darker than the seal, in the middle of all."""
        parts = []
        for left, top, right, bottom in boxes:
            ink = _absorbance(grey[max(top, 0) : bottom, max(left, 0) : right])
            inked = int((ink > _INK).sum())
            parts.append(float(self._is_darker(ink).sum()) / inked if inked else 0.0)
        return float(np.median(parts)) if parts else 0.0

    def _is_darker(self, ink: NDArray[np.float32]) -> NDArray[np.bool_]:
        return np.asarray(ink > self.tone * _DARKER)


def seal_ink(grey: Grey, disc: Disc) -> SealInk | None:
    """Return the ink of a seal, or None where it is too little or too dark to be told from writing."""
    rows, columns = _around(grey, disc, disc.radius + PER_MM)
    ink = _absorbance(grey[rows, columns])
    inked = ink[(np.abs(disc.distances(rows, columns) - disc.radius) < PER_MM / 2) & (ink > _INK)]
    if inked.size < _ENOUGH:
        return None
    tone = float(np.quantile(inked, 0.85))
    return SealInk(disc, tone) if tone * _DARKER < _DARKEST else None


def _around(grey: Grey, disc: Disc, reach: float) -> tuple[slice, slice]:
    """Return the rows and columns of a page so far around a disc."""
    height, width = grey.shape
    return (
        slice(max(round(disc.y - reach), 0), min(round(disc.y + reach) + 1, height)),
        slice(max(round(disc.x - reach), 0), min(round(disc.x + reach) + 1, width)),
    )


def _absorbance(grey: Grey) -> NDArray[np.float32]:
    return np.asarray(-np.log((grey.astype(np.float32) + 4) / 259), dtype=np.float32)
