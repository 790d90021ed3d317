"""`formsvc restore`: a hand-over taken back into the archive."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc.cli import screen
from formsvc.cli.door import Door
from formsvc.cli.progress import counting
from formsvc.cli.words import argument, declared, option
from formsvc.operations.restore import restore


@declared("restore")
@argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="folder")
@option("--dry-run", is_flag=True)
def command(door: Door, folder: Path, *, dry_run: bool) -> None:
    """Check the hand-over, take over what the archive has not, and say how much that was."""
    with counting(door.messages, "files") as counter:
        done = restore(door.workspace(), folder, dry_run=dry_run, progress=counter.tell)
    entry = "cli.restore-checked" if dry_run else "cli.restored"
    screen.line(door.messages.text(entry, records=done.records, count=done.fresh))
    if done.head.number:
        screen.note(door.messages.text("cli.head", number=done.head.number, sha256=done.head.sha256))
