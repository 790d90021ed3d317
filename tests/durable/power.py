"""What a power cut could take: the changes of a folder that no sync has brought to the disk yet.

A recorder watches the files and folders a process makes (the interpreter's audit events) and the syncs and renames of
`formsvc/durable/calls.py` (the profiler's). It assumes the worst file system that keeps its word: a change is lost
unless it was synced, data by its file or file system, a name by its folder or file system.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from formsvc.durable import calls


class Recorder:
    """The unsynced changes below `top`; what lies in its staging folder may be lost."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.spared = top / ".staging"
        self.data: set[Path] = set()
        """Files whose data is not on the disk."""
        self.names: set[Path] = set()
        """Files and folders whose name is not on the disk."""
        self.removals: set[Path] = set()
        """Files and folders whose name is gone, but may be back."""
        self.broken: list[str] = []
        """Renames to a lasting name of what was not on the disk yet, or of what was into a folder that was not."""
        self.syncs = 0

    def lost(self) -> set[Path]:
        """Tell what a power cut now would take."""
        return {path for path in self.data | self.names if path != self.spared and self.spared not in path.parents}

    def back(self) -> set[Path]:
        """Tell what a power cut now would bring back."""
        return {path for path in self.removals if self.spared not in path.parents and path.parent.exists()}

    def heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in {"open", "os.mkdir", "os.remove", "os.rmdir"} or not isinstance(arguments[0], str | Path):
            return
        path = Path(arguments[0])
        if self.top not in path.parents:
            return
        if event in {"os.remove", "os.rmdir"}:
            self._gone(path)
        elif event == "os.mkdir":
            self._made(path)
        elif isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self.data.add(path)
            self._made(path)

    def saw(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "return" or code.co_filename != calls.__file__:
            return
        given = frame.f_locals
        if code.co_name == "sync_descriptor" and sys.platform == "linux":
            self._synced(Path(f"/proc/self/fd/{given['descriptor']}").readlink())
        elif code.co_name == "sync_file_system":
            self.syncs += 1
            self.data.clear()
            self.names.clear()
            self.removals.clear()
        elif code.co_name == "rename_new" and not os.path.lexists(given["source"]):
            self._renamed(given["source"], given["target"])

    def _made(self, path: Path) -> None:
        if not path.exists():
            self.names.add(path)

    def _synced(self, path: Path) -> None:
        self.syncs += 1
        self.data.discard(path)
        self.names = {name for name in self.names if name.parent != path}
        self.removals = {name for name in self.removals if name.parent != path}

    def _gone(self, path: Path) -> None:
        self.data.discard(path)
        if path in self.names:
            self.names.discard(path)
        elif os.path.lexists(path):
            self.removals.add(path)

    def _renamed(self, source: Path, target: Path) -> None:
        unsynced = self.data | self.names - {source}
        if self.spared not in target.parents:
            self.broken += [str(path) for path in unsynced if source in (path, *path.parents)]
        if source not in self.names and self.top in source.parents:
            self.removals.add(source)
            self.broken += [f"{source} moved below {path}" for path in self.names if path in target.parents]
        self.names = {_moved(path, source, target) for path in self.names} | {target}
        self.data = {_moved(path, source, target) for path in self.data}


def _moved(path: Path, source: Path, target: Path) -> Path:
    return target / path.relative_to(source) if source in (path, *path.parents) else path


_LISTENING: list[Recorder] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    for recorder in _LISTENING:
        recorder.heard(event, arguments)


sys.addaudithook(_hear)


@contextmanager
def recorded(top: Path) -> Iterator[Recorder]:
    """Record what the block leaves unsynced below `top`."""
    recorder = Recorder(top)
    _LISTENING.append(recorder)
    before = sys.getprofile()
    sys.setprofile(recorder.saw)
    try:
        yield recorder
    finally:
        sys.setprofile(before)
        _LISTENING.remove(recorder)
