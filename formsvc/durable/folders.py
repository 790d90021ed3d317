"""Folders: made, synced and removed so that a power cut finds them as they were told."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from formsvc.durable.calls import FILE_MODE, FOLDER_MODE, NO_FOLLOW, NO_WAIT, rename_new, sync_descriptor, sync_folder

_TEMPORARY = ".tmp-"


def unused_name(folder: Path) -> Path:
    """Make up a name in `folder` for something unfinished; no two calls ever give the same."""
    return folder / f"{_TEMPORARY}{os.getpid()}-{os.urandom(8).hex()}"


def is_unfinished(path: Path) -> bool:
    """Whether `path` is a name that `unused_name` gave: work of a live process, or left by a dead one."""
    return path.name.startswith(_TEMPORARY)


def make_unsynced(folder: Path) -> set[Path]:
    """Make `folder` and what is missing above it; return the folders that gained an entry and wait to be synced.

    Raises FileExistsError or NotADirectoryError when a file is in the way.
    """
    missing: list[Path] = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for new in reversed(missing):
        try:
            new.mkdir(FOLDER_MODE)
        except FileExistsError:
            if not new.is_dir():
                raise
    return {new.parent for new in missing}


def make_dirs(folder: Path, *, top: Path | None = None) -> None:
    """Make `folder` and what is missing above it, durably; where all of it is there, nothing is synced.

    With `top`, a folder above that is there for good, every folder between is synced, also those found there: a
    process that was killed may have made them and not synced them.
    """
    gained = make_unsynced(folder)
    sync_folders(gained if top is None else {*gained, *up_to(top, folder)})


def up_to(top: Path | None, folder: Path) -> tuple[Path, ...]:
    """List `folder` and the folders above it up to `top`, or `folder` alone when it is not below `top`."""
    if top is None or not folder.is_relative_to(top):
        return (folder,)
    return (folder, *(parent for parent in folder.parents if parent.is_relative_to(top)))


def sync_dir(folder: Path) -> None:
    """Bring the entries of one folder to the disk."""
    sync_folder(folder)


def sync_folders(folders: Iterable[Path]) -> None:
    """Bring the entries of several folders to the disk, the deepest first."""
    for folder in sorted(folders, key=lambda folder: (-len(folder.parts), folder)):
        sync_folder(folder)


def sync_item(path: Path) -> None:
    """Bring a file's data, or a folder with all it holds, to the disk, whoever wrote it; links are not followed."""
    mode = path.lstat().st_mode
    if stat.S_ISDIR(mode):
        sync_tree(path)
    elif stat.S_ISREG(mode):
        access = os.O_RDWR if sys.platform == "win32" else os.O_RDONLY
        descriptor = os.open(path, access | NO_FOLLOW | NO_WAIT)
        try:
            sync_descriptor(descriptor)
        finally:
            os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Bring a folder with everything in it to the disk, from the leaves up."""
    with os.scandir(folder) as entries:
        inside = [Path(entry.path) for entry in entries]
    for each in inside:
        sync_item(each)
    sync_folder(folder)


def remove(*paths: Path) -> None:
    """Remove files and whole folders of our own spool, durably; what is not there is passed over.

    Links inside are removed, never followed. A folder that holds something first gets an unfinished name, by one
    synced rename: who dies on the way leaves it whole under its name, or as something that means nothing and is
    cleared away by whoever finds it; so its own end needs no sync.
    """
    nameless = {path: unused_name(path.parent) for path in paths if _is_full(path)}
    for path, away in nameless.items():
        rename_new(path, away)
    sync_folders({path.parent for path in nameless})
    for path in paths:
        discard(nameless.get(path, path))
    sync_folders({path.parent for path in paths if path not in nameless and path.parent.is_dir()})


def _is_full(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and any(path.iterdir())


def discard(path: Path) -> None:
    """Remove a file or folder that means nothing (staging); like `remove`, without bringing it to the disk."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(mode):
        if sys.platform == "win32":
            path.chmod(FILE_MODE)  # Windows keeps a read-only file from being removed
        path.unlink(missing_ok=True)
        return
    with os.scandir(path) as entries:
        inside = [Path(entry.path) for entry in entries]
    for each in inside:
        discard(each)
    path.rmdir()


def discard_empty(folder: Path) -> None:
    """Remove a folder that holds nothing but empty folders; OSError, with no file touched, when it holds more."""
    with os.scandir(folder) as entries:
        inside = [Path(entry.path) for entry in entries]
    for each in inside:
        discard_empty(each)
    folder.rmdir()
