"""The page as it was set straight, with the cells that were found and what was read in them drawn on it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files

from PIL import Image, ImageDraw, ImageFont

from formsvc.extraction.scan.registered import PixelBox, Registered
from formsvc.forms.reading import Reading, Value

_CELL, _SURE, _UNSURE, _MARK = (60, 120, 220), (0, 130, 60), (210, 40, 30), (150, 60, 170)
_SIZE = 22
"""Pixels of the letters."""
_LONGEST = 40
"""Characters of a value that are drawn."""


def drawn(registered: Registered, reading: Reading, boxes: Mapping[str, PixelBox], sure: float) -> bytes:
    """Return a PNG: cells in blue, sure values in green, doubtful ones in red, marks in violet."""
    picture = Image.blend(
        Image.fromarray(registered.upright), Image.new("RGB", registered.upright.shape[1::-1], "white"), 0.35
    )
    draw = ImageDraw.Draw(picture)
    for box in registered.cells.values():
        draw.rectangle(box, outline=_CELL, width=2)
    for key, found in reading.fields.items():
        if key in boxes:
            is_mark = registered.form.fields[key].kind.is_mark
            colour = _MARK if is_mark else _SURE if found.confidence >= sure else _UNSURE
            _label(draw, boxes[key], f"{key} {_text(found.value)} {found.confidence:.2f}", colour)
    _label(draw, (8, 8, 8, 8 + _SIZE), _headline(registered, reading), _CELL)
    packed = io.BytesIO()
    picture.save(packed, "PNG", compress_level=6)
    return packed.getvalue()


def _headline(registered: Registered, reading: Reading) -> str:
    year = reading.year
    return f"{registered.form.id} {registered.confidence:.2f} · {year.value} {year.confidence:.2f} · {reading.decision}"


def _label(draw: ImageDraw.ImageDraw, box: PixelBox, text: str, colour: tuple[int, int, int]) -> None:
    """Frame a box and write its text above it, on white."""
    left, top, right, bottom = box
    draw.rectangle((left, top, max(right, left + 1), max(bottom, top + 1)), outline=colour, width=2)
    place = (left, max(0, top - _SIZE - 4))
    draw.rectangle(draw.textbbox(place, text, font=_font()), fill="white")
    draw.text(place, text, fill=colour, font=_font())


def _text(value: Value) -> str:
    if isinstance(value, tuple):
        value = " / ".join(value)
    text = "∅" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


@cache
def _font() -> ImageFont.FreeTypeFont:
    with as_file(files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf") as path:
        return ImageFont.truetype(str(path), _SIZE)
