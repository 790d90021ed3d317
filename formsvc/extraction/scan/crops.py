"""Pieces of a page set straight, as plain pictures for a person to look at."""

from __future__ import annotations

import cv2
import numpy as np

from formsvc.extraction.crops import LONGEST, plain_png
from formsvc.extraction.scan.registered import PER_MM, PixelBox, Registered
from formsvc.forms.reading import Picture

_MARGIN = 1.5
"""Millimetres shown around a box."""


def crop_of(registered: Registered, field: str, box: PixelBox) -> Picture:
    """Return what stands in a box of the upright picture, with a little around it."""
    height, width = registered.upright.shape[:2]
    margin = round(_MARGIN * PER_MM)
    left, top = max(0, min(box[0] - margin, width - 1)), max(0, min(box[1] - margin, height - 1))
    right, bottom = max(left + 1, min(box[2] + margin, width)), max(top + 1, min(box[3] + margin, height))
    part = np.ascontiguousarray(registered.upright[top:bottom, left:right])
    scale = min(1.0, LONGEST / max(part.shape[:2]))
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    shown = part if scale == 1 else np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA))
    data = plain_png(size[0], size[1], shown.astype(np.uint8).tobytes())
    return Picture(field, "image/png", data, (right - left) / PER_MM, (bottom - top) / PER_MM)
