"""A disk that keeps its word and nothing more: what a power cut may leave of a recorded run.

A change lasts once it was synced: the data of a file by its own sync, a name by the sync of its folder, all of it by
the sync of the file system; inbox, archive and the rest may be file systems of their own. Of what was not synced, any
part may last and any part may be lost, in any order; data may be torn. A rename is one change while neither of its
folders is synced. When only the folder it went to is, the old name may still stand too; when only the folder it came
from is, it may have neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from torture.points import plain
from torture.sites import site_in

_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_DESCRIPTOR = re.compile(r"^(-?\d+)[<,]")


_BLOCK = 4096
"""Bytes that a disk writes whole or not at all."""
TOPS = ("inbox", "archive", ".formsvc")
"""The folders of a workspace that the program writes to."""


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded system call that worked."""

    name: str
    paths: tuple[str, ...] = ()
    """Paths below the workspace; empty strings for those outside."""
    descriptor: int = -1
    data: bytes = b""
    at: int = -1
    """The offset or size that was given."""
    flags: str = ""
    result: int = 0
    site: str = ""
    """Of a sync: the place in the program that asked for it."""


def calls_in(log: Path, root: Path) -> list[Call]:
    """Return the calls of a recorded run that worked, in order."""
    found = []
    site = ""
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = _CALL.match(line)
            if match is None:
                continue
            call = _call(match[1], match[2], int(match[3]), root)
            if call.result < 0:
                site = site_in(call.data) or site
                continue
            if call.name in ("fsync", "syncfs", "sync"):
                call, site = replace(call, site=site), ""
            found.append(call)
    return found


def _call(name: str, words: str, result: int, root: Path) -> Call:
    texts = [bytes.fromhex(found[1].replace("\\x", "")) for found in _TEXT.finditer(words)]
    descriptor = _DESCRIPTOR.match(words)
    number = int(descriptor[1]) if descriptor else -1
    last = words.rsplit(", ", 1)[-1]
    at = int(last) if last.isdigit() else -1
    if descriptor is not None:
        named = _below(plain(words[: words.find(">")]).partition("<")[2], root)
        data = texts[0] if name in ("write", "pwrite64") and texts else b""
        return Call(name, (named,), number, data, at, result=result)
    paths = tuple(_below(text.decode("utf-8", "surrogateescape"), root) for text in texts)
    return Call(name, paths, flags=words, result=result)


def _below(path: str, root: Path) -> str:
    if path == str(root):
        return "."
    return path.removeprefix(f"{root}/") if path.startswith(f"{root}/") else ""


@dataclass(eq=False, slots=True)
class Node:
    """A file or a folder; `data` and `names` are what lasts."""

    is_folder: bool
    data: bytes = b""
    names: dict[str, Node] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Change:
    """One change that no sync has made lasting yet: of names, or of the data of one file."""

    label: str
    added: tuple[Node, str, Node] | None = None
    removed: tuple[Node, str] | None = None
    file: Node | None = None
    data: bytes = b""
    """The file's whole new content, as it would stand after the change."""
    top: str = ""
    """The folder of the workspace in which it was made: a file system of its own."""


class Fate(Enum):
    """What a power cut makes of a change."""

    LOST = 0
    LASTS = 1
    TORN = 2
    """Of data: some of it is on the disk, the rest is as it was."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a power cut leaves."""

    tree: dict[str, bytes | None]
    """Path -> content; None stands for a folder."""
    same: tuple[tuple[str, ...], ...]
    """The names of each file that has several."""


