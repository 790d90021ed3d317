"""`formsvc confirm`: file a waiting reading as a person says it is."""

from __future__ import annotations

from typing import Any

import click

from formsvc.cli.door import Door
from formsvc.cli.parameters import assignments
from formsvc.cli.whole_record import show_standing
from formsvc.cli.words import argument, declared, option
from formsvc.operations.queue import confirm


@declared("confirm")
@argument("waiting", metavar="id")
@option("--by", required=True, metavar="person")
@option("--set", "values", multiple=True, metavar="assignment")
@option("--year", type=click.IntRange(1900, 2999), metavar="year")
@option("--form", metavar="form")
@option("--record", metavar="record")
def command(door: Door, waiting: str, values: tuple[str, ...], **said: Any) -> None:
    """File the reading and say where."""
    workspace = door.workspace()
    show_standing(workspace, confirm(workspace, waiting, values=assignments(values), **said))
