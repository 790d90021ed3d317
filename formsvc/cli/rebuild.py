"""`formsvc rebuild`: the index anew from the archive."""

from __future__ import annotations

from formsvc.cli import screen
from formsvc.cli.door import Door
from formsvc.cli.progress import counting
from formsvc.cli.words import declared
from formsvc.operations.indexing import rebuild


@declared("rebuild")
def command(door: Door) -> None:
    """Build the index and say how much it holds."""
    workspace = door.workspace()
    with counting(door.messages, "records") as counter:
        count = rebuild(workspace, counter.tell)
    screen.line(door.messages.text("cli.rebuilt", count=count))
