"""Where untrusted bytes are decoded: a throw-away child for every file, forked by a warm reader server.

`open_sandbox` gives the best sandbox the system has. A file is handed over as an open descriptor; what comes back is
JSON, or a reason why there is none. However a file behaves, the caller gets one or the other within the limits.

What runs inside is named, not passed: `module:function`, called as `function(descriptor, request)`, JSON in, JSON out.
The parent must still check what it gets, see `outcome.Answer`.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from formsvc.errors import ReaderUnavailableError
from formsvc.extraction.sandbox.limits import TYPED_CHILD, ChildLimits
from formsvc.extraction.sandbox.one_shot import OneShotReader
from formsvc.extraction.sandbox.outcome import Outcome, Stopped, parsed
from formsvc.extraction.sandbox.worker import LENGTH, UNCONFINED, UNPREPARED, command

if sys.platform == "linux":
    import fcntl

AT_ONCE = 2
"""How many children work side by side; further jobs wait their turn."""
PATIENCE_S = 30.0
"""How much longer than a child's own wall time its report may take before the server counts as hung."""

_NOT_READ = {UNCONFINED: "unconfined", UNPREPARED: "unprepared"}

_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""All a server's environment: libraries that would start threads, which a fork loses, start none."""


class ServerGoneError(Exception):
    """The reader server ended or hangs; the file had no part in it."""


@dataclass(frozen=True, slots=True)
class _Message:
    """What the server is told of one job, kept so that another server can be told again."""

    source: int
    body: bytes
    limits: ChildLimits


