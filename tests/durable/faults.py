"""Faults at every step: a run is killed, or fails as a full disk does, at its first line, its second, and so on.

A step is a line of `formsvc/durable` or `formsvc/storage`. `kill_at_each_step` forks, so it is called in a process
of one thread: `run_alone` starts one.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[2]
PARTS = tuple(str(ROOT / "formsvc" / part) for part in ("durable", "storage"))
Trace = Callable[[FrameType, str, object], object]


@contextmanager
def at_step(number: int, fault: Callable[[], None]) -> Iterator[None]:
    """Let the block run with `fault` befalling it before its line `number` in the parts under test."""
    left = number

    def trace(frame: FrameType, event: str, _: object) -> Trace | None:
        nonlocal left
        if not frame.f_code.co_filename.startswith(PARTS):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                fault()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def full_disk() -> None:
    """Fail as a call does on a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def die() -> None:
    """End as a power switch ends a process."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_each_step(work: Callable[[Path], None], check: Callable[[Path], None], folder: Path, every: int = 1) -> int:
    """Run `work` in a fresh folder again and again, killed one step later each time, and `check` what is there.

    Returns how many steps it has.
    """
    for number in count(1, every):
        place = folder / str(number)
        place.mkdir()
        child = os.fork()
        if child == 0:
            with at_step(number, die):
                work(place)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        check(place)
        if not os.WIFSIGNALED(status):
            return number
    raise AssertionError


def run_alone(function: str, folder: Path) -> str:
    """Call `module:function` with `folder` in a process of its own; return what it printed, or fail with its trace."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.durable.faults", function, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


if __name__ == "__main__":
    module, name = sys.argv[1].split(":")
    getattr(importlib.import_module(module), name)(Path(sys.argv[2]))
