"""The marks that bring a blank back: four corner squares, the DataMatrix, and its serial in small type beside it.

For the PDF they are a layer, drawn as squares; for Word a picture. Places are those of `forms.mark`.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

from formsvc.forms.mark import BlankMark, ClosingMarks, closing_marks
from formsvc.forms.spec import FormSpec
from formsvc.rendering.datamatrix import symbol
from formsvc.rendering.fonts import Fonts, Role
from formsvc.rendering.lines import set_line
from formsvc.rendering.marks import BLACK, POINTS_A_MM, Box, Mark, Squares, Text
from formsvc.rendering.pdf import Layer

SERIAL_SIZE = 8.0
"""Points."""
SERIAL_GAP = 2.0
"""Millimetres between the serial and the DataMatrix."""
_BASELINE = 0.35
"""How far above the DataMatrix's lower edge the serial stands, in em of its size."""
_DOTS_A_MODULE = 8
"""Dots of the picture on each side of a module, so that no program smooths its edges away: one byte a row."""
_DOTS = bytes(0x00 if sign == ord("#") else 0xFF for sign in range(256))
_TAG = 4


def closing_layer(spec: FormSpec, mark: BlankMark, fonts: Fonts) -> Layer | None:
    """Return the marks of a blank; None for a page without room for them."""
    places = closing_marks(spec)
    if places is None:
        return None
    rows = symbol(mark.matrix_text)
    spot = places.matrix
    drawn: list[Mark] = list(_squares(places))
    drawn.append(Squares(spot.x, spot.y, spot.side / len(rows), rows))
    shown = serial_shown(mark)
    if shown:
        line = set_line(shown, size=SERIAL_SIZE, advance=fonts.advance(Role.NOTES))
        x = spot.x - SERIAL_GAP - line.right / POINTS_A_MM
        y = spot.y + spot.side - _BASELINE * SERIAL_SIZE / POINTS_A_MM
        drawn.append(Text(x, y, line.text, SERIAL_SIZE, Role.NOTES, line.extra))
    return Layer(tuple(drawn))


def serial_shown(mark: BlankMark) -> str:
    """Return the serial as people read it out: the tag of the run, and behind a dash the number."""
    serial = mark.serial or ""
    return f"{serial[:_TAG]}-{serial[_TAG:]}" if len(serial) > _TAG else serial


def matrix_png(mark: BlankMark) -> bytes:
    """Return the DataMatrix of a mark as a picture of black and white dots."""
    rows = symbol(mark.matrix_text)
    lines = ((b"\0" + row.encode("ascii").translate(_DOTS)) * _DOTS_A_MODULE for row in rows)
    return _png(len(rows) * _DOTS_A_MODULE, b"".join(lines))


@lru_cache(maxsize=1)
def black_png() -> bytes:
    """Return a black picture, for the corner squares."""
    return _png(8, b"\0\0" * 8)


def _squares(places: ClosingMarks) -> tuple[Box, ...]:
    return tuple(Box(spot.x, spot.y, spot.side, spot.side, 0, BLACK) for spot in places.squares)


def _png(side: int, rows: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
