"""`formsvc form`: forms as data."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc.cli import screen
from formsvc.cli.commands import Group
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared, option
from formsvc.operations.draft import draft


@declared("draft")
@argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="file")
@option("-o", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="folder")
def _draft(door: Door, file: Path, folder: Path) -> None:
    """Make a draft of a form from a Word table and name it."""
    done = draft(door.workspace(), file, folder)
    screen.line(str(done.path))
    screen.note(door.messages.text("cli.drafted", fields=done.fields))


command = Group("form", commands=[_draft])
