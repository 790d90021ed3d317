"""`formsvc watch`: serve the inbox until told to stop, or work off what is there."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from formsvc.cli import outcomes, screen, typefaces
from formsvc.cli.door import Door
from formsvc.cli.progress import counting
from formsvc.cli.words import declared, option
from formsvc.inbox.sweep import Seen
from formsvc.operations.outcome import Rejected
from formsvc.operations.workspace import Workspace
from formsvc.watch import watch, watch_once

_AFRESH = "FORMSVC_GOES_ON"
"""Set in the environment of a watch that goes on for one that has rested."""


@declared("watch")
@option("--once", is_flag=True)
def command(door: Door, *, once: bool) -> None:
    """Show what becomes of each form."""
    if once:
        click.get_current_context().exit(_work_off(door))
    workspace = door.workspace()
    with _stopping() as stop:
        has_rested = watch(
            workspace,
            stop,
            lambda outcome: outcomes.show(workspace, outcome),
            lambda: _say_that_it_serves(workspace),
            lambda seen: _say_that_it_waits(workspace, seen),
        )
    if has_rested:
        _start_afresh(workspace)
    screen.note(door.messages.text("cli.stopped"))


def _say_that_it_serves(workspace: Workspace) -> None:
    """Say so once; a fresh process that goes on for another does not say it again."""
    if os.environ.pop(_AFRESH, None) is None:
        screen.note(workspace.messages.text("cli.watching", path=str(workspace.inbox)))
        typefaces.note(workspace)


def _say_that_it_waits(workspace: Workspace, seen: Seen) -> None:
    is_empty = seen.is_regular and not seen.size
    file = str(seen.path.relative_to(workspace.inbox))
    screen.note(screen.plain(workspace.messages.text("cli.held-empty" if is_empty else "cli.held", file=file)))


def _start_afresh(workspace: Workspace) -> NoReturn:
    """Go on in a fresh process, which gives back the memory that reading and drawing took."""
    workspace.__exit__(None, None, None)
    os.environ[_AFRESH] = "1"
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very command again


def _work_off(door: Door) -> int:
    """Work off what is in the inbox, name what had to be left, and return the exit code."""
    workspace, is_rejected, left = door.workspace(), False, list[Path]()
    typefaces.note(workspace)
    with counting(door.messages, "forms") as counter:
        for count, outcome in enumerate(watch_once(workspace, left.extend), 1):
            counter.erase()
            outcomes.show(workspace, outcome)
            is_rejected |= isinstance(outcome, Rejected)
            counter.tell(count)
    for path in left:
        screen.note(door.messages.text("cli.left", file=str(path.relative_to(workspace.inbox))))
    return int(is_rejected)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Give an event that is set when somebody asks the program to stop; who asks again stops it at once."""
    stop = threading.Event()

    def ask(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
