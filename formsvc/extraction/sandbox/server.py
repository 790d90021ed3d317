"""The reader server: a small single-threaded process that forks one throw-away child for every file.

It is started by `extraction.sandbox.sandbox` in a fresh interpreter, so that nothing of the service (threads, secrets,
open files) is in it, and it imports the readers once, so that a child costs a fork instead of an interpreter. A job's
module may prepare what all its children share (`prepare(request)`; the request is the owner's own word). The server
never looks at a file itself: descriptors pass through it unread, and a child's answer goes straight to whoever asked.

It ends when the socket to its owner closes, and its children end with it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from formsvc.extraction.sandbox import confinement
from formsvc.extraction.sandbox.limits import ChildLimits
from formsvc.extraction.sandbox.worker import LENGTH, UNCONFINED, UNPREPARED, Job, answer_of, find_job, find_preparation


def _load(modules: Sequence[str]) -> None:
    """Import modules for all children to come, and keep the collector off them so that pages stay shared."""
    missing = [name for name in modules if name not in sys.modules]
    for name in missing:
        importlib.import_module(name)
    if missing:
        gc.collect()
        gc.freeze()


@dataclass(frozen=True, slots=True)
class _Child:
    """A forked reader at work."""

    pid: int
    status: int
    """The descriptor on which its end is reported."""
    deadline: float
    """When it is killed, on the monotonic clock."""


class _Server:
    """The loop: take a job, fork; a child ends, report; a child is late, kill."""

    def __init__(
        self,
        control: socket.socket,
        job: Job,
        walls: Mapping[str, Callable[[], None]],
        at_once: int,
        prepare: Callable[[dict[str, Any]], None],
    ) -> None:
        self._control = control
        self._at_once = at_once
        self._job = job
        self._prepare = prepare
        self._walls = walls
        self._pid = os.getpid()
        self._children: list[_Child] = []
        self._wake, wake = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def run(self) -> None:
        """Serve until the owner hangs up; further jobs wait in the socket while enough children are at work."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        while True:
            is_free = len(self._children) < self._at_once
            poll.register(self._control, select.POLLIN if is_free else 0)  # a hang-up is told in either case
            ready = dict(poll.poll(self._patience_ms()))
            if self._wake in ready:
                os.read(self._wake, 4096)
            self._bury()
            told = ready.get(self._control.fileno(), 0)
            if told & select.POLLHUP or (told and not self._take()):
                break
        for child in self._children:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)

    def _patience_ms(self) -> float | None:
        if not self._children:
            return None
        return max(0.0, min(child.deadline for child in self._children) - time.monotonic()) * 1000 + 1

    def _take(self) -> bool:
        """Take one job from the owner and fork for it, or get ready for those to come; False when the owner hung up."""
        length, descriptors, _, _ = socket.recv_fds(self._control, LENGTH.size, 3)
        body = _received(self._control, LENGTH.unpack(length)[0]) if len(length) == LENGTH.size else b""
        if not body or len(descriptors) not in (0, 3):
            return False
        message = json.loads(body)
        _load(message["modules"])
        is_ready = self._is_prepared(message["request"])
        if not descriptors:
            return True
        source, result, status = descriptors
        if not is_ready:
            os.close(source)
            os.close(result)
            _report(status, json.dumps({"code": UNPREPARED, "late": False, "cpu_s": 0, "resident": 0}).encode())
            return True
        limits = ChildLimits(**message["limits"])
        pid = os.fork()
        if pid == 0:
            self._become_child(source, result, limits, message["request"])
        with suppress(ProcessLookupError, PermissionError):  # the child does it too; whoever comes first
            os.setpgid(pid, pid)
        os.close(source)
        os.close(result)
        self._children.append(_Child(pid, status, time.monotonic() + limits.wall_s))
        return True

    def _is_prepared(self, request: dict[str, Any]) -> bool:
        """Prepare what children share; what a job's preparation throws ends no server."""
        try:
            self._prepare(request)
        except Exception:  # noqa: BLE001 - a door: whatever it is, the asker is told
            return False
        return True

    def _become_child(self, source: int, result: int, limits: ChildLimits, request: dict[str, Any]) -> NoReturn:
        """Read the file behind the walls and vanish; nothing of the server runs on in the child."""
        code = UNCONFINED
        try:
            self._confine(limits, keep=(source, result))
            code = 1
            _write_all(result, answer_of(self._job, source, request, limits.answer_bytes))
            code = 0
        finally:
            os._exit(code)

    def _confine(self, limits: ChildLimits, keep: tuple[int, int]) -> None:
        """Leave the server behind: its group, its signals, its descriptors; then put up the walls."""
        os.setpgid(0, 0)
        confinement.die_with_parent()
        if os.getppid() != self._pid:
            raise ProcessLookupError
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        confinement.limit_resources(limits)
        for wall in self._walls.values():
            wall()
        low, high = sorted(keep)
        os.closerange(3, low)
        os.closerange(low + 1, high)
        os.closerange(high + 1, 1 << 16)

    def _bury(self) -> None:
        """Report the children that ended and kill those that are late."""
        for child in tuple(self._children):
            pid, status, used = os.wait4(child.pid, os.WNOHANG)
            late = time.monotonic() >= child.deadline
            if pid == 0 and not late:
                continue
            if pid == 0:
                os.killpg(child.pid, signal.SIGKILL)
                pid, status, used = os.wait4(child.pid, 0)
            self._children.remove(child)
            report = {
                "code": os.waitstatus_to_exitcode(status),
                "late": late,
                "cpu_s": used.ru_utime + used.ru_stime,
                "resident": used.ru_maxrss,
            }
            _report(child.status, json.dumps(report).encode())


