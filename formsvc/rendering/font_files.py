"""The faces in font files: what they are called, read from the names alone (OpenType 1.9, tables `name` and `OS/2`).

A system has hundreds of font files and only a few are wanted, so a file gives some kilobytes and is closed. A file that
is no font, or cannot be read, has one face that goes by the name of its file, so that it can be missed by that name.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_MOST_FACES = 64
_MOST_TABLES = 256
_LONGEST_TABLE = 1 << 20
_FAMILIES, _WHOLE_NAMES = frozenset({1, 16}), frozenset({4, 6})
"""Name ids: family and typographic family; full name and PostScript name."""
_MAC_ENCODINGS = {0: "mac_roman", 1: "shift_jis", 2: "big5", 3: "euc_kr", 25: "gb18030"}
_WINDOWS_ENCODINGS = {3: "gb18030", 4: "big5"}
"""Encodings of names that are not UTF-16, by platform: old fonts of offices have them."""
_REGULAR = 400


@dataclass(frozen=True, slots=True)
class FontFace:
    """One face in a font file."""

    path: Path
    number: int
    """Its number in a collection; 0 in a file of one face."""
    families: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    """Full and PostScript names, and the name of the file; all of them, as the families, folded."""
    is_slanted: bool = False
    weight: int = _REGULAR
    is_whole: bool = False
    """Whether every table ends inside the file."""

    def fits(self, wanted: str) -> bool:
        """Say whether a name is this face's or its family's, whatever the case and the blanks."""
        return fold_face(wanted) in self.families | self.names

    def distance(self, wanted: str) -> tuple[bool, bool, int]:
        """Rank the faces a name fits: its own name before its family's, upright, and near to regular."""
        return fold_face(wanted) not in self.names, self.is_slanted, abs(self.weight - _REGULAR)


def fold_face(name: str) -> str:
    """Give the key by which two names of faces are the same name."""
    return "".join(name.split()).casefold()


def faces_in(folders: Iterable[Path]) -> list[FontFace]:
    """Return the faces in folders and all below them, in the order of the folders, then by path."""
    found: dict[Path, list[FontFace]] = {}
    for folder in folders:
        for path in _files(folder):
            if path not in found:
                found[path] = list(_faces(path))
    return [face for faces in found.values() for face in faces]


def _files(folder: Path) -> Iterator[Path]:
    for root, below, names in os.walk(folder):
        below.sort()
        yield from (Path(root, name) for name in sorted(names) if Path(name).suffix.lower() in _SUFFIXES)


def _faces(path: Path) -> Iterator[FontFace]:
    by_file = frozenset({fold_face(path.name), fold_face(path.stem)})
    try:
        if stat.S_ISREG(path.stat().st_mode):
            with path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                for number, start in enumerate(_starts(file)):
                    tables = _tables(file, start)
                    is_whole = all(begin + length <= size for begin, length in tables.values())
                    yield _face(path, number, by_file, file, tables, is_whole=is_whole)
    except (OSError, struct.error, ValueError):
        yield FontFace(path, 0, names=by_file)


def _starts(file: BinaryIO) -> tuple[int, ...]:
    """Return where in a file the directories of its faces begin; raises struct.error or ValueError for no font."""
    head = _at(file, 0, 12)
    if head[:4] != b"ttcf":
        return (0,)
    (count,) = struct.unpack(">I", head[8:12])
    if not 0 < count <= _MOST_FACES:
        raise ValueError("faces")
    return struct.unpack(f">{count}I", _at(file, 12, 4 * count))


def _tables(file: BinaryIO, start: int) -> dict[bytes, tuple[int, int]]:
    """Return tag -> offset and length of the tables of a face."""
    kind, count = struct.unpack(">4sH", _at(file, start, 6))
    if kind not in (b"\0\1\0\0", b"OTTO", b"true") or not 0 < count <= _MOST_TABLES:
        raise ValueError("no font")
    rows = struct.iter_unpack(">4s4xII", _at(file, start + 12, 16 * count))
    return {tag: (offset, length) for tag, offset, length in rows}


def _face(
    path: Path,
    number: int,
    by_file: frozenset[str],
    file: BinaryIO,
    tables: Mapping[bytes, tuple[int, int]],
    *,
    is_whole: bool,
) -> FontFace:
    said: dict[int, set[str]] = {}
    for kind, text in _said(_table(file, tables, b"name")):
        said.setdefault(kind, set()).add(fold_face(text))
    style = _table(file, tables, b"OS/2")
    return FontFace(
        path,
        number,
        families=frozenset().union(*(said.get(kind, ()) for kind in _FAMILIES)) - {""},
        names=by_file.union(*(said.get(kind, ()) for kind in _WHOLE_NAMES)) - {""},
        is_slanted=len(style) >= 64 and bool(style[63] & 1),
        weight=int.from_bytes(style[4:6], "big") if len(style) >= 6 else _REGULAR,
        is_whole=is_whole,
    )


def _said(table: bytes) -> Iterator[tuple[int, str]]:
    """Yield the name ids and texts of a `name` table; what is out of shape or in an unknown encoding is passed over."""
    count, start = struct.unpack(">HH", table[2:6])
    for row in struct.iter_unpack(">6H", table[6 : 6 + 12 * min(count, (len(table) - 6) // 12)]):
        platform, encoding, _language, kind, length, offset = row
        data = table[start + offset : start + offset + length]
        if kind not in _FAMILIES | _WHOLE_NAMES:
            continue
        if platform == 1:
            codec = _MAC_ENCODINGS.get(encoding)
        else:
            codec = _WINDOWS_ENCODINGS.get(encoding, "utf_16_be") if platform == 3 else "utf_16_be"
        if codec is not None:
            # Old fonts pad each byte of such a name to two.
            bare = data if codec == "utf_16_be" else data.replace(b"\0", b"")
            yield kind, bare.decode(codec, "ignore")


def _table(file: BinaryIO, tables: Mapping[bytes, tuple[int, int]], tag: bytes) -> bytes:
    offset, length = tables.get(tag, (0, 0))
    if length > _LONGEST_TABLE:
        raise ValueError("table")
    return _at(file, offset, length)


def _at(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)
