"""Pages of a received PDF as they are, without what is not on them. In the sandbox.

Image data stays as it is, but for metadata segments inside JPEGs; what PDF/A forbids as packing (LZW) is packed anew.
Scripts, actions, attachments, thumbnails and private data of programs are left out.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from formsvc.rendering.bodies import Body, Holder
from formsvc.rendering.jpeg import Data, stripped
from formsvc.rendering.spans import Part, Span

_PAGE_EXTRAS = (
    "/AA",
    "/Annots",
    "/PieceInfo",
    "/Metadata",
    "/Trans",
    "/Thumb",
    "/B",
    "/StructParents",
    "/Tabs",
    "/Dur",
)
_IMAGE_EXTRAS = ("/Metadata", "/PieceInfo", "/OPI", "/Alternates", "/StructParent", "/Interpolate", "/Name")
_AS_IT_IS = frozenset({"/FlateDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode", "/DCTDecode"})
_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
_SMALL = 256
"""Bytes of image data that are not worth holding back."""
_Operation = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


def taken(received: pikepdf.Pdf, wanted: Sequence[int], holder: Holder) -> Body:
    """Return the wanted pages of a PDF, counted from 1; no wanted ones means all. It must stay open."""
    copy = pikepdf.new()
    received.flatten_annotations("all")
    for number in wanted or range(1, len(received.pages) + 1):
        copy.pages.append(received.pages[number - 1])
    for page in copy.pages:
        for key in _PAGE_EXTRAS:
            if key in page:
                del page[key]
    for image in images_in(copy):
        for key in _IMAGE_EXTRAS:
            if key in image:
                del image[key]
    return Body(copy, holder, [1.0] * len(copy.pages), is_received=True)


def images_in(pdf: pikepdf.Pdf) -> list[Stream]:
    """Return the images of a document."""
    return [one for one in pdf.objects if isinstance(one, Stream) and one.get(Name.Subtype) == Name.Image]


def jpx_images(pdf: pikepdf.Pdf) -> list[Stream]:
    """Return the images of a document that are JPEG 2000 and packed in no other way."""
    return [image for image in images_in(pdf) if _filters(image)[0] == ["/JPXDecode"]]


def hold_images(body: Body, data: Data) -> None:
    """Exchange the data of all images for marks; `data` is the whole received file, in which most of it stands."""
    place = 0
    for image in images_in(body.pdf):
        raw = bytes(image.read_raw_bytes())
        if len(raw) < _SMALL:
            continue
        names, parms = _filters(image)
        if names[-1:] == ["/DCTDecode"] and len(names) > 1:
            raw, names, parms = _unwrapped(raw, names), ["/DCTDecode"], parms[-1:]
        elif len(names) != 1 or names[0] not in _AS_IT_IS:
            raw, names, parms = zlib.compress(image.read_bytes()), ["/FlateDecode"], [None]
        found = data.find(raw, place)
        found = found if found >= 0 else data.find(raw)
        place = found + len(raw) if found >= 0 else place
        parts = _plain(raw) if names == ["/DCTDecode"] else (Span(0, len(raw)),)
        held = body.holder.hold([_moved(part, raw, found) for part in parts])
        image.write(held, filter=Name(names[0]), decode_parms=parms[0])


def _filters(image: Stream) -> tuple[list[str], list[Dictionary | None]]:
    """Return the filters of a stream and what each is told."""
    names, parms = image.get(Name.Filter), image.get(Name.DecodeParms)
    if names is None:
        return [], []
    found = [str(name) for name in names] if isinstance(names, Array) else [str(names)]
    told = list(parms) if isinstance(parms, Array) else [parms]
    padded = [one if isinstance(one, Dictionary) else None for one in [*told, *(None for _ in found)]]
    return found, padded[: len(found)]


def _unwrapped(raw: bytes, names: Sequence[str]) -> bytes:
    """Return a JPEG that is packed once more; raises ValueError for a packing nobody uses."""
    for name in names[:-1]:
        match name:
            case "/FlateDecode":
                raw = zlib.decompress(raw)
            case "/ASCII85Decode":
                raw = base64.a85decode(raw.strip().removeprefix(b"<~").removesuffix(b"~>"))
            case "/ASCIIHexDecode":
                raw = bytes.fromhex(raw.strip().removesuffix(b">").decode("ascii"))
            case _:
                raise ValueError(name)
    return raw


def _plain(raw: bytes) -> tuple[Part, ...]:
    """Return what to keep of a JPEG; all of one that cannot be walked."""
    try:
        return stripped(raw).parts
    except ValueError:
        return (Span(0, len(raw)),)


def _moved(part: Part, raw: bytes, found: int) -> Part:
    if not isinstance(part, Span):
        return part
    if found >= 0:
        return Span(found + part.start, part.length)
    return raw[part.start : part.start + part.length]


def shows_text(page: pikepdf.Page) -> bool:
    """Whether a page shows text of its own; what only lies hidden over a scan does not count."""
    return any(is_shown for _, is_shown in _operations(page) if is_shown)


def without_hidden_text(pdf: pikepdf.Pdf) -> bool:
    """Take the hidden text off all pages; return whether there was any, and none that shows."""
    changed = False
    for page in pdf.pages:
        kept = []
        for operation, is_shown in _operations(page):
            if is_shown:
                return False
            if is_shown is None and str(operation.operator) != "Tf":
                kept.append(operation)
            changed |= is_shown is not None
        page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
        if "/Resources" in page and "/Font" in page.obj.Resources:
            del page.obj.Resources["/Font"]
    return changed


def _operations(page: pikepdf.Page) -> list[tuple[_Operation, bool | None]]:
    """Return what a page's content does, and of what writes text whether it shows."""
    found: list[tuple[_Operation, bool | None]] = []
    mode = 0
    saved: list[int] = []
    for operation in pikepdf.parse_content_stream(page):
        name = str(operation.operator)
        is_shown = None
        if name == "Tr" and operation.operands:
            mode = int(operation.operands[0])
        elif name == "q":
            saved.append(mode)
        elif name == "Q" and saved:
            mode = saved.pop()
        elif name in _SHOWING:
            is_shown = mode != 3
        found.append((operation, is_shown))
    return found
