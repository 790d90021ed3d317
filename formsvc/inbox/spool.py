"""Claims: submissions taken out of the inbox into the spool by one durable rename, so that nobody works on them twice.

Each process has a folder of its own in the spool and a lock that dies with it. A claim is a folder there:
`claim.json` (what it was called, when it came), `original/<name>`, and `plan-<n>.json` once it is decided what will be
published for it; `answered` when only the file it was copied from could not be removed yet. What a dead process left
is taken over by the next one; nothing is decided anew that was published.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from formsvc import chinese, durable
from formsvc.errors import BusyError, MissingInboxError, TakenError
from formsvc.inbox.areas import SPOOL
from formsvc.inbox.sweep import Seen, look, sweep

_ORIGINAL = "original"
_CLAIM = "claim.json"
_PLANS = "plan-*.json"
_ANSWERED = "answered"
_LOCK = ".lock"
_CHUNK = 1 << 20
_PATIENCE = 10.0
"""Seconds to wait for our own lock, which only somebody looking for dead processes holds, for a moment."""
_DEAD = 100
"""So many dead processes are cleared up after together; each holds a lock, and a process has only so many files."""
_FEW = 4
"""So many files are synced one by one; for more, one sync of the file system is cheaper."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One submission in the spool."""

    id: str
    folder: Path
    name_bytes: bytes
    """The file name as received."""
    place: str
    """The folder below the inbox it lay in; empty at the top or when it came by a command."""
    arrived_at: str
    """ISO 8601 with offset; empty when a power cut took the note of it."""
    came_from: str | None
    """The path it has to be removed from once it is answered, when it could only be copied."""
    kept_as: str | None = None
    """The file's name in the spool where that is not the name it came with: it waited for a person in between."""

    @property
    def name(self) -> str:
        """The file name as it can be shown and stored."""
        return chinese.safe_file_name(os.fsdecode(self.name_bytes), 255)

    @property
    def is_answered(self) -> bool:
        """Whether nothing is left to do but to remove the file it was copied from."""
        return (self.folder / _ANSWERED).exists()

    @property
    def original(self) -> Path:
        """The file itself, under the name it came with, unless it was kept under another."""
        return self.folder / _ORIGINAL / (self.kept_as or os.fsdecode(self.name_bytes))