class ReaderServer:
    """Owns the server process and hands it jobs; safe to use from several threads.

    The process starts with the first job or with `with`, and is started again when it was lost. Its children bear
    the resource limits; `active_layers` names what else protects.
    """

    def __init__(
        self,
        job: str,
        *,
        modules: Sequence[str] = (),
        readable: Sequence[Path] = (),
        at_once: int = AT_ONCE,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Name the job, the modules the server imports first and the folders its children may read."""
        self._settings = {
            "job": job,
            "modules": list(modules),
            "readable": [str(path) for path in readable],
            "at_once": at_once,
        }
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._layers: tuple[str, ...] | None = None
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The server's process id, or None while there is none."""
        return self._process.pid if self._process else None

    def read(
        self,
        descriptor: int,
        request: Mapping[str, Any],
        limits: ChildLimits = TYPED_CHILD,
        modules: Sequence[str] = (),
    ) -> Outcome:
        """Run the job over the open file and wait for its outcome.

        `modules` are imported by the server before it forks, once and for all later children too. Raises
        ReaderUnavailableError when two servers in a row were lost before the child's end was known.
        """
        return self.submit(descriptor, request, limits, modules).result()

    def submit(
        self,
        descriptor: int,
        request: Mapping[str, Any],
        limits: ChildLimits = TYPED_CHILD,
        modules: Sequence[str] = (),
    ) -> Job:
        """Begin the job and go on; the descriptor may be closed as soon as this returns.

        Ask for its result once. A job that waits holds three descriptors: keep no more than a few hundred waiting.
        """
        body = json.dumps({"limits": asdict(limits), "modules": list(modules), "request": dict(request)}).encode()
        message = _Message(os.dup(descriptor), body, limits)
        try:
            return Job(self, message)
        except ReaderUnavailableError:
            os.close(message.source)
            raise

    def warm(self, request: Mapping[str, Any]) -> None:
        """Have the server started and prepared for such requests, without waiting for it; what fails is found later."""
        body = json.dumps({"modules": [], "request": dict(request)}).encode()
        with self._lock:
            try:
                self._started().sendall(LENGTH.pack(len(body)) + body)
            except OSError:
                self._kill()

    def active_layers(self) -> tuple[str, ...]:
        """Name the protections in force, as the server found them."""
        with self._lock:
            control = self._started()
            if self._layers is None:
                try:
                    (length,) = LENGTH.unpack(_exactly(control, LENGTH.size))
                    self._layers = tuple(json.loads(_exactly(control, length))["layers"])
                except (OSError, EOFError) as error:
                    self._stop()
                    raise ReaderUnavailableError(detail="no-hello") from error
            return self._layers

    def close(self) -> None:
        """End the server and its children, for good."""
        with self._lock:
            self._is_closed = True
            self._stop()

    def __enter__(self) -> Self:
        with self._lock:
            self._started()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def hand_over(self, message: _Message) -> _Channel:
        """Send a job to the server; raises ServerGoneError when it does not take it."""
        result, result_end = os.pipe()
        status, status_end = os.pipe()
        if sys.platform == "linux":
            with suppress(OSError):  # a roomy pipe lets a child end before its answer is fetched
                fcntl.fcntl(result_end, fcntl.F_SETPIPE_SZ, 1 << 20)
        try:
            with self._lock:
                process = self._send(message, [message.source, result_end, status_end])
        except BaseException:
            os.close(result)
            os.close(status)
            raise
        finally:
            os.close(result_end)
            os.close(status_end)
        return _Channel(result, status, process, message.limits, self._patience_s)

    def _send(self, message: _Message, descriptors: Sequence[int]) -> subprocess.Popen[bytes] | None:
        """Send one message whole, or be rid of the server that took a part of it; the lock is held."""
        try:
            control = self._started()
            socket.send_fds(control, [LENGTH.pack(len(message.body))], descriptors)
            control.sendall(message.body)
        except OSError as error:
            self._kill()
            raise ServerGoneError from error
        return self._process

    def forget(self, process: subprocess.Popen[bytes] | None) -> None:
        """Kill this server process if it is still the one in use; the next job starts another."""
        with self._lock:
            if self._process is process:
                self._kill()

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
        self._stop()

    def _started(self) -> socket.socket:
        """Give the socket to a living server, starting one if need be; the lock is held."""
        if self._is_closed:
            raise ReaderUnavailableError(detail="closed")
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._control is None:
            self._process, self._control = _launched(self._settings, self._patience_s)
        return self._control

    def _stop(self) -> None:
        """Hang up, wait a moment for the server to end, then kill it; the lock is held."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control = self._process = self._layers = None


def _launched(settings: Mapping[str, Any], patience_s: float) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a server process in a session of its own, with nothing of ours but its end of a socket."""
    ours, theirs = socket.socketpair()
    ours.settimeout(patience_s)
    with theirs:
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command("formsvc.extraction.sandbox.server", {**settings, "control": theirs.fileno()}),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_ENVIRONMENT,
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise
    return process, ours


class Job:
    """One file under way in the sandbox."""

    def __init__(self, server: ReaderServer, message: _Message) -> None:
        self._server = server
        self._message = message
        self._channel = self._begun()

    def _begun(self) -> _Channel | None:
        try:
            return self._server.hand_over(self._message)
        except ServerGoneError:
            return None

    def result(self) -> Outcome:
        """Wait for the outcome; ask once. A job lost with its server is given to a second one."""
        try:
            for _ in range(2):
                channel = self._channel or self._begun()
                self._channel = None
                if channel is None:
                    continue
                try:
                    return channel.outcome()
                except ServerGoneError:
                    self._server.forget(channel.process)
            raise ReaderUnavailableError(detail="server-lost")
        finally:
            os.close(self._message.source)


@dataclass(frozen=True, slots=True)
class _Channel:
    """The two pipes of one job: its answer from the child, its end from the server."""

    result: int
    status: int
    process: subprocess.Popen[bytes] | None
    limits: ChildLimits
    patience_s: float

    def outcome(self) -> Outcome:
        """Wait for both pipes to end; raises ServerGoneError when the server reports nothing in time."""
        received = {self.result: bytearray(), self.status: bytearray()}
        deadline = time.monotonic() + self.limits.wall_s + self.patience_s
        excess = False
        poll = select.poll()
        for descriptor in received:
            poll.register(descriptor, select.POLLIN)
        left = set(received)
        try:
            while left:
                ready = poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
                if not ready:
                    raise ServerGoneError
                for descriptor, _ in ready:
                    part = os.read(descriptor, 1 << 16)
                    received[descriptor] += part
                    excess = len(received[self.result]) > self.limits.answer_bytes
                    if not part or (excess and descriptor == self.result):
                        poll.unregister(descriptor)
                        os.close(descriptor)
                        left.remove(descriptor)
        finally:
            for descriptor in left:
                os.close(descriptor)
        if not received[self.status]:
            raise ServerGoneError
        report = json.loads(received[self.status])
        return Stopped("too-much-output") if excess else _judged(report, bytes(received[self.result]))


def _judged(report: Mapping[str, Any], text: bytes) -> Outcome:
    """Put together what the server says of the child's end and what the child wrote."""
    code: int = report["code"]
    if report["late"]:
        return Stopped("time")
    if code == -signal.SIGXCPU:
        return Stopped("cpu")
    if code == -signal.SIGKILL:  # nobody here sent it: the kernel was out of memory
        return Stopped("memory", "SIGKILL")
    if code < 0:
        return Stopped("crash", signal.Signals(-code).name if -code in set(signal.Signals) else str(code))
    if code in _NOT_READ:
        return Stopped("crash", _NOT_READ[code])
    return parsed(text, report["cpu_s"], report["resident"])


def _exactly(control: socket.socket, count: int) -> bytes:
    """Receive exactly `count` bytes; raises EOFError when the server hung up before."""
    parts = bytearray()
    while len(parts) < count:
        part = control.recv(count - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


Sandbox = ReaderServer | OneShotReader


def open_sandbox(
    job: str, *, modules: Sequence[str] = (), readable: Sequence[Path] = (), at_once: int = AT_ONCE
) -> Sandbox:
    """Give the best sandbox this system has for the job; close it, or use it in a `with`."""
    if hasattr(os, "fork"):
        return ReaderServer(job, modules=modules, readable=readable, at_once=at_once)
    return OneShotReader(job)
