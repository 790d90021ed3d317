"""Seals, signatures and what lies beside them on real papers: thumbprints, name seals, ticks, rings of cups, stamps."""

from __future__ import annotations

import itertools

import cv2
import numpy as np

from benchmarks.scans.fonts import Mask, glyph
from benchmarks.scans.hand import Hand, signing, write
from benchmarks.scans.paper import BLACK, Box, Colour, Paper
from benchmarks.scans.people import WORDS, Chance, name, pick, sentence

_REDS = ((208, 34, 44), (196, 28, 60), (222, 50, 50), (180, 30, 40), (214, 60, 90), (200, 44, 30))


def seal_mask(text: str, diameter: float, per_mm: float, chance: Chance) -> Mask:
    """Return the ink of a round seal: ring, star, text along the ring, unevenly inked; diameter in mm."""
    side = round((diameter + 2) * per_mm)
    mask: Mask = np.zeros((side, side), np.uint8)
    centre, radius = side / 2, diameter * per_mm / 2
    shift = 4
    place = (round(centre * 16), round(centre * 16))
    ring = max(2, round(1.1 * per_mm))
    cv2.circle(mask, place, round((radius - ring / 2) * 16), 255, ring, cv2.LINE_AA, shift)
    if chance.random() < 0.25:
        cv2.circle(mask, place, round((radius - 2.2 * ring) * 16), 255, max(1, ring // 3), cv2.LINE_AA, shift)
    _star(mask, centre, radius * 0.27)
    _around(mask, text, centre, radius, per_mm)
    turn = cv2.getRotationMatrix2D((centre, centre), float(chance.normal(0, 14)), 1.0)
    mask = cv2.warpAffine(mask, turn, (side, side), flags=cv2.INTER_LINEAR)
    return inked(mask, chance)


def inked(mask: Mask, chance: Chance) -> Mask:
    """Return the mask as a pad and an uneven table leave it on paper."""
    height, width = mask.shape
    coarse = chance.standard_normal((5, 5)).astype(np.float32)
    fine = chance.standard_normal((height // 2 + 1, width // 2 + 1)).astype(np.float32)
    level, depth = float(chance.uniform(0.62, 0.95)), float(chance.uniform(0.02, 0.2))
    cover = level + depth * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    cover += 0.12 * cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(mask * np.clip(cover, 0.0, 1.0), np.uint8)


def put_seal(
    paper: Paper, text: str, x: float, y: float, *, diameter: float, chance: Chance, colour: Colour | None = None
) -> Box:
    """Press a seal with its middle at x, y mm; return the box it takes."""
    mask = seal_mask(text, diameter, paper.per_mm, chance)
    side = mask.shape[0]
    red = colour or pick(chance, _REDS)
    paper.put(mask, x * paper.per_mm - side / 2, y * paper.per_mm - side / 2, red, float(chance.uniform(0.75, 1.0)))
    return (x - diameter / 2, y - diameter / 2, diameter, diameter)


def put_signature(paper: Paper, text: str, box: Box, hand: Hand, chance: Chance) -> Box:
    """Sign in a box; return about the box the ink takes."""
    x, y, width, height = box
    size = float(np.clip(height * chance.uniform(0.45, 0.8), 5.0, 12.0))
    left = x + float(chance.uniform(0.05, 0.35)) * width
    baseline = y + height / 2 + 0.35 * size
    looser = signing(hand, chance)
    wide = write(paper, text, left, baseline, size, hand=looser, room=x + width - left, chance=chance)
    if chance.random() < 0.3:
        _flourish(paper, left, baseline, wide, looser, chance)
    return (left, baseline - size, wide, size * 1.2)


def put_thumbprint(paper: Paper, x: float, y: float, chance: Chance) -> None:
    """Press a red thumb with its middle at x, y mm."""
    width, height = float(chance.uniform(13, 18)), float(chance.uniform(17, 24))
    side = round(26 * paper.per_mm)
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    u, v = (columns - side / 2) / (width / 2 * paper.per_mm), (rows - side / 2) / (height / 2 * paper.per_mm)
    ridges = 0.5 + 0.5 * np.sin(np.hypot(u * 1.1, v + 0.3) * 34 + 2.5 * np.sin(3 * np.arctan2(v, u)))
    ink = np.where(u * u + v * v < 1, ridges * 230, 0).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), float(chance.uniform(-40, 40)), 1.0)
    mask = inked(cv2.warpAffine(ink, turn, (side, side)), chance)
    paper.put(mask, x * paper.per_mm - side / 2, y * paper.per_mm - side / 2, pick(chance, _REDS), 0.9)


def put_name_seal(paper: Paper, x: float, y: float, chance: Chance) -> None:
    """Press a person's square name seal with its middle at x, y mm."""
    edge = float(chance.uniform(10, 18))
    side = round((edge + 2) * paper.per_mm)
    mask = np.zeros((side, side), np.uint8)
    margin, line = round(paper.per_mm), max(1, round(0.5 * paper.per_mm))
    cv2.rectangle(mask, (margin, margin), (side - margin, side - margin), 255, line)
    em = round(edge * 0.4 * paper.per_mm)
    text = (name(chance) + "之印")[:4].ljust(4, "印")
    for number, character in enumerate(text):
        ink, _ = glyph(character, pick(chance, ["ma-shan", "kai"]), em)
        column, row = 1 - number // 2, number % 2
        left, top = side // 2 + (column - 1) * em, side // 2 + (row - 1) * em
        cut = ink[em // 2 : em // 2 + em, em // 2 : em // 2 + em]
        area = mask[top : top + em, left : left + em]
        np.maximum(area, cut[: area.shape[0], : area.shape[1]], out=area)
    paper.put(inked(mask, chance), x * paper.per_mm - side / 2, y * paper.per_mm - side / 2, pick(chance, _REDS), 0.95)


def put_cup_ring(paper: Paper, chance: Chance) -> None:
    """Leave the ring of a tea cup somewhere."""
    width, height = (length / paper.per_mm for length in (paper.pixels.shape[1], paper.pixels.shape[0]))
    diameter = float(chance.uniform(55, 85))
    side = round((diameter + 8) * paper.per_mm)
    mask = np.zeros((side, side), np.uint8)
    cv2.circle(
        mask, (side // 2, side // 2), round(diameter / 2 * paper.per_mm), 110, round(1.6 * paper.per_mm), cv2.LINE_AA
    )
    mask = inked(cv2.GaussianBlur(mask, (0, 0), paper.per_mm / 3), chance)
    x, y = chance.uniform(0, width) - diameter / 2, chance.uniform(0, height) - diameter / 2
    paper.put(mask, float(x) * paper.per_mm, float(y) * paper.per_mm, (140, 96, 50), 0.6)


def put_stamp(paper: Paper, chance: Chance) -> None:
    """Stamp words in a frame above the table, red or blue."""
    text = pick(chance, WORDS["stamps"])
    size = float(chance.uniform(4.5, 7))
    x, y = float(chance.uniform(20, 150)), float(chance.uniform(12, 26))
    colour: Colour = pick(chance, [_REDS[0], (40, 60, 160), BLACK])
    em = round(size * paper.per_mm)
    at = x * paper.per_mm
    for character in text:
        ink, advance = glyph(character, "hei", em)
        paper.put(inked(ink, chance), at - em / 2, y * paper.per_mm - 1.4 * em, colour, 0.9)
        at += advance
    frame = np.zeros((round(1.6 * em), round(at - x * paper.per_mm + em)), np.uint8)
    cv2.rectangle(frame, (2, 2), (frame.shape[1] - 3, frame.shape[0] - 3), 255, max(1, em // 14))
    paper.put(inked(frame, chance), x * paper.per_mm - em / 2, y * paper.per_mm - 1.15 * em, colour, 0.9)


def put_margin_note(paper: Paper, hand: Hand, table: Box, chance: Chance) -> None:
    """Write a remark below or above the table."""
    text = sentence(chance, pick(chance, WORDS["notes"]))
    below = chance.random() < 0.6
    y = table[1] + table[3] + float(chance.uniform(12, 24)) if below else float(chance.uniform(12, 24))
    write(paper, text, float(chance.uniform(20, 130)), y, 5.0, hand=hand, room=70, chance=chance)


def put_tick(paper: Paper, x: float, y: float, hand: Hand, chance: Chance) -> None:
    """Tick beside something, middle at x, y mm."""
    size = float(chance.uniform(3, 7))
    points = np.array([(-0.5, 0.0), (-0.2, 0.45), (0.6, -0.7)]) * size + (x, y)
    for start, end in itertools.pairwise(points):
        first, last = (float(start[0]), float(start[1])), (float(end[0]), float(end[1]))
        paper.line(first, last, float(chance.uniform(0.3, 0.6)), hand.colour)


def _star(mask: Mask, centre: float, radius: float) -> None:
    corners = []
    for number in range(10):
        angle = -np.pi / 2 + number * np.pi / 5
        reach = radius if number % 2 == 0 else radius * 0.382
        corners.append((round((centre + reach * np.cos(angle)) * 16), round((centre + reach * np.sin(angle)) * 16)))
    cv2.fillPoly(mask, [np.array(corners, np.int32)], 255, cv2.LINE_AA, 4)


def _around(mask: Mask, text: str, centre: float, radius: float, per_mm: float) -> None:
    spread = min(300.0, 26.0 * len(text))
    em = round(min(radius * 0.36, radius * 1.25 * np.deg2rad(spread / max(len(text), 1))))
    em = max(em, round(1.6 * per_mm))
    for number, character in enumerate(text):
        angle = -spread / 2 + spread * (number + 0.5) / len(text)
        ink, advance = glyph(character, "song", em)
        around = np.deg2rad(angle)
        reach = radius * 0.7
        turn = cv2.getRotationMatrix2D((em / 2 + advance / 2, 1.4 * em - 0.38 * em), -angle, 1.0)
        turn[:, 2] += (
            centre + reach * np.sin(around) - (em / 2 + advance / 2),
            centre - reach * np.cos(around) - (1.4 * em - 0.38 * em),
        )
        np.maximum(mask, cv2.warpAffine(ink, turn, mask.shape[::-1], flags=cv2.INTER_LINEAR), out=mask)


def _flourish(paper: Paper, x: float, baseline: float, width: float, hand: Hand, chance: Chance) -> None:
    steps = np.linspace(0, 1, 24)
    lift = float(chance.uniform(-4, 4))
    points = [(x + width * (0.2 + t), baseline + 1.5 + lift * np.sin(np.pi * t)) for t in steps]
    for start, end in itertools.pairwise(points):
        paper.line((float(start[0]), float(start[1])), (float(end[0]), float(end[1])), 0.35, hand.colour)
