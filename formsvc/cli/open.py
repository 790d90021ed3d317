"""`formsvc open`: a record's copies, in the program the computer opens them with."""

from __future__ import annotations

import click

from formsvc.cli import screen
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared, option
from formsvc.operations.show import path_of


@declared("open")
@argument("record", metavar="id")
@option("--copy", "role", metavar="role")
def command(door: Door, record: str, role: str | None) -> None:
    """Print the path, and open it when a person is there to see it."""
    path = path_of(door.workspace(), record, role)
    screen.line(str(path))
    if screen.is_terminal():
        click.launch(str(path))
