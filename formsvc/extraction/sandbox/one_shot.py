"""The sandbox of systems without fork (Windows): a fresh process for every file, with a wall clock and no walls.

It keeps a broken file from taking the service down, and it is slower by an interpreter's start. It promises less than
the reader server: no limit on memory but the machine's, no wall around files and sockets. `active_layers` says so.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from formsvc.extraction.sandbox.limits import TYPED_CHILD, ChildLimits
from formsvc.extraction.sandbox.outcome import Outcome, Stopped, parsed
from formsvc.extraction.sandbox.worker import command


class OneShotReader:
    """Starts a process for every job; safe to use from several threads."""

    def __init__(self, job: str) -> None:
        """Name the job."""
        self._job = job

    def read(
        self,
        descriptor: int,
        request: Mapping[str, Any],
        limits: ChildLimits = TYPED_CHILD,
        modules: Sequence[str] = (),
    ) -> Outcome:
        """Run the job over the open file and wait for its outcome; `modules` are imported first."""
        return self.submit(descriptor, request, limits, modules).result()

    def submit(
        self,
        descriptor: int,
        request: Mapping[str, Any],
        limits: ChildLimits = TYPED_CHILD,
        modules: Sequence[str] = (),
    ) -> OneShotJob:
        """Begin the job and go on; ask for its result once."""
        settings = {
            "job": self._job,
            "modules": list(modules),
            "limits": asdict(limits),
            "request": dict(request),
        }
        os.lseek(descriptor, 0, os.SEEK_SET)
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command("formsvc.extraction.sandbox.worker", settings),
            stdin=descriptor,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return OneShotJob(process, limits)

    def warm(self, request: Mapping[str, Any]) -> None:
        """Do nothing: every process starts with its job."""

    def active_layers(self) -> tuple[str, ...]:
        """Name the protections in force."""
        return ("process",)

    def close(self) -> None:
        """Do nothing: every process ends with its job."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class OneShotJob:
    """One file under way in its own process."""

    def __init__(self, process: subprocess.Popen[bytes], limits: ChildLimits) -> None:
        self._process = process
        self._limits = limits
        self._is_late = False
        self._clock = threading.Timer(limits.wall_s, self._kill)
        self._clock.start()

    def _kill(self) -> None:
        self._is_late = True
        self._process.kill()

    def result(self) -> Outcome:
        """Wait for the outcome; ask once."""
        with self._process as process:
            text = process.stdout.read(self._limits.answer_bytes + 1) if process.stdout else b""
            if len(text) > self._limits.answer_bytes:
                process.kill()
        self._clock.cancel()
        self._clock.join()
        if self._is_late:
            return Stopped("time")
        if len(text) > self._limits.answer_bytes:
            return Stopped("too-much-output")
        return parsed(text) if process.returncode == 0 else Stopped("crash", str(process.returncode))
