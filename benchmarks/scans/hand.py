"""Hands: how a person's characters come out, from neat to wild, by typeface and by what the hand does to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scans.fonts import Mask, faces, glyph
from benchmarks.scans.paper import Colour, Paper
from benchmarks.scans.people import Chance, pick

CLASSES = ("neat", "mid", "running", "wild")
PENS: Sequence[Colour] = ((28, 28, 34), (24, 40, 130), (30, 50, 165), (22, 28, 80), (40, 40, 48), (60, 70, 150))
_FONTS: Mapping[str, Sequence[str]] = {
    "neat": ("wenkai", "wenkai-light", "kai", "ukai"),
    "mid": ("long-cang", "ma-shan", "kai", "wenkai-light", "long-cang"),
    "running": ("zhi-mang", "long-cang", "zhi-mang"),
    "wild": ("liu-jian", "liu-jian", "zhi-mang"),
}
_UNREST = {"neat": 0.45, "mid": 1.0, "running": 1.2, "wild": 1.5}
_SQUEEZE = 0.6
"""The narrowest a hand writes to make a text fit, as a share of its width."""


@dataclass(frozen=True)
class Hand:
    """One person's hand with one pen."""

    name: str
    font: str
    colour: Colour
    opacity: float
    slant: float
    """Shear of the characters."""
    climb: float
    """How much the line rises, mm a mm."""
    rotation: float
    """Standard deviation in degrees; the next three in ems."""
    scale: float
    baseline: float
    spacing: float
    elastic: float
    """How far strokes are bent, in ems."""
    weight: float
    """Bias of the stroke's width: above 0 is thicker."""
    tight: float
    """Distance of characters as a share of their advance."""


def a_hand(name: str, chance: Chance) -> Hand:
    """Return a hand of a class."""
    unrest = _UNREST[name] * float(chance.uniform(0.7, 1.3))
    fonts = [font for font in _FONTS[name] if font in faces()] or ["song"]
    return Hand(
        name=name,
        font=pick(chance, fonts),
        colour=pick(chance, PENS),
        opacity=float(chance.uniform(0.72, 1.0)),
        slant=float(chance.normal(-0.03, 0.06 * unrest)),
        climb=float(chance.normal(0.0, 0.006 * unrest)),
        rotation=2.6 * unrest,
        scale=0.05 * unrest,
        baseline=0.035 * unrest,
        spacing=0.03 * unrest,
        elastic=0.016 * unrest,
        weight=float(chance.uniform(-45, 45)),
        tight=float(chance.uniform(0.86, 1.04)),
    )


def signing(hand: Hand, chance: Chance) -> Hand:
    """Return how the same person signs: larger and looser."""
    font = pick(chance, [font for font in ("liu-jian", "zhi-mang", "ma-shan", hand.font) if font in faces()])
    unrest = float(chance.uniform(1.0, 2.0))
    return dataclasses.replace(
        hand,
        font=font,
        rotation=4 * unrest,
        baseline=0.06 * unrest,
        elastic=0.03 * unrest,
        climb=0.1 * float(chance.normal()),
        tight=0.75,
    )


def width_of(text: str, hand: Hand, size: float) -> float:
    """Return about how wide a text comes out, in mm; size in mm an em."""
    return sum(glyph(character, hand.font, 40)[1] / 40 for character in text) * size * hand.tight


def write(
    paper: Paper, text: str, x: float, baseline: float, size: float, *, hand: Hand, room: float, chance: Chance
) -> float:
    """Write a line from x mm on, squeezed to the room in mm where it must be; return how wide it came out."""
    natural = width_of(text, hand, size)
    squeeze = max(_SQUEEZE, min(1.0, room / natural)) if natural else 1.0
    if natural * squeeze > room:
        size *= max(0.5, room / (natural * squeeze))
    em = max(8, round(size * paper.per_mm))
    width = width_of(text, hand, size) * squeeze
    mask = _line(text, em, squeeze, hand, chance)
    mask = _worn(mask, em, hand, chance)
    paper.put(mask, x * paper.per_mm - em, baseline * paper.per_mm - 1.9 * em, hand.colour, hand.opacity)
    return width


def _line(text: str, em: int, squeeze: float, hand: Hand, chance: Chance) -> Mask:
    """Return the ink of a line, an em of white around it, its baseline 1.9 ems from the top."""
    advances = [glyph(character, hand.font, em)[1] * squeeze * hand.tight for character in text]
    line = np.zeros((3 * em, round(sum(advances)) + 4 * em), np.uint8)
    at = float(em)
    for character, advance in zip(text, advances, strict=True):
        at += em * hand.spacing * float(chance.normal()) * 0.5
        if not character.isspace():
            _stamp(line, character, at, em, squeeze, hand=hand, chance=chance)
        at += advance
    return line


def _stamp(line: Mask, character: str, at: float, em: int, squeeze: float, *, hand: Hand, chance: Chance) -> None:
    mask, advance = glyph(character, hand.font, em)
    centre = np.array([em / 2 + advance / 2, 1.4 * em - 0.36 * em])
    angle = np.deg2rad(hand.rotation * float(chance.normal()))
    grow = 1 + hand.scale * float(chance.normal())
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shape = turn @ np.array([[squeeze * grow, hand.slant], [0.0, grow * (1 + 0.5 * hand.scale * chance.normal())]])
    rise = hand.climb * (at - em) + em * hand.baseline * float(chance.normal())
    left = max(0, int(at - em))
    target = np.array([at + advance * squeeze / 2 - left, 1.9 * em - 0.36 * em - rise])
    matrix = np.column_stack([shape, target - shape @ centre])
    area = line[:, left : left + 3 * em]
    drawn = cv2.warpAffine(mask, matrix, (area.shape[1], area.shape[0]), flags=cv2.INTER_LINEAR)
    np.maximum(area, drawn, out=area)


def _worn(mask: Mask, em: int, hand: Hand, chance: Chance) -> Mask:
    """Bend the strokes, make them thicker or thinner, and let the ink run out here and there."""
    height, width = mask.shape
    grid = (max(2, width * 3 // em), 9)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bend = [_smooth(grid, (width, height), chance) * (hand.elastic * em) for _ in range(2)]
    bent = cv2.remap(mask, x + bend[0], y + bend[1], cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(bent, (0, 0), max(0.6, em * 0.018))
    table = np.clip((np.arange(256) - 118 + hand.weight) * 2.2 + 118, 0, 255).astype(np.uint8)
    table[0] = 0
    firm = cv2.LUT(soft, table)
    pressure = np.clip(0.92 + 0.1 * _smooth((max(2, width // em), 3), (width, height), chance), 0.45, 1.0)
    return np.asarray(firm * pressure, np.uint8)


def _smooth(grid: tuple[int, int], size: tuple[int, int], chance: Chance) -> NDArray[Any]:
    """Return a smooth random field of deviation about 1; sizes as width, height."""
    rough = chance.standard_normal((grid[1], grid[0])).astype(np.float32)
    return np.asarray(cv2.resize(rough, size, interpolation=cv2.INTER_CUBIC), np.float32)
