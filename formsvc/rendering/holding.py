"""Files saved with image data held back: in its place stands a short mark, exchanged for where the data really is.

So the library that writes a file never sees the images, and what it wrote is small whatever they are. What is saved
has a plain table of cross references, as `pikepdf.pdfa` writes it without object streams.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from formsvc.rendering.spans import Part, joined, size_of

_LENGTH = b"/Length "
_XREF = re.compile(rb"\nxref\n0 (\d+)\n")
_START = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")
_ENTRY = 20
_LAST = 10
"""Digits of a place in the table."""


def spliced(saved: bytes, held: Mapping[bytes, Sequence[Part]]) -> tuple[Part, ...]:
    """Return a saved file with the data behind its marks; a mark that is not there is no image of this file.

    Raises ValueError when the file is not as expected.
    """
    start = _START.search(saved)
    table = None if start is None else int(start[1])
    counted = None if table is None else _XREF.match(saved, table - 1)
    if table is None or counted is None:
        raise ValueError("no plain cross references")
    edits: list[tuple[int, int, tuple[Part, ...]]] = []
    for mark, parts in held.items():
        at = saved.find(b"stream\n" + mark + b"\nendstream")
        if at >= 0:
            length = saved.rindex(_LENGTH, 0, at) + len(_LENGTH)
            size = str(sum(map(size_of, parts))).encode("ascii")
            edits.append((length, saved.index(b" ", length), (size,)))
            edits.append((at + 7, at + 7 + len(mark), tuple(parts)))
    edits.sort(key=lambda edit: edit[:2])
    found: list[Part] = []
    place = 0
    for begin, end, parts in edits:
        found += [saved[place:begin], *parts]
        place = end
    moved = _moved(saved, counted, edits)
    found += [saved[place:table], moved, b"startxref\n%d\n%%%%EOF\n" % (table + _shift(edits, table))]
    return joined(found)


def _moved(saved: bytes, counted: re.Match[bytes], edits: Sequence[tuple[int, int, tuple[Part, ...]]]) -> bytes:
    """Return the table and the trailer with every place moved."""
    lines = [b"xref\n0 %s\n" % counted[1]]
    for number in range(int(counted[1])):
        entry = saved[counted.end() + number * _ENTRY : counted.end() + (number + 1) * _ENTRY]
        place = int(entry[:_LAST])
        is_used = entry[17:18] == b"n"
        lines.append(b"%010d" % (place + _shift(edits, place)) + entry[_LAST:] if is_used else entry)
    after = counted.end() + int(counted[1]) * _ENTRY
    lines.append(saved[after : saved.rindex(b"startxref")])
    return b"".join(lines)


def _shift(edits: Sequence[tuple[int, int, tuple[Part, ...]]], place: int) -> int:
    """Return by how much what stands at a place moves."""
    return sum(sum(map(size_of, parts)) - (end - begin) for begin, end, parts in edits if end <= place)
