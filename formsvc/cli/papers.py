"""Shows what became of a paper: its file, and how many pledges are in it."""

from __future__ import annotations

import click

from formsvc.cli import screen, typefaces
from formsvc.cli.door import Door
from formsvc.errors import ExitCode
from formsvc.operations.papers import Paper
from formsvc.operations.workspace import Workspace


def show(door: Door, workspace: Workspace, paper: Paper | None) -> None:
    """Name the paper, faces it was not drawn with and characters it lacks; without one say so and exit with 3."""
    if paper is None:
        screen.note(door.messages.text("cli.no-pledges"))
        click.get_current_context().exit(int(ExitCode.NOTHING_FOUND))
    typefaces.note(workspace)
    typefaces.note_lacking(workspace, paper.lacking)
    screen.line(str(paper.path))
    screen.note(door.messages.text("cli.pledges", pledges=paper.pledges))
