"""Which signs of a line are a seal's own letters, on a page without colour where its ink is paler than the writing.

The tone of a seal is measured along its ring. A sign is the seal's when it lies between ring and star and hardly any of
its ink is darker than that. The writing has to be darker where the seal does not reach: a pen as pale as the seal, and
a page of black and white alone, are not told apart, and nothing is said of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.marks.seal import Ring
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.registered import PER_MM, PixelBox

Mask = NDArray[np.bool_]

_LETTERS = (0.4, 0.98)
"""The parts of the radius between which the middle of a seal's letter lies."""
_BESIDE = 1.04
"""The part of the radius beyond which nothing is the seal's."""
_INK = 0.16
"""Absorbance of the palest ink."""
_DARKER = 1.2
"""How much darker than the ring writing is."""
_DARK = 0.25
"""Which part of the ink of writing is that dark at least."""
_LETTER, _MAYBE = 0.04, 0.35
"""The same of a letter of the seal at most; and of what may be one, as a part of the writing's."""
_PIECE = 0.08
"""The same of a piece of ink of the seal."""
_ENOUGH = 200
"""Pixels of a ring from which its tone is measured."""
_DARKEST = 1.7
"""Absorbance of a ring from which nothing is told to be darker."""


@dataclass(frozen=True, slots=True)
class SealInk:
    """A seal and the tone of its ink."""

    ring: Ring
    """In pixels of the page."""
    tone: float
    """The absorbance of the darker part of its ring."""

    def letters(self, grey: Grey, rows: Sequence[Sequence[PixelBox]]) -> list[PixelBox]:
        """Return which signs of the rows of one text are letters of the seal; none where that cannot be told."""
        return self._paler(grey, rows, lambda usual: min(_LETTER, _MAYBE * usual))

    def may_hold_letters(self, grey: Grey, rows: Sequence[Sequence[PixelBox]]) -> bool:
        """Whether a sign of a text may be a letter of the seal: it is paler than the others, and lies where they do."""
        return bool(self._paler(grey, rows, lambda usual: _MAYBE * usual))

    def _paler(
        self, grey: Grey, rows: Sequence[Sequence[PixelBox]], least_of: Callable[[float], float]
    ) -> list[PixelBox]:
        """Return the signs between ring and star with less dark ink than follows from that of those beside the seal.

        A pale sign between two dark ones is not among them: it has thin strokes.
        """
        dark = [[self._dark_part(grey, box) for box in row] for row in rows]
        beside = [
            part for row, parts in zip(rows, dark, strict=True)
            for box, part in zip(row, parts, strict=True) if self._share(box) > _BESIDE
        ]  # fmt: skip
        usual = float(np.median(beside)) if beside else 0.0
        if usual < _DARK:
            return []
        least, found = least_of(usual), []
        for row, parts in zip(rows, dark, strict=True):
            for number, (box, part) in enumerate(zip(row, parts, strict=True)):
                is_between = 0 < number < len(row) - 1 and min(parts[number - 1], parts[number + 1]) >= least
                if part < least and not is_between and _LETTERS[0] < self._share(box) < _LETTERS[1]:
                    found.append(box)
        return found

    def without(self, grey: Grey, box: PixelBox) -> Grey:
        """Return a page on which what stands in a box and is no darker than the seal is gone."""
        part = (slice(max(box[1], 0), box[3]), slice(max(box[0], 0), box[2]))
        ink = _absorbance(grey[part])
        count, labels, places, _ = cv2.connectedComponentsWithStats((ink > _INK).astype(np.uint8), connectivity=8)
        dark = np.bincount(labels[ink > self.tone * _DARKER], minlength=count)
        is_pale = dark < _PIECE * places[:, cv2.CC_STAT_AREA]
        is_pale[0] = False
        clean = grey.copy()
        clean[part][cv2.dilate(is_pale[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 255
        return clean

    def _share(self, box: PixelBox) -> float:
        """Return how far the middle of a box is from that of the seal, as a part of its radius."""
        across, down = (box[0] + box[2]) / 2 - self.ring.x, (box[1] + box[3]) / 2 - self.ring.y
        return float(np.hypot(across, down)) / self.ring.radius

    def _dark_part(self, grey: Grey, box: PixelBox) -> float:
        ink = _absorbance(grey[max(box[1], 0) : box[3], max(box[0], 0) : box[2]])
        inked = int((ink > _INK).sum())
        return float((ink > self.tone * _DARKER).sum()) / inked if inked else 0.0


def seal_ink(grey: Grey, ring: Ring) -> SealInk | None:
    """Return the ink of a seal, or None where it is too little or too dark to be told from writing."""
    reach = ring.radius + PER_MM
    left, top = max(round(ring.x - reach), 0), max(round(ring.y - reach), 0)
    part = grey[top : round(ring.y + reach), left : round(ring.x + reach)]
    rows, columns = np.mgrid[0 : part.shape[0], 0 : part.shape[1]].astype(np.float32)
    off = np.abs(np.hypot(columns + left - ring.x, rows + top - ring.y) - ring.radius)
    ink = _absorbance(part)
    inked = ink[(off < PER_MM / 2) & (ink > _INK)]
    if inked.size < _ENOUGH:
        return None
    tone = float(np.quantile(inked, 0.85))
    return SealInk(ring, tone) if tone * _DARKER < _DARKEST else None


def _absorbance(grey: Grey) -> NDArray[np.float32]:
    return np.asarray(-np.log((grey.astype(np.float32) + 4) / 259), dtype=np.float32)
