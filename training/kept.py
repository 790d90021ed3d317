"""Lines with what they say, and the files that keep some thousands of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEIGHT, STEP = 32, 4
"""Pixels of a finished line's height, and of one step of the recogniser along it."""


@dataclass(frozen=True)
class Line:
    """A line, dark on white, and what it says."""

    picture: NDArray[Any]
    text: str


def write(path: Path, lines: Sequence[Line]) -> None:
    """Write a file of lines, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez(
            file,
            pixels=np.concatenate([line.picture for line in lines], axis=1),
            widths=np.array([line.picture.shape[1] for line in lines]),
            texts=np.array(json.dumps([line.text for line in lines])),
        )
    unfinished.rename(path)


def read(path: Path) -> list[Line]:
    """Return the lines of a file."""
    with np.load(path) as kept:
        pixels, edges = kept["pixels"], np.cumsum([0, *kept["widths"].tolist()])
        texts = json.loads(str(kept["texts"]))
    return [Line(pixels[:, low:high], text) for low, high, text in zip(edges[:-1], edges[1:], texts, strict=True)]
