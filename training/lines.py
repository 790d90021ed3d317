"""Makes lines: what is said, drawn and worn, by a number that tells all of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from training import kept
from training.drawing import draw
from training.faces import Faces, load
from training.kept import Line
from training.texts import a_text, told
from training.wear import Wear

PART = 4000
"""Lines of one file."""
_STEPS_A_SIGN = 1.25
"""The fewest steps for a sign, on the average, that a line is shown with."""


def lines(faces: Faces, seed: int, count: int) -> Iterator[Line]:
    """Yield lines drawn with some faces; the same for the same seed."""
    chance = np.random.default_rng([seed, 7])
    wear = Wear(faces)
    for _ in range(count):
        said = a_text(chance)
        text = told(said)
        yield Line(wear.worn(draw(said, faces, chance), chance, steps_of(text)), text)


def steps_of(text: str) -> int:
    """Return at how many steps a text can be told: two signs alike need one between them."""
    return round(_STEPS_A_SIGN * len(text)) + sum(one == other for one, other in itertools.pairwise(text))


def make(folder: Path, faces: Faces, number: int) -> Path:
    """Make one file of lines and return its path."""
    cv2.setNumThreads(1)
    path = folder / f"{number:05}.npz"
    kept.write(path, list(lines(faces, number, PART)))
    return path


def make_missing(folder: Path, files: int) -> None:
    """Make so many files of lines with the faces to train on; one that is there is not made again."""
    faces = load(held_out=False)
    for number in range(files):
        if not (folder / f"{number:05}.npz").exists():
            make(folder, faces, number)
