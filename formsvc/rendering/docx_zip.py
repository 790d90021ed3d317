"""A zip package written for speed and for equal bytes: members carry no time, and a constant one is deflated once.

The format is that of APPNOTE.TXT 6.3 with 32-bit sizes (a package here has a few ten kilobytes, one of many forms some
megabytes) and 16-bit numbers of members. Names are ASCII.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20
_STORED, _DEFLATED = 0, 8
_USUAL, _SMALL = (-zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL), (-10, 3)
"""Window and memory of zlib: a few hundred bytes are packed as well with less, and sooner."""
_MIDNIGHT, _FIRST_OF_1980 = 0, 0x0021
"""The earliest time a zip can hold, in MS-DOS form: what deterministic archives carry."""


@dataclass(frozen=True, slots=True)
class Member:
    """One deflated file of a package, its headers ready but for its place."""

    local: bytes
    """The local header, the name and the data, as they stand in the package."""
    directory: tuple[object, ...]
    """The fields of its entry in the central directory, without the offset."""
    name: bytes


def deflated(name: str, data: bytes, *, level: int = 6) -> Member:
    """Deflate one file; `level` is zlib's."""
    return Begun(name, b"", level=level).ended(data)


class Begun:
    """A file of a package whose beginning is always the same: that is deflated only once."""

    def __init__(self, name: str, data: bytes, *, level: int = 9) -> None:
        squeezer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._level = level
        self._name = name.encode("ascii")
        self._packed = squeezer.compress(data) + squeezer.flush(zlib.Z_FULL_FLUSH) if data else b""
        self._size, self._checksum = len(data), zlib.crc32(data)

    def ended(self, data: bytes) -> Member:
        """Return the file with this after its beginning."""
        squeezer = zlib.compressobj(self._level, zlib.DEFLATED, *(_SMALL if self._packed else _USUAL))
        packed = self._packed + squeezer.compress(data) + squeezer.flush()
        checksum = zlib.crc32(data, self._checksum)
        return _member(self._name, _DEFLATED, checksum, packed, self._size + len(data))


def stored(name: str, data: bytes) -> Member:
    """Take one file as it is: it is packed already."""
    return _member(name.encode("ascii"), _STORED, zlib.crc32(data), data, len(data))


def _member(name: bytes, method: int, checksum: int, packed: bytes, size: int) -> Member:
    shared = _shared(name, method, checksum, len(packed), size)
    return Member(_local(name, shared) + packed, _entry(shared), name)


def _shared(name: bytes, method: int, checksum: int, packed: int, size: int) -> tuple[int, ...]:
    """Return the fields that the local header and the entry in the directory have in common."""
    return (_VERSION, 0, method, _MIDNIGHT, _FIRST_OF_1980, checksum, packed, size, len(name), 0)


def _local(name: bytes, shared: tuple[int, ...]) -> bytes:
    return _LOCAL.pack(b"PK\x03\x04", *shared) + name


def _entry(shared: tuple[int, ...]) -> tuple[object, ...]:
    return (b"PK\x01\x02", _VERSION, *shared, 0, 0, 0, 0)


class Package:
    """A package in the making, for one that is too large to be held in pieces and as a whole."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        self._entries: list[bytes] = []

    def add(self, member: Member) -> None:
        """Add a member."""
        self._note(member.directory, member.name, self._file.tell())
        self._file.write(member.local)

    def add_pieces(self, name: str, pieces: Iterable[bytes], *, level: int = 6) -> None:
        """Add a member that comes piece by piece: each is deflated as it comes."""
        encoded, start = name.encode("ascii"), self._file.tell()
        begin = self._file.write(_local(encoded, _shared(encoded, _DEFLATED, 0, 0, 0)))
        squeezer = zlib.compressobj(level, zlib.DEFLATED, *_USUAL)
        size = checksum = 0
        for piece in pieces:
            size, checksum = size + len(piece), zlib.crc32(piece, checksum)
            self._file.write(squeezer.compress(piece))
        self._file.write(squeezer.flush())
        shared = _shared(encoded, _DEFLATED, checksum, self._file.tell() - start - begin, size)
        self._file.seek(start)
        self._file.write(_local(encoded, shared))
        self._file.seek(0, io.SEEK_END)
        self._note(_entry(shared), encoded, start)

    def done(self) -> bytes:
        """End the package and return it."""
        start, directory = self._file.tell(), b"".join(self._entries)
        self._file.write(directory)
        self._file.write(_end(len(self._entries), len(directory), start))
        return self._file.getvalue()

    def _note(self, directory: tuple[object, ...], name: bytes, start: int) -> None:
        self._entries.append(_CENTRAL.pack(*directory, start) + name)


def package(members: Iterable[Member]) -> bytes:
    """Join members to a package, in the order given."""
    whole = Package()
    for member in members:
        whole.add(member)
    return whole.done()


def _end(members: int, directory: int, start: int) -> bytes:
    return _END.pack(b"PK\x05\x06", 0, 0, members, members, directory, start, 0)
