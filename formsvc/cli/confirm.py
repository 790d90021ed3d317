"""`formsvc confirm`: file a waiting reading as a person says it is."""

from __future__ import annotations

from typing import Any

from formsvc.cli import parameters
from formsvc.cli.door import Door
from formsvc.cli.whole_record import show_standing
from formsvc.cli.words import argument, declared, option
from formsvc.operations.queue import confirm


@declared("confirm")
@argument("waiting", metavar="id")
@option("--by", required=True, metavar="person")
@option("--set", "values", multiple=True, metavar="assignment")
@option("--year", type=parameters.year, metavar="year")
@option("--form", metavar="form")
@option("--record", metavar="record")
def command(door: Door, waiting: str, values: tuple[str, ...], **said: Any) -> None:
    """File the reading and say where."""
    workspace = door.workspace()
    show_standing(workspace, confirm(workspace, waiting, values=parameters.assignments(values), **said))
