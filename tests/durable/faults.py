"""Faults at every step: a run is killed, or fails as a full disk does, at its first line, its second, and so on.

A step is a line of `formsvc/durable` or `formsvc/storage` that asks the system for something; what is on the disk
differs only between those. `kill_at_each_step` forks, so it is called in a process of one thread: `run_alone` starts
one.
"""

from __future__ import annotations

import errno
import importlib
import linecache
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import TraceFunction

ROOT = Path(__file__).parents[2]
PARTS = tuple(str(ROOT / "formsvc" / part) for part in ("durable", "storage"))
ASKING = re.compile(
    r"os\.(open|write|read|link|fsync|ftruncate|scandir)\(|\.(mkdir|rename|replace|unlink|rmdir|lstat)\("
    r"|_LIBC\.\w+\(|fcntl\.flock\("
)


@contextmanager
def at_step(number: int, fault: Callable[[], None]) -> Iterator[Callable[[], int]]:
    """Let the block run with `fault` befalling it before its step `number`.

    Gives a function that says how many steps are still to go; above 0, the fault never came.
    """
    left = number

    def trace(frame: FrameType, event: str, _: object) -> TraceFunction | None:
        nonlocal left
        if not frame.f_code.co_filename.startswith(PARTS):
            return None
        if event == "line" and ASKING.search(linecache.getline(frame.f_code.co_filename, frame.f_lineno)):
            left -= 1
            if left == 0:
                fault()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield lambda: left
    finally:
        sys.settrace(before)


def full_disk() -> None:
    """Fail as a call does on a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def die() -> None:
    """End as a power switch ends a process."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_each_step(work: Callable[[Path], None], check: Callable[[Path], None], places: Iterator[Path]) -> int:
    """Run `work` in one place after another, killed one step later each time, and `check` what is there then.

    Returns how many steps it has.
    """
    for number in count(1):
        place = next(places)
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
