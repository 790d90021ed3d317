"""Upright pages with a form's boxes and marks drawn into them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from formsvc.extraction.scan.page import Pixels, ScanPage
from formsvc.extraction.scan.registered import PER_MM, PixelBox, Registered
from tests.forms.factories import a_spec

RED, BLUE, BLACK = (205, 35, 40), (40, 60, 150), (25, 25, 25)
LEFT, TOP = 28.0, 70.0
Colour = tuple[int, int, int]


class Paper:
    """A page of a form at 8 pixels a millimetre; places are millimetres, inks add up."""

    def __init__(self, form: str = "annex2") -> None:
        self.form = a_spec(form)
        self._paper = np.full((2376, 1680, 3), 255.0)
        columns, rows = self.form.grid.columns, self.form.grid.rows
        self.cells: dict[int, PixelBox] = {}
        boxes: list[tuple[float, float, float, float]] = []
        for number, cell in enumerate(self.form.grid.cells):
            x, y = LEFT + sum(columns[: cell.column]), TOP + sum(rows[: cell.row])
            width = sum(columns[cell.column : cell.column + cell.columns])
            height = sum(rows[cell.row : cell.row + cell.rows])
            boxes.append((x, y, x + width, y + height))
            self.cells[number] = (int(x * 8) + 3, int(y * 8) + 3, int((x + width) * 8) - 3, int((y + height) * 8) - 3)

        def frame(draw: ImageDraw.ImageDraw) -> None:
            for box in boxes:
                draw.rectangle(px(*box), outline=255, width=3)

        self.add(frame)

    def add(
        self, drawn: Callable[[ImageDraw.ImageDraw], object], colour: Colour = BLACK, strength: float = 1.0
    ) -> Paper:
        """Lay what a function draws onto the paper."""
        picture = Image.new("L", (1680, 2376), 0)
        drawn(ImageDraw.Draw(picture))
        left, top, right, bottom = picture.getbbox() or (0, 0, 1, 1)
        amount = np.asarray(picture.crop((left, top, right, bottom)), dtype=np.float64)[:, :, None] / 255 * strength
        self._paper[top:bottom, left:right] *= (np.array(colour) / 255) ** amount
        return self

    def text(self, x: float, y: float, words: str, size: float = 4.9, colour: Colour = BLACK) -> Paper:
        """Print a line of text by its top left corner."""
        return self.add(lambda draw: draw.text((x * 8, y * 8), words, font=face(round(size * 8)), fill=255), colour)

    def seal(self, x: float, y: float, *, radius: float = 20.0, colour: Colour = RED, strength: float = 1.0) -> Paper:
        """Stamp a round seal: a ring, writing along it, a star."""

        def drawn(draw: ImageDraw.ImageDraw) -> None:
            draw.ellipse(px(x - radius, y - radius, x + radius, y + radius), outline=255, width=9)
            for number, angle in enumerate(np.linspace(150, 390, 11)):
                at = (x + 15.5 * np.cos(np.radians(angle)), y + 15.5 * np.sin(np.radians(angle)))
                draw.text(
                    (at[0] * 8, at[1] * 8), "城西社区志愿服务队委员会"[number], font=face(34), fill=255, anchor="mm"
                )
            draw.regular_polygon((x * 8, y * 8, 40), 5, fill=255)

        return self.add(drawn, colour, strength)

    def signature(self, x: float, y: float, colour: Colour = BLUE) -> Paper:
        """Write something like a name, about 24 mm wide and 9 mm high, from its top left corner."""
        strokes = (
            ((0, 2), (7, 1)), ((3, 0), (3.5, 5), (0.5, 9)), ((3, 5), (7, 8.5)), ((9, 1), (11, 3), (9.5, 8)),
            ((11, 0.5), (16, 1.5), (12, 5), (17, 8)), ((18, 3), (24, 2)), ((21, 0), (20, 8.5), (23.5, 7)),
        )  # fmt: skip

        def drawn(draw: ImageDraw.ImageDraw) -> None:
            for stroke in strokes:
                draw.line([((x + a) * 8, (y + b) * 8) for a, b in stroke], fill=255, width=5, joint="curve")

        return self.add(drawn, colour)

    def registered(self, *, has_colour: bool = True, black: int | None = None) -> Registered:
        """Return the page set straight; `black` is what is darker than this turned black and all else white."""
        pixels: Pixels = self._paper.astype(np.uint8)
        if not has_colour:
            grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
            bare = grey if black is None else np.where(grey < black, 0, 255)
            pixels = np.ascontiguousarray(np.dstack([bare] * 3), dtype=np.uint8)
        page = ScanPage(1, pixels, PER_MM, has_colour)
        table = (int(LEFT * 8), int(TOP * 8), int((LEFT + 156) * 8), int((TOP + 173) * 8))
        return Registered(self.form, page, pixels, np.eye(3), self.cells, table, 0.99)


def px(*places: float) -> tuple[float, ...]:
    """Return millimetres as pixels."""
    return tuple(place * PER_MM for place in places)


@functools.cache
def face(size: int) -> ImageFont.FreeTypeFont:
    """Return a Chinese font."""
    return ImageFont.truetype(str(Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSerifSC-Regular.otf"), size)
