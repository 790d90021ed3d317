"""Scans of filled forms as a copier makes them: drawn, turned a little, speckled, and packed as pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import pypdf
import pypdfium2
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec
from formsvc.rendering.blank_pdf import write_pdf

DPI = 200


def a_scan(spec: FormSpec, values: Mapping[str, Value], *, year: int | None = 2011, seed: int = 1) -> Image.Image:
    """Return a filled form as a scanner sees it: half a degree askew, with noise."""
    return scans(spec, values, year=year, seed=seed)[0]


def scans(spec: FormSpec, values: Mapping[str, Value], *, year: int | None = 2011, seed: int = 1) -> list[Image.Image]:
    """Return every page of a filled form that may go on over several."""
    with pypdfium2.PdfDocument(write_pdf(spec, year=year, values=values)) as document:
        pages = [page.render(scale=DPI / 72, rev_byteorder=True).to_pil().convert("RGB") for page in document]
    return [worn(page, seed + number) for number, page in enumerate(pages)]


def worn(page: Image.Image, seed: int) -> Image.Image:
    """Return a page turned by up to half a degree, with the noise of a scanner."""
    chance = np.random.default_rng(seed)
    turned = page.rotate(chance.uniform(-0.5, 0.5), Image.Resampling.BICUBIC, fillcolor="white")
    noise = chance.normal(0, 4, (turned.height, turned.width, 1))
    return Image.fromarray((np.asarray(turned) + noise).clip(0, 255).astype(np.uint8))


def a_letter(seed: int = 1) -> Image.Image:
    """Return a page of writing that is no form."""
    page = Image.new("RGB", (1654, 2339), "white")
    draw, chance = ImageDraw.Draw(page), np.random.default_rng(seed)
    for line in range(30):
        for word in range(9):
            left, top = 200 + word * 140, 300 + line * 55
            draw.line((left, top, left + int(chance.integers(40, 120)), top + int(chance.integers(-9, 9))), "black", 5)
    return worn(page, seed)


def a_blank_back(seed: int = 1) -> Image.Image:
    return worn(Image.new("RGB", (1654, 2339), "white"), seed)


def without_rules(page: Image.Image) -> Image.Image:
    """Return a page whose long level and upright lines are gone, as after a bad photocopy."""
    pixels = np.asarray(page).copy()
    dark = 255 - pixels.min(axis=2)
    long = [cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) > 60 for shape in ((1, 90), (90, 1))]
    gone = cv2.dilate((long[0] | long[1]).astype(np.uint8), np.ones((5, 5), np.uint8))
    pixels[gone > 0] = 252
    return Image.fromarray(pixels)


def jpeg(page: Image.Image) -> bytes:
    packed = io.BytesIO()
    page.save(packed, "JPEG", quality=85, dpi=(DPI, DPI))
    return packed.getvalue()


def feeder_pdf(pages: Sequence[Image.Image]) -> bytes:
    """Return the pages as a copier's feeder packs them."""
    packed = io.BytesIO()
    pages[0].save(packed, "PDF", save_all=True, append_images=pages[1:], resolution=DPI)
    return packed.getvalue()


def a_typed_letter() -> bytes:
    """Return a PDF of one page of typed text."""
    packed = io.BytesIO()
    page = Canvas(packed)
    page.drawString(100, 700, "Dear office, the forms follow.")
    page.save()
    return packed.getvalue()


def bound(files: Sequence[bytes]) -> bytes:
    """Return the pages of several PDFs as one."""
    whole, packed = pypdf.PdfWriter(), io.BytesIO()
    for file in files:
        whole.append(io.BytesIO(file))
    whole.write(packed)
    return packed.getvalue()
