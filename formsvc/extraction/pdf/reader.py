"""Reads a PDF with a text layer into the neutral document: exact text in the right cells.

Characters come from the fonts' own maps, cells from the ruling lines, values of fillable fields from their /V.
A page that is a picture of text (a scan, also one with recognised text laid under it, or text drawn as outlines)
gives no text; `is_typed` says so. What no font explains is U+FFFD.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from formsvc.extraction.document import Document, Paragraph, Table
from formsvc.extraction.pdf.cmaps import UNREADABLE
from formsvc.extraction.pdf.content import PageReader
from formsvc.extraction.pdf.drafts import Draft, PictureDraft, TableDraft
from formsvc.extraction.pdf.errors import WIDGETS, Budget, DamagedPdfError
from formsvc.extraction.pdf.fields import filled_on
from formsvc.extraction.pdf.grid import grids_of
from formsvc.extraction.pdf.layers import Layers
from formsvc.extraction.pdf.layout import PageLayout
from formsvc.extraction.pdf.objects import (
    as_dict,
    entry,
    opened,
    pages_of,
    pypdf_speaks,
    stream_data,
    string,
    text_string,
)
from formsvc.extraction.pdf.pages import continued
from formsvc.extraction.pdf.pictures import picture_of
from formsvc.extraction.pdf.shown import Glyph, Image, Shown

_SMALL = 3.0
"""Pictures with a side below this are ornaments, mm."""
_PART, _MOST = 0.2, 0.6
"""The share of a page pictures may cover on a typed page; the share from which on the page is a picture."""
_OUTLINES = 30
"""Curved paths on a page without a character that are text drawn as outlines; a seal alone has fewer."""
_STANDARD = frozenset(
    f"/{name}"
    for name in ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate", "Trapped")
)
_OWN_FACT = re.compile(r">\s*formsvc:([A-Za-z][A-Za-z0-9_.-]*)=([^<]{0,1000}?)\s*<")
_OWN_PREFIX = "formsvc."


def read_pdf(data: bytes) -> Document:
    """Read a PDF; raises EncryptedPdfError, DamagedPdfError or TooComplexError."""
    with opened(data) as reader:
        pages = pages_of(reader)
        with pypdf_speaks("structure"):
            layers = Layers(reader.root_object)
        return _Document(layers).read(pages, _properties(reader))


class _Document:
    """Puts one file's pages together."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._reader = PageReader(layers)
        self._widgets = Budget("fields", WIDGETS)
        self._pictures: dict[int, tuple[str, bytes] | None] = {}
        self._is_typed = True
        self._scanned: list[int] = []
        self._readable = 0
        self._unreadable = 0

    def read(self, pages: list[DictionaryObject], properties: dict[str, str]) -> Document:
        """Read all pages."""
        blocks: list[Draft] = []
        for number, page in enumerate(pages, 1):
            blocks = continued(blocks, self._page(number, page))
        if self._unreadable > self._readable:
            blocks, self._is_typed = [], False
            self._scanned = [*range(1, len(pages) + 1)]
        return Document(
            blocks=tuple(made for block in blocks for made in _made(block)),
            properties=MappingProxyType(properties),
            pages=len(pages),
            is_typed=self._is_typed,
            scanned=tuple(self._scanned),
        )

    def _page(self, number: int, page: DictionaryObject) -> list[Draft]:
        shown = self._reader.read(page)
        filled = filled_on(page, shown.view, self._layers, self._widgets)
        covered = _covered(shown)
        if filled.has_marks or covered > _PART:
            self._is_typed = False
        if covered > _MOST:
            shown.strings, shown.rules = [], []
        strings = [kept for string in shown.strings if (kept := _on_page(string, shown))]
        signs = [glyph.text for string in strings for glyph in string if not glyph.text.isspace()]
        if not signs and (shown.images or shown.unseen or shown.curves > _OUTLINES) and not filled.values:
            self._is_typed = False
            self._scanned.append(number)
        unreadable = sum(UNREADABLE in sign for sign in signs)
        self._unreadable += unreadable
        self._readable += len(signs) - unreadable
        grids = [grid for grid in grids_of(shown.rules) if len(grid.spans) > 1]
        layout = PageLayout(number, grids, strings)
        for value in filled.values:
            layout.fill(value)
        for image in shown.images:
            self._hang(image, layout)
        return layout.blocks()

    def _hang(self, image: Image, layout: PageLayout) -> None:
        """Put a picture into its cell; one that cannot be kept makes the page itself the thing to keep."""
        _, _, width, height = image.box
        if min(width, height) < _SMALL:
            return
        picture = None
        if image.stream is not None:
            key = id(image.stream)
            if key not in self._pictures:
                self._pictures[key] = picture_of(image.stream)
            picture = self._pictures[key]
        media_type, data = picture or ("", b"")
        in_cell = layout.hang(PictureDraft(media_type, data, image.box)) if picture is not None else False
        if picture is None and (in_cell or layout.spot_at(image.box[0] + width / 2, image.box[1] + height / 2)):
            self._is_typed = False


def _made(block: Draft) -> list[Paragraph | Table]:
    return [block.made()] if isinstance(block, TableDraft) else list(block.made())


def _on_page(string: list[Glyph], shown: Shown) -> list[Glyph]:
    """Leave out characters beyond the page's edges, which nobody sees."""
    return [
        glyph
        for glyph in string
        if -glyph.size < glyph.x < shown.width + glyph.size and -glyph.size < glyph.y < shown.height + glyph.size
    ]


def _covered(shown: Shown) -> float:
    """Return the share of the page that pictures cover; scans may come in strips."""
    total = 0.0
    for image in shown.images:
        x, y, width, height = image.box
        across = min(x + width, shown.width) - max(x, 0.0)
        down = min(y + height, shown.height) - max(y, 0.0)
        total += max(across, 0.0) * max(down, 0.0)
    return total / (shown.width * shown.height)


def _properties(reader: PdfReader) -> dict[str, str]:
    """Return the file's own properties: what Info and XMP hold beside the standard entries."""
    with pypdf_speaks("properties"):
        info = as_dict(reader.trailer.get("/Info"))
        metadata = entry(reader.root_object, "/Metadata")
    found: dict[str, str] = {}
    if metadata is not None:
        try:
            packet = stream_data(metadata, "metadata").decode("utf-8", "replace")
        except DamagedPdfError:
            packet = ""
        for name, value in _OWN_FACT.findall(packet):
            found[_OWN_PREFIX + name.removeprefix(_OWN_PREFIX)] = _plain(value)
    for key, value in info.items():
        text = string(value)
        if key not in _STANDARD and text is not None:
            found[str(key).removeprefix("/")] = text_string(text)
    return found


def _plain(text: str) -> str:
    """Undo what XML writes for its own signs."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
