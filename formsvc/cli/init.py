"""`formsvc init`: a workspace with the forms to start with."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc.cli import screen
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared
from formsvc.operations.init import init


@declared("init")
@argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="folder")
def command(door: Door, folder: Path) -> None:
    """Make the workspace and say what to do with it."""
    with init(folder, door.language) as workspace:
        screen.line(str(workspace.root) if not screen.is_terminal() else _welcome(door, workspace.root))


def _welcome(door: Door, root: Path) -> str:
    return door.messages.text("cli.initialised", path=str(root))
