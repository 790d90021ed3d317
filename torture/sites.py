"""Which place in the program asks for a sync: told in the log of a recorded run, by a write that cannot succeed.

A place is the functions on the way from the one that asked to the sync, so that syncs of one place can be judged
together: what is harmless in one run may be what another run hangs on.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from types import FrameType

from formsvc.durable import batch, calls

_MARK = b"sync by "
_PACKAGE = Path(calls.__file__).parent.parent
_BELOW = (_PACKAGE / "durable", _PACKAGE / "storage")
"""Functions in here are on the way; the first one outside is the one that asked."""


def tell_sites() -> None:
    """From now on tell the place of each sync of this process; not of SQLite's own."""
    fsync, sync = os.fsync, os.sync

    def told(descriptor: int) -> None:
        _tell()
        fsync(descriptor)

    os.fsync = told  # type: ignore[assignment]  # called with numbers alone here

    def told_of_everything() -> None:
        _tell()
        sync()

    os.sync = told_of_everything
    libc = calls._LIBC  # noqa: SLF001 - the one door to syncfs
    if libc is not None:
        syncfs = libc.syncfs

        def told_of_all(descriptor: int) -> int:
            _tell()
            return int(syncfs(descriptor))

        setattr(libc, "syncfs", told_of_all)  # noqa: B010 - a name that the type of libraries does not know


def sync_singly() -> None:
    """From now on tell the place of each sync of this process, which is on a file system without a group's sync."""
    tell_sites()
    for module in (batch, calls):
        setattr(module, "open_for_group_sync", lambda _: None)  # noqa: B010 - a name they do not hand on


def site_in(data: bytes) -> str:
    """Return the place that a failed write tells; empty when it tells none."""
    return data[len(_MARK) :].decode("utf-8", "replace") if data.startswith(_MARK) else ""


def _tell() -> None:
    with contextlib.suppress(OSError):
        os.write(-1, _MARK + " > ".join(_way()).encode())


def _way() -> list[str]:
    """Return the functions from the one that asked, the first that writes nothing itself, down to the sync."""
    found: list[str] = []
    frame: FrameType | None = sys._getframe(3)  # noqa: SLF001 - the caller of the sync
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.stem != "calls":
            found.append(f"{path.stem}.{frame.f_code.co_qualname}")
        if not any(path.is_relative_to(folder) for folder in _BELOW):
            break
        frame = frame.f_back
    return list(dict.fromkeys(reversed(found)))
