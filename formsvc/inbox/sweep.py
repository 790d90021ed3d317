"""One sweep of the inbox: every name in it that is not reserved and not junk, without opening anything.

The sweep is the truth about what is there; file system events only say when to sweep. Links are not followed, and
depth is no recursion.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from formsvc.errors import MissingInboxError
from formsvc.inbox.areas import RESERVED, is_junk

_OUT_OF_REACH = frozenset({errno.EACCES, errno.EPERM, errno.ENAMETOOLONG})


@dataclass(frozen=True, slots=True)
class Seen:
    """A name in the inbox at one moment."""

    path: Path
    place: str
    """The folder below the inbox it lies in, as a POSIX path; empty at the top."""
    size: int
    modified_ns: int
    inode: int
    is_regular: bool
    """Whether it is a regular file; links, pipes and devices are answered without being opened."""
    links: int
    """How many names the file has; one with several is copied, never moved."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """What has to stay equal between two looks."""
        return (self.size, self.modified_ns, self.inode)


def sweep(inbox: Path) -> list[Seen]:
    """Return what lies in the inbox, in name order; raises MissingInboxError when the folder is not there.

    A folder that may not be looked into, or lies deeper than the system has paths for, is left as it is.
    """
    seen: list[Seen] = []
    folders = [(inbox, "")]
    while folders:
        folder, place = folders.pop()
        entries = _entries(folder)
        if entries is None and folder == inbox:
            raise MissingInboxError(path=str(inbox))
        for entry in entries or ():
            if is_junk(entry.name) or (not place and entry.name in RESERVED):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append((folder / entry.name, f"{place}/{entry.name}".lstrip("/")))
                continue
            found = _look(entry, place)
            if found is not None:
                seen.append(found)
    return sorted(seen, key=lambda one: (one.place, one.path.name))


def _entries(folder: Path) -> list[os.DirEntry[str]] | None:
    """Return what is in a folder, in name order; None when it is not there any more."""
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno in _OUT_OF_REACH:
            return []
        raise


def look(path: Path, place: str) -> Seen | None:
    """Return what has this name now, or None when nothing has."""
    try:
        return _seen(path, place, path.lstat())
    except (FileNotFoundError, NotADirectoryError):
        return None


def _look(entry: os.DirEntry[str], place: str) -> Seen | None:
    try:
        return _seen(Path(entry.path), place, entry.stat(follow_symlinks=False))
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in _OUT_OF_REACH:
            return None
        raise


def _seen(path: Path, place: str, status: os.stat_result) -> Seen:
    return Seen(
        path=path,
        place=place,
        size=status.st_size,
        modified_ns=status.st_mtime_ns,
        inode=status.st_ino,
        is_regular=stat.S_ISREG(status.st_mode),
        links=status.st_nlink,
    )