class Spool:
    """One process's part of the spool; use it in a `with`.

    `worker` is a name no other process uses, such as a moment with random digits behind it.
    """

    def __init__(self, inbox: Path, worker: str) -> None:
        self._inbox = inbox
        self._spool = inbox / SPOOL
        self._folder = self._spool / worker
        self._lock_file = self._spool / f"{worker}{_LOCK}"
        self._lock = durable.Lock(self._lock_file, wait=_PATIENCE)
        self._count = 0
        self._kept: set[tuple[Path, tuple[int, int, int]]] = set()

    def __enter__(self) -> Self:
        """Begin; raises MissingInboxError when there is no inbox: a share that is not mounted is none."""
        if not self._inbox.is_dir():
            raise MissingInboxError(path=str(self._inbox))
        durable.make_dirs(self._spool)
        self._lock.acquire()
        while not self._lock_file.exists():  # somebody looking for dead processes was between us and our lock
            self._lock.release()
            self._lock.acquire()
        durable.make_dirs(self._folder)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        is_empty = not any(self._folder.iterdir())
        self._lock.release()
        if is_empty:  # a power cut may bring both back: the next start takes them away
            durable.discard(self._folder)
            durable.discard(self._lock_file)

    def claim(self, files: Sequence[Seen], at: str) -> list[Claim]:
        """Take these files out of the inbox; those that are gone, or were answered and kept, are left out.

        A file with several names, on another file system, or one that may not be renamed is copied, and removed from
        the inbox only when it is answered.
        """
        files = [seen for seen in files if not self.is_kept(seen)]
        claims: dict[str, Claim] = {}
        copies = [seen for seen in files if seen.is_regular and seen.links > 1]
        by_target: dict[Path, tuple[Seen, Claim]] = {}
        with durable.Batch(self._inbox, grouped=len(files) > _FEW) as batch:
            for seen in files:
                if seen.is_regular and seen.links > 1:
                    continue
                claim = self._new(seen.path, seen.place, at, came_from=None)
                batch.put_new(claim.folder / _CLAIM, _encode(claim))
                if seen.is_regular:
                    batch.move_in(seen.path, claim.original)
                else:
                    batch.publish(seen.path, claim.original)
                by_target[claim.original] = (seen, claim)
            failures = batch.commit()
        for target, (seen, claim) in by_target.items():
            if target not in failures:
                claims[claim.id] = claim
                continue
            durable.remove(claim.folder)
            if failures[target].errno in (errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS):
                copies.append(seen)
        copied = [self.copy(seen.path, at, place=seen.place, remove=True) for seen in copies]
        return [*claims.values(), *(claim for claim in copied if isinstance(claim, Claim))]

    def copy(self, path: Path, at: str, *, place: str = "", remove: bool = False) -> Claim | durable.Unopened:
        """Copy a file into the spool, or say why not when it is not a file that may be read.

        With `remove` it is taken away from where it came once it is answered.
        """
        opened = durable.open_regular(path)
        if not isinstance(opened, durable.OpenFile):
            return opened
        claim = self._new(path, place, at, came_from=str(path) if remove else None)
        with opened, durable.Batch(self._inbox, grouped=False) as batch:
            # The note comes first: who found the copy without it would not take the file away it was copied from.
            batch.put_new(claim.folder / _CLAIM, _encode(claim))
            _raise_first(batch.commit())
            batch.copy_in(opened.descriptor, claim.original, staging=claim.folder)
            _raise_first(batch.commit())
        return claim

    def take(self, folder: Path) -> Path | None:
        """Move a waiting reading's folder into this process's spool, so that it is decided once; None if it is gone."""
        target = self._folder / folder.name
        with durable.Batch(self._inbox, grouped=False) as batch:
            batch.publish(folder, target)
            error = batch.commit().get(target)
        if error is not None and not isinstance(error, FileNotFoundError):
            raise error
        return None if error is not None else target

    def take_again(self, folder: Path, *, name_bytes: bytes, place: str, arrived_at: str) -> Claim | None:
        """Make a waiting reading's folder a claim of its file again, by one rename; None if it is gone.

        Its file, `original/<name>`, is then read anew as if it had just come.
        """
        self._count += 1
        name = f"{self._folder.name}-{self._count:06}"
        kept = next((folder / _ORIGINAL).glob("*"), None)
        if kept is None:
            return None
        claim = Claim(name, self._folder / name, name_bytes, place, arrived_at, came_from=None, kept_as=kept.name)
        with contextlib.suppress(TakenError):  # told before, by a process that died
            durable.put_new(folder / _CLAIM, _encode(claim))
        with durable.Batch(self._inbox, grouped=False) as batch:
            batch.publish(folder, claim.folder)
            error = batch.commit().get(claim.folder)
        if error is not None and not isinstance(error, FileNotFoundError):
            raise error
        return None if error is not None else claim

    def has_left_behind(self) -> bool:
        """Whether there are folders of other processes, gone or not, or claims of our own that nobody works on."""
        return any(self._others()) or any(self._folder.iterdir())

    def left_behind(self) -> list[Path]:
        """Take over what nobody works on: claims, and waiting readings that were being decided.

        They come from processes that are gone, and from this one when it was interrupted, in the order in which they
        were claimed: of two equal files, the one that was answered as the second stays that. Call it only while
        nothing is being worked on.
        """
        found = _whole(self._folder)
        others = self._others()
        for start in range(0, len(others), _DEAD):
            with contextlib.ExitStack() as locks:
                dead = [folder for folder in others[start : start + _DEAD] if _is_dead(folder, locks)]
                found += self._adopt(dead)
                empty = [folder for folder in dead if not folder.is_dir() or not any(folder.iterdir())]
                for folder in empty:
                    durable.discard(folder)
                    with contextlib.suppress(PermissionError):  # not every system lets a lock go that is held
                        durable.discard(folder.with_suffix(_LOCK))
        self._forget_old_names([claim for claim in map(read_claim, found) if claim is not None])
        return sorted(found, key=lambda folder: folder.name)

    def clear(self, *claims: Claim) -> None:
        """Forget answered claims, and remove the files they were copied from, unless those are others by now.

        What cannot be removed is kept in mind, so that it is not claimed again; its claim stays, as one that is
        answered, and the next start tries again.
        """
        durable.remove(*(claim.folder for claim in claims if self._is_source_gone(claim)))

    def _is_source_gone(self, claim: Claim) -> bool:
        if claim.came_from is None or not claim.original.is_file():
            return True
        source = Path(claim.came_from)
        try:
            if _is_same(source, claim.original):
                durable.remove(source)
        except OSError:
            self._keep(source)
            with contextlib.suppress(TakenError):
                durable.put_new(claim.folder / _ANSWERED, b"")
            return False
        return True

    def is_kept(self, seen: Seen) -> bool:
        """Whether a file was answered and could not be taken away, and has not changed since."""
        return (seen.path, seen.shape) in self._kept

    def _keep(self, path: Path) -> None:
        seen = look(path, "")
        if seen is not None:
            self._kept.add((path, seen.shape))

    def _new(self, path: Path, place: str, at: str, *, came_from: str | None) -> Claim:
        self._count += 1
        name = f"{self._folder.name}-{self._count:06}"
        return Claim(
            id=name,
            folder=self._folder / name,
            name_bytes=os.fsencode(path.name),
            place=place,
            arrived_at=at,
            came_from=came_from,
        )

    def _others(self) -> list[Path]:
        """Return the folders of other processes: those told by a lock, and those whose lock a power cut took."""
        return sorted({path.with_suffix("") for path in self._spool.iterdir()} - {self._folder})

    def _forget_old_names(self, claims: Sequence[Claim]) -> None:
        """Have the inbox forget the names that claimed files had there, which a power cut may have brought back.

        Such a name is told by the file's own number: a file that is merely equal was dropped a second time.
        """
        moved = [claim.original.lstat() for claim in claims if claim.came_from is None]
        numbers = {number.st_ino: number for number in moved if number.st_nlink > 1}
        for seen in sweep(self._inbox) if numbers else ():
            if seen.inode in numbers:
                self._forget_old_name(seen.path, numbers[seen.inode])

    def _forget_old_name(self, path: Path, number: os.stat_result) -> None:
        try:
            if os.path.samestat(path.lstat(), number):
                durable.remove(path)
        except OSError:
            self._keep(path)

    def _adopt(self, dead: Sequence[Path]) -> list[Path]:
        """Move everything out of dead processes' folders; what cannot be moved stays there for the next time."""
        targets: dict[Path, Path] = {}
        again: list[tuple[Path, Path]] = []
        for folder in dead:
            for child in _whole(folder) if folder.is_dir() else []:
                target = self._folder / child.name
                if targets.setdefault(target, child) != child:
                    again.append((child, target))
        with durable.Batch(self._inbox, grouped=len(targets) > _FEW) as batch:
            for target, child in targets.items():
                batch.publish(child, target)
            failures = batch.commit()
        for error in failures.values():
            if not isinstance(error, FileNotFoundError | FileExistsError):
                raise error
        again += [(targets[target], target) for target, error in failures.items() if isinstance(error, FileExistsError)]
        durable.remove(*(child for child, target in again if _is_second_name(child, target)))
        return [target for target in targets if target not in failures]


