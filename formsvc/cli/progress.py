"""How far long work has come, on a terminal and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from formsvc.i18n import Messages


@contextmanager
def counting(messages: Messages, entry: str) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many are done; the entry `progress.<what>` says of what."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True, soft_wrap=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
        task = progress.add_task(messages.text(f"progress.{entry}", count=0))
        yield lambda count: progress.update(task, description=messages.text(f"progress.{entry}", count=count))
