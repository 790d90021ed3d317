"""Copies of a submission that keeps its pages: their images as received, the marks and the text laid over them.

The received bytes are untrusted, so this runs as a job in the sandbox. What it gives back says where the image data
stands in the received file rather than holding it, so that an answer is small whatever the file is.
"""

from __future__ import annotations

import base64
import gc
import io
import mmap
import os
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, pdfa
from PIL import Image

from formsvc.extraction.preflight.sniff import Kind, look
from formsvc.rendering.bodies import Body, Holder, body_of
from formsvc.rendering.holding import spliced
from formsvc.rendering.images import without_profiles
from formsvc.rendering.jpx import is_archivable
from formsvc.rendering.placing import Matrix, Size, at_top_left, at_top_right, in_points, seen, times, written
from formsvc.rendering.rasterised import rasterised
from formsvc.rendering.received_pdf import hold_images, jpx_images, shows_text, taken, without_hidden_text
from formsvc.rendering.received_pictures import PICTURES, sheets
from formsvc.rendering.spans import Part, Span, size_of

_FLAVOUR = "2b"
_SEED_BYTES = 1 << 16
_SHARED = 1 << 16
"""Bytes from which on a part is handed over once for all copies."""
_FAR = 20_000
"""Points beyond every page."""
_HIDDEN = b"3 Tr\n"
_NOT_TAKEN_APART = (pikepdf.PdfError, zlib.error, ValueError, TypeError, LookupError, AttributeError, RuntimeError)
"""What is wrong with a PDF that a viewer may show nevertheless."""
_UNKNOWN = "JPEG 2000 images are not supported"


