"""Pages drawn from a form with known cell boxes: as other offices might lay them out, turned, tilted and damaged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pylopdf_fonts_zh_cn
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from formsvc.extraction.scan.page import ScanPage
from formsvc.forms.load import load_form
from formsvc.forms.spec import FormSpec

PER_MM = 200 / 25.4
_FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
_FORMS = (Path("templates"), Path("tests/data"))
_FILLING = "坚持学习理论提高本领服务群众认真完成任务每月走访困难户联系农户帮助解决问题遵守纪律带头致富"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page and the truth about it."""

    pixels: NDArray[np.uint8]
    boxes: dict[int, NDArray[np.float64]]
    """The corners of each cell, on the middle of its lines, clockwise from the one that is top left as it reads."""

    def as_page(self, *, per_mm: float | None = PER_MM, has_colour: bool = True) -> ScanPage:
        return ScanPage(1, np.ascontiguousarray(self.pixels), per_mm, has_colour)

    def warped(
        self, matrix: NDArray[np.float64], size: tuple[int, int], paper: NDArray[np.uint8] | None = None
    ) -> Sheet:
        """Return it seen through a homography on a picture of this width and height, over what lies behind it."""
        behind = np.full((size[1], size[0], 3), 255, np.uint8) if paper is None else paper.copy()
        moved = cv2.warpPerspective(self.pixels, matrix, size, flags=cv2.INTER_AREA)
        covered = cv2.warpPerspective(np.full(self.pixels.shape[:2], 255, np.uint8), matrix, size)
        behind[covered > 127] = moved[covered > 127]
        boxes = {key: cv2.perspectiveTransform(box[None], matrix)[0] for key, box in self.boxes.items()}
        return Sheet(behind, boxes)

    def turned(self, degrees: float) -> Sheet:
        """Return it turned clockwise on a canvas that holds it all."""
        height, width = self.pixels.shape[:2]
        matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0), [0, 0, 1]])
        corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]]) @ matrix.T
        low, high = corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
        matrix = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ matrix
        return self.warped(matrix, (round(high[0] - low[0]), round(high[1] - low[1])))

    def noisy(self, rng: np.random.Generator, sigma: float) -> Sheet:
        noise = rng.normal(0, sigma, self.pixels.shape[:2])[..., None]
        return replace(self, pixels=np.clip(self.pixels + noise, 0, 255).astype(np.uint8))

    def tilted(self, rng: np.random.Generator, strength: float) -> Sheet:
        """Return it as a camera sees it lying on a desk."""
        height, width = self.pixels.shape[:2]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        moved = corners * 0.82 + np.array([width, height]) * 0.09
        moved = (moved + rng.uniform(-strength, strength, (4, 2)) * width).astype(np.float32)
        desk = np.full((height, width, 3), rng.integers(40, 140, 3), np.uint8)
        matrix = cv2.getPerspectiveTransform(corners, moved)
        return self.warped(np.asarray(matrix, np.float64), (width, height), desk)


@lru_cache(maxsize=1)
def forms() -> dict[str, FormSpec]:
    """Return the forms of the house and the invented one."""
    found = [path for folder in _FORMS for path in sorted(folder.glob("*/form.toml"))]
    return {spec.id: spec for spec in (load_form(path.read_bytes(), str(path)) for path in found)}


@dataclass(frozen=True, slots=True)
class Style:
    """How an office sets a form."""

    shift: float = 0.0
    """How far its columns and rows are from those of the form: 0 is the form's own layout."""
    rule: int = 2
    outer: int = 4
    is_double: bool = False
    ink: int = 20
    font: str = "NotoSerifSC-Regular.otf"
    has_heading: bool = True
    extra_row: int | None = None
    """Before which row of the form there is one more."""
    fill: float = 0.7
    """How much of the fields is written in."""


@lru_cache(maxsize=32)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / name if (_FONTS / name).exists() else name, size)


