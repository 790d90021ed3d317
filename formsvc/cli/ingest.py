"""`formsvc ingest`: named files go the road of the inbox."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc.cli import outcomes, typefaces
from formsvc.cli.door import Door
from formsvc.cli.progress import counting
from formsvc.cli.words import argument, declared, json_option
from formsvc.operations.ingest import ingest
from formsvc.operations.outcome import Rejected


@declared("ingest")
@argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="path")
@json_option
def command(door: Door, paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Show what became of each form; exit with 1 when one was rejected."""
    workspace, is_rejected = door.workspace(), False
    typefaces.note(workspace)
    with counting(door.messages, "forms") as counter:
        for count, outcome in enumerate(ingest(workspace, paths), 1):
            counter.erase()
            outcomes.show(workspace, outcome, as_json=as_json)
            is_rejected |= isinstance(outcome, Rejected)
            counter.tell(count)
    click.get_current_context().exit(int(is_rejected))
