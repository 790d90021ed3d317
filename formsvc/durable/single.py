"""One durable write at a time: `put_new`, `replace`, `publish`, `move_in`, `copy_in`.

Each is a batch of one and keeps the batch's rule. `top`, where it is given, is a folder above that is there for good;
every folder from the new name up to it is synced, also one that a killed process made and did not sync.
"""

from __future__ import annotations

import errno
from pathlib import Path

from formsvc.durable.batch import Batch, Copied
from formsvc.durable.calls import FILE_MODE, READ_ONLY_MODE
from formsvc.durable.folders import sync_dir, sync_item, unused_name
from formsvc.errors import TakenError


def put_new(path: Path, data: bytes, *, mode: int = FILE_MODE, top: Path | None = None) -> None:
    """Write a new file, whole or not at all; raise TakenError, touching nothing, when something has that name."""
    with Batch(top or path.parent, grouped=False) as batch:
        batch.put_new(path, data, mode=mode)
        _raise_failures(batch.commit())


def copy_in(descriptor: int, target: Path, *, mode: int = READ_ONLY_MODE, top: Path | None = None) -> Copied:
    """Copy an open file, from its first byte to its present size, to a new name; return hash and size of the copy.

    Raises TakenError, touching nothing, when something has that name.
    """
    with Batch(top or target.parent, grouped=False) as batch:
        copied = batch.copy_in(descriptor, target, mode=mode)
        _raise_failures(batch.commit())
    return copied


def move_in(source: Path, target: Path, *, top: Path | None = None) -> bool:
    """Claim a file: sync it, rename it without overwriting, sync both folders.

    Returns False, with nothing changed, when the two lie on different file systems; the caller copies then. Raises
    TakenError when something has the name `target`, FileNotFoundError when `source` is gone.
    """
    with Batch(top or target.parent, grouped=False) as batch:
        batch.move_in(source, target)
        failures = batch.commit()
    if any(error.errno == errno.EXDEV for error in failures.values()):
        return False
    _raise_failures(failures)
    return True


def publish(staging: Path, target: Path, *, top: Path | None = None) -> None:
    """Sync a folder with all it holds, however it was written, and rename it to `target` without overwriting.

    Raises TakenError, leaving `staging` as it is, when something has that name; an empty folder gives way.
    """
    with Batch(top or target.parent, grouped=False) as batch:
        batch.publish(staging, target)
        _raise_failures(batch.commit())


def replace(path: Path, data: bytes, *, mode: int = FILE_MODE) -> None:
    """Rewrite a file that follows from others (a cache, a state that can be made again), whole or not at all."""
    temporary = unused_name(path.parent)
    with Batch(path.parent, grouped=False) as batch:
        try:
            batch.write(temporary, data, mode=mode)
            sync_item(temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_dir(path.parent)


def _raise_failures(failures: dict[Path, OSError]) -> None:
    for path, error in failures.items():
        if isinstance(error, FileExistsError | NotADirectoryError):
            raise TakenError(path=str(path)) from error
        raise error