def stamp_job(descriptor: int, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the copies' bytes are: {"archivable", "rasterised", "shared", "copies": {role: [piece]}}.

    `shared` are parts in base64. A piece is [start, length] in the received file, the number of a shared part, or
    base64. The request holds `pages` (of the form, from 1; none means all), `paper` (mm), `overlay` (base64 of a PDF
    whose first `texts` pages are the text of the form's pages), and for each of the `roles` its `mark` (a page of the
    overlay, from 0), `xmp` and `info`.
    """
    paper = in_points(*request["paper"])
    holder = Holder(os.pread(descriptor, _SEED_BYTES, 0) + str(os.fstat(descriptor).st_size).encode("ascii"))
    kind = look(descriptor)
    with (
        mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data,
        _overlay(request) as overlay,
    ):
        if kind in PICTURES:
            return _of_pictures(data, kind, holder, overlay, request).answer()
        with suppress(*_NOT_TAKEN_APART), os.fdopen(os.dup(descriptor), "rb") as file, pikepdf.open(file) as received:
            copies = _kept(received, holder, overlay, request)
            if copies is not None:
                hold_images(copies.body, data)
                return copies.answer()
        return _Copies(rasterised(descriptor, request["pages"], holder), overlay, request, paper).answer()


def prepare(request: Mapping[str, Any]) -> None:
    """Make copies of a picture of our own once, so that children forked afterwards find everything loaded."""
    if _WARM:
        return
    _WARM.append(True)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    with mmap.mmap(-1, len(out.getvalue())) as data, _overlay(request) as overlay:
        data.write(out.getvalue())
        _of_pictures(data, Kind.JPEG, Holder(b""), overlay, {**request, "pages": []}).answer()
    gc.collect()
    gc.freeze()


_WARM: list[bool] = []


def _overlay(request: Mapping[str, Any]) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(base64.b64decode(request["overlay"])))


def _of_pictures(
    data: mmap.mmap, kind: Kind, holder: Holder, overlay: pikepdf.Pdf, request: Mapping[str, Any]
) -> _Copies:
    """Return the copies of a picture file, without its colour profiles if it is not PDF/A with them."""
    paper = in_points(*request["paper"])
    found = list(sheets(data, kind, request["pages"]))
    copies = _Copies(body_of(found, holder, paper), overlay, request, paper)
    if copies.is_archivable:
        return copies
    return _Copies(body_of(map(without_profiles, found), holder, paper), overlay, request, paper)


def _kept(received: pikepdf.Pdf, holder: Holder, overlay: pikepdf.Pdf, request: Mapping[str, Any]) -> _Copies | None:
    """Return the copies of a PDF as it is, or without the unseen text over its scans, if that makes them PDF/A."""
    paper = in_points(*request["paper"])
    for is_texted in (True, False):
        body = taken(received, request["pages"], holder)
        if not is_texted and not without_hidden_text(body.pdf):
            return None
        copies = _Copies(body, overlay, request, paper)
        if copies.is_archivable:
            return copies
    return None


class _Copies:
    """The copies of one form: one document whose mark and metadata are exchanged."""

    def __init__(self, body: Body, overlay: pikepdf.Pdf, request: Mapping[str, Any], paper: Size) -> None:
        self.body = body
        self._overlay = overlay
        self._roles: Mapping[str, Mapping[str, Any]] = request["roles"]
        self._paper = paper
        pdf = body.pdf
        self._fonts = pdf.copy_foreign(overlay.make_indirect(overlay.pages[0].obj.Resources))
        self._mark = self._layer(b"")
        for number, page in enumerate(pdf.pages):
            matrix, size = _seen(page)
            layers = [(self._mark, at_top_right(size, paper))] if number == 0 else []
            if number < request["texts"] and not (body.is_received and shows_text(page)):
                text = self._layer(_HIDDEN + _content(overlay.pages[number]))
                layers.append((text, at_top_left(size, paper, body.scales[number])))
            _lay_over(page, [(layer, times(place, matrix)) for layer, place in layers])
        pdfa.prepare(pdf, _FLAVOUR, output_intent=None)
        pdf.Root.OutputIntents = Array([pdf.copy_foreign(overlay.make_indirect(overlay.Root.OutputIntents[0]))])
        pdf.Root.Lang = pikepdf.String(str(overlay.Root.Lang))
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        self._set(next(iter(self._roles)))
        self.is_archivable = _is_archivable(pdf)

    def answer(self) -> dict[str, Any]:
        """Return where the bytes of every copy are."""
        shared: dict[bytes, int] = {}
        copies = {role: [_piece(part, shared) for part in self._saved(role)] for role in self._roles}
        return {
            "archivable": self.is_archivable,
            "rasterised": self.body.is_rasterised,
            "shared": [base64.b64encode(part).decode("ascii") for part in shared],
            "copies": copies,
        }

    def _saved(self, role: str) -> tuple[Part, ...]:
        self._set(role)
        out = io.BytesIO()
        plain = pikepdf.ObjectStreamMode.disable
        told = {"object_stream_mode": plain, "deterministic_id": True, "min_version": "1.7"}
        self.body.pdf.save(out, **pdfa.resolve_save_kwargs(_FLAVOUR, **told))
        return spliced(out.getvalue(), self.body.holder.parts)

    def _set(self, role: str) -> None:
        """Make the document the copy of this role."""
        told, pdf = self._roles[role], self.body.pdf
        self._mark.write(_content(self._overlay.pages[told["mark"]]))
        pdf.Root.Metadata = pdf.make_stream(told["xmp"].encode(), Type=Name.Metadata, Subtype=Name.XML)
        pdf.trailer.Info = pdf.make_indirect(pikepdf.Object.parse(told["info"].encode("ascii")))

    def _layer(self, content: bytes) -> Stream:
        box = Array([-_FAR, -_FAR, _FAR, _FAR])
        entries = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": box, "Resources": self._fonts}
        return Stream(self.body.pdf, content, **entries)


def _is_archivable(pdf: pikepdf.Pdf) -> bool:
    """Whether a document is PDF/A; of JPEG 2000, which the validator does not know, its headers are looked at here."""
    found = [str(finding) for finding in pdfa.check(pdf, _FLAVOUR).findings]
    if not all(_UNKNOWN in finding for finding in found):
        return False
    return not found or all(is_archivable(bytes(image.read_raw_bytes())) for image in jpx_images(pdf))


def _seen(page: pikepdf.Page) -> tuple[Matrix, Size]:
    """Return how to draw on a page as it is seen, and its size."""
    box = [float(side) for side in page.cropbox]
    media = [float(side) for side in page.mediabox]
    ordered = [[*sorted(sides[0::2]), *sorted(sides[1::2])] for sides in (box, media)]
    (left, right, bottom, top), (far_left, far_right, far_bottom, far_top) = ordered
    shown = (max(left, far_left), max(bottom, far_bottom), min(right, far_right), min(top, far_top))
    return seen(shown, int(page.obj.get("/Rotate", 0)))


def _lay_over(page: pikepdf.Page, layers: Sequence[tuple[Stream, Matrix]]) -> None:
    lines = [b"Q"]
    taken_names = set(page.obj.get("/Resources", Dictionary()).get("/XObject", Dictionary()).keys())
    names = (name for number in count() if (name := f"/Layer{number}") not in taken_names)
    for (layer, matrix), name in zip(layers, names, strict=False):
        page.add_resource(layer, Name.XObject, name=Name(name))
        lines.append(b"q %s %s Do Q" % (written(matrix), name.encode("ascii")))
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\n" + b"\n".join(lines) + b"\n")


def _content(page: pikepdf.Page) -> bytes:
    contents = page.obj.Contents
    parts = list(contents) if isinstance(contents, Array) else [contents]
    return b"\n".join(bytes(part.read_bytes()) for part in parts)


def _piece(part: Part, shared: dict[bytes, int]) -> list[int] | int | str:
    if isinstance(part, Span):
        return [part.start, part.length]
    if size_of(part) >= _SHARED:
        return shared.setdefault(part, len(shared))
    return base64.b64encode(part).decode("ascii")
