"""What becomes of a line between the pen and the recogniser: pressure, seals, rules, optics, sensor, file and crop."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.drawing import BASELINE
from training.faces import EM, Faces, Ink
from training.kept import HEIGHT, STEP
from training.texts import Chance

_WIDEST = 640
Dark = NDArray[np.float32]
"""How dark each place is: 0 is white paper, 1 the blackest ink."""
_KEPT = 40
_LEFT = 0.62
"""The part of its ink that a thinned line keeps at least."""
_HAIRLINES = 0.12
"""The part of lines that lose what is thin and level: of a 4 its bar, where a pen or a face makes it a hairline."""


@dataclass
class Wear:
    """Wears lines; remembers the ink of some, of which parts show beside or through others."""

    faces: Faces
    others: deque[Ink] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def worn(self, ink: Ink, chance: Chance, least: int = 0) -> Ink:
        """Return a line as the recogniser is shown it: dark on white, `HEIGHT` pixels high, `least` steps wide."""
        firm = _pressed(ink, chance)
        top, bottom, left, right = _frame(firm, chance)
        dark = firm.astype(np.float32) * (_strength(chance) / 255)
        if chance.random() < 0.3:
            dark *= _uneven(dark.shape, chance)
        dark = self._with_marks(dark, (top, bottom), chance)
        if self.others and chance.random() < 0.14:
            _add(dark, self._beside(dark.shape, top, bottom, chance))
        self.others.append(ink)
        dark = _cropped(dark, top, bottom, left, right)
        if chance.random() < 0.14:
            _ruled(dark, chance)
        grey = _taken(dark, chance)
        stretch = float(np.exp(chance.normal(0.17, 0.2)))
        width = grey.shape[1] * HEIGHT / grey.shape[0] * stretch
        width = int(np.clip(width, max(STEP * least, 16), _WIDEST))
        way = cv2.INTER_AREA if grey.shape[0] > HEIGHT else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(grey, (width, HEIGHT), interpolation=way), np.uint8)

    def _with_marks(self, dark: Dark, rows: tuple[int, int], chance: Chance) -> Dark:
        if chance.random() < 0.3:
            seal = self._seal(dark.shape, chance)
            kind = chance.random()
            if kind < 0.3:  # red that was dropped leaves its edges, or a shade
                edges = np.abs(seal - cv2.GaussianBlur(seal, (0, 0), float(chance.uniform(0.8, 2.5))))
                _add(dark, edges * float(chance.uniform(0.2, 0.9)) if kind < 0.2 else seal * chance.uniform(0.05, 0.3))
            elif kind < 0.4:  # and sometimes takes ink away
                dark = dark * (1 - seal * float(chance.uniform(0.2, 0.8)))
            else:
                _add(dark, seal * float(chance.uniform(0.3, 1.0)))
        if chance.random() < 0.06:
            y = rows[1] + int(chance.integers(-4, 8))
            dark[y : y + int(chance.integers(1, 4))] = float(chance.uniform(0.3, 1.0))
        return dark

    def _seal(self, shape: tuple[int, ...], chance: Chance) -> Dark:
        """Return a part of a round seal over a line: ring, star and signs around."""
        height, width = shape
        radius = float(chance.uniform(2.2, 5.0)) * EM
        centre = np.array(
            [chance.uniform(-0.5 * radius, width + 0.5 * radius), chance.uniform(-radius, height + radius)]
        )
        seal = np.zeros((height, width), np.uint8)
        thick = max(1, round(radius * float(chance.uniform(0.025, 0.06))))
        middle = (round(float(centre[0])), round(float(centre[1])))
        cv2.circle(seal, middle, round(radius), 255, thick, cv2.LINE_AA)
        if chance.random() < 0.7:
            angles = np.deg2rad(np.arange(10) * 36 + float(chance.uniform(0, 72)))
            reach = radius * np.where(np.arange(10) % 2, 0.13, 0.33)
            points = centre + np.column_stack([np.cos(angles), np.sin(angles)]) * reach[:, None]
            cv2.fillPoly(seal, [points.astype(np.int32)], 255, cv2.LINE_AA)
        face = self.faces.pick("print", "年", chance)
        signs = [
            sign for sign in "章委会党支部公司市镇街道村学校医院局办处组织专用" if face is not None and face.draws(sign)
        ]
        size, begin = radius * float(chance.uniform(0.24, 0.36)) / EM, float(chance.uniform(0, 360))
        for number in range(int(chance.integers(5, 14)) if signs else 0):
            angle = np.deg2rad(begin + number * float(chance.uniform(18, 26)))
            place = centre + 0.74 * radius * np.array([np.cos(angle), np.sin(angle)])
            if -EM < place[0] < width + EM and -EM < place[1] < height + EM and face is not None:
                ink, _ = face.glyph(signs[int(chance.integers(len(signs)))])
                spin = angle + np.pi / 2
                turn = size * np.array([[np.cos(spin), -np.sin(spin)], [np.sin(spin), np.cos(spin)]])
                matrix = np.column_stack([turn, place - turn @ np.array([EM, 1.04 * EM])])
                np.maximum(seal, cv2.warpAffine(ink, matrix, (width, height)), out=seal)
        patchy = cv2.resize(chance.random((height // 4 + 1, width // 4 + 1)).astype(np.float32), (width, height))
        inked = np.clip(patchy * 1.6 + float(chance.uniform(-0.4, 0.6)), 0, 1)
        return np.asarray(seal.astype(np.float32) / 255 * inked, np.float32)

    def _beside(self, shape: tuple[int, ...], top: int, bottom: int, chance: Chance) -> Dark:
        """Return what shows of another line: from above, from below, or through the paper from behind."""
        other = self.others[int(chance.integers(len(self.others)))]
        height, width = shape
        shown = np.zeros((height, width), np.float32)
        across = min(width, other.shape[1])
        part: NDArray[Any] = other[:, :across].astype(np.float32) / 255
        if chance.random() < 0.4:
            part = cv2.GaussianBlur(part[:, ::-1], (0, 0), float(chance.uniform(1, 3))) * float(
                chance.uniform(0.05, 0.22)
            )
            shift = int(chance.integers(-20, 20))
        else:
            part = part * float(chance.uniform(0.5, 1.0))
            line = (bottom - top) + int(chance.integers(2, 16))
            shift = line if chance.random() < 0.5 else -line
        shown[:, :across] = np.roll(part, shift, axis=0)
        if shift >= 0:
            shown[:shift] = 0
        else:
            shown[shift:] = 0
        return shown


def _add(dark: Dark, more: NDArray[Any] | float) -> None:
    np.maximum(dark, more, out=dark)


def _strength(chance: Chance) -> float:
    return float(chance.uniform(0.75, 1.0) if chance.random() < 0.75 else chance.uniform(0.3, 0.75))


def _pressed(ink: Ink, chance: Chance) -> Ink:
    """Make strokes thicker or thinner, as pens, toner and ribbons do."""
    kind = chance.random()
    if kind < 0.25:
        return ink
    if kind < 0.25 + _HAIRLINES:
        thin = np.ones((int(chance.integers(2, 6)), 1), np.uint8)
        bare = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, thin), np.uint8)
        return bare if bare.sum(dtype=np.int64) > _LEFT * ink.sum(dtype=np.int64) else ink
    soft = cv2.GaussianBlur(ink, (0, 0), float(chance.uniform(0.6, 1.8)))
    bias = float(chance.uniform(-62, 70))
    table = np.clip((np.arange(256) - 118 + bias) * float(chance.uniform(1.4, 4)) + 118, 0, 255).astype(np.uint8)
    table[:2] = 0
    pressed = np.asarray(cv2.LUT(soft, table), np.uint8)
    return pressed if pressed.sum(dtype=np.int64) > _LEFT * ink.sum(dtype=np.int64) else ink


def _uneven(shape: tuple[int, ...], chance: Chance) -> Dark:
    """Return how much ink a pen gives, place by place."""
    rough = chance.random((3, max(2, shape[1] // 30))).astype(np.float32)
    smooth = cv2.resize(rough, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    low = float(chance.uniform(0.2, 0.8))
    return np.asarray(np.clip(low + (1.15 - low) * smooth * 1.6, 0, 1), np.float32)


def _frame(ink: Ink, chance: Chance) -> tuple[int, int, int, int]:
    """Return what is cut out around the ink: mostly with some white, now and then too little."""
    rows, columns = np.flatnonzero((ink > 60).any(axis=1)), np.flatnonzero((ink > 60).any(axis=0))
    if not len(rows):
        rows, columns = np.array([BASELINE - EM // 2, BASELINE]), np.array([EM, 2 * EM])
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    if bottom - top < 0.45 * EM:
        middle = (top + bottom) // 2
        top, bottom = middle - EM // 4, middle + EM // 4
    height = bottom - top
    if chance.random() < 0.07:
        above, below = (height * float(chance.uniform(-0.12, 0.1)) for _ in range(2))
    else:
        white, share = height * float(chance.triangular(0.02, 0.35, 1.15)), float(chance.uniform(0.25, 0.75))
        above, below = white * share, white * (1 - share)
    beside = [height * float(chance.uniform(0.08, 0.6)) for _ in range(2)]
    if chance.random() < 0.03:
        beside[int(chance.integers(2))] = -0.06 * height
    return (
        round(top - above),
        round(bottom + below),
        round(int(columns[0]) - beside[0]),
        round(int(columns[-1]) + 1 + beside[1]),
    )


def _cropped(dark: Dark, top: int, bottom: int, left: int, right: int) -> Dark:
    height, width = dark.shape
    beyond = max(-top, bottom - height, -left, right - width, 0)
    padded = np.pad(dark, beyond) if beyond else dark
    return np.ascontiguousarray(padded[top + beyond : bottom + beyond, left + beyond : right + beyond])


def _ruled(dark: Dark, chance: Chance) -> None:
    """Leave a part of a table's rule at an edge."""
    height, width = dark.shape
    thick, shade = int(chance.integers(1, 4)), float(chance.uniform(0.3, 1))
    depth = int(chance.integers(0, 5))
    begin, end = sorted(int(one) for one in chance.integers(0, width, 2))
    match int(chance.integers(4)):
        case 0:
            _add(dark[depth : depth + thick, begin:end], shade)
        case 1:
            _add(dark[height - depth - thick : height - depth, begin:end], shade)
        case 2:
            _add(dark[:, depth : depth + thick], shade)
        case _:
            _add(dark[:, width - depth - thick : width - depth], shade)


