"""Writing PDF documents: pages of marks in, the bytes of a PDF/A-2b file out.

The objects are reportlab's; what stands on the pages is written here, so that the same layer is made and compressed
once for all the copies it stands on. Nothing depends on clock or chance: the same documents give the same bytes.

Documents written in one call share their embedded fonts: what one of them must not hold, not even as an unused
glyph, is written in a call of its own.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import assert_never
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfdoc

from formsvc.rendering.embedding import Font, Raw, code_of, embed, font_of, stream
from formsvc.rendering.fonts import Chain, Fonts
from formsvc.rendering.marks import BLACK, POINTS_A_MM, Box, Colour, Mark, Picture, Raster, Rule, Squares, Text
from formsvc.rendering.metadata import Metadata, info, packet
from formsvc.rendering.navigation import Bookmark, Link, add_outline, annotations_of
from formsvc.rendering.srgb import profile


@dataclass(frozen=True, eq=False)
class Layer:
    """Marks drawn one over the other. Keep a layer that stands on many pages: it is compressed only once."""

    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page, A4 upright unless said otherwise."""

    layers: tuple[Layer, ...]
    """From the lowest to the uppermost."""
    width: float = 210.0
    """In millimetres."""
    height: float = 297.0
    """In millimetres."""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document to be written."""

    pages: tuple[Page, ...]
    metadata: Metadata
    bookmarks: tuple[Bookmark, ...] = ()


def write(documents: Sequence[Document], fonts: Fonts) -> list[bytes]:
    """Return the documents as PDF/A-2b files, all with the same embedded fonts.

    Raises NoGlyphError for a character no face has, before anything is written.
    """
    drawn = [[[_draw(layer, page.height, fonts) for layer in page.layers] for page in doc.pages] for doc in documents]
    needed: dict[Font, set[str]] = {}
    for layer in {layer for pages in drawn for layers in pages for layer in layers}:
        for font, characters in layer.fonts.items():
            needed.setdefault(font, set()).update(characters)
    return [_file(document, pages, needed) for document, pages in zip(documents, drawn, strict=True)]


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A layer as a page's operators, compressed, and what they refer to."""

    operators: bytes
    fonts: Mapping[Font, frozenset[str]]
    pictures: Mapping[str, Raster]


_DRAWN: WeakKeyDictionary[Layer, dict[tuple[float, Fonts], _Drawn]] = WeakKeyDictionary()
"""What was made of each layer, as long as somebody keeps the layer."""


def _draw(layer: Layer, height: float, fonts: Fonts) -> _Drawn:
    known = _DRAWN.setdefault(layer, {})
    if (height, fonts) not in known:
        pen = _Pen(height, fonts)
        for mark in layer.marks:
            pen.draw(mark)
        known[height, fonts] = _Drawn(
            operators=zlib.compress("\n".join(("q", *pen.operators, "Q\n")).encode("ascii")),
            fonts={font: frozenset(characters) for font, characters in pen.fonts.items()},
            pictures=pen.pictures,
        )
    return known[height, fonts]


class _Glyphs(dict[str, tuple[Font, str]]):
    """Character -> the font that draws it and its code there, found when it is first asked for."""

    def __init__(self, chain: Chain) -> None:
        super().__init__()
        self._face = chain.face
        self._fonts: dict[Font, Font] = {}

    def __missing__(self, character: str) -> tuple[Font, str]:
        font = font_of(self._face(character), character)
        found = self[character] = (self._fonts.setdefault(font, font), f"{code_of(character):04x}")
        return found


_GLYPHS: WeakKeyDictionary[Chain, _Glyphs] = WeakKeyDictionary()


def _runs(mark: Text, glyphs: _Glyphs) -> Iterator[tuple[Font, float, str, str]]:
    """Yield the font, the white after each character, the codes and the characters of each run of a text."""
    text = mark.text
    found = [glyphs[character] for character in text]
    extras = mark.extra or (0.0,) * len(text)
    start = 0
    font, extra = found[0][0], extras[0]
    for place in range(1, len(text)):
        if found[place][0] is not font or extras[place] != extra:
            yield font, extra, "".join([code for _font, code in found[start:place]]), text[start:place]
            start, font, extra = place, found[place][0], extras[place]
    yield font, extra, "".join([code for _font, code in found[start:]]), text[start:]


