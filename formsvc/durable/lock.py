"""Advisory locks between the processes of one office: flock on POSIX, msvcrt on Windows.

The system lets a lock go when its holder dies, so no lock is ever stale. A lock file stays where it is. Not promised:
that a share carries locks from one machine to another; there, safety comes from create-only names.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from formsvc.durable.calls import FILE_MODE, NO_FOLLOW
from formsvc.errors import BusyError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOOK_AGAIN = 0.01
"""Seconds between two tries."""
_FAR_BYTE = 1 << 40
"""The byte Windows locks: far behind the content, which stays readable."""
_HELD = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK, errno.EWOULDBLOCK})


class Lock:
    """A lock on the file `path`, held inside a `with`.

    `shared` holders bear one another and keep an exclusive one out (on Windows every holder is exclusive). Raises
    BusyError when it is not free after `wait` seconds.
    """

    def __init__(self, path: Path, *, shared: bool = False, wait: float = 0.0) -> None:
        self._path = path
        self._shared = shared
        self._wait = wait
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock."""
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | NO_FOLLOW, FILE_MODE)
        try:
            lock_descriptor(self._descriptor, self._path.name, shared=self._shared, wait=self._wait)
        except BaseException:
            self._close()
            raise

    def release(self) -> None:
        """Let the lock go; without holding it, nothing happens."""
        if self._descriptor is not None:
            unlock_descriptor(self._descriptor)
            self._close()

    def _close(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def lock_descriptor(descriptor: int, name: str, *, shared: bool = False, wait: float = 0.0) -> None:
    """Lock an open file until it is closed; raise BusyError naming `name` when it is not free after `wait` seconds."""
    for _ in range(int(wait / _LOOK_AGAIN)):
        if _locked(descriptor, shared=shared):
            return
        time.sleep(_LOOK_AGAIN)
    if not _locked(descriptor, shared=shared):
        raise BusyError(lock=name)


def _locked(descriptor: int, *, shared: bool) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _FAR_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _HELD:
            raise
        return False
    return True


def unlock_descriptor(descriptor: int) -> None:
    """Let an open file's lock go before it is closed."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            os.lseek(descriptor, _FAR_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
