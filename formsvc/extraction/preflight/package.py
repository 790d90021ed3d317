"""A package (a zip, a docx) before a parser sees it: its directory by hand, then every entry inflated and looked over.

Readers of zips disagree about odd ones, and a form that two programs read differently must not be filed. So a package
passes only if its directory, its local headers and its bytes say the same thing once: no entry twice, none over
another, none outside, nothing packed beyond reason. Its XML may have no document type, the door to entities. Memory
stays below a megabyte whatever the file claims; time is bounded by what the limits let it unpack.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from formsvc.errors import Code, Param, Problem
from formsvc.extraction.sandbox.limits import FileLimits

Fetch = Callable[[int, int], bytes]
"""Gives up to a number of bytes from a place in the file on."""

_END = struct.Struct("<4s4H2IH")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_DIRECTORY_BYTES = 4 << 20
_CHUNK = 1 << 16
_ENCRYPTED_FLAGS = 0x0041
_DESCRIPTOR_FLAG = 0x0008
_STORED, _DEFLATED, _AES = 0, 8, 99
_WIDE, _WIDEST = 0xFFFF, 0xFFFFFFFF

_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"""\bencoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS = frozenset({b"utf-8", b"utf8", b"utf-16", b"utf-16le", b"utf-16be", b"us-ascii", b"ascii", b"iso-8859-1"})
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0\t\r\n "
_XML_NAMES = (".xml", ".rels", ".vml")
_MACRO = re.compile(rb"macroEnabled|relationships/vbaProject")
_ELSEWHERE = re.compile(rb"relationships/(?:aFChunk|subDocument)")
_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the directory."""

    name: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    unpacked: int
    offset: int


class _RefusedError(Exception):
    """The package is not read further; holds the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


def _refused(code: Code, finding: str, **facts: Param) -> _RefusedError:
    return _RefusedError(Problem(code, params=MappingProxyType({"finding": finding, **facts})))


def package_problems(fetch: Fetch, size: int, tail: bytes, limits: FileLimits) -> tuple[Problem, ...]:
    """Find what forbids reading this package; empty when nothing does. `tail` holds the last 64 KiB of `size` bytes."""
    try:
        entries, directory = _directory(fetch, size, tail, limits)
        _check_claims(entries, limits)
        _check_names(entries)
        _check_places(fetch, entries, directory)
        findings = {finding for entry in entries for finding in _look_over(fetch, entry)}
    except _RefusedError as refused:
        return (refused.problem,)
    if b"%PDF-" in fetch(1024, 0):
        findings.add((Code.UNSAFE_CONTENT, "two-formats"))
    return tuple(Problem(code, params=MappingProxyType({"finding": finding})) for code, finding in sorted(findings))


def _directory(fetch: Fetch, size: int, tail: bytes, limits: FileLimits) -> tuple[list[_Entry], int]:
    """Read the central directory: its entries and where it begins."""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise _refused(Code.DAMAGED_FILE, "cut-off")
    _, disk, first_disk, here, count, length, offset, comment = _END.unpack_from(tail, at)
    if len(tail) - at - _END.size < comment:
        raise _refused(Code.DAMAGED_FILE, "cut-off")
    if _WIDE in {disk, first_disk, count} or _WIDEST in {length, offset} or count > limits.entries:
        raise _refused(Code.TOO_COMPLEX, "entries", found=count, limit=limits.entries)
    if length > _DIRECTORY_BYTES:
        raise _refused(Code.TOO_COMPLEX, "directory", found=length, limit=_DIRECTORY_BYTES)
    if disk or first_disk or here != count or offset + length != size - len(tail) + at:
        raise _refused(Code.DAMAGED_FILE, "directory")
    directory = fetch(length, offset)
    entries = []
    place = 0
    for _ in range(count):
        if len(directory) - place < _CENTRAL.size or directory[place : place + 4] != b"PK\x01\x02":
            raise _refused(Code.DAMAGED_FILE, "directory")
        fields = _CENTRAL.unpack_from(directory, place)
        name, extra, note = fields[10:13]
        place += _CENTRAL.size
        entries.append(
            _Entry(
                name=directory[place : place + name],
                flags=fields[3],
                method=fields[4],
                checksum=fields[7],
                packed=fields[8],
                unpacked=fields[9],
                offset=fields[16],
            )
        )
        place += name + extra + note
    if place != length:
        raise _refused(Code.DAMAGED_FILE, "directory")
    return entries, offset


def _check_claims(entries: list[_Entry], limits: FileLimits) -> None:
    """Refuse what is locked, packed in another way, or packed beyond reason."""
    if any(entry.flags & _ENCRYPTED_FLAGS or entry.method == _AES for entry in entries):
        raise _refused(Code.ENCRYPTED, "entry")
    if any(entry.method not in {_STORED, _DEFLATED} for entry in entries):
        raise _refused(Code.DAMAGED_FILE, "method")
    total = sum(entry.unpacked for entry in entries)
    if total > limits.unpacked_bytes:
        raise _refused(Code.TOO_COMPLEX, "unpacked", found=total, limit=limits.unpacked_bytes)
    for entry in entries:
        if entry.unpacked > limits.ratio_from and entry.unpacked > limits.ratio * max(1, entry.packed):
            raise _refused(Code.TOO_COMPLEX, "ratio", found=entry.unpacked, limit=limits.ratio * max(1, entry.packed))


def _check_names(entries: list[_Entry]) -> None:
    """Refuse names that lead out of the package, and names that are the same to some readers."""
    seen = set()
    for entry in entries:
        name = entry.name.replace(b"\\", b"/")
        parts = name.split(b"/")
        if name.startswith(b"/") or b".." in parts or name[1:2] == b":" or b"\0" in name or not name:
            raise _refused(Code.UNSAFE_CONTENT, "entry-name")
        folded = name.lower().strip(b"/")
        if folded in seen:
            raise _refused(Code.UNSAFE_CONTENT, "entry-twice")
        seen.add(folded)


