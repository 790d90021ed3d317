"""Files that grow by whole lines: the journal, receipts.

A line that is told as written is on the disk. A writer that dies may leave a torn last line, one without its line
end. Appending never cuts anything: it finishes a torn line that is the beginning of what is appended, and ends any
other first, so that no word of anybody is lost. Where each line can be made again (the journal follows from the
events), recovery cuts the torn one with `cut_torn_tail`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from formsvc.durable.batch import write_all
from formsvc.durable.calls import FILE_MODE, NO_FOLLOW, sync_descriptor
from formsvc.durable.folders import make_unsynced, sync_folders, up_to
from formsvc.durable.lock import lock_descriptor, unlock_descriptor

_OPEN = os.O_RDWR | os.O_APPEND | NO_FOLLOW
_CHUNK = 1 << 16
_PATIENCE = 30.0
"""Seconds to wait for another process that appends to the same file."""


def append_lines(path: Path, lines: Iterable[str], *, top: Path | None = None) -> None:
    """Append lines, all or none of them, with one sync; the file and its folders are made when missing.

    The lines come without line ends: ValueError when one holds any. BusyError when another process keeps the file
    locked. What a failed write left is taken back.
    """
    texts = list(lines)
    if any("\n" in text or "\r" in text for text in texts):
        raise ValueError("a line holds a line end")
    if not texts:
        return
    data = "".join(f"{text}\n" for text in texts).encode()
    gained = make_unsynced(path.parent)
    with _locked(path, _OPEN | os.O_CREAT) as descriptor:
        size = os.fstat(descriptor).st_size
        try:
            write_all(descriptor, _behind(descriptor, size, data))
            sync_descriptor(descriptor)
        except BaseException:
            os.ftruncate(descriptor, size)
            raise
    sync_folders({*gained, *up_to(top, path.parent)})


def append_line(path: Path, line: str, *, top: Path | None = None) -> None:
    """Append one line; see `append_lines`."""
    append_lines(path, (line,), top=top)


def torn_tail(path: Path) -> bytes:
    """Read what stands behind the last line end: b"" in a whole file, and in one that is not there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | NO_FOLLOW)
    except FileNotFoundError:
        return b""
    try:
        return _tail(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)


def cut_torn_tail(path: Path) -> bytes:
    """Cut what stands behind the last line end, durably, and return it; whole lines are never touched.

    Only for files whose lines can be made again from elsewhere.
    """
    if not torn_tail(path):
        return b""
    with _locked(path, _OPEN) as descriptor:
        size = os.fstat(descriptor).st_size
        tail = _tail(descriptor, size)
        os.ftruncate(descriptor, size - len(tail))
        sync_descriptor(descriptor)
    return tail


@contextmanager
def _locked(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags, FILE_MODE)
    try:
        lock_descriptor(descriptor, path.name, wait=_PATIENCE)
        yield descriptor
        unlock_descriptor(descriptor)
    finally:
        os.close(descriptor)


def _behind(descriptor: int, size: int, data: bytes) -> bytes:
    """Return what has to be written at the end of a file so that `data` stands there in whole lines."""
    if size == 0 or _read(descriptor, size - 1, size) == b"\n":
        return data
    torn = _tail(descriptor, size)
    return data[len(torn) :] if data.startswith(torn) else b"\n" + data


def _tail(descriptor: int, size: int) -> bytes:
    tail, start = b"", size
    while start > 0:
        before = max(0, start - _CHUNK)
        chunk = _read(descriptor, before, start)
        _, found, last = chunk.rpartition(b"\n")
        tail, start = last + tail, before
        if found:
            break
    return tail


def _read(descriptor: int, start: int, end: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    data = b""
    while start + len(data) < end and (chunk := os.read(descriptor, end - start - len(data))):
        data += chunk
    return data
