"""`formsvc export`: lists of records for Excel, and hand-overs of the archive."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc import durable
from formsvc.archive import journal
from formsvc.cli import parameters, screen
from formsvc.cli.door import Door
from formsvc.cli.progress import counting
from formsvc.cli.words import argument, declared, option
from formsvc.operations.export import ExportFormat, export
from formsvc.operations.handover import HandoverFormat, hand_over

_KINDS = [*(kind.value for kind in ExportFormat), *(kind.value for kind in HandoverFormat)]


@declared("export")
@argument("kind", type=click.Choice(_KINDS))
@argument("year", type=parameters.year, required=False, metavar="year")
@option("--form", metavar="form")
@option("-o", "file", type=click.Path(path_type=Path), metavar="file")
def command(door: Door, kind: str, year: int | None, form: str | None, file: Path | None) -> None:
    """Write a list to a new file or to where the output is piped, or a hand-over to a new folder."""
    workspace = door.workspace()
    path = file or Path(
        f"formsvc{'' if year is None else f'-{year}'}{'-' if kind in set(HandoverFormat) else '.'}{kind}"
    )
    if kind in set(HandoverFormat):
        with counting(door.messages, "files") as counter:
            done = hand_over(workspace, HandoverFormat(kind), path, year, form=form, progress=counter.tell)
        head = done.head
        screen.line(str(path))
    else:
        head = journal.head(workspace.archive.store)
        data = export(workspace, ExportFormat(kind), year, form=form)
        if file is None and not screen.is_terminal():
            click.echo(data, nl=False)
        else:
            durable.put_new(path, data)
            screen.line(str(path))
    if head.number:
        screen.note(door.messages.text("cli.head", number=head.number, sha256=head.sha256))
