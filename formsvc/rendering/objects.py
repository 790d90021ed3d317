"""The objects of a PDF file and how they become its bytes (ISO 32000-1, 7.5).

What is no stream is kept compressed in object streams, and a cross-reference stream tells where everything lies: both
are allowed in PDF/A-2 and take away half of a file of many small objects. The same objects give the same bytes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_TOGETHER = 200
"""Objects of one object stream: a viewer that wants one of them has to inflate them all."""
_BEST = 9
_FREE, _PLAIN, _PACKED = 0, 1, 2
"""Kinds of entries of a cross-reference stream."""
_UP = 2
"""The predictor of PNG that writes each row as its difference from the one above."""


class Objects:
    """The objects of one file; each is named by its reference, such as `b"12 0 R"`."""

    def __init__(self) -> None:
        self._contents: list[tuple[bytes, bytes | None]] = []
        """What each object is: the bytes of a plain one, or a stream's dictionary without brackets and its data."""

    def add(self, content: bytes) -> bytes:
        """Add an object that is no stream and return its reference."""
        return self._add(content, None)

    def add_stream(self, entries: bytes, data: bytes) -> bytes:
        """Add a stream, `entries` being those of its dictionary but the length, and return its reference."""
        return self._add(entries, data)

    def reserve(self) -> bytes:
        """Return the reference of an object that is put later."""
        return self._add(b"null", None)

    def put(self, reference: bytes, content: bytes) -> None:
        """Give a reserved reference its object, which is no stream."""
        self._contents[int(reference[:-4]) - 1] = (content, None)

    def written(self, root: bytes, info: bytes) -> bytes:
        """Return the file, given the references of its catalogue and its Info dictionary."""
        packed = self._pack()
        parts = [_HEAD]
        at, digest = len(_HEAD), hashlib.sha256()
        entries = [(_FREE, 0, 0xFFFF)]
        for number, (content, data) in enumerate(self._contents, 1):
            if data is None:
                entries.append((_PACKED, *packed[number]))
                continue
            entries.append((_PLAIN, at, 0))
            parts.append(b"%d 0 obj\n" % number + stream(content, data) + b"endobj\n")
            at += len(parts[-1])
            digest.update(parts[-1])
        entries.append((_PLAIN, at, 0))
        identity = digest.hexdigest()[:32].encode("ascii")
        about = b"/Root %s /Info %s /ID [<%s> <%s>] /Size %d" % (root, info, identity, identity, len(entries))
        parts.append(b"%d 0 obj\n" % (len(entries) - 1) + _cross_reference(entries, about) + b"endobj\n")
        parts.append(b"startxref\n%d\n%%%%EOF\n" % at)
        return b"".join(parts)

    def _add(self, content: bytes, data: bytes | None) -> bytes:
        self._contents.append((content, data))
        return b"%d 0 R" % len(self._contents)

    def _pack(self) -> dict[int, tuple[int, int]]:
        """Add object streams of all objects that are none; return where each lies: stream and place in it."""
        plain = [number for number, (_, data) in enumerate(self._contents, 1) if data is None]
        places: dict[int, tuple[int, int]] = {}
        for start in range(0, len(plain), _TOGETHER):
            numbers = plain[start : start + _TOGETHER]
            contents = [self._contents[number - 1][0] for number in numbers]
            index = b" ".join(_index(numbers, contents)) + b"\n"
            data = zlib.compress(index + b"\n".join(contents), _BEST)
            entries = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(numbers), len(index))
            reference = self.add_stream(entries, data)
            places |= {number: (int(reference[:-4]), place) for place, number in enumerate(numbers)}
        return places


def stream(entries: bytes, data: bytes) -> bytes:
    """Return a stream with the line ends PDF/A wants; `entries` are those of its dictionary."""
    return b"<<%s/Length %d>>\nstream\n" % (entries, len(data)) + data + b"\r\nendstream\n"


def _index(numbers: list[int], contents: list[bytes]) -> Iterator[bytes]:
    at = 0
    for number, content in zip(numbers, contents, strict=True):
        yield b"%d %d" % (number, at)
        at += len(content) + 1


def _cross_reference(entries: list[tuple[int, int, int]], about: bytes) -> bytes:
    """Return the cross-reference stream of entries of three numbers."""
    width = (max(where for _, where, _ in entries).bit_length() + 7) // 8
    rows = [bytes([kind]) + where.to_bytes(width, "big") + place.to_bytes(2, "big") for kind, where, place in entries]
    above = [bytes(len(rows[0])), *rows]
    differences = (
        bytes([_UP, *((new - old) & 0xFF for new, old in zip(row, before, strict=True))])
        for row, before in zip(rows, above, strict=False)
    )
    what = b"/Type /XRef /W [1 %d 2] /Filter /FlateDecode /DecodeParms <</Predictor 12 /Columns %d>> " % (
        width,
        len(rows[0]),
    )
    return stream(what + about, zlib.compress(b"".join(differences), _BEST))


def literal(data: bytes) -> bytes:
    """Return bytes as a string of PDF."""
    escaped = data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"(%s)" % escaped.replace(b"\r", b"\\r")  # as it stands it would be read as a line feed
