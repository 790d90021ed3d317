"""A submission's pages as pixels: pictures of every usual kind, and PDFs drawn as a viewer draws them.

It decodes untrusted bytes, so it runs in throw-away children only, after the pre-flight. Pages come one by one, at
about 200 dots an inch, so that no more than one is in memory whatever the file claims.
"""

from __future__ import annotations

import ctypes
import io
import mmap
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast

import numpy as np
import pypdfium2
from PIL import Image, ImageOps

from formsvc.extraction.preflight.sniff import Kind
from formsvc.extraction.scan.page import Pixels, ScanPage
from formsvc.extraction.scan.registered import PER_MM

Data = bytes | mmap.mmap
"""A whole file; a mapped one (private, writable) is read only as far as its wanted pages ask for."""
LONGEST = 4000
"""Pixels of a page's longer side."""
_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
_MM_AN_INCH = 25.4
_POINTS_AN_INCH = 72
_PAPER_MM = (90.0, 450.0)
"""The sides a sheet of paper may have; a picture whose dots an inch say otherwise has no known size."""
_ALIKE = (0.4, 2.5)
"""How different the dots across and down may be."""
_LONGEST_PHOTO = 3000
"""Pixels of the longer side of a picture of unknown size, of which the sheet may be a part only."""
_ORIENTATION = 0x0112
"""The EXIF tag that says which way a camera was held."""
_FAINTEST = 6
"""What red, green and blue must differ by to be a colour, of 255."""
_COLOURED = 0.0005
"""The share of coloured pixels from which on a page has colour."""


@dataclass(frozen=True, slots=True)
class Undecoded:
    """A page that could not be made into pixels."""

    number: int
    finding: str


def pages_of(kind: Kind, data: Data, wanted: Sequence[int]) -> Iterator[ScanPage | Undecoded]:
    """Yield the wanted pages, counted from 1, in their order; a damaged page is told and the others go on."""
    if kind is Kind.PDF:
        yield from _pdf_pages(data, wanted)
        return
    with _opened(data) as image:
        for number in wanted:
            try:
                image.seek(number - 1)
                yield _picture(number, image)
            except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
                yield Undecoded(number, type(error).__name__)


def _pdf_pages(data: Data, wanted: Sequence[int]) -> Iterator[ScanPage | Undecoded]:
    memory = data if isinstance(data, bytes) else (ctypes.c_ubyte * len(data)).from_buffer(data)
    with pypdfium2.PdfDocument(memory) as document:
        for number in wanted:
            try:
                page = document[number - 1]
                width, height = page.get_size()
                scale = min(PER_MM * _MM_AN_INCH / _POINTS_AN_INCH, LONGEST / max(width, height, 1.0))
                bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
                shown = np.asarray(bitmap.to_numpy(), dtype=np.uint8)
            except (pypdfium2.PdfiumError, ValueError, IndexError) as error:
                yield Undecoded(number, type(error).__name__)
                continue
            pixels = np.repeat(shown, 3, axis=2) if shown.shape[2] == 1 else shown[:, :, :3].copy()
            bitmap.close()
            page.close()
            yield ScanPage(number, pixels, scale * _POINTS_AN_INCH / _MM_AN_INCH, has_colour=is_coloured(pixels))


def _opened(data: Data) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the pre-flight has bounded what a picture may claim
        return Image.open(io.BytesIO(data) if isinstance(data, bytes) else cast("IO[bytes]", data), formats=_FORMATS)


def _picture(number: int, image: Image.Image) -> ScanPage:
    """Return a frame as a viewer shows it: turned as its EXIF says, on white, its pixels square, and reduced."""
    across, down = _per_mm(image) or (1.0, 1.0)
    is_measured = _per_mm(image) is not None
    finest = max(across, down)
    stretched = (image.width * finest / across, image.height * finest / down)
    longest = LONGEST if is_measured else _LONGEST_PHOTO
    wanted = min(1.0, longest / max(stretched), PER_MM / finest if is_measured else 1.0)
    size = (max(1, round(stretched[0] * wanted)), max(1, round(stretched[1] * wanted)))
    if image.format == "JPEG":
        image.draft("RGB", size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = _plain(image)
    if size != shown.size:
        shown = shown.resize(size, Image.Resampling.BOX if wanted < 0.5 else Image.Resampling.LANCZOS)
    if shown.getexif().get(_ORIENTATION, 1) != 1:
        shown = ImageOps.exif_transpose(shown)
    pixels = np.asarray(shown if shown.mode == "RGB" else shown.convert("RGB"), dtype=np.uint8)
    return ScanPage(number, pixels, finest * wanted if is_measured else None, has_colour=is_coloured(pixels))


def _plain(image: Image.Image) -> Image.Image:
    """Return the frame as grey or RGB on white; black-and-white becomes grey, so that reducing it keeps thin lines."""
    orientation = image.getexif().get(_ORIENTATION)
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray((np.asarray(image, dtype=np.float32) / 257.0).clip(0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        shown = Image.new("RGB", layer.size, "white")
        shown.paste(layer, mask=layer)
    elif image.mode in ("L", "RGB"):
        return image  # a page at 600 dots an inch is 100 MB: it is not copied without need
    else:
        shown = image.convert("L" if image.mode == "1" else "RGB")
    if orientation is not None:
        shown.getexif()[_ORIENTATION] = orientation
    return shown


def _per_mm(image: Image.Image) -> tuple[float, float] | None:
    """Return the pixels a millimetre, across and down, that a file claims, if a sheet of paper can be of that size.

    A fax has twice as many across as down.
    """
    try:
        across, down = (float(value) / _MM_AN_INCH for value in image.info.get("dpi") or (0.0, 0.0))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not (across > 0 and down > 0 and _ALIKE[0] < across / down < _ALIKE[1]):
        return None
    low, high = _PAPER_MM
    is_paper = low <= image.width / across <= high and low <= image.height / down <= high
    return (across, down) if is_paper else None


def is_coloured(pixels: Pixels) -> bool:
    """Say whether a page has any colour: a scanner set to grey leaves none, one set to colour always some."""
    sample = pixels[::4, ::4].astype(np.int16)
    spread = sample.max(axis=2) - sample.min(axis=2)
    return bool((spread > _FAINTEST).mean() > _COLOURED)
