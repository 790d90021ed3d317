"""A line as it is put on paper: the ink of its runs, each in a face, set by a machine or by an unquiet hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.faces import EM, Face, Faces, Ink
from training.pens import Pen
from training.texts import Chance, Run

HEIGHT, BASELINE = 3 * EM, 2 * EM
"""Of a drawn line, in pixels from its top."""
_BY_HAND = 0.56
"""The part of lines that are written by hand."""
_BY_PEN = 0.35
"""The part of figures by hand that are written stroke by stroke, and not with a typeface."""


@dataclass(frozen=True)
class Manner:
    """How somebody, or a machine, sets signs."""

    style: str
    turn: float
    """Standard deviation in degrees of each sign's turn; the next three in ems."""
    grow: float
    rise: float
    spread: float
    slant: float
    """Shear of all signs."""
    climb: float
    """How much the line rises, in ems an em."""
    squeeze: float
    """Width of signs as a part of what it is in their face."""
    tight: float
    """Distance of signs as a part of their advance."""
    bend: float
    """How far strokes are bent, in ems."""


def a_manner(style: str, chance: Chance) -> Manner:
    """Return how a line is set."""
    if style == "print":
        squeeze = float(chance.uniform(0.78, 1.12)) if chance.random() < 0.5 else 1.0
        tight = 1.0 if chance.random() < 0.6 else float(chance.uniform(0.92, 1.25))
        return Manner(style, 0.0, 0.0, 0.0, 0.0, 0.0, float(chance.normal(0, 0.006)), squeeze, tight, 0.0)
    unrest = float(chance.uniform(0.2, 1.9))
    return Manner(
        style,
        turn=3.0 * unrest,
        grow=0.05 * unrest,
        rise=0.035 * unrest,
        spread=0.03 * unrest,
        slant=float(chance.normal(-0.02, 0.12)),
        climb=float(chance.normal(0, 0.012)),
        squeeze=float(chance.uniform(0.58, 1.1)),
        tight=float(chance.uniform(0.82, 1.1)),
        bend=float(chance.uniform(0, 0.04)) if chance.random() < 0.7 else 0.0,
    )


def draw(runs: Sequence[Run], faces: Faces, chance: Chance, style: str = "") -> Ink:
    """Return the ink of a line, `HEIGHT` pixels high, with an em of white at both ends."""
    style = style or ("hand" if chance.random() < _BY_HAND else "print")
    written = a_manner(style, chance)
    printed = written if style == "print" or chance.random() < 0.25 else a_manner("print", chance)
    size, rise = (
        (float(chance.uniform(0.72, 1.15)), float(chance.normal(0, 0.06))) if written is not printed else (1.0, 0.0)
    )
    setter = _Setter(faces, chance, sum(len(run.text) + run.gap for run in runs))
    for run in runs:
        if run.is_blank:
            setter.put(run, printed, 1.0, 0.0)
        else:
            setter.put(run, written, size, rise)
    line = setter.line[:, : round(setter.at) + EM]
    return _bent(line, written.bend, chance) if written.bend else line


class _Setter:
    """Sets the runs of a line, one after the other."""

    def __init__(self, faces: Faces, chance: Chance, ems: float) -> None:
        self.line = np.zeros((HEIGHT, round((1.6 * ems + 4) * EM)), np.uint8)
        self.at = float(EM)
        """Where the next sign goes."""
        self._faces, self._chance = faces, chance
        self._chosen: dict[tuple[str, bool], Face | None] = {}
        self._pen = Pen.any(chance) if chance.random() < _BY_PEN else None

    def put(self, run: Run, manner: Manner, scale: float, rise: float) -> None:
        """Put the signs of a run on the line, so large and so many ems above it."""
        self.at += run.gap * EM
        face = self._face(run, manner.style)
        for sign in run.text:
            own = face if face is not None and face.draws(sign) else self._substitute(sign, manner.style)
            if sign == " " or own is None:
                self.at += 0.4 * EM
                continue
            glyph = own.glyph(sign)
            self._stamp(glyph, manner, scale, rise)
            width = glyph[1] * manner.squeeze * scale
            self.at += width * manner.tight + EM * manner.spread * float(self._chance.normal())

    def _face(self, run: Run, style: str) -> Face | Pen | None:
        """Return a face that has all the signs of a run, the one its like was set in before if there is one."""
        if self._pen is not None and style == "hand" and self._pen.draws(run.text.replace(" ", "")):
            return self._pen
        key = (style, run.is_blank)
        if self._chosen.get(key) is None:
            self._chosen[key] = self._faces.pick(style, run.text.replace(" ", ""), self._chance)
        return self._chosen[key]

    def _substitute(self, sign: str, style: str) -> Face | None:
        """Return a face for a sign that the run's own face lacks: the same one for the whole line, if it can be."""
        key = (f"{style} {'latin' if sign.isascii() else 'han'}", False)
        face = self._chosen.get(key)
        if face is None or not face.draws(sign):
            pick = self._faces.pick
            face = self._chosen[key] = pick(style, sign, self._chance) or pick("print", sign, self._chance)
        return face

    def _stamp(self, glyph: tuple[Ink, float], manner: Manner, scale: float, rise: float) -> None:
        ink, advance = glyph
        chance, left = self._chance, max(0, int(self.at - EM))
        area = self.line[:, left : left + 3 * EM]
        angle = np.deg2rad(manner.turn * chance.normal()) if manner.turn else 0.0
        grow = scale * (1 + manner.grow * float(chance.normal()))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        shape = turn @ np.array([[manner.squeeze * grow, manner.slant], [0.0, grow]])
        lifted = EM * (manner.rise * float(chance.normal()) + rise) + manner.climb * (self.at - EM)
        centre = np.array([EM / 2 + advance / 2, 1.4 * EM])
        target = np.array([self.at + advance * manner.squeeze * scale / 2 - left, BASELINE - lifted])
        matrix = np.column_stack([shape, target - shape @ centre])
        drawn = cv2.warpAffine(ink, matrix, (area.shape[1], area.shape[0]), flags=cv2.INTER_LINEAR)
        np.maximum(area, drawn, out=area)


def _bent(line: Ink, bend: float, chance: Chance) -> Ink:
    """Bend the strokes of a line."""
    height, width = line.shape
    grid = (7, max(2, width * 3 // EM // 2))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    shifts = [
        cv2.resize(chance.standard_normal(grid).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    ]
    return np.asarray(
        cv2.remap(line, x + shifts[0] * (bend * EM), y + shifts[1] * (bend * EM), cv2.INTER_LINEAR), np.uint8
    )
