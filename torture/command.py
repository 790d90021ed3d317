"""Runs the real command line under strace, which kills it or makes a system call fail; no hook in the product.

A run is either warm (forked from a process that has imported the program already, and held until strace has hold of
it) or cold (a fresh interpreter started by strace). Both go through `formsvc.cli.main`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from torture.sites import sync_singly, tell_sites

CALLS = (
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "fsync",
    "fdatasync",
    "syncfs",
    "sync",
    "openat",
    "write",
    "pwrite64",
    "mkdir",
    "mkdirat",
    "rmdir",
    "ftruncate",
)
"""The system calls after which something else is on the disk, or may be."""
_PATIENCE_S = 90.0
"""Seconds after which a run counts as hung."""
_STRUCK = ("(INJECTED)", "(DELAYED)", "+++ killed by SIGKILL +++")
"""What strace writes when a fault comes."""
HUNG = -1000
"""The exit code given to a run that did not end."""


class Kind(StrEnum):
    """What befalls a system call."""

    KILL = "kill"
    EIO = "EIO"
    ENOSPC = "ENOSPC"
    FULL = "full disk from here on"
    STALL = "stall"


_INJECTED = {
    Kind.KILL: "signal=SIGKILL:when={n}",
    Kind.EIO: "error=EIO:when={n}",
    Kind.ENOSPC: "error=ENOSPC:when={n}",
    Kind.FULL: "error=ENOSPC:when={n}+",
    Kind.STALL: "delay_enter=300000:when={n}",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """The `number`-th call of its name in a process, and what befalls it."""

    kind: Kind
    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} at {self.call} {self.number}"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    code: int
    """The exit code; minus the signal's number when it was killed."""
    output: str
    struck: bool = False
    """Whether strace tells that the fault came."""

    @property
    def was_killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.code == -signal.SIGKILL


def missing_tools() -> list[str]:
    """Name what this machine lacks for injecting faults from outside."""
    return [] if sys.platform == "linux" and shutil.which("strace") else ["strace"]


def traced(fault: Fault | None, log: Path | None, told: Path | None = None) -> list[str]:
    """Return the words that start strace for a fault or a log, without what it is to trace.

    Only the process itself is traced, not the readers it starts: each counts its own calls. Without a log of all
    calls, `told` is where those of the fault's name go.
    """
    words = ["strace", "-o", str(log or told or os.devnull)]
    if log is not None:
        words += ["-y", "-s", "8000000", "-xx", "-e", "trace=" + ",".join(CALLS)]
    elif fault is not None:
        words += ["-e", f"trace={fault.call}"]
    if fault is not None:
        words += ["-e", f"inject={fault.call}:{_INJECTED[fault.kind].format(n=fault.number)}"]
    return words


def run_cold(words: Sequence[str], fault: Fault | None = None, log: Path | None = None) -> Ended:
    """Run the command in a fresh interpreter.

    Without strace's own filter (`--seccomp-bpf`), which keeps a signal from being injected by count.
    """
    program = [sys.executable, "-m", "formsvc", *words]
    tracer = [] if fault is None and log is None else traced(fault, log)
    try:
        done = subprocess.run(
            [*tracer, *program],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=_PATIENCE_S,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired:
        return Ended(HUNG, "hung")
    return Ended(done.returncode, done.stdout.decode("utf-8", "replace"), done.returncode == -signal.SIGKILL)


class Running:
    """The command started in a warm child, under strace when a fault or a log is asked for."""

    def __init__(
        self,
        words: Sequence[str],
        output: Path,
        fault: Fault | None = None,
        log: Path | None = None,
        *,
        begin: Callable[[], None] | None = None,
    ) -> None:
        self._output = output
        self._told = output.with_name(f"{output.name}.strace") if log is None and fault is not None else None
        self._tracer: subprocess.Popen[str] | None = None
        held, let_go = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(let_go)
            _become(words, held, output, begin)
        os.close(held)
        if fault is not None or log is not None:
            self._tracer = subprocess.Popen(
                [*traced(fault, log, self._told), "-p", str(self.pid)], stderr=subprocess.PIPE, text=True
            )
            assert self._tracer.stderr is not None  # noqa: S101 - asked for as a pipe above
            self._tracer.stderr.readline()
        os.close(let_go)

    def ended(self, patience_s: float = _PATIENCE_S) -> Ended:
        """Wait for its end; one that hangs is killed."""
        until = time.monotonic() + patience_s
        is_hung = False
        pause = 0.001
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                is_hung = True
                break
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)
        if self._tracer is not None:
            try:
                self._tracer.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                self._tracer.kill()
                self._tracer.communicate()
                is_hung = True
        text = self._output.read_text("utf-8", "replace")
        told = "" if self._told is None else self._told.read_text("utf-8", "replace")
        struck = any(mark in told for mark in _STRUCK)
        return Ended(HUNG if is_hung else os.waitstatus_to_exitcode(status), text, struck)

    def kill(self) -> None:
        """Kill it at once."""
        os.kill(self.pid, signal.SIGKILL)


def run(words: Sequence[str], output: Path, fault: Fault | None = None, log: Path | None = None) -> Ended:
    """Run the command in a warm child to its end."""
    return Running(words, output, fault, log).ended()


def recorded(
    words: Sequence[str], output: Path, log: Path, fault: Fault | None = None, *, is_grouped: bool = True
) -> Ended:
    """Run the command in a warm child to its end, with all calls in a log and the place of each sync.

    One that is not grouped syncs each file by itself, as on file systems whose `syncfs` nobody vouches for.
    """
    return Running(words, output, fault, log, begin=tell_sites if is_grouped else sync_singly).ended()


def _become(words: Sequence[str], held: int, output: Path, begin: Callable[[], None] | None) -> None:
    """In a forked child: wait until let go, then be the command."""
    code = 1
    if begin is not None:
        begin()
    try:
        os.read(held, 1)
        os.close(held)
        target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(target, 1)
        os.dup2(target, 2)
        os.close(target)
        sys.argv = ["formsvc", *words]
        from formsvc.cli import main  # noqa: PLC0415 - the program is imported by those who run it

        main()
        code = 0
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else int(asked.code is not None)
    except BaseException as error:  # noqa: BLE001 - a forked child must end here, whatever happened
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def alone(work: Callable[[], str]) -> str:
    """Run `work` in a forked child, so that nothing of it stays in this process; return the text it gave."""
    theirs, ours = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(theirs)
        with os.fdopen(ours, "w", encoding="utf-8") as told:
            try:
                told.write(work())
            except BaseException as error:  # noqa: BLE001 - as above
                told.write(f"!{type(error).__name__}: {error}")
        os._exit(0)
    os.close(ours)
    with os.fdopen(theirs, encoding="utf-8") as heard:
        text = heard.read()
    os.waitpid(pid, 0)
    return text