class Disk:
    """A file system with what lasts and what is not lasting yet."""

    def __init__(self, root: Path) -> None:
        self.top = Node(is_folder=True)
        self._now: dict[str, Node] = {".": self.top}
        self._data: dict[Node, bytearray] = {}
        self._open: dict[int, tuple[Node, int]] = {}
        self.pending: list[Change] = []
        for path in sorted(
            path for top in TOPS if (root / top).is_dir() for path in (root / top, *(root / top).rglob("*"))
        ):
            relative = path.relative_to(root)
            node = Node(path.is_dir(), b"" if path.is_dir() else path.read_bytes())
            self._now[relative.as_posix()] = node
            self._now[relative.parent.as_posix()].names[relative.name] = node

    def do(self, call: Call, *, skip_sync: bool = False) -> None:
        """Take in a call; with `skip_sync` a sync is left out."""
        if call.name in ("write", "pwrite64", "ftruncate"):
            self._written(call)
        elif call.name in ("fsync", "fdatasync", "syncfs", "sync"):
            if not skip_sync:
                self._synced(call)
        elif call.name == "openat":
            self._opened(call)
        elif all(call.paths):
            self._renamed_or_removed(call)

    def unsync(self, path: str) -> None:
        """Take the data of a file for not synced: somebody has just written it."""
        node = self._now[path]
        data, node.data = node.data, b""
        self._change(node, bytearray(data), _top(path))

    def restart(self) -> None:
        """Begin another process: nothing is open, and nothing more lasting than before."""
        self._open = {}

    def label(self, call: Call) -> str:
        """Name what a sync is about, without what differs from run to run."""
        return " ".join((call.name, *map(normal, call.paths)))

    def left(self, fates: Sequence[Fate]) -> Left:
        """Return what a power cut leaves that does this to the pending changes.

        A change of data that is lost leaves the file as it was synced last, a new one empty.
        """
        names: dict[Node, dict[str, Node]] = {}
        data: dict[Node, bytes] = {}
        for change, fate in zip(self.pending, fates, strict=True):
            if fate is not Fate.LOST:
                _apply(change, names, data, is_torn=fate is Fate.TORN)
        tree: dict[str, bytes | None] = {}
        files: dict[Node, list[str]] = {}
        _walk(self.top, "", names, data, tree, files)
        return Left(tree, tuple(tuple(found) for found in files.values() if len(found) > 1))

    def _renamed_or_removed(self, call: Call) -> None:
        path = call.paths[0]
        if call.name == "mkdir":
            self._add(path, Node(is_folder=True))
        elif call.name in ("unlink", "rmdir"):
            node = self._now.pop(path)
            self.pending.append(Change(f"remove {normal(path)}", removed=self._place(path), top=_top(path)))
            del node
        elif call.name in ("rename", "renameat2"):
            source, target = call.paths
            moved = {name: node for name, node in self._now.items() if name == source or name.startswith(f"{source}/")}
            change = Change(f"rename to {normal(target)}", top=_top(target))
            change.removed = self._place(source)
            change.added = (*self._place(target), moved[source])
            for name, node in moved.items():
                del self._now[name]
                self._now[target + name[len(source) :]] = node
            self.pending.append(change)
        elif call.name == "link":
            self._add(call.paths[1], self._now[call.paths[0]])
        else:
            raise ValueError(call.name)

    def _place(self, path: str) -> tuple[Node, str]:
        folder, _, name = path.rpartition("/")
        return self._now[folder or "."], name

    def _add(self, path: str, node: Node) -> None:
        folder, name = self._place(path)
        self._now[path] = node
        self.pending.append(Change(f"add {normal(path)}", added=(folder, name, node), top=_top(path)))

    def _opened(self, call: Call) -> None:
        self._open.pop(call.result, None)
        path = call.paths[0] if call.paths else ""
        if not path:
            return
        if path not in self._now:
            if "O_CREAT" not in call.flags:
                return
            self._add(path, Node(is_folder=False))
        node = self._now[path]
        if not node.is_folder:
            self._open[call.result] = (node, -1 if "O_APPEND" in call.flags else 0)
            if "O_TRUNC" in call.flags:
                self._change(node, bytearray(), _top(path))

    def _written(self, call: Call) -> None:
        if call.descriptor not in self._open or not call.paths[0]:
            return
        node, at = self._open[call.descriptor]
        content = bytearray(self._data.get(node, node.data))
        if call.name == "ftruncate":
            size = call.at
            content = content[:size] + bytearray(max(0, size - len(content)))
        else:
            if len(call.data) < call.result:
                raise ValueError("the log does not hold what was written")
            start = call.at if call.name == "pwrite64" else len(content) if at < 0 else at
            content += bytearray(max(0, start - len(content)))
            content[start : start + call.result] = call.data[: call.result]
            if call.name == "write" and at >= 0:
                self._open[call.descriptor] = (node, start + call.result)
        self._change(node, content, _top(call.paths[0]))

    def _change(self, node: Node, content: bytearray, top: str) -> None:
        self._data[node] = content
        for change in self.pending:
            if change.file is node:
                change.data = bytes(content)
                return
        self.pending.append(Change("data", file=node, data=bytes(content), top=top))

    def _synced(self, call: Call) -> None:
        if call.name == "sync":
            for change in self.pending:
                _settle(change)
            self.pending = []
            return
        if call.name == "syncfs":
            top = call.paths[0].partition("/")[0]
            for change in self.pending:
                if change.top == top:
                    _settle(change)
            self.pending = [change for change in self.pending if change.top != top]
            return
        node = self._open[call.descriptor][0] if call.descriptor in self._open else self._now.get(call.paths[0])
        if node is None:
            return
        self.pending = [left for change in self.pending for left in _synced_in(change, node)]


