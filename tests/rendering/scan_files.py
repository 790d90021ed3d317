"""Scans made up for tests: a small sheet with a seal, written as the files scanners, faxes and phones make."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import page as validator
import pikepdf
import pikepdf.pdfa
import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageStat

from formsvc import durable
from formsvc.extraction.crops import plain_png
from formsvc.forms.reading import Evidence, Picture, Reading, Source
from formsvc.rendering.overlays import overlay_of
from formsvc.rendering.received import stamp_job
from formsvc.rendering.spans import Part, Span, Spliced
from tests.forms.factories import a_reading, a_spec

DATE = dt.datetime(2011, 2, 21, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
DPI = 50
SIZE = (413, 584)
"""A4 at 50 dots an inch."""
SECRET = b"31.2304N 121.4737E"
"""What a phone writes into its pictures, and nobody is to find in a copy."""


def a_sheet(size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a grey sheet with a table, a red seal and a blue corner by which its turning is seen."""
    sheet = Image.new("RGB", size, (236, 233, 228))
    pen = ImageDraw.Draw(sheet)
    width, height = size
    pen.rectangle((width // 8, height // 5, width * 7 // 8, height * 9 // 10), outline=(30, 30, 30), width=2)
    pen.ellipse((width // 2, height * 6 // 10, width * 8 // 10, height * 8 // 10), outline=(200, 20, 30), width=5)
    pen.rectangle((0, 0, width // 6, height // 9), fill=(20, 40, 200))
    return sheet


def a_jpeg(mode: str = "RGB", *, orientation: int = 1, **options: Any) -> bytes:
    """Return a JPEG with everything in it that a copy must not hold."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode("ascii")
    exif[0x0112] = orientation
    return as_file(a_sheet().convert(mode), "JPEG", **{"exif": exif, "comment": SECRET, "dpi": (DPI, DPI), **options})


def as_file(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture as a file of this kind, at 50 dots an inch unless told otherwise."""
    out = io.BytesIO()
    picture.save(out, kind, **{"dpi": (DPI, DPI), **options})
    return out.getvalue()


def a_scan_reading(pages: tuple[int, ...] = (1,), **values: Any) -> Reading:
    """Return a reading of a scan, its fields one below the other on the form's first page, its seal on a picture."""
    reading = a_reading("annex2", review_seal="present", review_opinion="同意", **values)
    fields = {}
    for number, (key, found) in enumerate(reading.fields.items()):
        box = (60.0, 50.0 + 14 * number, 90.0, 12.0)
        fields[key] = dataclasses.replace(found, evidence=Evidence(Source.CELL, pages[0], box))
    return dataclasses.replace(reading, fields=fields, typed=False, pages=pages)


def a_crop(field: str, width: int = 40, height: int = 30) -> Picture:
    """Return a plain picture, as the reader of scans hands it out."""

    pixels = bytes(value for at in range(width * height) for value in (200, at % 251, 7 * at % 241))
    return Picture(field, "image/png", plain_png(width, height, pixels), 30.0, 22.0)


def copies_of(path: Path, reading: Reading | None = None) -> tuple[dict[str, bytes], Mapping[str, Any]]:
    """Return the copies of a received file by role, made without a sandbox, and the job's answer."""
    reading = reading or a_scan_reading()
    spec = a_spec("annex2")
    overlay = overlay_of(spec, reading, record="7f3c9a0b12de", version=1, date=DATE)
    request = {
        "pages": list(reading.pages),
        "paper": [spec.page.width, spec.page.height],
        "overlay": base64.b64encode(overlay.pdf).decode("ascii"),
        "texts": overlay.texts,
        "roles": overlay.roles(),
    }
    opened = durable.open_regular(path)
    assert isinstance(opened, durable.OpenFile)
    with opened:
        answer = stamp_job(opened.descriptor, request)
    large = [base64.b64decode(part) for part in answer["shared"]]
    return {role: _joined(path, pieces, large) for role, pieces in answer["copies"].items()}, answer


def _joined(path: Path, pieces: list[Any], large: list[bytes]) -> bytes:
    parts: list[Part] = []
    for piece in pieces:
        if isinstance(piece, list):
            parts.append(Span(*piece))
        else:
            parts.append(large[piece] if isinstance(piece, int) else base64.b64decode(piece))
    return b"".join(Spliced(path, tuple(parts)))


def one_copy(folder: Path, data: bytes, reading: Reading | None = None) -> bytes:
    """Return one copy of a received file with these bytes."""
    path = folder / "received"
    path.write_bytes(data)
    return next(iter(copies_of(path, reading)[0].values()))


def shown(pdf: bytes, *, page: int = 0, dpi: float = DPI) -> Image.Image:
    """Return how a page looks."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture: Image.Image = document[page].render(scale=dpi / 72).to_pil().convert("RGB")
    return picture


@contextmanager
def images(pdf: bytes) -> Iterator[list[pikepdf.Stream]]:
    """Give the images of a file in the order its pages name them, while it is open."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        named = [sorted(page.obj.Resources.get("/XObject", {}).items()) for page in opened.pages]
        found = (one for page in named for _, one in page if isinstance(one, pikepdf.Stream))
        yield [one for one in found if one.get("/Subtype") == "/Image"]


def image_data(pdf: bytes) -> list[bytes]:
    """Return the compressed data of the images of a file."""
    with images(pdf) as found:
        return [bytes(image.read_raw_bytes()) for image in found]


def findings(pdf: bytes) -> list[str]:
    """Return what two independent validators have against a file as PDF/A-2b."""
    theirs = validator.validate_pdf_bytes(pdf, profile=validator.ValidationProfile.PDF_A_2B)
    ours = pikepdf.pdfa.validate_written(io.BytesIO(pdf), "2b").findings
    return [*map(str, theirs.failures), *map(str, ours)]


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return by how much two pictures differ on the average, of 255."""

    assert one.size == other.size, (one.size, other.size)
    means = ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean
    return float(sum(means) / len(means))