def _report(descriptor: int, report: bytes) -> None:
    """Tell the asker how the child ended; one that no longer listens is not waited for."""
    try:
        os.write(descriptor, report)
    except BrokenPipeError:
        pass
    finally:
        os.close(descriptor)


def _received(control: socket.socket, count: int) -> bytes:
    """Receive exactly `count` bytes, or none when the owner hung up in between."""
    parts = bytearray()
    while len(parts) < count:
        part = control.recv(count - len(parts))
        if not part:
            return b""
        parts += part
    return bytes(parts)


def _write_all(descriptor: int, text: bytes) -> None:
    view = memoryview(text)
    while view:
        view = view[os.write(descriptor, view) :]


def python_folders() -> list[Path]:
    """Name where Python's own modules, ours and the shared libraries lie: all that a child may read."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = [Path(sysconfig.get_path(name)) for name in names]
    system = [Path(name) for name in ("/usr/lib", "/lib", "/lib64", "/etc/ld.so.cache")]
    return [*folders, Path(__file__).parents[2], *system]


def _proven(walls: Mapping[str, Callable[[], None]]) -> dict[str, Callable[[], None]]:
    """Keep those walls that a child of this server can really put up, found by trying."""
    proven: dict[str, Callable[[], None]] = {}
    for name, wall in walls.items():
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                for earlier in (*proven.values(), wall):
                    earlier()
                code = 0
            finally:
                os._exit(code)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0:
            proven[name] = wall
    return proven


def main(arguments: Sequence[str]) -> None:
    """Import the readers, say which walls stand, and serve until the owner hangs up."""
    settings = json.loads(arguments[0])
    control = socket.socket(fileno=settings["control"])
    _load(settings["modules"])
    job = find_job(settings["job"])
    prepare = find_preparation(settings["job"])
    readable = [*python_folders(), *(Path(name) for name in settings["readable"])]
    walls = _proven(confinement.optional_walls(readable))
    hello = json.dumps({"layers": ["process", "rlimits", *walls]}).encode()
    control.sendall(LENGTH.pack(len(hello)) + hello)
    _Server(control, job, walls, settings["at_once"], prepare).run()
