"""What happens to a sheet on its way into a computer: paper, optics, sensor and file, each by a plan that is truth.

Points of the sheet are followed through: `Taken.to_pixels` says where a place in mm ends up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scans.paper import Paper
from benchmarks.scans.people import Chance, pick

Picture = NDArray[Any]
"""Of uint8: RGB (h, w, 3), grey (h, w), or two-valued grey for a fax."""


@dataclass(frozen=True)
class Plan:
    """How one page is taken."""

    device: str
    """flatbed, copier, fax or photo."""
    dpi: int
    """Of a scan; of a photo about what its pixels come to."""
    turn: int
    """Degrees clockwise: 0, 90, 180, 270."""
    skew: float
    """Degrees."""
    tags: frozenset[str]
    """Further damage: see `EXTRAS`."""
    quality: int
    """Of JPEG; 0 keeps everything."""

    @property
    def is_clean(self) -> bool:
        """Whether it is an ordinary good scan: upright, 200 dpi or more, no fax, no photo, no further damage."""
        upright = self.turn == 0 and abs(self.skew) <= 1
        return upright and self.device in {"flatbed", "copier"} and self.dpi >= 200 and not self.tags


@dataclass(frozen=True)
class Taken:
    """A page as a picture."""

    picture: Picture
    matrix: NDArray[np.float64]
    """From mm of the sheet to pixels, but for the bend of a curled sheet."""
    bend: float
    """How far a curled sheet is displaced, mm."""
    width: float
    """Of the sheet, mm."""

    def to_pixels(self, box: tuple[float, float, float, float]) -> list[int]:
        """Return left, top, right, bottom in pixels of what surrounds a box in mm."""
        x, y, w, h = box
        corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float64)
        corners[:, 1] += self.bend * np.sin(np.pi * corners[:, 0] / self.width)
        moved = cv2.perspectiveTransform(corners[None], self.matrix)[0]
        low, high = moved.min(axis=0), moved.max(axis=0)
        return [int(low[0]), int(low[1]), int(np.ceil(high[0])), int(np.ceil(high[1]))]


EXTRAS = (
    "faint", "bleed", "fold", "curl", "holes", "border", "edge",
    "blur", "motion", "noise", "shadow", "speckle", "tinted",
)  # fmt: skip


def a_plan(chance: Chance) -> Plan:
    """Return how a page might be taken."""
    kind = chance.random()
    device = "flatbed" if kind < 0.42 else "copier" if kind < 0.62 else "fax" if kind < 0.74 else "photo"
    dpi = int(chance.choice([100, 150, 200, 300, 400, 600], p=[0.05, 0.13, 0.42, 0.33, 0.05, 0.02]))
    if device == "fax":
        dpi = int(chance.choice([200, 200, 300]))
    elif device == "photo":
        dpi = int(chance.integers(120, 290))
    clean = chance.random() < 0.42 and device != "photo"
    count = 0 if clean else int(chance.choice([0, 1, 2, 3], p=[0.2, 0.4, 0.28, 0.12]))
    likely = [
        tag
        for tag in EXTRAS
        if not (tag == "shadow" and device != "photo") and not (tag == "edge" and device == "photo")
    ]
    tags = frozenset(str(tag) for tag in chance.choice(likely, count, replace=False))
    if clean and device in {"flatbed", "copier"}:
        dpi = max(dpi, 200)
    upright = 0.97 if clean else 0.72
    turn = 0 if chance.random() < upright else int(chance.choice([90, 180, 180, 270]))
    skew = float(chance.normal(0, 0.4)) if clean or chance.random() < 0.6 else float(chance.uniform(-5, 5))
    quality = int(chance.integers(72, 96)) if chance.random() < 0.7 else int(chance.integers(30, 72))
    if clean:
        quality = max(quality, 75)
    return Plan(device, dpi, turn, float(np.clip(skew, -5, 5)), tags, 0 if device == "fax" else quality)


def drawn_at(plan: Plan) -> float:
    """Return at how many pixels a millimetre a sheet is best drawn for a plan."""
    return 300 / 25.4 if plan.dpi >= 280 and plan.device != "photo" else 8.0


def take(paper: Paper, plan: Plan, chance: Chance) -> Taken:
    """Turn a sheet into a picture by a plan."""
    width, height = (length / paper.per_mm for length in (paper.pixels.shape[1], paper.pixels.shape[0]))
    pixels = _on_paper(paper, plan, chance)
    bend = float(chance.uniform(-2.5, 2.5)) if "curl" in plan.tags else 0.0
    if bend:
        pixels = _bent(pixels, bend * paper.per_mm)
    matrix, size = _frame(width, height, plan, chance)
    background = _desk(size, chance) if plan.device == "photo" else None
    full = matrix @ np.diag([1 / paper.per_mm, 1 / paper.per_mm, 1.0])
    picture = _warped(pixels, full, size, background, plan)
    picture = _seen(picture, plan, chance)
    return Taken(_filed(picture, plan, chance), matrix, bend, width)


def _on_paper(paper: Paper, plan: Plan, chance: Chance) -> Picture:
    pixels = paper.pixels
    height, width = pixels.shape[:2]
    scale = paper.per_mm
    if "bleed" in plan.tags:
        back = cv2.GaussianBlur(cv2.flip(pixels, 1), (0, 0), 0.25 * scale)
        back = np.roll(back, (int(chance.integers(-40, 40)), int(chance.integers(-40, 40))), (0, 1))
        pixels = cv2.multiply(
            pixels, 255 - ((255 - back) * float(chance.uniform(0.06, 0.2))).astype(np.uint8), scale=1 / 255
        )
    if "border" in plan.tags:
        inset = round(float(chance.uniform(6, 14)) * scale)
        cv2.rectangle(pixels, (inset, inset), (width - inset, height - inset), (30, 30, 30), max(1, round(0.3 * scale)))
    if "fold" in plan.tags:
        pixels = _folded(pixels, scale, chance)
    if "holes" in plan.tags:
        for y in (height / 2 - 40 * scale, height / 2 + 40 * scale):
            cv2.circle(pixels, (round(12 * scale), round(y)), round(3 * scale), (70, 68, 66), -1, cv2.LINE_AA)
    if "faint" in plan.tags:
        strength = float(chance.uniform(0.35, 0.65))
        pixels = np.asarray(255 - (255 - pixels) * np.float32(strength), np.uint8)
    return pixels


def _folded(pixels: Picture, scale: float, chance: Chance) -> Picture:
    height, width = pixels.shape[:2]
    across = chance.random() < 0.7
    length = height if across else width
    at = length * float(chance.choice([1 / 3, 1 / 2, 2 / 3])) + float(chance.normal(0, 5)) * scale
    distance = (np.arange(length, dtype=np.float32) - at) / scale
    shade = 1 - 0.1 * np.exp(-np.abs(distance) / 14) * (distance > 0)
    shade -= float(chance.uniform(0.1, 0.4)) * np.exp(-((distance / 0.25) ** 2))
    field = shade[:, None, None] if across else shade[None, :, None]
    return np.asarray(pixels * field, np.uint8)


def _bent(pixels: Picture, amount: float) -> Picture:
    height, width = pixels.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    y -= amount * np.sin(np.pi * np.arange(width, dtype=np.float32) / width)
    return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderValue=(255, 255, 255)), np.uint8)


def _frame(width: float, height: float, plan: Plan, chance: Chance) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the matrix from mm to pixels, and the picture's width and height."""
    per_mm = plan.dpi / 25.4
    sideways = plan.turn in (90, 270)
    tall, wide = (width, height) if sideways else (height, width)
    angle = np.deg2rad(plan.turn + plan.skew)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    centred = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    if plan.device == "photo":
        margin = float(chance.uniform(1.03, 1.28))
        frame_w, frame_h = wide * margin, tall * margin
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        straight = cv2.perspectiveTransform(corners[None], turn @ centred)[0]
        lean = float(chance.uniform(0.005, 0.06)) * width
        moved = straight + chance.normal(0, lean / 2, (4, 2)) + (frame_w / 2, frame_h / 2)
        matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32)).astype(np.float64)
    else:
        frame_w, frame_h = wide, tall
        off = chance.normal(0, 1.2, 2)
        place = np.array([[1, 0, frame_w / 2 + off[0]], [0, 1, frame_h / 2 + off[1]], [0, 0, 1.0]])
        matrix = place @ turn @ centred
    size = (round(frame_w * per_mm), round(frame_h * per_mm))
    return np.diag([per_mm, per_mm, 1.0]) @ matrix, size


