"""Documents whose pages are kept: what the copies of one form have in common, before their marks. In the sandbox."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from formsvc.rendering.images import Image, Sheet
from formsvc.rendering.placing import Size, page_size, turned, written
from formsvc.rendering.spans import Part

_SPACES = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}


class Holder:
    """Holds image data back from a document; see `holding`."""

    def __init__(self, seed: bytes) -> None:
        """Take a seed that is another for every file, so that the marks are."""
        self._seed = hashlib.sha256(seed).digest()
        self.parts: dict[bytes, tuple[Part, ...]] = {}

    def hold(self, parts: Sequence[Part]) -> bytes:
        """Return the mark that stands for the data."""
        digest = hashlib.sha256(self._seed + len(self.parts).to_bytes(4, "big")).hexdigest()
        mark = f"held-{digest}".encode("ascii")
        self.parts[mark] = tuple(parts)
        return mark


@dataclass(slots=True)
class Body:
    """The pages of a form."""

    pdf: pikepdf.Pdf
    holder: Holder
    scales: list[float] = field(default_factory=list)
    """For each page: how many points a point of the text layer is."""
    is_rasterised: bool = False
    """Whether the pages are pictures of those received."""
    is_received: bool = False
    """Whether the pages were made elsewhere and may show text of their own."""


def body_of(sheets: Iterable[Sheet], holder: Holder, paper: Size) -> Body:
    """Return the pages of received pictures; `paper` is the size of the form's, in points."""
    body = Body(pikepdf.new(), holder)
    for sheet in sheets:
        add_page(body, sheet, page_size(sheet, paper))
        body.scales.append(1.0 if sheet.dpi else float(body.pdf.pages[-1].mediabox[2]) / paper[0])
        body.is_rasterised |= not sheet.is_kept
    return body


def add_page(body: Body, sheet: Sheet, size: Size) -> None:
    """Add a page that shows a sheet and nothing else."""
    page = body.pdf.add_blank_page(page_size=size)
    named, lines = {}, [b"q " + written(turned(sheet.orientation, size))]
    top = sheet.height
    for number, image in enumerate(sheet.images):
        top -= image.height
        share, place = image.height / sheet.height, top / sheet.height
        lines.append(b"q %s /Page%d Do Q" % (written((1, 0, 0, share, 0, place)), number))
        named[f"/Page{number}"] = _stream(body, image)
    page.obj.Resources = Dictionary(XObject=Dictionary(named))
    page.obj.Contents = body.pdf.make_stream(b"\n".join([*lines, b"Q"]))


def _stream(body: Body, image: Image) -> Stream:
    entries: dict[str, object] = {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": image.width,
        "Height": image.height,
        "BitsPerComponent": image.bits,
        "ColorSpace": _space(body.pdf, image),
        "Filter": Name(f"/{image.filter}"),
    }
    if image.parms:
        entries["DecodeParms"] = _dictionary(image.parms)
    if image.inverted:
        entries["Decode"] = Array([1, 0] * image.components)
    if image.mask is not None:
        entries["SMask"] = _stream(body, image.mask)
    return Stream(body.pdf, body.holder.hold(image.parts), **entries)


def _space(pdf: pikepdf.Pdf, image: Image) -> pikepdf.Object:
    components = 3 if image.palette is not None else image.components
    space: pikepdf.Object = _SPACES[components]
    if image.icc is not None:
        space = Array([Name.ICCBased, pdf.make_stream(image.icc, N=components)])
    if image.palette is not None:
        entries = min(len(image.palette) // 3, 1 << image.bits)
        space = Array([Name.Indexed, space, entries - 1, pikepdf.String(image.palette[: entries * 3])])
    return space


def _dictionary(parms: Mapping[str, int | bool]) -> Dictionary:
    return Dictionary({f"/{name}": value for name, value in parms.items()})
