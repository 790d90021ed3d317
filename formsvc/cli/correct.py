"""`formsvc correct`: correct values of a filed record."""

from __future__ import annotations

from formsvc.cli.door import Door
from formsvc.cli.parameters import assignments
from formsvc.cli.whole_record import show_standing
from formsvc.cli.words import argument, declared, option
from formsvc.operations.correct import correct


@declared("correct")
@argument("record", metavar="id")
@option("--set", "values", multiple=True, required=True, metavar="assignment")
@option("--why", required=True, metavar="text")
@option("--by", required=True, metavar="person")
def command(door: Door, record: str, values: tuple[str, ...], why: str, by: str) -> None:
    """Append the correction and say how the record stands."""
    workspace = door.workspace()
    show_standing(workspace, correct(workspace, record, assignments(values), why=why, by=by))
