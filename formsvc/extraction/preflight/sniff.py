"""What a file is, by its bytes and never by its name.

`sniff` is pure; `look` reads the few bytes it needs from an open descriptor with `pread`, so that the descriptor's
position stays. Nothing is inflated and no parser runs: names inside a zip or an OLE2 file are taken from their plain
directories, within fixed bounds. A kind is therefore a claim of the file, not a promise that it is sound.

`is_whole` says whether a file has the end its kind asks for: a file that is still being written is waiting, not bad.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

HEAD_BYTES = 4096
"""How much of a file's beginning `sniff` wants."""
TAIL_BYTES = 1 << 16
"""How much of a file's end `sniff` and `is_whole` want: a zip's end record may stand this far from the end."""


class Kind(StrEnum):
    """What a file is."""

    DOCX = "docx"
    DOCM = "docm"
    OTHER_OFFICE = "other-office"
    OLD_OFFICE = "old-office"
    ENCRYPTED_OFFICE = "encrypted-office"
    ODT = "odt"
    OFD = "ofd"
    RTF = "rtf"
    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    HEIC = "heic"
    GIF = "gif"
    BMP = "bmp"
    WEBP = "webp"
    ZIP = "zip"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    MAIL = "eml"
    HTML = "html"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


PICTURES = frozenset({Kind.PNG, Kind.JPEG, Kind.TIFF, Kind.HEIC, Kind.GIF, Kind.BMP, Kind.WEBP})
"""Kinds a reader of scans may take."""
ZIPPED = frozenset({Kind.DOCX, Kind.DOCM, Kind.OTHER_OFFICE, Kind.ODT, Kind.OFD, Kind.ZIP})
"""Kinds that are zips."""

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"II+\0", Kind.TIFF),
    (b"MM\0+", Kind.TIFF),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"Rar!\x1a\x07", Kind.RAR),
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
    (b"{\\rtf", Kind.RTF),
)
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_END = b"PK\x05\x06"
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
_BLANK = b"\0\t\n\x0b\x0c\r "
_MAIL_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]")
_MAIL_FIRST = re.compile(
    rb"(?i)(received|return-path|delivered-to|mime-version|from|to|subject|date|message-id|x-[a-z0-9-]+):[ \t]"
)
_HTML = re.compile(rb"(?i)<(?:!doctype\s+html|html|head|body|script|meta)\b")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

Names = Callable[[], Sequence[str]]
"""Gives the names inside a zip or OLE2 file; called only for those."""


def sniff(head: bytes, tail: bytes, names: Names = tuple) -> Kind:
    """Say what a file is from its first HEAD_BYTES, its last TAIL_BYTES and, for containers, the names inside."""
    if not head.strip(_BLANK) and not tail.strip(_BLANK):
        return Kind.EMPTY
    if head.startswith(_OLE2):
        return Kind.ENCRYPTED_OFFICE if "EncryptedPackage" in names() else Kind.OLD_OFFICE
    if head.startswith((_LOCAL, _END)):
        return _zip_kind(names())
    kind = _magic(head) or _brand(head)
    if kind is None and _END in tail:
        return _zip_kind(names())
    return kind or _wording(head)


def _zip_kind(names: Sequence[str]) -> Kind:
    """Tell the packages apart by the parts they hold."""
    folded = {name.replace("\\", "/").lstrip("/").casefold() for name in names}
    if "[content_types].xml" in folded or any(name.startswith("word/") for name in folded):
        if any(name.endswith("vbaproject.bin") for name in folded):
            return Kind.DOCM
        others = any(name.startswith(("xl/", "ppt/", "visio/")) for name in folded)
        return Kind.OTHER_OFFICE if others and "word/document.xml" not in folded else Kind.DOCX
    if "ofd.xml" in folded:
        return Kind.OFD
    if {"mimetype", "content.xml"} <= folded:
        return Kind.ODT
    return Kind.ZIP


def _magic(head: bytes) -> Kind | None:
    """Tell the formats by their first bytes; a PDF's may stand anywhere in the first KiB."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return Kind.PDF if b"%PDF" in head[:1024] else None


def _brand(head: bytes) -> Kind | None:
    """Tell the formats whose magic does not stand at the first byte, or is too short to trust alone."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return Kind.HEIC
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0" and len(head) >= 26:
        return Kind.BMP
    return None