def plans(folder: Path) -> list[Any]:
    """Return what earlier attempts planned to publish for a folder of the spool, oldest first."""
    return [json.loads(path.read_bytes()) for path in sorted(folder.glob(_PLANS))]


def next_plan(folder: Path) -> Path:
    """Return the name of a folder's next plan."""
    return folder / _PLANS.replace("*", f"{len(list(folder.glob(_PLANS))) + 1:04}")


def read_claim(folder: Path) -> Claim | None:
    """Return the claim in a folder of the spool, or None when nothing had been claimed into it yet."""
    originals = list((folder / _ORIGINAL).glob("*")) if (folder / _ORIGINAL).is_dir() else []
    if not originals:
        return None
    try:
        data = json.loads((folder / _CLAIM).read_bytes())
    except (FileNotFoundError, ValueError):
        data = {}
    came_from, told = data.get("came_from"), data.get("name")
    name_bytes = os.fsencode(originals[0].name)
    return Claim(
        id=str(data.get("id", folder.name)),
        folder=folder,
        name_bytes=name_bytes if told is None else base64.b64decode(told),
        place=str(data.get("place", "")),
        arrived_at=str(data.get("arrived_at", "")),
        came_from=None if came_from is None else os.fsdecode(base64.b64decode(came_from)),
        kept_as=None if told is None else originals[0].name,
    )


def _whole(folder: Path) -> list[Path]:
    """Return what lies in a worker's folder, once what was half removed there is gone."""
    children = sorted(folder.iterdir())
    for child in filter(durable.is_unfinished, children):
        durable.discard(child)
    return [child for child in children if not durable.is_unfinished(child)]


def _is_second_name(folder: Path, other: Path) -> bool:
    """Whether a power cut left a folder of the spool under two names: all it holds is in the other too, by number."""
    inside = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    try:
        held = [(path.lstat(), (other / path.relative_to(folder)).lstat()) for path in inside]
    except FileNotFoundError:
        return False
    return not folder.samefile(other) and all(os.path.samestat(one, same) for one, same in held)


def _is_dead(folder: Path, locks: contextlib.ExitStack) -> bool:
    """Whether a worker's folder is nobody's any more; its lock is held then."""
    try:
        locks.enter_context(durable.Lock(folder.with_suffix(_LOCK)))
    except BusyError:
        return False
    return True


def _raise_first(failures: Mapping[Path, OSError]) -> None:
    for error in failures.values():
        raise error


def _is_same(source: Path, copy: Path) -> bool:
    """Whether a file still holds what was copied from it."""
    one, other = durable.open_regular(source), durable.open_regular(copy)
    if not isinstance(one, durable.OpenFile):
        return False
    with one:
        if not isinstance(other, durable.OpenFile):
            return False
        with other:
            return one.size == other.size and _equal(one.descriptor, other.descriptor)


def _equal(one: int, other: int) -> bool:
    while chunk := os.read(one, _CHUNK):
        if os.read(other, len(chunk)) != chunk:
            return False
    return True


def _encode(claim: Claim) -> bytes:
    came_from = None if claim.came_from is None else base64.b64encode(os.fsencode(claim.came_from)).decode("ascii")
    data = {"id": claim.id, "place": claim.place, "arrived_at": claim.arrived_at, "came_from": came_from}
    if claim.kept_as is not None:
        data["name"] = base64.b64encode(claim.name_bytes).decode("ascii")
    return json.dumps(data, ensure_ascii=True).encode("ascii")