class _Pen:
    """Turns marks into the operators of a page `height` millimetres high."""

    def __init__(self, height: float, fonts: Fonts) -> None:
        self.operators: list[str] = []
        self.fonts: dict[Font, set[str]] = {}
        self.pictures: dict[str, Raster] = {}
        self._height = height
        self._chains = fonts

    def draw(self, mark: Mark) -> None:
        match mark:
            case Text():
                self._text(mark)
            case Rule():
                self._rule(mark)
            case Box():
                self._box(mark)
            case Squares():
                self._squares(mark)
            case Picture():
                self._picture(mark)
            case _:
                assert_never(mark)

    def _text(self, mark: Text) -> None:
        if not mark.text:
            return
        chain = self._chains.chain(mark.role)
        parts = [f"BT 1 0 0 1 {self._place(mark.x, mark.y)} Tm"]
        before = None
        size = _number(mark.size)
        for font, extra, codes, characters in _runs(mark, self._glyphs(chain)):
            self.fonts.setdefault(font, set()).update(characters)
            if font is not before:
                parts.append(f"/{font.resource} {size} Tf")
                before = font
            parts.append(f"{_number(extra)} Tc <{codes}> Tj")
        parts.append("ET")
        weight = chain.weight if mark.weight is None else mark.weight
        if weight:
            parts.insert(0, f"2 Tr {_number(weight * mark.size)} w 1 j")
        self._add(parts, fill=mark.colour, edge=mark.colour if weight else BLACK, own=bool(weight))

    @staticmethod
    def _glyphs(chain: Chain) -> _Glyphs:
        return _GLYPHS.setdefault(chain, _Glyphs(chain))

    def _rule(self, mark: Rule) -> None:
        start, end = self._place(mark.x1, mark.y1), self._place(mark.x2, mark.y2)
        self._add([f"{_number(mark.width)} w {start} m {end} l S"], edge=mark.colour)

    def _box(self, mark: Box) -> None:
        outline = f"{self._corner(mark.x, mark.y + mark.height, mark.width, mark.height)} re"
        if mark.fill and mark.edge:
            self._add([f"{_number(mark.edge)} w {outline} B"], fill=mark.fill, edge=mark.colour)
        elif mark.fill:
            self._add([f"{outline} f"], fill=mark.fill)
        elif mark.edge:
            self._add([f"{_number(mark.edge)} w {outline} S"], edge=mark.colour)

    def _squares(self, mark: Squares) -> None:
        side = f"{mark.side * POINTS_A_MM:.5f}"
        parts = [f"{side} 0 0 -{side} {self._place(mark.x, mark.y)} cm"]
        for down, row in enumerate(mark.rows):
            across = 0
            for filled, run in groupby(row, key=" ".__ne__):
                count = len(list(run))
                if filled:
                    parts.append(f"{across} {down} {count} 1 re")
                across += count
        self._add([*parts, "f"], fill=mark.colour, own=True)

    def _picture(self, mark: Picture) -> None:
        name = f"P{hashlib.sha256(mark.raster.samples).hexdigest()[:16]}"
        self.pictures[name] = mark.raster
        width, height = _number(mark.width * POINTS_A_MM), _number(mark.height * POINTS_A_MM)
        place = self._place(mark.x, mark.y + mark.height)
        self.operators.append(f"q {width} 0 0 {height} {place} cm /{name} Do Q")

    def _add(self, parts: Iterable[str], *, fill: Colour = BLACK, edge: Colour = BLACK, own: bool = False) -> None:
        """Add operators, between a saved and a restored state if they need another one."""
        colours = [_colour(fill, "rg")] * (fill != BLACK) + [_colour(edge, "RG")] * (edge != BLACK)
        operators = " ".join((*colours, *parts))
        self.operators.append(f"q {operators} Q" if colours or own else operators)

    def _place(self, x: float, y: float) -> str:
        return f"{_number(x * POINTS_A_MM)} {_number((self._height - y) * POINTS_A_MM)}"

    def _corner(self, x: float, y: float, width: float, height: float) -> str:
        return f"{self._place(x, y)} {_number(width * POINTS_A_MM)} {_number(height * POINTS_A_MM)}"