def draw(spec: FormSpec, style: Style = Style(), seed: int = 0) -> Sheet:
    """Draw a form, filled in part, on a sheet of its paper at 200 dots an inch."""
    rng = np.random.default_rng(seed)
    size = (round(spec.page.width * PER_MM), round(spec.page.height * PER_MM))
    image = Image.new("RGB", size, (252, 252, 250))
    pen = ImageDraw.Draw(image)
    ink = (style.ink, style.ink, style.ink)
    columns, rows = np.array(spec.grid.columns), np.array(spec.grid.rows)
    rows = rows * np.exp(rng.uniform(-style.shift, style.shift, len(rows)))
    rows = np.maximum(rows, 7.5) * min(1.0, 205 / rows.sum())
    extra = 12.0 if style.extra_row is not None else 0.0
    width = columns.sum() * np.exp(rng.uniform(-0.4, 0.25) * style.shift)
    left = (spec.page.width - width) / 2 + rng.uniform(-10, 10) * style.shift
    top = min(74.0, 285 - rows.sum() - extra) + rng.uniform(-25, 5) * style.shift
    starts = top + np.concatenate([[0], np.cumsum(rows)])
    if style.extra_row is not None:
        starts[style.extra_row :] += extra
        if style.extra_row == len(rows):
            starts[-1] -= extra
    ends = starts[1:].copy()
    if style.extra_row not in (None, 0, len(rows)):
        ends[style.extra_row - 1] -= extra
    bottom = top + rows.sum() + extra
    cuts = [_cuts(spec, row, rng, style.shift) for row in range(len(rows))]
    boxes = {}
    for number, cell in enumerate(spec.grid.cells):
        x1, x2 = (left + width * cuts[cell.row][column] for column in (cell.column, cell.column + cell.columns))
        box = np.array([[x1, starts[cell.row]], [x2, starts[cell.row]], [x2, 0], [x1, 0]])
        box[2:, 1] = ends[cell.row + cell.rows - 1]
        boxes[number] = box * PER_MM
        pen.rectangle([*(box[0] * PER_MM).tolist(), *(box[2] * PER_MM).tolist()], outline=ink, width=style.rule)
        _fill(pen, spec, number, boxes[number], style, rng)
    frame = np.array([left, top, left + width, bottom]) * PER_MM
    pen.rectangle([*(frame[:2] - style.outer / 2), *(frame[2:] + style.outer / 2)], outline=ink, width=style.outer)
    if style.is_double:
        pen.rectangle([*(frame[:2] - 11), *(frame[2:] + 11)], outline=ink, width=style.rule)
    if style.has_heading:
        pen.text((left * PER_MM, (top - 32) * PER_MM), spec.heading, fill=ink, font=_font(style.font, 44))
        title = spec.title.replace("{year}", "2011")
        pen.text((size[0] / 2, (top - 14) * PER_MM), title, fill=ink, font=_font(style.font, 60), anchor="mm")
        pen.text((left * PER_MM, (bottom + 2) * PER_MM), spec.note, fill=ink, font=_font(style.font, 30))
    return Sheet(np.array(image, dtype=np.uint8), boxes)


def _cuts(spec: FormSpec, row: int, rng: np.random.Generator, shift: float) -> dict[int, float]:
    """Return where columns begin in a row, as parts of the width: each row of another layout has its own."""
    cells = sorted((cell for cell in spec.grid.cells if cell.row == row), key=lambda cell: cell.column)
    widths = np.array([sum(spec.grid.columns[cell.column : cell.column + cell.columns]) for cell in cells])
    widths = widths * np.exp(rng.uniform(-shift, shift, len(widths)))
    places = np.concatenate([[0], np.cumsum(widths)]) / widths.sum()
    return dict(zip([cell.column for cell in cells] + [len(spec.grid.columns)], places.tolist(), strict=True))


def _fill(
    pen: ImageDraw.ImageDraw,
    spec: FormSpec,
    number: int,
    box: NDArray[np.float64],
    style: Style,
    rng: np.random.Generator,
) -> None:
    cell = spec.grid.cells[number]
    (x1, y1), (x2, y2) = box[0] + 8, box[2] - 8
    ink = (style.ink, style.ink, style.ink)
    labels = ["".join(spec.fields[line.key].printed.split()) for line in cell.lines if line.is_label]
    if cell.stacked:
        pitch = min(62.0, (y2 - y1) / max(len(labels[0]), 1))
        font = _font(style.font, max(8, int(min(0.8 * pitch, 0.8 * (x2 - x1)))))
        for index, character in enumerate(labels[0]):
            y = (y1 + y2) / 2 + (index - (len(labels[0]) - 1) / 2) * pitch
            pen.text(((x1 + x2) / 2, y), character, fill=ink, font=font, anchor="mm")
        return
    if len(cell.lines) == 1 and labels:
        font = _font(style.font, max(8, int(min(38, (x2 - x1) / max(len(labels[0]), 1) * 0.95))))
        pen.text(((x1 + x2) / 2, (y1 + y2) / 2), labels[0], fill=ink, font=font, anchor="mm")
        return
    y = y1
    for label in labels:
        pen.text((x1, y), label, fill=ink, font=_font(style.font, 34))
        y += 60
    while y + 50 < y2 - 120 * (len(cell.lines) > 1):
        if rng.random() < style.fill:
            count = int(rng.integers(2, max(3, int((x2 - x1) / 36))))
            text = "".join(rng.choice(list(_FILLING), count))
            pen.text((x1, y), text, fill=(30, 30, 90), font=_font(style.font, 34))
        y += 58
    if len(cell.lines) > 1:
        pen.text((x2 - 260, y2 - 50), "2011年3月5日", fill=ink, font=_font(style.font, 32))
