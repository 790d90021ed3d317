"""Where a round mark lies, by whatever it was found."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from formsvc.extraction.scan.registered import PixelBox


@dataclass(frozen=True, slots=True)
class Disc:
    """A round mark, in pixels of the picture it was found on."""

    x: float
    y: float
    radius: float

    @property
    def box(self) -> PixelBox:
        """The smallest box around it."""
        return (
            int(self.x - self.radius),
            int(self.y - self.radius),
            int(self.x + self.radius) + 1,
            int(self.y + self.radius) + 1,
        )

    def distances(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """Return how far each pixel of a part of the picture is from its middle."""
        y, x = np.ogrid[rows, columns]
        return np.asarray(np.hypot(x - self.x, y - self.y), dtype=np.float32)

    def moved(self, right: int, down: int) -> Self:
        """Return it on a larger picture, of which the one it was found on begins there."""
        return dataclasses.replace(self, x=self.x + right, y=self.y + down)
