"""The calls of the operating system that durable writing stands on, each with its fallback.

Whatever differs between Linux, macOS and Windows is in this folder, and most of it in this file; `protections` says
which of the calls are in force for a folder. Not promised: a disk that lies about having flushed its cache.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

if sys.platform == "win32":
    NO_FOLLOW = os.O_BINARY
    NO_WAIT = os.O_BINARY
else:
    import fcntl

    NO_FOLLOW = os.O_NOFOLLOW
    """The flag of open by which a link is not followed."""
    NO_WAIT = os.O_NONBLOCK
    """The flag of open by which a pipe is not waited for."""

FILE_MODE = 0o640
"""A file of ours: the office's group may read it."""
READ_ONLY_MODE = 0o440
"""A file that never changes again: what was received."""
FOLDER_MODE = 0o750
"""A folder of ours; a set-group-id bit is left to whoever sets the archive up."""

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})
_GROUP_SYNC_KERNEL = (5, 8)
"""The first Linux whose syncfs reports that data could not be written."""
_GROUP_SYNC_SYSTEMS = frozenset({"ext4", "xfs", "btrfs", "f2fs", "tmpfs"})
"""File systems whose syncfs is known to leave file data and names on the disk."""
_NETWORK_SYSTEMS = frozenset({"cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "fuse.sshfs", "afs", "ceph", "davfs"})


@dataclass(frozen=True, slots=True)
class Protection:
    """One protection that the operating system may or may not give."""

    name: str
    """A stable code: `no-overwrite`, `folder-sync`, `group-sync`, `lock`, `no-follow`."""
    active: bool
    """Whether the strong form is in force."""
    means: str
    """The call that stands for it, or the fallback that stands in for it."""


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


_LIBC = _libc()


def _kernel() -> tuple[int, ...]:
    if sys.platform == "win32":
        return ()
    numbers = os.uname().release.split("-")[0].split(".")
    return tuple(int(number) for number in numbers[:2] if number.isdigit())


def rename_new(source: Path, target: Path) -> None:
    """Rename a file or folder unless something has the name `target`.

    An empty folder under that name holds nothing and may give way to a folder. Raises FileExistsError when something
    is there, and OSError with EXDEV when the two lie on different file systems.
    """
    if _LIBC is not None and hasattr(_LIBC, "renameat2"):
        names = os.fsencode(source), os.fsencode(target)
        if _LIBC.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_NOREPLACE) == 0:
            return
        code = ctypes.get_errno()
        if code == errno.EEXIST and source.is_dir():
            rename_portably(source, target)
            return
        if code not in _UNSUPPORTED:
            raise OSError(code, os.strerror(code), str(source), None, str(target))
    rename_portably(source, target)


def rename_portably(source: Path, target: Path) -> None:
    """Do what `rename_new` does without renameat2.

    A folder never takes the place of a folder that holds something: rename itself refuses. A file gets its second
    name by a link, which refuses a taken name; where there are no links, a look before the rename must do, and two
    writers are kept apart by the locks they hold.
    """
    if source.is_dir() and not source.is_symlink():
        try:
            source.rename(target)
        except OSError as error:
            if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR} and os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
            raise
        return
    if sys.platform != "win32":
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError as error:
            if error.errno in {errno.EEXIST, errno.EXDEV, errno.ENOENT, errno.ENOSPC}:
                raise
        else:
            source.unlink()
            return
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    source.rename(target)


def sync_descriptor(descriptor: int) -> None:
    """Bring the data and size of an open file (or, on POSIX, the entries of an open folder) to the disk."""
    if sys.platform == "darwin":
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring the entries of `folder` to the disk; Windows does so by itself, and file systems without it are passed."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync_descriptor(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
    finally:
        os.close(descriptor)


def sync_file_system(descriptor: int) -> None:
    """Bring everything written to the file system of `descriptor` to the disk, by one call.

    Only for descriptors that `open_for_group_sync` gave: one opened before the writes, so that a write that failed
    since then is reported, as OSError.
    """
    if _LIBC is None or _LIBC.syncfs(descriptor) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def open_for_group_sync(folder: Path) -> int | None:
    """Open `folder` for `sync_file_system`, or say None where one call cannot safely sync a whole group."""
    if _LIBC is None or not hasattr(_LIBC, "syncfs") or _kernel() < _GROUP_SYNC_KERNEL:
        return None
    if file_system(folder) not in _GROUP_SYNC_SYSTEMS:
        return None
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)


def sync_everything(folder: Path) -> None:
    """Make durable what an earlier, killed process wrote near `folder`, before it is believed."""
    descriptor = open_for_group_sync(folder)
    if descriptor is not None:
        try:
            sync_file_system(descriptor)
        finally:
            os.close(descriptor)
    elif sys.platform != "win32":
        os.sync()


def file_system(path: Path) -> str:
    """Name the kind of file system `path` lies on as the system calls it (`ext4`, `cifs`), or "" when unknown."""
    return _file_system(path.stat().st_dev)


@lru_cache(maxsize=64)
def _file_system(device: int) -> str:
    if sys.platform != "linux":
        return ""
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        before, _, after = line.partition(" - ")
        if before.split(" ")[2] == number:
            return after.split(" ")[0]
    return ""


def is_network(path: Path) -> bool:
    """Whether `path` is known to lie on a share, where no events arrive and locks are a courtesy."""
    return file_system(path) in _NETWORK_SYSTEMS


def protections(folder: Path) -> tuple[Protection, ...]:
    """Say which protections are in force for writing into `folder`."""
    windows = sys.platform == "win32"
    exclusive = _LIBC is not None and hasattr(_LIBC, "renameat2")
    descriptor = open_for_group_sync(folder)
    if descriptor is not None:
        os.close(descriptor)
    return (
        Protection("no-overwrite", True, "renameat2" if exclusive else "rename" if windows else "link"),
        Protection("folder-sync", not windows, "none" if windows else "fsync"),
        Protection("group-sync", descriptor is not None, "fsync" if descriptor is None else "syncfs"),
        Protection("lock", not is_network(folder), "msvcrt" if windows else "flock"),
        Protection("no-follow", not windows, "lstat" if windows else "O_NOFOLLOW"),
    )
