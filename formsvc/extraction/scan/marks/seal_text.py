"""The writing along a seal's ring, as a straight strip that a recogniser of lines can read.

It reads clockwise with the feet of the characters to the middle, and begins behind the widest gap, wherever the seal
was turned to. What is read is evidence for a person and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from formsvc.extraction.scan.marks.seal import Ring
from formsvc.extraction.scan.page import Grey

_OUTER, _INNER = 0.94, 0.58
"""The parts of the radius between which the writing stands."""
_HEIGHT = 64
"""Pixels of the strip's height."""
_INKED = 110
"""Brightness below which there is ink, the strip's darkest being 0."""
_MARGIN = 4


def seal_strip(grey: Grey, ring: Ring) -> Grey:
    """Return the band inside a ring unrolled: dark on white, clockwise, from behind the widest gap in its writing.

    `grey` is the picture the ring was found on; with colour best the red ink alone.
    """
    outer = ring.radius * _OUTER
    depth = ring.radius * (_OUTER - _INNER)
    width = max(1, round(np.pi * (_OUTER + _INNER) * ring.radius * _HEIGHT / depth))
    columns = round(outer * _HEIGHT / depth)
    flags = cv2.INTER_LINEAR | cv2.WARP_POLAR_LINEAR | cv2.WARP_FILL_OUTLIERS
    rolled = cv2.warpPolar(255 - grey, (columns, width), (ring.x, ring.y), outer, flags)
    band = 255 - np.rot90(rolled[:, columns - _HEIGHT :])
    return _opened(np.ascontiguousarray(_stretched(band.astype(np.uint8))))


def seal_text(strip: Grey, read_text: Callable[[Grey], str]) -> str:
    """Return what a recogniser of lines reads on a strip."""
    return "".join(read_text(strip).split())


def _opened(band: Grey) -> Grey:
    """Return the band cut open at its widest gap, the gap left out."""
    inked = (band[_MARGIN:-_MARGIN] < _INKED).sum(axis=0) > 1
    places = np.flatnonzero(inked)
    if not places.size:
        return band
    gaps = np.diff(np.append(places, places[0] + band.shape[1]))
    widest = int(gaps.argmax())
    start = int(places[(widest + 1) % len(places)])
    length = band.shape[1] - int(gaps[widest]) + 1
    around = np.concatenate([band, band], axis=1)
    before = min(start, _HEIGHT // 4)
    return np.ascontiguousarray(around[:, start - before : start + length + _HEIGHT // 4])


def _stretched(band: Grey) -> Grey:
    """Return the band with its ink made dark: seals are often faint."""
    darkest = float(np.quantile(band, 0.03))
    if darkest > 245:
        return band
    spread = (band.astype(np.float32) - darkest) * (255 / (255 - darkest))
    return np.asarray(np.clip(spread, 0, 255), dtype=np.uint8)
