"""Pages of a PDF drawn as pictures, where they cannot be kept: fonts that are not in the file, say. In the sandbox."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence

import pikepdf
from PIL import Image as Pictures
from PIL import ImageChops

from formsvc.rendering.bodies import Body, Holder, add_page
from formsvc.rendering.images import Image, Sheet
from formsvc.rendering.jpeg import stripped
from formsvc.rendering.received_pictures import packed
from formsvc.rendering.spans import Span, size_of

_DPI = 300
_MOST_PIXELS = 25_000_000
_POINTS_AN_INCH = 72
_QUALITY = 88


def rasterised(descriptor: int, wanted: Sequence[int], holder: Holder) -> Body:
    """Return the wanted pages of an open PDF as pictures of 300 dots an inch, or as many as a large page allows.

    Raises ImportError where the library that draws is not installed.
    """
    import pypdfium2  # noqa: PLC0415 - it comes with the extra for scans, and few files need it

    body = Body(pikepdf.new(), holder, is_rasterised=True)
    with os.fdopen(os.dup(descriptor), "rb") as file, pypdfium2.PdfDocument(file) as document:
        document.init_forms()
        for number in wanted or range(1, len(document) + 1):
            page = document[number - 1]
            width, height = page.get_size()
            most = (_MOST_PIXELS / (width * height)) ** 0.5
            picture = page.render(scale=min(_DPI / _POINTS_AN_INCH, most)).to_pil().convert("RGB")
            page.close()
            image = _smaller(picture)
            add_page(body, Sheet(image.width, image.height, (image,)), (width, height))
            body.scales.append(1.0)
    return body


def _smaller(picture: Pictures.Image) -> Image:
    """Return the pixels packed without loss if that is no larger than a JPEG."""
    red, green, blue = picture.split()
    is_grey = all(ImageChops.difference(red, other).getbbox() is None for other in (green, blue))
    shown = red if is_grey else picture
    lossless = packed(shown)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    data = out.getvalue()
    if sum(map(size_of, lossless.parts)) <= len(data):
        return lossless
    found = stripped(data)
    parts = [data[part.start : part.start + part.length] if isinstance(part, Span) else part for part in found.parts]
    return Image(found.width, found.height, 8, found.components, "DCTDecode", (b"".join(parts),))