def _check_places(fetch: Fetch, entries: list[_Entry], directory: int) -> None:
    """Refuse entries that lie over one another or whose own header says something else than the directory."""
    reached = 0
    in_order = sorted(entries, key=lambda entry: entry.offset)
    if in_order and in_order[0].offset:
        raise _refused(Code.UNSAFE_CONTENT, "two-formats")
    for entry in in_order:
        if entry.offset < reached:
            raise _refused(Code.UNSAFE_CONTENT, "overlap")
        header = fetch(_LOCAL.size, entry.offset)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            raise _refused(Code.DAMAGED_FILE, "header")
        _, _, flags, method, _, _, checksum, packed, unpacked, name, extra = _LOCAL.unpack(header)
        reached = entry.offset + _LOCAL.size + name + extra + entry.packed
        if reached > directory:
            raise _refused(Code.DAMAGED_FILE, "entry-outside")
        is_later = bool(flags & _DESCRIPTOR_FLAG)
        told = (checksum, packed, unpacked)
        known = (entry.checksum, entry.packed, entry.unpacked)
        same_sizes = told == known or (is_later and set(told) <= {0, _WIDEST, *known})
        same_name = fetch(name, entry.offset + _LOCAL.size) == entry.name
        same_lock = not (flags ^ entry.flags) & _ENCRYPTED_FLAGS
        if not (same_name and same_sizes and same_lock and method == entry.method):
            raise _refused(Code.UNSAFE_CONTENT, "headers-differ")


def _look_over(fetch: Fetch, entry: _Entry) -> Iterator[tuple[Code, str]]:
    """Inflate one entry and yield what is wrong with it; raises when its bytes are not what the directory says."""
    name = entry.name.replace(b"\\", b"/").lower()
    if name.endswith(b"vbaproject.bin"):
        yield Code.MACRO, "project"
    is_xml, is_wide = name.decode("latin-1").endswith(_XML_NAMES) and b"/._" not in name, False
    kept = b""
    for number, chunk in enumerate(_filled(_inflated(fetch, entry))):
        if number == 0:
            is_xml = is_xml or chunk.lstrip(_BEFORE_XML).startswith(b"<")
            is_wide = chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in chunk[:4]
        if is_xml:
            text = kept + (chunk.replace(b"\0", b"") if is_wide else chunk)
            if number == 0:
                yield from _prologue(text.lstrip(_BEFORE_XML))
            yield from _wording(name, text)
            kept = text[-_KEPT:]


def _filled(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Put small pieces together, so that the first one shows how a part begins."""
    gathered = bytearray()
    for chunk in chunks:
        gathered += chunk
        if len(gathered) >= _CHUNK:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


def _prologue(text: bytes) -> Iterator[tuple[Code, str]]:
    """Judge how a part of XML begins: in an encoding the package format allows, and so that our search can read it."""
    if not text.startswith(b"<"):
        yield Code.DAMAGED_FILE, "not-xml"
    if text.startswith(b"<?xml"):
        declaration, closed, _ = text.partition(b"?>")
        found = _ENCODING.search(declaration)
        if not closed or (found and found[1].lower() not in _ENCODINGS):
            yield Code.UNSAFE_CONTENT, "encoding"


def _wording(name: bytes, text: bytes) -> Iterator[tuple[Code, str]]:
    """Judge what XML asks for: entities anywhere; macros, and text kept elsewhere, where parts are listed."""
    if _DOCUMENT_TYPE.search(text):
        yield Code.UNSAFE_CONTENT, "document-type"
    if name.endswith(b".rels") or name == b"[content_types].xml":
        if _MACRO.search(text):
            yield Code.MACRO, "declared"
        if _ELSEWHERE.search(text):
            yield Code.UNSAFE_CONTENT, "text-elsewhere"


def _inflated(fetch: Fetch, entry: _Entry) -> Iterator[bytes]:
    """Yield an entry's bytes in small pieces; raises when length or checksum are not those promised."""
    name, extra = _LOCAL.unpack(fetch(_LOCAL.size, entry.offset))[9:11]
    place = entry.offset + _LOCAL.size + name + extra
    end = place + entry.packed
    inflate = zlib.decompressobj(-15) if entry.method == _DEFLATED else None
    checksum = length = 0
    while place < end:
        packed = fetch(min(_CHUNK, end - place), place)
        if not packed:
            raise _refused(Code.DAMAGED_FILE, "cut-off")
        place += len(packed)
        for chunk in _pieces(packed, inflate, is_last=place == end):
            checksum = zlib.crc32(chunk, checksum)
            length += len(chunk)
            if length > entry.unpacked:
                raise _refused(Code.DAMAGED_FILE, "length")
            yield chunk
    if length != entry.unpacked or checksum != entry.checksum:
        raise _refused(Code.DAMAGED_FILE, "checksum")


def _pieces(packed: bytes, inflate: zlib._Decompress | None, *, is_last: bool) -> Iterator[bytes]:
    """Yield what a stretch of packed bytes unpacks to, never more than a chunk at a time."""
    if inflate is None:
        yield packed
        return
    try:
        while packed:
            yield inflate.decompress(packed, _CHUNK)
            packed = inflate.unconsumed_tail
        if is_last:
            yield inflate.flush()
    except zlib.error:
        raise _refused(Code.DAMAGED_FILE, "deflate") from None
    if is_last and not inflate.eof:
        raise _refused(Code.DAMAGED_FILE, "deflate")
