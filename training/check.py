"""How well a model reads lines of faces it never saw: exact lines, by what they say and by who wrote them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from training.drawing import draw
from training.faces import Faces
from training.kept import Line
from training.lines import steps_of
from training.texts import KINDS, SIGNS, told
from training.wear import Wear

_SEED = 900_001


def checked(model: Path, faces: Faces, count: int) -> dict[str, tuple[int, int]]:
    """Return, by kind and style, how many lines of some faces are read without a fault, and of how many."""
    session = onnxruntime.InferenceSession(model.read_bytes(), providers=["CPUExecutionProvider"])
    found: dict[str, list[bool]] = defaultdict(list)
    for kind, style, line in _lines(faces, count):
        found[f"{kind}, {style}"].append(read_by(session, line) == line.text)
    return {name: (sum(right), len(right)) for name, right in sorted(found.items())}


def read_by(session: Any, line: Line) -> str:
    """Return what a model reads: the likeliest sign of each step, repetitions and blanks left out."""
    steps = session.run(None, {"x": 1 - line.picture[None, None].astype(np.float32) / 255})[0]
    best = steps.argmax(axis=1)
    kept = best[np.flatnonzero(np.diff(best, prepend=-1))]
    return "".join(SIGNS[column - 1] for column in kept if column)


def _lines(faces: Faces, count: int) -> Iterable[tuple[str, str, Line]]:
    for kind, maker in KINDS.items():
        for style in ("print", "hand"):
            chance = np.random.default_rng([_SEED, len(kind), len(style)])
            wear = Wear(faces)
            for _ in range(count):
                runs = maker(chance)
                text = told(runs)
                yield kind, style, Line(wear.worn(draw(runs, faces, chance, style), chance, steps_of(text)), text)
