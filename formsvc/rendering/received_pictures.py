"""Received pictures as sheets for pages: their compressed data as it is wherever a PDF can hold it.

Runs in the sandbox. What a PDF cannot hold is unpacked and packed anew, pixel for pixel; only colours that PDF/A does
not know without an ink profile, and depths it does not have, are converted, and the sheet says so.
"""

from __future__ import annotations

import dataclasses
import io
import mmap
import struct
import warnings
from collections.abc import Iterator, Sequence
from typing import IO, cast

from PIL import Image as Pictures

from formsvc.extraction.preflight.sniff import Kind
from formsvc.rendering import jpeg, png, tiff
from formsvc.rendering.images import Image, Sheet, usable_profile
from formsvc.rendering.jpeg import Data
from formsvc.rendering.spans import Span

_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.TIFF, Kind.BMP, Kind.GIF, Kind.WEBP})
_MM_AN_INCH = 25.4
_PAPER_MM = (90.0, 450.0)
"""The sides a sheet of paper may have; dots an inch that say otherwise are not believed. As the reader of scans."""
_ALIKE = (0.4, 2.5)
"""How different the dots across and down may be: a fax has twice as many across."""
_ORIENTATION = 0x0112
_LEVEL = 1
"""Of zlib: a scan packed well is a tenth smaller than one packed quickly, and takes twice as long."""


def sheets(data: mmap.mmap, kind: Kind, wanted: Sequence[int]) -> Iterator[Sheet]:
    """Yield the wanted pages of a picture file, counted from 1; raises ValueError or OSError for a damaged one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the pre-flight has bounded what a picture may claim
        with Pictures.open(cast("IO[bytes]", data), formats=_FORMATS) as opened:
            count = getattr(opened, "n_frames", 1) if kind is Kind.TIFF else 1
            pages = wanted or range(1, count + 1)
            tags = tiff.directories(data, frozenset(pages)) if kind is Kind.TIFF else {}
            for number in pages:
                opened.seek(number - 1)
                yield _sheet(data, kind, tags.get(number, {}), opened)


def _sheet(data: Data, kind: Kind, tags: tiff.Tags, opened: Pictures.Image) -> Sheet:
    orientation = opened.getexif().get(_ORIENTATION, 1)
    orientation = orientation if orientation in range(1, 9) else 1
    kept = _kept(data, kind, tags, opened.size)
    if kept is not None:
        dpi = _dpi(opened, (kept.width, kept.height))
        return dataclasses.replace(kept, orientation=orientation, dpi=dpi)
    bits = max(tags.get(tiff.BITS, (1,))) if kind is Kind.TIFF else data[24] if kind is Kind.PNG else 8
    made = _repacked(opened, bits)
    if kind is Kind.TIFF:  # its decoder has turned it
        dpi = _dpi(opened, (made.width, made.height), is_turned=orientation > 4)
        return dataclasses.replace(made, dpi=dpi)
    return dataclasses.replace(made, orientation=orientation, dpi=_dpi(opened, (made.width, made.height)))


def _kept(data: Data, kind: Kind, tags: tiff.Tags, size: tuple[int, int]) -> Sheet | None:
    """Return a picture whose data goes in as it is, or None."""
    try:
        match kind:
            case Kind.JPEG:
                images = _jpeg(data)
            case Kind.PNG:
                found = png.image_of(data)
                images = None if found is None else (found,)
            case Kind.TIFF:
                images = tiff.images_of(data, tags)
            case _:
                images = None
    except (ValueError, struct.error):
        return None
    if images is None or (images[0].width, sum(image.height for image in images)) != _stored(size, images):
        return None
    return Sheet(images[0].width, sum(image.height for image in images), images)


def _stored(size: tuple[int, int], images: Sequence[Image]) -> tuple[int, int]:
    """Return the size a decoder sees, as stored: it may have turned a TIFF already."""
    return size if images[0].width == size[0] else (size[1], size[0])


def _jpeg(data: Data) -> tuple[Image, ...] | None:
    found = jpeg.stripped(data)
    icc = usable_profile(found.icc, found.components)
    if not found.is_plain or found.components not in (1, 3, 4) or (found.components == 4 and icc is None):
        return None
    image = Image(
        width=found.width,
        height=found.height,
        bits=8,
        components=found.components,
        filter="DCTDecode",
        parts=found.parts,
        icc=icc,
        inverted=found.components == 4 and found.transform is not None,
    )
    return (image,)


def _dpi(opened: Pictures.Image, size: tuple[int, int], *, is_turned: bool = False) -> tuple[float, float] | None:
    """Return what a picture says of its dots an inch, if a sheet of paper can be of that size."""
    try:
        across, down = (float(value) for value in opened.info.get("dpi") or (0.0, 0.0))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    across, down = (down, across) if is_turned else (across, down)
    if not (across > 0 and down > 0 and _ALIKE[0] < across / down < _ALIKE[1]):
        return None
    low, high = _PAPER_MM
    sides = (size[0] / across * _MM_AN_INCH, size[1] / down * _MM_AN_INCH)
    return (across, down) if all(low <= side <= high for side in sides) else None


def _repacked(opened: Pictures.Image, bits: int) -> Sheet:
    """Return a picture of so many bits a sample unpacked and packed anew."""
    copied = opened.copy()  # without what was remembered of the file, such as its metadata
    icc = opened.info.get("icc_profile")
    is_kept, mask = bits <= 8 or copied.mode.startswith("I;16"), None
    if copied.mode in ("RGBA", "LA", "PA") or "transparency" in copied.info:
        layers = copied.convert("RGBA")
        alpha = layers.getchannel("A")
        mask = None if alpha.getextrema() == (255, 255) else packed(alpha)
        copied = layers.convert("RGB")
    elif copied.mode not in ("1", "L", "P", "RGB", "I;16"):
        is_deep = copied.mode in ("I;16B", "I;16L")
        is_kept = is_kept and is_deep
        copied = copied.convert("I;16" if is_deep else "L" if copied.mode in ("I", "F") else "RGB")
        icc = None
    image = packed(copied)
    profile = usable_profile(icc, 3 if image.palette else image.components)
    return Sheet(*copied.size, (dataclasses.replace(image, icc=profile, mask=mask),), is_kept=is_kept)


def packed(picture: Pictures.Image) -> Image:
    """Return pixels without transparency as an image, packed without loss."""
    out = io.BytesIO()
    picture.info.clear()
    picture.save(out, "PNG", compress_level=_LEVEL)
    data = out.getvalue()
    image = png.image_of(data)
    if image is None:
        raise ValueError(picture.mode)
    parts = (data[part.start : part.start + part.length] if isinstance(part, Span) else part for part in image.parts)
    return dataclasses.replace(image, parts=(b"".join(parts),))
