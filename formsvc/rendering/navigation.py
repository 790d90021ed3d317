"""How a reader finds the way in a long PDF: bookmarks beside the pages, and places on them that lead to others.

Pages are counted from 0. All of it is within PDF/A-2: links are printed (as nothing) and lead nowhere outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formsvc.rendering.marks import POINTS_A_MM
from formsvc.rendering.metadata import text_string
from formsvc.rendering.objects import Objects, literal

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


def annotations_of(links: Sequence[Link], height: float, pages: Sequence[bytes]) -> bytes:
    """Return the annotations of a page `height` millimetres high; `pages` are the references of all pages."""
    made = []
    for link in links:
        left, top = link.x * POINTS_A_MM, (height - link.y) * POINTS_A_MM
        right, bottom = left + link.width * POINTS_A_MM, top - link.height * POINTS_A_MM
        made.append(
            b"<</Type/Annot/Subtype/Link/Border[0 0 0]/F %d/Rect[%.2f %.2f %.2f %.2f]/Dest[%s/Fit]>>"
            % (_PRINTED, left, bottom, right, top, pages[link.page])
        )
    return b"[%s]" % b"\n".join(made)


def add_outline(objects: Objects, bookmarks: Sequence[Bookmark], pages: Sequence[bytes]) -> bytes:
    """Add bookmarks to the objects of a file and return the reference of their root."""
    root = objects.reserve()
    first, last = _add_level(objects, bookmarks, pages, root)
    objects.put(root, b"<</Type/Outlines/First %s/Last %s/Count %d>>" % (first, last, len(bookmarks)))
    return root


def _add_level(
    objects: Objects, bookmarks: Sequence[Bookmark], pages: Sequence[bytes], parent: bytes
) -> tuple[bytes, bytes]:
    """Add the bookmarks of one level; return the references of the first and the last."""
    references = [objects.reserve() for _ in bookmarks]
    for number, (bookmark, reference) in enumerate(zip(bookmarks, references, strict=True)):
        parts = [b"<</Title%s/Parent %s/Dest[%s/Fit]" % (_title(bookmark.title), parent, pages[bookmark.page])]
        if number:
            parts.append(b"/Prev %s" % references[number - 1])
        if number + 1 < len(references):
            parts.append(b"/Next %s" % references[number + 1])
        if bookmark.children:
            first, last = _add_level(objects, bookmark.children, pages, reference)
            parts.append(b"/First %s/Last %s/Count %d" % (first, last, -len(bookmark.children)))
        objects.put(reference, b"".join(parts) + b">>")
    return references[0], references[-1]


def _title(text: str) -> bytes:
    """Return a text string in half the bytes `text_string` needs: there are as many of them as there are pages."""
    made = text_string(text)
    return literal(bytes.fromhex(made[1:-1].decode("ascii"))) if made.startswith(b"<") else made
