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
_DEFLATED = 8
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
    squeezer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = squeezer.compress(data) + squeezer.flush()
    checksum = zlib.crc32(data)
    encoded = name.encode("ascii")
    shared = (_VERSION, 0, _DEFLATED, _MIDNIGHT, _FIRST_OF_1980, checksum, len(packed), len(data), len(encoded), 0)
    local = _LOCAL.pack(b"PK\x03\x04", *shared) + encoded + packed
    return Member(local, (b"PK\x01\x02", _VERSION, *shared, 0, 0, 0, 0), encoded)


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
