"""Writing PDF documents: pages of marks in, the bytes of a PDF/A-2b file out.

A layer is made and compressed once for all the pages and copies it stands on. Nothing depends on clock or chance: the
same documents give the same bytes.

Documents written in one call share their embedded fonts: what one of them must not hold, not even as an unused
glyph, is written in a call of its own.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from formsvc.rendering.embedding import Font, embed
from formsvc.rendering.fonts import Fonts
from formsvc.rendering.marks import POINTS_A_MM, Mark, Raster
from formsvc.rendering.metadata import Metadata, info, packet, text_string
from formsvc.rendering.navigation import Bookmark, Link, add_outline, annotations_of
from formsvc.rendering.objects import Objects
from formsvc.rendering.pen import Pen
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
        pen = Pen(height, fonts)
        for mark in layer.marks:
            pen.draw(mark)
        known[height, fonts] = _Drawn(
            operators=zlib.compress(pen.operators()),
            fonts={font: frozenset(characters) for font, characters in pen.fonts.items()},
            pictures=pen.pictures,
        )
    return known[height, fonts]


def _file(document: Document, pages: Sequence[Sequence[_Drawn]], needed: Mapping[Font, Iterable[str]]) -> bytes:
    objects = Objects()
    root, tree = objects.reserve(), objects.reserve()
    fonts = objects.add(_dictionary(embed(objects, needed)))
    everywhere = b"/Resources %s" % objects.add(b"<</Font %s>>" % fonts)
    numbers = [objects.reserve() for _ in pages]
    contents: dict[_Drawn, bytes] = {}
    pictures: dict[str, bytes] = {}
    for page, layers, number in zip(document.pages, pages, numbers, strict=True):
        for layer in layers:
            if layer not in contents:
                contents[layer] = objects.add_stream(b"/Filter/FlateDecode", layer.operators)
            for name, raster in layer.pictures.items():
                if name not in pictures:
                    pictures[name] = _add_image(objects, raster)
        used = {name: pictures[name] for layer in layers for name in layer.pictures}
        own = b"/Resources<</Font %s/XObject%s>>" % (fonts, _dictionary(used)) if used else everywhere
        if page.links:
            own += b"/Annots%s" % annotations_of(page.links, page.height, numbers)
        shown = b" ".join([contents[layer] for layer in layers])
        objects.put(number, b"<</Type/Page/Parent %s%s/Contents[%s]%s>>" % (tree, _media_box(page), shown, own))
    kids = b" ".join(numbers)
    objects.put(tree, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(numbers), kids))
    objects.put(root, b"<</Type/Catalog/Pages %s%s>>" % (tree, _declared(objects, document, numbers)))
    return objects.written(root, objects.add(info(document.metadata)))


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
    return zlib.compress(profile(), 9)


def _add_image(objects: Objects, raster: Raster) -> bytes:
    space = b"/DeviceRGB" if raster.channels == 3 else b"/DeviceGray"
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent %d/ColorSpace%s/Filter/FlateDecode"
    head = entries % (raster.width, raster.height, raster.bits, space)
    return objects.add_stream(head, zlib.compress(raster.samples))


def _media_box(page: Page) -> bytes:
    return f"/MediaBox[0 0 {page.width * POINTS_A_MM:.3f} {page.height * POINTS_A_MM:.3f}]".encode("ascii")


def _dictionary(entries: Mapping[str, bytes]) -> bytes:
    return b"<<%s>>" % b"".join(b"/%s %s" % (name.encode("ascii"), value) for name, value in entries.items())