def _taken(dark: Dark, chance: Chance) -> Ink:
    """Scan a line: make it as small as the scanner saw it, with blur, shade, noise, and what a file makes of it."""
    height, width = dark.shape
    rows = int(np.exp(chance.uniform(np.log(19), np.log(66))))
    size = (max(8, round(width * rows / height)), rows)
    turned = float(chance.normal(0, 0.006))
    if chance.random() < 0.4:
        matrix = np.array([[1, 0, 0], [turned, 1, -turned * width / 2]])
        dark = np.asarray(cv2.warpAffine(dark, matrix, (width, height)), np.float32)
    way = cv2.INTER_AREA if rows < height else cv2.INTER_LINEAR
    seen = np.asarray(cv2.resize(dark, size, interpolation=way), np.float32)
    if chance.random() < 0.55:
        across = float(chance.uniform(0.3, 1.3)) * max(rows / 40, 0.5)
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), across, sigmaY=across * float(chance.uniform(0.6, 1.6))))
    if chance.random() < 0.35:
        seen = _shaded(seen, chance)
    return _filed(seen, chance)


def _shaded(seen: Dark, chance: Chance) -> Dark:
    """Let the paper be darker at one end than at the other, and take away what both have of it."""
    shade = float(chance.uniform(0, 0.25))
    slope = np.linspace(shade, float(chance.uniform(0, 0.25)), seen.shape[1], dtype=np.float32)
    shaded = (seen + slope * (1 - seen) - min(shade, float(slope[-1]))) * float(chance.uniform(1, 1.15))
    return np.asarray(shaded, np.float32)


def _filed(seen: Dark, chance: Chance) -> Ink:
    """Add noise and specks, make some lines black and white or dots alone, and compress others."""
    rows, across = seen.shape
    ink = float(np.quantile(seen, 0.97))
    if chance.random() < 0.55:
        seen = seen + chance.standard_normal(seen.shape).astype(np.float32) * (ink * float(chance.uniform(0.01, 0.11)))
    if chance.random() < 0.12:
        specks = chance.random(seen.shape) < float(chance.uniform(0.0005, 0.012))
        seen = np.where(specks, np.float32(chance.choice([0.0, 1.0])), seen)
    kind = chance.random()
    if kind < 0.2:
        seen = (seen > ink * float(chance.uniform(0.25, 0.65))).astype(np.float32)
    elif kind < 0.23:
        screen = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 + 0.03
        tiled = np.tile(screen, (rows // 4 + 1, across // 4 + 1))[:rows, :across]
        seen = (seen > max(ink, 0.3) * tiled).astype(np.float32)
    grey = np.asarray(255 - np.clip(seen, 0, 1) * 255, np.uint8)
    if kind > 0.23 and chance.random() < 0.6:
        packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(22, 95))])[1]
        grey = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return grey
