"""A zip package written for speed and for equal bytes: members carry no time, and a constant one is deflated once.

The format is that of APPNOTE.TXT 6.3 with 32-bit sizes (a package here has a few ten kilobytes). Names are ASCII.
"""

from __future__ import annotations

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
    shared = (_VERSION, 0, method, _MIDNIGHT, _FIRST_OF_1980, checksum, len(packed), size, len(name), 0)
    local = _LOCAL.pack(b"PK\x03\x04", *shared) + name + packed
    return Member(local, (b"PK\x01\x02", _VERSION, *shared, 0, 0, 0, 0), name)


def package(members: Iterable[Member]) -> bytes:
    """Join members to a package, in the order given."""
    bodies, entries, offset = [], [], 0
    for member in members:
        bodies.append(member.local)
        entries.append(_CENTRAL.pack(*member.directory, offset) + member.name)
        offset += len(member.local)
    directory = b"".join(entries)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), offset, 0)
    return b"".join([*bodies, directory, end])
