"""How a reader finds the way in a long PDF: bookmarks beside the pages, and places on them that lead to others.

Pages are counted from 0. All of it is within PDF/A-2: links are printed (as nothing) and lead nowhere outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfbase import pdfdoc

from formsvc.rendering.embedding import Raw
from formsvc.rendering.marks import POINTS_A_MM
from formsvc.rendering.metadata import text_string

_PRINTED = 4
"""The flag of an annotation that PDF/A wants (ISO 19005-2, 6.3.2)."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place on a page, by its top left corner in millimetres, that leads to another page."""

    x: float
    y: float
    width: float
    height: float
    page: int


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry beside the pages; its children are shown when it is opened."""

    title: str
    page: int
    children: tuple[Bookmark, ...] = ()


class _Root(Raw):
    """The root of the bookmarks; reportlab asks it whether there are any."""

    ready = 1

    def prepare(self, _document: object, _canvas: object) -> None:
        """Do nothing: all is there."""


def annotations_of(links: Sequence[Link], height: float, pages: Sequence[bytes]) -> Raw:
    """Return the annotations of a page `height` millimetres high; `pages` are the references of all pages."""
    made = []
    for link in links:
        left, top = link.x * POINTS_A_MM, (height - link.y) * POINTS_A_MM
        right, bottom = left + link.width * POINTS_A_MM, top - link.height * POINTS_A_MM
        rectangle = b"%.2f %.2f %.2f %.2f" % (left, bottom, right, top)
        made.append(
            b"<< /Type /Annot /Subtype /Link /Rect [%s] /Border [0 0 0] /F %d /Dest [%s /Fit] >>"
            % (rectangle, _PRINTED, pages[link.page])
        )
    return Raw(b"[%s]" % b"\n".join(made))


def add_outline(
    file: pdfdoc.PDFDocument, bookmarks: Sequence[Bookmark], pages: Sequence[bytes]
) -> pdfdoc.PDFObjectReference:
    """Add bookmarks to a file and return the reference of their root."""
    root = file.Outlines = _Root(b"")
    reference = file.Reference(root)
    first, last = _add_level(file, bookmarks, pages, reference.format(file))
    root.content = b"<< /Type /Outlines /First %s /Last %s /Count %d >>\n" % (first, last, len(bookmarks))
    return reference


def _add_level(
    file: pdfdoc.PDFDocument, bookmarks: Sequence[Bookmark], pages: Sequence[bytes], parent: bytes
) -> tuple[bytes, bytes]:
    """Add the bookmarks of one level; return the references of the first and the last."""
    objects = [Raw(b"") for _ in bookmarks]
    references = [bytes(file.Reference(made).format(file)) for made in objects]
    for number, (bookmark, made) in enumerate(zip(bookmarks, objects, strict=True)):
        parts = [b"<< /Title %s /Parent %s" % (text_string(bookmark.title), parent)]
        parts.append(b"/Dest [%s /Fit]" % pages[bookmark.page])
        if number:
            parts.append(b"/Prev %s" % references[number - 1])
        if number + 1 < len(references):
            parts.append(b"/Next %s" % references[number + 1])
        if bookmark.children:
            first, last = _add_level(file, bookmark.children, pages, references[number])
            parts.append(b"/First %s /Last %s /Count %d" % (first, last, -len(bookmark.children)))
        made.content = b" ".join(parts) + b" >>\n"
    return references[0], references[-1]
