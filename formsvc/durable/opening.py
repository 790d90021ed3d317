"""Opening a file that strangers may have placed: only a regular file, and only the one that was looked at.

Everything after opening goes through the descriptor, so that swapping the name changes nothing. Links are not
followed, pipes and devices are not waited for. Not promised: that the bytes stay as they are; take their hash.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from formsvc.durable.calls import NO_FOLLOW, NO_WAIT

_LOOK = os.O_RDONLY | NO_FOLLOW | NO_WAIT


class Unopened(StrEnum):
    """Why a name in the inbox is not opened."""

    GONE = "gone"
    """Nothing has that name any more."""
    LINK = "link"
    """It is a symbolic link, or one leads there; it is not followed."""
    FOLDER = "folder"
    """It is a folder."""
    SPECIAL = "special"
    """It is a pipe, a socket or a device."""
    DENIED = "denied"
    """We may not read it."""
    HELD = "held"
    """Another program keeps it closed to everybody else (Windows), or the share does."""


_REASONS = {
    errno.ENOENT: Unopened.GONE,
    errno.ELOOP: Unopened.LINK,
    errno.EMLINK: Unopened.LINK,
    errno.ENOTDIR: Unopened.LINK,
    errno.ENXIO: Unopened.SPECIAL,
    errno.EACCES: Unopened.DENIED,
    errno.EPERM: Unopened.DENIED,
    errno.EBUSY: Unopened.HELD,
    errno.ETXTBSY: Unopened.HELD,
    errno.EAGAIN: Unopened.HELD,
}
"""What the system answers when it does not open a file (a link is ELOOP, on FreeBSD EMLINK; a socket ENXIO)."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A regular file, open for reading; close it, or use it in a `with`."""

    descriptor: int
    """Where to read."""
    size: int
    """Bytes when it was opened."""
    modified: int
    """Time of its last change, in nanoseconds, as the file system tells it: information only."""
    links: int
    """How many names it has; with more than one it is copied, never moved."""
    device: int
    """The file system's number; with `inode` the file's identity."""
    inode: int
    """The file's number on that file system."""

    def close(self) -> None:
        """Let the file go."""
        os.close(self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_regular(path: Path | str, *, root: Path | None = None) -> OpenFile | Unopened:
    """Open a regular file, or say why not.

    With `root`, a folder above, no link between it and the file is followed either.
    """
    try:
        descriptor = _open(path, root)
    except OSError as error:
        if error.errno not in _REASONS:
            raise
        folder = sys.platform == "win32" and Path(path).is_dir()
        return Unopened.FOLDER if folder else _REASONS[error.errno]
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode):
        return OpenFile(descriptor, found.st_size, found.st_mtime_ns, found.st_nlink, found.st_dev, found.st_ino)
    os.close(descriptor)
    return Unopened.FOLDER if stat.S_ISDIR(found.st_mode) else Unopened.SPECIAL


def _open(path: Path | str, root: Path | None) -> int:
    if sys.platform == "win32":
        if Path(path).is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        return os.open(path, _LOOK)
    if root is None:
        return os.open(path, _LOOK)
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        *between, last = Path(path).relative_to(root).parts
        for part in between:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = below
        return os.open(last, _LOOK, dir_fd=folder)
    finally:
        os.close(folder)
