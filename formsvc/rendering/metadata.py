"""What a PDF says about itself, once as its Info dictionary and once as XMP, the same in both.

Facts of our own stand in `xmp:Identifier`, one text `formsvc:name=value` each. A namespace of our own would need an
extension schema in every file (ISO 19005-2, 6.6.2.3), which some validators do not read and therefore refuse.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from formsvc.forms.markup import escaped

PREFIX = "formsvc:"
"""What the texts of `xmp:Identifier` that are ours begin with."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile("[A-Za-z][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says about itself."""

    title: str
    date: dt.datetime
    """When it was made, with its offset from UTC; a parameter, so that the same input gives the same bytes."""
    author: str = ""
    subject: str = ""
    keywords: tuple[str, ...] = ()
    language: str = "zh-CN"
    """The language of its text (BCP 47)."""
    producer: str = "formsvc"
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Facts of our own: a name of ASCII letters, digits, points and dashes to a text."""
    part: int = 2
    """The part of ISO 19005 it keeps: with files attached 3, else 2."""
    modified: dt.datetime | None = None
    """When it was last added to, with its offset; None for never."""

    def __post_init__(self) -> None:
        if self.date.tzinfo is None or (self.modified is not None and self.modified.tzinfo is None):
            raise ValueError("date without offset")
        if wrong := [name for name in self.properties if not _NAME.fullmatch(name)]:
            raise ValueError(wrong)


def info(metadata: Metadata) -> bytes:
    """Return the Info dictionary; what is empty is left out."""
    entries = {
        "Title": metadata.title,
        "Author": metadata.author,
        "Subject": metadata.subject,
        "Keywords": ", ".join(metadata.keywords),
        "Creator": metadata.producer,
        "Producer": metadata.producer,
        "CreationDate": pdf_date(metadata.date),
        "ModDate": pdf_date(metadata.modified or metadata.date),
    }
    return b"<< %s >>\n" % b" ".join(
        b"/%s %s" % (key.encode(), text_string(text)) for key, text in entries.items() if text
    )


def packet(metadata: Metadata) -> bytes:
    """Return the XMP packet."""
    parts = [
        _element("pdfaid:part", str(metadata.part)),
        _element("pdfaid:conformance", "B"),
        _element("dc:format", "application/pdf"),
        _list("dc:title", "Alt", metadata.title),
        _list("dc:creator", "Seq", metadata.author),
        _list("dc:description", "Alt", metadata.subject),
        _list("dc:language", "Bag", metadata.language),
        _element("pdf:Keywords", ", ".join(metadata.keywords)),
        _element("pdf:Producer", metadata.producer),
        _element("xmp:CreatorTool", metadata.producer),
        _element("xmp:CreateDate", metadata.date.isoformat(timespec="seconds")),
        _element("xmp:ModifyDate", (metadata.modified or metadata.date).isoformat(timespec="seconds")),
        _list("xmp:Identifier", "Bag", *(f"{PREFIX}{name}={text}" for name, text in metadata.properties.items())),
    ]
    return _PACKET.format("".join(parts)).encode()


def pdf_date(moment: dt.datetime) -> str:
    """Return a moment as PDF writes dates."""
    offset = moment.strftime("%z")
    return f"D:{moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"


def text_string(text: str) -> bytes:
    """Return a PDF text string."""
    text = _NOT_XML.sub("", text)
    if text.isascii():
        return b"(%s)" % re.sub(r"([\\()])", r"\\\1", text).encode()
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode()


def _element(name: str, text: str) -> str:
    return f"<{name}>{_escaped(text)}</{name}>\n" if text else ""


def _list(name: str, kind: str, *texts: str) -> str:
    attributes = ' xml:lang="x-default"' if kind == "Alt" else ""
    items = "".join(f"<rdf:li{attributes}>{_escaped(text)}</rdf:li>" for text in texts if text)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>\n" if items else ""


def _escaped(text: str) -> str:
    return escaped(_NOT_XML.sub("", text))


_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
{}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
