"""Writing PDF documents: pages of marks in, the bytes of a PDF/A-2b file out.

A layer is made and compressed once for all the pages and copies it stands on. Nothing depends on clock or chance: the
same documents give the same bytes.

Documents written in one call share their embedded fonts: what one of them must not hold, not even as an unused
glyph, is written in a call of its own.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from formsvc.rendering.embedding import Codes, Font, embed, font_of
from formsvc.rendering.fonts import Fonts, Role
from formsvc.rendering.marks import POINTS_A_MM, Layer, Raster, Repeated, Text
from formsvc.rendering.metadata import Metadata, info, packet, text_string
from formsvc.rendering.navigation import Bookmark, Link, add_outline, annotations_of
from formsvc.rendering.objects import Objects
from formsvc.rendering.pen import Pen, resource_of
from formsvc.rendering.srgb import profile

__all__ = ["Document", "Layer", "Page", "write"]


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


_BEST = 9


def write(documents: Sequence[Document], fonts: Fonts, *, is_long: bool = False) -> list[bytes]:
    """Return the documents as PDF/A-2b files, all with the same embedded fonts.

    With `is_long` glyphs are coded by how often they are drawn: what is thousands of pages gets smaller.
    Raises NoGlyphError for a character no face has, before anything is written.
    """
    codes = _codes_of(documents, fonts) if is_long else None
    drawn = [
        [[_draw(layer, page.height, fonts, codes) for layer in page.layers] for page in doc.pages] for doc in documents
    ]
    needed: dict[Font, set[str]] = {} if codes is None else {font: set(found) for font, found in codes.drawn.items()}
    for layer in {layer for pages in drawn for layers in pages for layer in layers} if codes is None else ():
        for font, characters in layer.fonts.items():
            needed.setdefault(font, set()).update(characters)
    return [
        _File(needed, fonts, codes).written(document, pages) for document, pages in zip(documents, drawn, strict=True)
    ]


def _codes_of(documents: Sequence[Document], fonts: Fonts) -> Codes:
    """Count what is drawn of each font, on layers that stand on many pages once."""
    layers = dict.fromkeys(layer for document in documents for page in document.pages for layer in page.layers)
    texts: dict[Role, list[str]] = {}
    waiting = list(layers)
    while waiting:
        for mark in waiting.pop().marks:
            if isinstance(mark, Text):
                texts.setdefault(mark.role, []).append(mark.text)
            elif isinstance(mark, Repeated) and mark.layer not in layers:
                layers[mark.layer] = None
                waiting.append(mark.layer)
    counted: dict[Font, Counter[str]] = {}
    alone: dict[str, Font] = {}
    for role, some in texts.items():
        chain, of_role = fonts.chain(role), dict[Font, Font]()
        for character, count in Counter("".join(some)).items():
            font = font_of(chain.face(character), character)
            font = of_role.setdefault(font, font)
            counted.setdefault(font, Counter())[character] += count
        if len(of_role) == 1:
            alone[role] = next(iter(counted.keys() & of_role.keys()))
    return Codes(counted, alone)


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A layer as a page's operators, compressed, and what they refer to."""

    operators: bytes
    fonts: Mapping[Font, frozenset[str]]
    """What it and the layers it repeats draw."""
    pictures: Mapping[str, Raster]
    repeated: Mapping[str, _Drawn]


_DRAWN: WeakKeyDictionary[Layer, dict[tuple[float, Fonts, Codes | None], _Drawn]] = WeakKeyDictionary()
"""What was made of each layer, as long as somebody keeps the layer."""


def _draw(layer: Layer, height: float, fonts: Fonts, codes: Codes | None) -> _Drawn:
    known = _DRAWN.setdefault(layer, {})
    if (height, fonts, codes) not in known:
        pen = Pen(height, fonts, codes)
        for mark in layer.marks:
            pen.draw(mark)
        repeated = {name: _draw(one, height, fonts, codes) for name, one in pen.repeated.items()}
        for one in repeated.values():
            for font, characters in one.fonts.items():
                pen.fonts.setdefault(font, set()).update(characters)
        known[height, fonts, codes] = _Drawn(
            operators=zlib.compress(pen.operators(), _BEST),
            fonts={font: frozenset(characters) for font, characters in pen.fonts.items()},
            pictures=pen.pictures,
            repeated=repeated,
        )
    return known[height, fonts, codes]