def _wording(head: bytes) -> Kind:
    """Tell mail, web pages and plain text from bytes that are nothing known."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Kind.TEXT
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _NOT_TEXT.search(text):
        return Kind.UNKNOWN
    if _MAIL_FIRST.match(text) and sum(1 for line in text.splitlines()[:20] if _MAIL_LINE.match(line)) > 1:
        return Kind.MAIL
    if _HTML.search(text[:1024]):
        return Kind.HTML
    return Kind.TEXT if _is_encoded(head) else Kind.UNKNOWN


def _is_encoded(head: bytes) -> bool:
    """Whether the bytes are text in one of the encodings Chinese offices use; the last character may be cut."""
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def look(descriptor: int) -> Kind:
    """Sniff the open file; its position is left alone.

    At most 4 KiB of the beginning, 64 KiB of the end and, for containers, 1 MiB of directory are read.
    """
    size = os.fstat(descriptor).st_size
    head = read_at(descriptor, HEAD_BYTES, 0)
    tail = read_tail(descriptor)

    def names() -> Sequence[str]:
        return _ole2_names(descriptor, head) if head.startswith(_OLE2) else _zip_names(descriptor, size, tail)

    return sniff(head, tail, names)


def read_at(descriptor: int, count: int, offset: int) -> bytes:
    """Up to `count` bytes of the open file from `offset` on; its position stays where the system has pread."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, count, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, count)


def read_tail(descriptor: int) -> bytes:
    """Read the last TAIL_BYTES of the open file."""
    size = os.fstat(descriptor).st_size
    return read_at(descriptor, TAIL_BYTES, max(0, size - TAIL_BYTES))


_DIRECTORY_BYTES = 1 << 20
_NAMES = 4_000


def _zip_names(descriptor: int, size: int, tail: bytes) -> list[str]:
    """Names of the central directory, or of the first local header when there is none (a cut-off file)."""
    end = tail.rfind(_END)
    names: list[str] = []
    if end >= 0 and len(tail) - end >= 22:
        (length,) = struct.unpack_from("<I", tail, end + 12)
        start = max(0, size - len(tail) + end - length)
        directory = read_at(descriptor, min(length, _DIRECTORY_BYTES), start)
        at = 0
        while directory[at : at + 4] == _CENTRAL and at + 46 <= len(directory) and len(names) < _NAMES:
            name, extra, comment = struct.unpack_from("<HHH", directory, at + 28)
            names.append(directory[at + 46 : at + 46 + name].decode("utf-8", "replace"))
            at += 46 + name + extra + comment
    return names or _first_local_name(read_at(descriptor, HEAD_BYTES, 0))


def _first_local_name(head: bytes) -> list[str]:
    """Give the name in the first local header, so that half a document is still known as one."""
    if not head.startswith(_LOCAL) or len(head) < 30:
        return []
    (length,) = struct.unpack_from("<H", head, 26)
    return [head[30 : 30 + length].decode("utf-8", "replace")]


def _ole2_names(descriptor: int, head: bytes) -> list[str]:
    """Names of the OLE2 directory: 64 KiB from its first sector on, wherever its later sectors may lie.

    An encrypted package lists few streams, so the name that matters stands near the directory's beginning.
    """
    if len(head) < 52:
        return []
    (shift,) = struct.unpack_from("<H", head, 30)
    (sector,) = struct.unpack_from("<I", head, 48)
    offset = (sector + 1) << shift if shift in {9, 12} and sector < 1 << 24 else 0
    found = read_at(descriptor, TAIL_BYTES, offset) + head
    known = ("EncryptedPackage", "WordDocument", "Workbook", "PowerPoint Document")
    return [name for name in known if name.encode("utf-16-le") in found]


_END_MARKS: Mapping[Kind, tuple[bytes, int]] = MappingProxyType(
    {
        Kind.PDF: (b"%%EOF", 2048),
        Kind.PNG: (b"IEND", 1024),
        Kind.GIF: (b";", 1),
        Kind.RTF: (b"}", 16),
    }
)
"""What stands at the end of a file of the kind, and within how many bytes of it."""


def is_whole(kind: Kind, tail: bytes) -> bool:
    """Whether a file of this kind has its end, judged by its last TAIL_BYTES.

    Zeros at the end are what a copier leaves that reserved the space first: they are taken away before the end is
    looked for. Kinds without an end of their own are whole unless they end in more zeros than their padding explains.
    An empty file is whole; how long to wait for its first byte is for the caller to say.
    """
    written = tail.rstrip(b"\0")
    if kind in ZIPPED:
        return _has_end_record(tail)
    if kind in _END_MARKS:
        mark, within = _END_MARKS[kind]
        return mark in written[-within:]
    if kind is Kind.JPEG:  # a small picture inside the EXIF data has an end of its own, before the picture's start
        return written.rfind(b"\xff\xd9") > written.rfind(b"\xff\xda")
    if kind is Kind.EMPTY:
        return not tail or bool(written)
    padding = TAIL_BYTES if kind in PICTURES else 8192
    return bool(written) and len(tail) - len(written) < padding


def _has_end_record(tail: bytes) -> bool:
    """Whether a zip's end record stands at the end, with its comment whole."""
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        return False
    (comment,) = struct.unpack_from("<H", tail, at + 20)
    return len(tail) - at - 22 >= int(comment)


def looks_whole(descriptor: int) -> bool:
    """Whether the open file has the end its kind asks for; see `is_whole`."""
    return is_whole(look(descriptor), read_tail(descriptor))
