"""The parts of a docx package: found by their relationships, parsed without entities, pictures taken out.

Both dialects of ISO 29500 are read: transitional, which Word writes, and strict, which WPS and Word can write. What
is not promised: that the package is harmless; the pre-flight and the sandbox see to that.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType

from lxml import etree

PICTURE_BYTES = 16 * 1024 * 1024
"""A larger picture is noticed but not taken out."""
OTHER_PICTURE = "image/x-other"
"""The media type of a picture that is noticed but not taken out: of another kind, linked, missing or too large."""

_MAIN = "word/document.xml"
_STRICT = "http://purl.oclc.org/ooxml/"
_IN_TRANSITIONAL = tuple(
    (f'="{_STRICT}{strict}"'.encode(), f'="http://schemas.openxmlformats.org/{transitional}"'.encode())
    for strict, transitional in (
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("drawingml/main", "drawingml/2006/main"),
        ("drawingml/wordprocessingDrawing", "drawingml/2006/wordprocessingDrawing"),
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
        ("officeDocument/math", "officeDocument/2006/math"),
    )
)
_MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part."""

    kind: str
    """The last word of its type, the same in both dialects: `header`, `image` …"""
    target: str
    """The name of the part it leads to; empty when it leads out of the package."""


class Package:
    """An open docx package."""

    def __init__(self, data: bytes) -> None:
        """Open the package; raises zipfile.BadZipFile when it is none or has no main document."""
        self._zip = zipfile.ZipFile(BytesIO(data))
        self._parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        self._top = self.relations("")
        found = (relation.target for relation in self._top.values() if relation.kind == "officeDocument")
        self.main = next(found, "") or _MAIN
        if not self.has(self.main):
            raise zipfile.BadZipFile("no main document")

    def has(self, part: str) -> bool:
        """Whether the package holds a part of this name."""
        return part in self._zip.NameToInfo

    def root(self, part: str) -> etree._Element:
        """Parse a part; raises lxml's XMLSyntaxError, or zipfile.BadZipFile for one with a document type."""
        root = etree.fromstring(self._zip.read(part), self._parser)
        if root.getroottree().docinfo.internalDTD is not None:
            raise zipfile.BadZipFile("a part with a document type")
        if any(name.startswith(_STRICT) for name in root.nsmap.values()):
            root = etree.fromstring(_transitional(etree.tostring(root, encoding="UTF-8")), self._parser)
        return root

    def relations(self, part: str) -> Mapping[str, Relation]:
        """Return the relationships of a part by id; those of the package itself for an empty name."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(source):
            return MappingProxyType({})
        return MappingProxyType(
            {
                element.get("Id", ""): Relation(element.get("Type", "").rpartition("/")[2], _target(folder, element))
                for element in self.root(source)
            }
        )

    def properties(self) -> Mapping[str, str]:
        """Return the custom document properties by name."""
        kinds = ("custom-properties", "customProperties")
        part = next((relation.target for relation in self._top.values() if relation.kind in kinds), "")
        if not self.has(part):
            return MappingProxyType({})
        return MappingProxyType(
            {element.get("name", ""): "".join(child.text or "" for child in element) for element in self.root(part)}
        )

    def picture(self, target: str) -> tuple[str, bytes]:
        """Return media type and bytes of a picture; OTHER_PICTURE without bytes for one that is not taken out."""
        if not self.has(target) or self._zip.NameToInfo[target].file_size > PICTURE_BYTES:
            return OTHER_PICTURE, b""
        data = self._zip.read(target)
        media_type = next((kind for magic, kind in _MAGIC if data.startswith(magic)), OTHER_PICTURE)
        return media_type, data if media_type != OTHER_PICTURE else b""


def _target(folder: str, element: etree._Element) -> str:
    """Return the part's name that a relationship leads to, without the slash before it."""
    if element.get("TargetMode") == "External":
        return ""
    return posixpath.normpath(posixpath.join("/", folder, element.get("Target", ""))).lstrip("/")


def _transitional(xml: bytes) -> bytes:
    """Give the namespaces of the strict dialect their transitional names; only attribute values can match."""
    for strict, transitional in _IN_TRANSITIONAL:
        xml = xml.replace(strict, transitional)
    return xml
