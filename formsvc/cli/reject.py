"""`formsvc reject`: set a waiting reading aside."""

from __future__ import annotations

from formsvc.cli import screen
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared, option
from formsvc.operations.queue import reject
from formsvc.operations.workspace import INBOX


@declared("reject")
@argument("waiting", metavar="id")
@option("--why", required=True, metavar="text")
@option("--by", required=True, metavar="person")
def command(door: Door, waiting: str, why: str, by: str) -> None:
    """Set the file aside with its reason, and say where it lies."""
    screen.line(f"{INBOX}/{reject(door.workspace(), waiting, why=why, by=by)}")
