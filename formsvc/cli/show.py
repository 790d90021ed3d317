"""`formsvc show`: everything of one record."""

from __future__ import annotations

from formsvc.cli import screen
from formsvc.cli.door import Door
from formsvc.cli.whole_record import show_record
from formsvc.cli.words import argument, declared, json_option
from formsvc.operations.show import show


@declared("show")
@argument("record", metavar="id")
@json_option
def command(door: Door, record: str, *, as_json: bool) -> None:
    """Show the record."""
    workspace = door.workspace()
    found = show(workspace, record)
    if as_json:
        screen.as_json(found)
    else:
        show_record(workspace, found)
