"""One page of a scan as pixels, decoded and size-checked, before anybody knows what is on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Rows of RGB: shape (height, width, 3)."""
Grey = NDArray[np.uint8]
"""Rows of luminance or of one colour plane: shape (height, width); 255 is white paper."""
Matrix = NDArray[np.float64]
"""A homography of shape (3, 3) over column vectors (x, y, 1)."""


@dataclass(frozen=True, slots=True)
class ScanPage:
    """A page as it came, in any orientation."""

    number: int
    """Its number in the submission, from 1."""
    pixels: Pixels
    """At about 200 dots an inch where the size of the paper is known, and never more than 4,000 a side."""
    per_mm: float | None
    """Pixels a millimetre; None for a photo, whose paper has no known size."""
    has_colour: bool
    """Whether there is colour to tell a seal by; False for grey and for black-and-white pages."""
