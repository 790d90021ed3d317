"""Shows what became of a paper: its file, and how many pledges are in it."""

from __future__ import annotations

import click

from formsvc.cli import screen
from formsvc.cli.door import Door
from formsvc.errors import ExitCode
from formsvc.operations.papers import Paper


def show(door: Door, paper: Paper | None) -> None:
    """Name the paper; without one say so and exit with 3."""
    if paper is None:
        screen.note(door.messages.text("cli.no-pledges"))
        click.get_current_context().exit(int(ExitCode.NOTHING_FOUND))
    screen.line(str(paper.path))
    screen.note(door.messages.text("cli.pledges", pledges=paper.pledges))