class _Catalog(pdfdoc.PDFCatalog):  # type: ignore[misc]  # reportlab has no types
    """reportlab's catalogue with the one entry it does not know."""

    __NoDefault__ = (*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents")
    __Refs__ = pdfdoc.PDFCatalog.__Refs__


def _file(document: Document, pages: Sequence[Sequence[_Drawn]], needed: Mapping[Font, Iterable[str]]) -> bytes:
    file = pdfdoc.PDFDocument(compression=1, invariant=1, pdfVersion=(1, 7), lang=document.metadata.language)
    about = packet(document.metadata)
    file.info = _Info(info(document.metadata))
    file.updateSignature(info(document.metadata) + about)
    _declare(file, about)
    embed(file, needed)
    contents: dict[_Drawn, pdfdoc.PDFObjectReference] = {}
    pictures: dict[str, pdfdoc.PDFObjectReference] = {}
    made = []
    for page, layers in zip(document.pages, pages, strict=True):
        for layer in layers:
            file.updateSignature(layer.operators)
            if layer not in contents:
                contents[layer] = file.Reference(stream(b"/Filter /FlateDecode", layer.operators))
            for name, raster in layer.pictures.items():
                if name not in pictures:
                    pictures[name] = file.Reference(_image(raster))
        used = {name: pictures[name] for layer in layers for name in layer.pictures}
        made.append(_page(page, [contents[layer] for layer in layers], used))
        file.addPage(made[-1])
    _add_navigation(file, document, made)
    return bytes(file.GetPDFData(None))


def _add_navigation(file: pdfdoc.PDFDocument, document: Document, pages: Sequence[pdfdoc.PDFPage]) -> None:
    """Add what leads from page to page, once all pages are there."""
    if not document.bookmarks and not any(page.links for page in document.pages):
        return
    references = [bytes(file.Reference(page).format(file)) for page in pages]
    for page, made in zip(document.pages, pages, strict=True):
        if page.links:
            made.Annots = annotations_of(page.links, page.height, references)
    if document.bookmarks:
        file.Catalog.Outlines = add_outline(file, document.bookmarks, references)
        file.Catalog.PageMode = pdfdoc.PDFName("UseOutlines")
    file.updateSignature(repr((document.bookmarks, [page.links for page in document.pages])).encode())


class _Info(Raw):
    """The Info dictionary; reportlab tells it that it must not change and asks it for the document's signature."""

    invariant = 1

    def digest(self, _signature: object) -> None:
        """Add nothing: the signature has it already."""


def _declare(file: pdfdoc.PDFDocument, about: bytes) -> None:
    """Put into the catalogue what makes a PDF/A file: the metadata and the meaning of its colours."""
    catalog = _Catalog()
    catalog.Pages, catalog.Lang, catalog.Outlines = file.Pages, file.Catalog.Lang, file.Outlines
    catalog.Metadata = Raw(stream(b"/Type /Metadata /Subtype /XML", about).content)
    catalog.ViewerPreferences = Raw(b"<< /DisplayDocTitle true >>\n")
    colours = file.Reference(stream(b"/N 3 /Filter /FlateDecode", _compressed_profile()))
    intent = (
        b"<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) "
        b"/DestOutputProfile %s >>" % colours.format(file)
    )
    catalog.OutputIntents = pdfdoc.PDFArray([intent])
    file.Catalog = file._catalog = catalog  # noqa: SLF001  # reportlab keeps it under both names


@lru_cache(maxsize=1)
def _compressed_profile() -> bytes:
    return zlib.compress(profile(), 9)


def _page(
    page: Page, contents: list[pdfdoc.PDFObjectReference], pictures: Mapping[str, pdfdoc.PDFObjectReference]
) -> pdfdoc.PDFPage:
    made = pdfdoc.PDFPage()
    made.MediaBox = pdfdoc.PDFArray([0, 0, page.width * POINTS_A_MM, page.height * POINTS_A_MM])
    made.Contents = pdfdoc.PDFArray(contents)
    made.Resources = pdfdoc.PDFResourceDictionary(XObject=dict(pictures))
    made.Resources.basicFonts()
    return made


def _image(raster: Raster) -> Raw:
    space = b"/DeviceRGB" if raster.channels == 3 else b"/DeviceGray"
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent %d /ColorSpace %s"
    head = entries % (raster.width, raster.height, raster.bits, space)
    return stream(head + b" /Filter /FlateDecode", zlib.compress(raster.samples))


def _colour(colour: Colour, operator: str) -> str:
    return f"{' '.join(map(_number, colour))} {operator}"


def _number(value: float) -> str:
    """Return a number as PDF writes it, to a thousandth of a point."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
