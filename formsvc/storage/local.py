"""A store in a local folder: readable with any file manager, safe against kills and power cuts.

What is not whole yet lies in the staging folder on the same file system and gets its name by one rename. While
anything lies there its writer holds the staging lock, shared; `recover` takes it alone, and so clears only what dead
writers left. No link inside the root is followed in writing. Not promised: safety from somebody who may write in
the root and swaps folders for links meanwhile.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from formsvc import durable
from formsvc.errors import (
    BadNameError,
    BusyError,
    ChangedError,
    DamagedArchiveError,
    MissingError,
    NotAllowedError,
    TakenError,
)
from formsvc.storage.names import STAGING, check_name, check_prefix, check_together
from formsvc.storage.store import Again, Content, Item, everywhere

_LOCK = "lock"
_PATIENCE = 30.0
"""Seconds a writer waits for a recovery, and a recovery for the writers at work."""
_DEEP = 2
"""Folders below the root; what a folder still deeper holds is listed at once."""
_FEW = 2
"""So many files are synced one by one; for more, one sync of the file system is cheaper."""


class LocalStore:
    """Files in the folder `root`, which is there already: a share that is not mounted is not an empty archive."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._place = str(root / "_")[:-1]
        self._staging = root / STAGING

    def publish(self, prefix: str, files: Mapping[str, Content]) -> None:
        """Store several files as one folder: one rename of a synced folder."""
        for error in self.publish_many([Item(prefix, files)]):
            if error is not None:
                raise error

    def publish_many(self, items: Sequence[Item]) -> tuple[TakenError | ChangedError | None, ...]:
        """Publish several folders: all files written, one sync, a rename each, one sync."""
        check_together(item.prefix for item in items)
        for item in items:
            check_together(item.files)
            if not item.files:
                raise BadNameError(name=item.prefix, reason="empty")
        refused: dict[int, TakenError | ChangedError] = {}
        with self._writing(sum(len(item.files) for item in items)) as (batch, work):
            for number, item in enumerate(items):
                try:
                    self._stage(batch, work / str(number), item)
                except (TakenError, ChangedError) as error:
                    refused[number] = error
            taken = _commit(batch)
        for number, item in enumerate(items):
            if self._root / item.prefix in taken:
                refused.setdefault(number, TakenError(path=item.prefix))
        return tuple(refused.get(number) for number in range(len(items)))

    def put_new(self, name: str, data: bytes) -> None:
        """Store one file."""
        if self.put_many({name: data}):
            raise TakenError(path=name)

    def put_many(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Store several files, each by itself: all written, one sync, a rename each, one sync."""
        check_together(files)
        with self._writing(len(files)) as (batch, work):
            for name, data in files.items():
                batch.put_new(self._target(name), data, staging=work)
            taken = _commit(batch)
        return tuple(name for name in files if self._root / name in taken)

    def get(self, name: str) -> bytes:
        """Read a file whole."""
        with self._opened(name) as found:
            parts = [os.read(found.descriptor, found.size + 1)]
            if len(parts[0]) == found.size:
                return parts[0]  # one byte more was asked for, and there was none
            while parts[-1]:
                parts.append(os.read(found.descriptor, found.size + 1))
            return b"".join(parts)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; a link is not one."""
        return os.fdopen(self._opened(name).descriptor, "rb")

    def _opened(self, name: str) -> durable.OpenFile:
        check_name(name)
        found = durable.open_regular(f"{self._place}{name}")
        if isinstance(found, durable.OpenFile):
            return found
        if found is durable.Unopened.HELD:
            raise BusyError(lock=name)
        if found is durable.Unopened.SPECIAL or (found is durable.Unopened.LINK and (self._root / name).is_symlink()):
            raise DamagedArchiveError(path=name, reason=found.value)
        if found is durable.Unopened.DENIED:
            raise PermissionError(name)
        raise MissingError(path=name)

    def names(self, prefix: str = "", *, enters: Callable[[str], bool] = everywhere) -> Iterator[str]:
        """List what is below a prefix; links are listed, not followed."""
        check_prefix(prefix)
        yield from _walk(str(self._root / prefix), f"{prefix}/" if prefix else "", enters)

    def exists(self, name: str) -> bool:
        """Whether a file or a folder that holds one has that name."""
        check_name(name)
        path = self._root / name
        return os.path.lexists(path) and (not _is_folder(path) or any(True for _ in _walk(str(path), "/")))

    def append_lines(self, name: str, lines: Iterable[str]) -> None:
        """Append lines to a file that grows, with one sync."""
        check_name(name)
        try:
            durable.append_lines(self._target(name), lines, top=self._root)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise TakenError(path=name) from error

    def append_line(self, name: str, line: str) -> None:
        """Append one line."""
        self.append_lines(name, (line,))

    def cut_torn_line(self, name: str) -> bytes:
        """Cut a torn last line and return it."""
        check_name(name)
        return durable.cut_torn_tail(self._target(name)) if (self._root / name).is_file() else b""

    def dispose(self, prefix: str, warrant: str) -> None:
        """Delete a file or folder on a warrant: out of sight by one synced rename, then removed."""
        check_name(prefix)
        check_name(warrant)
        if not (self._root / warrant).is_file() or f"{warrant}/".startswith(f"{prefix}/"):
            raise NotAllowedError(reason="no-warrant", id=prefix)
        if not self.exists(prefix):
            raise MissingError(path=prefix)
        with self._writing(1) as (batch, work):
            batch.publish(self._target(prefix), work / "disposed")
            _commit(batch)

    def recover(self, *, wait: float = _PATIENCE) -> tuple[str, ...]:
        """Make durable what dead writers had published and clear what they had not; return the left-overs' names.

        To be called before anything found in the store is relied on. Raises BusyError, with nothing changed, when
        other writers are at work for longer than `wait` seconds.
        """
        self._make_staging()
        with durable.Lock(self._staging / _LOCK, wait=wait):
            durable.sync_everything(self._root)
            left = sorted(path for path in self._staging.iterdir() if path.name != _LOCK)
            for path in left:
                durable.discard(path)
        return tuple(path.name for path in left)

    @contextmanager
    def _writing(self, files: int) -> Iterator[tuple[durable.Batch, Path]]:
        self._make_staging()
        with durable.Lock(self._staging / _LOCK, shared=True, wait=_PATIENCE):
            work = durable.unused_name(self._staging)
            work.mkdir(durable.FOLDER_MODE)
            try:
                with durable.Batch(self._root, grouped=files > _FEW) as batch:
                    yield batch, work
            finally:
                durable.discard(work)

    def _make_staging(self) -> None:
        try:
            self._staging.mkdir(durable.FOLDER_MODE, exist_ok=True)
        except FileNotFoundError as error:
            raise DamagedArchiveError(path=str(self._root), reason="missing") from error

    def _stage(self, batch: durable.Batch, folder: Path, item: Item) -> None:
        folder.mkdir(durable.FOLDER_MODE)
        for name, content in item.files.items():
            path = folder / name
            path.parent.mkdir(durable.FOLDER_MODE, parents=True, exist_ok=True)
            if isinstance(content, Again):
                if not batch.link(content.path, path):
                    _receive(batch, content.path, path, item.sha256.get(name))
            elif isinstance(content, Path):
                _receive(batch, content, path, item.sha256.get(name))
            elif isinstance(content, bytes):
                batch.write(path, content)
            elif batch.write_pieces(path, content).sha256 != item.sha256.get(name):
                raise ChangedError(path=name)
        batch.publish(folder, self._target(item.prefix), is_staged=True)

    def _target(self, name: str) -> Path:
        """Make the path of something to be written: no link above it, nothing hollow in its place."""
        path = self._root / name
        for above in (path, *path.parents):
            if above == self._root:
                break
            if above.is_symlink():
                raise DamagedArchiveError(path=name, reason="link")
        if _is_folder(path):
            _remove_hollow(path)
        return path


def _receive(batch: durable.Batch, source: Path, path: Path, expected: str | None) -> None:
    found = durable.open_regular(source)
    if not isinstance(found, durable.OpenFile):
        raise ChangedError(path=str(source))
    with found:
        copied = batch.copy(found.descriptor, path)
    if expected is not None and copied.sha256 != expected:
        raise ChangedError(path=str(source))


def _commit(batch: durable.Batch) -> set[Path]:
    """Commit, and return the targets that were taken; raise what else stood in the way."""
    failures = batch.commit()
    for error in failures.values():
        if not isinstance(error, FileExistsError | NotADirectoryError):
            raise error
    return set(failures)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _remove_hollow(folder: Path) -> None:
    """Remove a folder that holds nothing but empty folders, so that its name is free; leave any other as it is."""
    if not any(True for _ in _walk(str(folder), "/")):
        durable.discard_empty(folder)


def _walk(folder: str, before: str, enters: Callable[[str], bool] = everywhere) -> Iterator[str]:
    """List what is below `folder`, in order; only as much is in memory as lies two folders deeper."""
    for name in _listed(folder):
        place = before + name
        if not name.endswith("/"):
            yield place
        elif place == f"{STAGING}/" or not enters(place):
            continue
        elif before.count("/") > _DEEP:
            yield from _below(f"{folder}/{name[:-1]}", place, enters)
        else:
            yield from _walk(f"{folder}/{name[:-1]}", place, enters)


def _below(folder: str, before: str, enters: Callable[[str], bool]) -> list[str]:
    """Return the same of a folder that does not hold much, in a third of the time."""
    names = []
    for name in _listed(folder):
        if not name.endswith("/"):
            names.append(before + name)
        elif enters(before + name):
            names += _below(f"{folder}/{name[:-1]}", before + name, enters)
    return names


def _listed(folder: str) -> list[str]:
    """Return what is in a folder; a folder in it sorts by its name and a slash, as the names of its files do."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                [entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name for entry in entries]
            )
    except (FileNotFoundError, NotADirectoryError):
        return []
