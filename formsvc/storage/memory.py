"""A store in memory: the contract without a disk, for tests and trials."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath
from threading import RLock
from typing import BinaryIO

from formsvc.errors import BadNameError, ChangedError, MissingError, NotAllowedError, TakenError
from formsvc.storage.names import check_name, check_prefix, check_together
from formsvc.storage.store import Again, Content, Item, everywhere


class MemoryStore:
    """Files in a dictionary; gone with the process."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}
        self._lock = RLock()

    def publish(self, prefix: str, files: Mapping[str, Content]) -> None:
        """Store several files as one folder."""
        for error in self.publish_many([Item(prefix, files)]):
            if error is not None:
                raise error

    def publish_many(self, items: Sequence[Item]) -> tuple[TakenError | ChangedError | None, ...]:
        """Publish several folders."""
        check_together(item.prefix for item in items)
        for item in items:
            check_together(item.files)
            if not item.files:
                raise BadNameError(name=item.prefix, reason="empty")
        return tuple(self._publish(item) for item in items)

    def _publish(self, item: Item) -> TakenError | ChangedError | None:
        contents: dict[str, bytes] = {}
        for name, content in item.files.items():
            source = content.path if isinstance(content, Again) else content
            data = source if isinstance(source, bytes) else _received(source, item.sha256.get(name))
            if data is None:
                return ChangedError(path=str(source) if isinstance(source, Path) else name)
            contents[f"{item.prefix}/{name}"] = data
        with self._lock:
            if self._in_the_way(item.prefix):
                return TakenError(path=item.prefix)
            self._files.update(contents)
        return None

    def put_new(self, name: str, data: bytes) -> None:
        """Store one file."""
        if self.put_many({name: data}):
            raise TakenError(path=name)

    def put_many(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Store several files, each by itself."""
        check_together(files)
        taken = []
        with self._lock:
            for name, data in files.items():
                if self._in_the_way(name):
                    taken.append(name)
                else:
                    self._files[name] = data
        return tuple(taken)

    def get(self, name: str) -> bytes:
        """Read a file whole."""
        check_name(name)
        with self._lock:
            if name not in self._files:
                raise MissingError(path=name)
            return self._files[name]

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return io.BytesIO(self.get(name))

    def names(self, prefix: str = "", *, enters: Callable[[str], bool] = everywhere) -> Iterator[str]:
        """List what is below a prefix."""
        check_prefix(prefix)
        before = f"{prefix}/" if prefix else ""
        with self._lock:
            found = sorted(name for name in self._files if name.startswith(before))
        for name in found:
            if all(enters(name[: end + 1]) for end in range(len(before), len(name)) if name[end] == "/"):
                yield name

    def exists(self, name: str) -> bool:
        """Whether a file or folder has that name."""
        check_name(name)
        with self._lock:
            return name in self._files or any(True for _ in self.names(name))

    def append_lines(self, name: str, lines: Iterable[str]) -> None:
        """Append lines to a file that grows."""
        check_name(name)
        texts = list(lines)
        if any("\n" in text or "\r" in text for text in texts):
            raise ValueError("a line holds a line end")
        if not texts:
            return
        with self._lock:
            if name not in self._files and self._in_the_way(name):
                raise TakenError(path=name)
            data = self._files.get(name, b"")
            ended = data if not data or data.endswith(b"\n") else data + b"\n"
            self._files[name] = ended + "".join(f"{text}\n" for text in texts).encode()

    def append_line(self, name: str, line: str) -> None:
        """Append one line."""
        self.append_lines(name, (line,))

    def cut_torn_line(self, name: str) -> bytes:
        """Cut a torn last line and return it."""
        check_name(name)
        with self._lock:
            whole, end, tail = self._files.get(name, b"").rpartition(b"\n")
            if tail:
                self._files[name] = whole + end
            return tail

    def dispose(self, prefix: str, warrant: str) -> None:
        """Delete a file or folder on a warrant."""
        check_name(prefix)
        check_name(warrant)
        with self._lock:
            if warrant not in self._files or warrant == prefix or warrant.startswith(f"{prefix}/"):
                raise NotAllowedError(reason="no-warrant", id=prefix)
            gone = [name for name in self._files if name == prefix or name.startswith(f"{prefix}/")]
            if not gone:
                raise MissingError(path=prefix)
            for name in gone:
                del self._files[name]

    def _in_the_way(self, name: str) -> bool:
        return self.exists(name) or any(str(parent) in self._files for parent in PurePosixPath(name).parents)


def _received(source: Path | Iterable[bytes], expected: str | None) -> bytes | None:
    """Read a received file, or one in pieces; None when it is gone or not the one that was read before."""
    try:
        data = source.read_bytes() if isinstance(source, Path) else b"".join(source)
    except (FileNotFoundError, ChangedError):
        return None
    is_open = expected is None and isinstance(source, Path)
    return data if is_open or expected == sha256(data).hexdigest() else None