class _File:
    """One file while its pages are added."""

    def __init__(self, needed: Mapping[Font, Iterable[str]], fonts: Fonts, codes: Codes | None) -> None:
        self._objects = Objects()
        embedded = embed(self._objects, needed, codes)
        named = {resource_of(font, fonts): reference for font, reference in embedded.items()}
        self._fonts = self._objects.add(_dictionary(named))
        self._contents: dict[_Drawn, bytes] = {}
        self._drawings: dict[str, tuple[_Drawn | Raster, bytes]] = {}
        """What is drawn by name, and its reference."""
        self._resources: dict[bytes, bytes] = {}

    def written(self, document: Document, pages: Sequence[Sequence[_Drawn]]) -> bytes:
        """Return the file of a document, whose pages were drawn."""
        objects = self._objects
        tree = objects.reserve()
        numbers = [objects.reserve() for _ in pages]
        for page, layers, number in zip(document.pages, pages, numbers, strict=True):
            shown = b" ".join([self._content(layer) for layer in layers])
            more = self._resources_of(layers, page)
            if page.links:
                more += b"/Annots%s" % annotations_of(page.links, page.height, numbers)
            size = _numbers(page.width * POINTS_A_MM, page.height * POINTS_A_MM)
            objects.put(number, b"<</Type/Page/Parent %s/MediaBox[0 0 %s]/Contents[%s]%s>>" % (tree, size, shown, more))
        objects.put(tree, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(numbers), b" ".join(numbers)))
        root = objects.add(b"<</Type/Catalog/Pages %s%s>>" % (tree, _declared(objects, document, numbers)))
        return objects.written(root, objects.add(info(document.metadata)))

    def _content(self, layer: _Drawn) -> bytes:
        if layer not in self._contents:
            self._contents[layer] = self._objects.add_stream(b"/Filter/FlateDecode", layer.operators)
        return self._contents[layer]

    def _resources_of(self, layers: Sequence[_Drawn], page: Page) -> bytes:
        """Return the entry of what layers refer to; pages that refer to the same share it."""
        names: dict[str, bytes] = {}
        for layer in layers:
            drawings: dict[str, _Drawn | Raster] = {**layer.pictures, **layer.repeated}
            names |= {name: self._drawing(name, drawing, page) for name, drawing in drawings.items()}
        found = b"<</Font %s%s>>" % (self._fonts, b"/XObject" + _dictionary(names) if names else b"")
        if found not in self._resources:
            self._resources[found] = self._objects.add(found)
        return b"/Resources %s" % self._resources[found]

    def _drawing(self, name: str, drawing: _Drawn | Raster, page: Page) -> bytes:
        """Return the reference of what is drawn by name, added when it is met first."""
        known = self._drawings.get(name)
        if known is None:
            if isinstance(drawing, Raster):
                reference = _add_image(self._objects, drawing)
            else:
                size = _numbers(page.width * POINTS_A_MM, page.height * POINTS_A_MM)
                head = b"/Type/XObject/Subtype/Form/BBox[0 0 %s]%s" % (size, self._resources_of([drawing], page))
                reference = self._objects.add_stream(head + b"/Filter/FlateDecode", drawing.operators)
            known = self._drawings[name] = drawing, reference
        if known[0] is not drawing and not isinstance(drawing, Raster):
            raise ValueError(name)
        return known[1]


def _declared(objects: Objects, document: Document, pages: Sequence[bytes]) -> bytes:
    """Return the entries of the catalogue that make a PDF/A file, and those that lead from page to page."""
    about = objects.add_stream(b"/Type/Metadata/Subtype/XML", packet(document.metadata))
    colours = objects.add_stream(b"/N 3/Filter/FlateDecode", _compressed_profile())
    intent = (
        b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"
        b"/DestOutputProfile %s>>" % colours
    )
    language = text_string(document.metadata.language)
    entries = b"/Lang%s/Metadata %s/OutputIntents[%s]/ViewerPreferences<</DisplayDocTitle true>>"
    made = entries % (language, about, intent)
    if document.bookmarks:
        made += b"/PageMode/UseOutlines/Outlines %s" % add_outline(objects, document.bookmarks, pages)
    return made


@lru_cache(maxsize=1)
def _compressed_profile() -> bytes:
    return zlib.compress(profile(), _BEST)


def _add_image(objects: Objects, raster: Raster) -> bytes:
    space = b"/DeviceRGB" if raster.channels == 3 else b"/DeviceGray"
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent %d/ColorSpace%s/Filter/FlateDecode"
    head = entries % (raster.width, raster.height, raster.bits, space)
    return objects.add_stream(head, zlib.compress(raster.samples))


def _numbers(*values: float) -> bytes:
    return b" ".join([f"{value:.3f}".rstrip("0").rstrip(".").encode("ascii") for value in values])


def _dictionary(entries: Mapping[str, bytes]) -> bytes:
    return b"<<%s>>" % b"".join(b"/%s %s" % (name.encode("ascii"), value) for name, value in entries.items())
