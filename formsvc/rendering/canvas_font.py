"""A chain of faces as a font of reportlab: register it, and any reportlab canvas draws with it unchanged.

reportlab asks a dynamic font for a text in pieces of one font each, and for the fonts when it saves the document.
The pages of forms do not go through a canvas (see `pdf`); the register, a table over many pages, does.
"""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfdoc, pdfmetrics

from formsvc.rendering.embedding import Font, code_of, embed, font_of
from formsvc.rendering.fonts import Chain
from formsvc.rendering.objects import stream


class ReportlabFont:
    """The chain of one role under the name a canvas asks for."""

    _multiByte = 1
    _dynamicFont = 1
    shapable = False
    _needed: ClassVar[WeakKeyDictionary[pdfdoc.PDFDocument, dict[Font, set[str]]]] = WeakKeyDictionary()
    """What was drawn in each unfinished document, by all these fonts together: two roles share their faces."""

    def __init__(self, name: str, chain: Chain) -> None:
        self.fontName = name
        self.face = pdfmetrics.TypeFace(name)
        self.face.ascent, self.face.descent = 880, -120
        self._chain = chain
        self._fonts: list[Font] = []

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:
        """Return the width of a text in points."""
        del encoding
        return size * sum(map(self._chain.advance, text))

    def splitString(self, text: str, document: pdfdoc.PDFDocument, encoding: str = "utf-8") -> list[tuple[int, bytes]]:
        """Return the text as pieces: the number of a font, and the codes in it."""
        del encoding
        if self not in document.delayedFonts:
            document.delayedFonts.append(self)
        needed = self._needed.setdefault(document, {})
        pieces: list[tuple[int, bytes]] = []
        for font, run in groupby(text, key=lambda character: font_of(self._chain.face(character), character)):
            characters = list(run)
            needed.setdefault(font, set()).update(characters)
            if font not in self._fonts:
                self._fonts.append(font)
            codes = b"".join(code_of(character).to_bytes(2, "big") for character in characters)
            pieces.append((self._fonts.index(font), codes))
        return pieces

    def getSubsetInternalName(self, number: int, _document: pdfdoc.PDFDocument) -> str:
        """Return the resource name of a font by the number `splitString` gave it."""
        return f"/{self._fonts[number].resource}"

    def addObjects(self, document: pdfdoc.PDFDocument) -> None:
        """Embed what all these fonts have drawn, when reportlab saves the document."""
        resources = document.idToObject["BasicFonts"].dict
        for font, reference in embed(CanvasObjects(document), self._needed.pop(document, {})).items():
            resources[font.resource] = RawObject(reference)


class CanvasObjects:
    """The objects of a reportlab document."""

    def __init__(self, document: pdfdoc.PDFDocument) -> None:
        self._document = document

    def add(self, content: bytes) -> bytes:
        """Add an object that is no stream and return its reference."""
        return bytes(self._document.Reference(RawObject(content + b"\n")).format(self._document))

    def add_stream(self, entries: bytes, data: bytes) -> bytes:
        """Add a stream and return its reference."""
        return self.add(stream(entries, data))


class RawObject(pdfdoc.PDFObject):  # type: ignore[misc]  # reportlab has no types
    """An object of a document that is bytes already."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def format(self, _document: pdfdoc.PDFDocument) -> bytes:
        """Return the bytes, as reportlab asks every object to."""
        return self._content