def _top(path: str) -> str:
    """Return the file system that an entry of this path, or the data of a file, lies in."""
    return path.partition("/")[0] if "/" in path else "."


def _synced_in(change: Change, node: Node) -> Iterator[Change]:
    """Make lasting what the sync of a file or folder does of a change; yield what is left of it."""
    added, removed = change.added, change.removed
    arrives, leaves = added is not None and added[0] is node, removed is not None and removed[0] is node
    if change.file is node or (arrives and (leaves or removed is None)) or (leaves and added is None):
        _settle(change)
    elif arrives:
        _settle(Change("", added=added))
        yield Change(f"forget {change.label}", removed=removed, top=change.top)
    elif leaves:
        _settle(Change("", removed=removed))
        yield Change(f"arrive {change.label}", added=added, top=change.top)
    else:
        yield change


def normal(path: str) -> str:
    """Take out of a path what differs from run to run."""
    path = re.sub(r"\d{8}T\d{6}-\d+-[0-9a-f]{8}", "W", path)
    path = re.sub(r"\.tmp-\d+-[0-9a-f]{16}", "TMP", path)
    return re.sub(r"\d{4}-\d\d-\d\d", "DAY", path)


def _settle(change: Change) -> None:
    """Make a change lasting."""
    if change.file is not None:
        change.file.data = change.data
    if change.removed is not None:
        change.removed[0].names.pop(change.removed[1], None)
    if change.added is not None:
        change.added[0].names[change.added[1]] = change.added[2]


def _apply(change: Change, names: dict[Node, dict[str, Node]], data: dict[Node, bytes], *, is_torn: bool) -> None:
    """Do a change over what lasts, without making it lasting."""
    if change.file is not None:
        data[change.file] = torn(change.data, change.file.data) if is_torn else change.data
    if change.removed is not None:
        folder, name = change.removed
        names.setdefault(folder, dict(folder.names)).pop(name, None)
    if change.added is not None:
        folder, name, node = change.added
        names.setdefault(folder, dict(folder.names))[name] = node


def torn(data: bytes, before: bytes) -> bytes:
    """Return a content of which every second changed block is on the disk; of a single one, its first half."""
    size = max(len(data), len(before))
    starts = [at for at in range(0, size, _BLOCK) if data[at : at + _BLOCK] != before[at : at + _BLOCK]]
    if len(starts) == 1:
        at = next(place for place in range(starts[0], size) if data[place : place + 1] != before[place : place + 1])
        half = at + (min(len(data), starts[0] + _BLOCK) - at + 1) // 2
        return data[:half] + before[half:]
    mixed = bytearray(data)
    for at in starts[1::2]:
        mixed[at : at + _BLOCK] = before[at : at + _BLOCK].ljust(len(data[at : at + _BLOCK]), b"\0")
    return bytes(mixed)


def _walk(
    folder: Node,
    before: str,
    names: dict[Node, dict[str, Node]],
    data: dict[Node, bytes],
    tree: dict[str, bytes | None],
    files: dict[Node, list[str]],
) -> None:
    for name, node in names.get(folder, folder.names).items():
        tree[before + name] = None if node.is_folder else data.get(node, node.data)
        if node.is_folder:
            _walk(node, f"{before}{name}/", names, data, tree, files)
        else:
            files.setdefault(node, []).append(before + name)


def materialised(tree: Mapping[str, bytes | None], same: Sequence[Sequence[str]], root: Path) -> None:
    """Write a tree into an empty folder; a file with several names is one file."""
    for name, content in _shallow_first(tree):
        path = root / name
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for first, *others in same:
        for other in others:
            (root / other).unlink()
            (root / other).hardlink_to(root / first)


def _shallow_first(tree: Mapping[str, bytes | None]) -> Iterator[tuple[str, bytes | None]]:
    yield from sorted(tree.items())
