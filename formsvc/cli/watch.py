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

from formsvc.cli import outcomes, screen
from formsvc.cli.door import Door
from formsvc.cli.progress import counting
from formsvc.cli.words import declared, option
from formsvc.operations.outcome import Rejected
from formsvc.operations.workspace import Workspace
from formsvc.watch import watch, watch_once


@declared("watch")
@option("--once", is_flag=True)
def command(door: Door, *, once: bool) -> None:
    """Show what becomes of each form."""
    if once:
        click.get_current_context().exit(_work_off(door))
    workspace = door.workspace()
    with _stopping() as stop:
        sign = door.messages.text("cli.watching", path=str(workspace.inbox))
        has_rested = watch(
            workspace, stop, lambda outcome: outcomes.show(workspace, outcome), lambda: screen.note(sign)
        )
    if has_rested:
        _start_afresh(workspace)
    screen.note(door.messages.text("cli.stopped"))


def _start_afresh(workspace: Workspace) -> NoReturn:
    """Go on in a fresh process, which gives back the memory that reading and drawing took."""
    workspace.__exit__(None, None, None)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very command again


def _work_off(door: Door) -> int:
    """Work off what is in the inbox, name what had to be left, and return the exit code."""
    workspace, is_rejected, left = door.workspace(), False, list[Path]()
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