def _warped(
    pixels: Picture, matrix: NDArray[np.float64], size: tuple[int, int], background: Picture | None, plan: Plan
) -> Picture:
    shrink = size[1] * size[0] / (pixels.shape[0] * pixels.shape[1])
    if shrink < 0.6:
        pixels = cv2.GaussianBlur(pixels, (0, 0), 0.42 / np.sqrt(shrink))
    outside = 255 if background is None and "edge" not in plan.tags else 20
    if background is not None:
        return np.asarray(
            cv2.warpPerspective(
                pixels, matrix, size, dst=background, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
            ),
            np.uint8,
        )
    flags = cv2.INTER_CUBIC if shrink > 1.5 else cv2.INTER_LINEAR
    return np.asarray(cv2.warpPerspective(pixels, matrix, size, flags=flags, borderValue=(outside,) * 3), np.uint8)


def _desk(size: tuple[int, int], chance: Chance) -> Picture:
    height = size[1]
    colour = pick(chance, [(150, 108, 70), (92, 62, 42), (60, 62, 66), (188, 180, 168), (40, 70, 60), (205, 205, 210)])
    grain = chance.standard_normal((height // 8 + 2, 6)).astype(np.float32) * float(chance.uniform(2, 14))
    rough = cv2.resize(grain, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(np.asarray(colour, np.float32) + rough[:, :, None], 0, 255), np.uint8)


def _seen(picture: Picture, plan: Plan, chance: Chance) -> Picture:
    """Let lens, light and sensor do what they do."""
    height, width = picture.shape[:2]
    per_mm = plan.dpi / 25.4
    if plan.device == "photo":
        light = _light(size=(width, height), chance=chance, shadow="shadow" in plan.tags)
        picture = cv2.multiply(picture, light, scale=1 / 255)
    if "tinted" in plan.tags:
        tint = np.array([1.0, chance.uniform(0.93, 1.0), chance.uniform(0.8, 0.95)], np.float32)
        picture = np.asarray(picture * tint, np.uint8)
    sigma = 0.035 * per_mm * float(chance.uniform(0.6, 1.4))
    if "blur" in plan.tags:
        sigma = float(chance.uniform(0.1, 0.22)) * min(per_mm, 9.0)
    if sigma > 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    if "motion" in plan.tags:
        length = max(3, round(float(chance.uniform(0.2, 0.5)) * min(per_mm, 9.0)))
        picture = _moved(picture, length, float(chance.uniform(0, 180)))
    noise = float(chance.uniform(1, 3)) if "noise" not in plan.tags else float(chance.uniform(7, 18))
    return _noisy(picture, noise, chance)


def _light(*, size: tuple[int, int], chance: Chance, shadow: bool) -> Picture:
    rough: Picture = np.clip(chance.normal(0.9, 0.08, (3, 3)), 0.6, 1.0).astype(np.float32)
    field = np.clip(cv2.resize(rough, size, interpolation=cv2.INTER_CUBIC), 0.5, 1.0)
    if shadow:
        mask: Picture = np.zeros((size[1] // 8 + 1, size[0] // 8 + 1), np.float32)
        h, w = mask.shape
        middle = (chance.uniform(0, w), chance.uniform(0, h))
        reach = (max(w, h) * chance.uniform(0.25, 0.6), max(w, h) * chance.uniform(0.15, 0.4))
        cv2.ellipse(mask, (middle, reach, float(chance.uniform(0, 180))), 1.0, -1)
        mask = cv2.GaussianBlur(mask, (0, 0), max(w, h) * float(chance.uniform(0.01, 0.05)))
        field = field * (1 - float(chance.uniform(0.25, 0.55)) * cv2.resize(mask, size))
    cast = np.array([chance.uniform(0.94, 1.0), chance.uniform(0.95, 1.0), chance.uniform(0.86, 1.0)], np.float32)
    return np.asarray(field[:, :, None] * cast * 255, np.uint8)


def _moved(picture: Picture, length: int, angle: float) -> Picture:
    kernel: Picture = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), angle, 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return np.asarray(
        cv2.filter2D(picture, -1, np.asarray(kernel / max(float(kernel.sum()), 1e-6), np.float32)), np.uint8
    )


def _noisy(picture: Picture, deviation: float, chance: Chance) -> Picture:
    side = 512
    tile = chance.normal(0, deviation, (side, side, picture.shape[2])).astype(np.int16)
    height, width = picture.shape[:2]
    field = np.tile(tile, (height // side + 1, width // side + 1, 1))[:height, :width]
    return np.asarray(cv2.add(picture, field, dtype=cv2.CV_8U), np.uint8)


def _filed(picture: Picture, plan: Plan, chance: Chance) -> Picture:
    if plan.device in {"flatbed", "photo"}:
        return picture
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    if plan.device == "copier":
        return np.asarray(np.clip((grey.astype(np.float32) - 128) * 1.15 + 134, 0, 255), np.uint8)
    threshold = float(chance.uniform(128, 185))
    dirt = 0.0006 if "speckle" in plan.tags else 0.00003
    black = np.where(grey < threshold, 0, 255).astype(np.uint8)
    spots = chance.integers(0, grey.size, int(dirt * grey.size))
    black.reshape(-1)[spots] = 255 - black.reshape(-1)[spots]
    return black
