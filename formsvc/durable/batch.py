"""Writes that are new names for synced data, one or many of them at the price of one sync.

The rule of this file: data is on the disk before the rename that publishes it, and the folders of that rename are on
the disk before success is told. A temporary name is never used twice. A kill leaves temporary names, never a part of
a file under its own name; who owns the folder clears them away.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from formsvc.durable.calls import (
    FILE_MODE,
    NO_FOLLOW,
    READ_ONLY_MODE,
    open_for_group_sync,
    rename_new,
    sync_descriptor,
    sync_file_system,
)
from formsvc.durable.folders import make_unsynced, sync_folders, sync_item, unused_name, up_to
from formsvc.errors import TakenError

if TYPE_CHECKING:
    from hashlib import _Hash

_CHUNK = 1 << 20
"""Bytes copied at a time."""
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW


@dataclass(frozen=True, slots=True)
class Copied:
    """What was written of an open file, or of pieces."""

    sha256: str
    """The hash of the bytes that were written, in hex."""
    size: int
    """How many bytes they are."""


class Batch:
    """Create-only writes that share their syncs; nothing has its name before `commit`.

    `top` is a folder that is there for good (an archive's root), on the one file system of the whole batch: the
    folders from each new name up to it are synced.
    With `grouped`, one call syncs all files where the system allows it, else each file is synced by itself. Left
    without `commit`, or by an exception, the batch takes its temporary files away; staged folders are their owner's.
    """

    def __init__(self, top: Path, *, grouped: bool = True) -> None:
        self._top = top
        self._descriptor = open_for_group_sync(top) if grouped else None
        self._moves: dict[Path, Path] = {}
        self._temporary: set[Path] = set()
        self._gained: set[Path] = set()
        self._staged: set[Path] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def write(self, path: Path, data: bytes, *, mode: int = FILE_MODE) -> None:
        """Write a new file into a staged folder, which is there; `publish` syncs that folder and gives it its name."""
        self._fill(path, (data,), mode)

    def write_pieces(self, path: Path, pieces: Iterable[bytes], *, mode: int = FILE_MODE) -> Copied:
        """Write a new file of pieces that come one by one into a staged folder."""
        digest, size = sha256(), 0

        def told() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                yield piece

        self._fill(path, told(), mode)
        return Copied(digest.hexdigest(), size)

    def copy(self, descriptor: int, path: Path, *, mode: int = READ_ONLY_MODE) -> Copied:
        """Copy the open file `descriptor`, its size as it is now, into a new file of a staged folder."""
        return self._copy(descriptor, path, mode, is_staged=True)

    def link(self, source: Path, path: Path) -> bool:
        """Give a file that nobody changes a second name in a staged folder; False where that cannot be."""
        try:
            if not stat.S_ISREG(source.lstat().st_mode):
                return False
            os.link(source, path, follow_symlinks=False)
        except (OSError, NotImplementedError):
            return False
        return True

    def put_new(self, path: Path, data: bytes, *, mode: int = FILE_MODE, staging: Path | None = None) -> None:
        """Have `commit` give `data` the name `path`; until then it lies in `staging`, or beside its name.

        Raises TakenError when this batch has that name already, as do all that follow, or when a file stands where
        one of its folders should be.
        """
        temporary = self._unfinished(path, staging)
        self._fill(temporary, (data,), mode, is_staged=False)
        self._move(temporary, path)

    def copy_in(
        self, descriptor: int, path: Path, *, mode: int = READ_ONLY_MODE, staging: Path | None = None
    ) -> Copied:
        """Have `commit` give a copy of the open file `descriptor` the name `path`."""
        temporary = self._unfinished(path, staging)
        copied = self._copy(descriptor, temporary, mode, is_staged=False)
        self._move(temporary, path)
        return copied

    def publish(self, folder: Path, target: Path, *, is_staged: bool = False) -> None:
        """Have `commit` sync `folder` with all it holds and rename it to `target`.

        A staged one means nothing under the name it has: the folders of its new name need not be lasting before.
        """
        self._move(folder, target)
        if is_staged:
            self._staged.add(folder)

    def move_in(self, source: Path, target: Path) -> None:
        """Have `commit` sync the file `source`, whoever wrote it, and rename it to `target`."""
        self._move(source, target)

    def commit(self) -> dict[Path, OSError]:
        """Sync what was written, rename it, sync the folders; return what stood in the way, by target.

        The usual ones are FileExistsError (the name is taken; what has it is synced now), FileNotFoundError (the
        source of a `move_in` is gone) and EXDEV (it lies on another file system). What was written has its name before
        anything is moved: a note of what a move is about is on the disk when it moves. An OSError that is raised came
        before the renames, and nothing was published or moved, or from a later sync, and then whole objects stand
        there that the next run finds.
        """
        failures, folders = self._make_room()
        made, left = set(folders), set[Path]()
        written = {target: source for target, source in self._moves.items() if source in self._temporary}
        moved = {target: source for target, source in self._moves.items() if source not in self._temporary}
        if self._descriptor is not None:
            sync_file_system(self._descriptor)
        try:
            self._rename(written, failures, folders, left)
            if any(source not in self._staged for source in moved.values()):
                if self._descriptor is None:
                    sync_folders(made)
                elif written:
                    sync_file_system(self._descriptor)
            self._rename(moved, failures, folders, left)
        finally:
            self._moves, self._gained = {}, set()
            self._sync_folders(folders, left - folders)
        return failures

    def _rename(
        self, moves: Mapping[Path, Path], failures: dict[Path, OSError], gained: set[Path], left: set[Path]
    ) -> None:
        """Give things their names; note what stands in the way, and the folders that gain and lose a name."""
        for target, source in moves.items():
            if target in failures:
                continue
            try:
                if source not in self._temporary:
                    left.add(source.parent)
                    if self._descriptor is None:
                        sync_item(source)
                gained.update(up_to(self._top, target.parent))
                rename_new(source, target)
            except OSError as error:
                failures[target] = error

    def _make_room(self) -> tuple[dict[Path, OSError], set[Path]]:
        """Make the folders of the new names; return the targets where something is in the way, and what to sync.

        What moves here from a lasting name must find lasting folders: else a power cut could keep the move and lose
        the folder.
        """
        failures: dict[Path, OSError] = {}
        folders = self._gained
        for target in self._moves:
            try:
                folders |= make_unsynced(target.parent)
            except OSError as error:
                failures[target] = error
        return failures, folders

    def close(self) -> None:
        """Take away what has no name yet, and let the file system go."""
        for path in self._temporary:
            path.unlink(missing_ok=True)
        self._temporary = set()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _unfinished(self, path: Path, staging: Path | None) -> Path:
        try:
            self._gained |= make_unsynced(path.parent) if staging is None else set()
        except (FileExistsError, NotADirectoryError) as error:
            raise TakenError(path=str(path)) from error
        temporary = unused_name(staging or path.parent)
        self._temporary.add(temporary)
        return temporary

    def _move(self, source: Path, target: Path) -> None:
        if target in self._moves:
            raise TakenError(path=str(target))
        self._moves[target] = source

    def _copy(self, descriptor: int, path: Path, mode: int, *, is_staged: bool) -> Copied:
        digest = sha256()
        self._fill(path, _chunks(descriptor, digest), mode, is_staged=is_staged)
        return Copied(digest.hexdigest(), os.lseek(descriptor, 0, os.SEEK_CUR))

    def _fill(self, path: Path, chunks: Iterable[bytes], mode: int, *, is_staged: bool = True) -> None:
        """Write a new file; one that is not staged gets a name by itself, and is synced here unless all are at once."""
        descriptor = os.open(path, _CREATE, mode)
        try:
            for chunk in chunks:
                write_all(descriptor, chunk)
            if self._descriptor is None and not is_staged:
                sync_descriptor(descriptor)
        finally:
            os.close(descriptor)

    def _sync_folders(self, gained: set[Path], left: set[Path]) -> None:
        """Sync the folders that things went to before those they came from: no moment has lost both names."""
        if self._descriptor is not None:
            sync_file_system(self._descriptor)
            return
        for folders in (gained, left):
            sync_folders(folder for folder in folders if folder.is_dir())


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`, however small the pieces the system takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _chunks(descriptor: int, digest: _Hash) -> Iterator[bytes]:
    left = os.fstat(descriptor).st_size
    os.lseek(descriptor, 0, os.SEEK_SET)
    while left and (chunk := os.read(descriptor, min(left, _CHUNK))):
        left -= len(chunk)
        digest.update(chunk)
        yield chunk
