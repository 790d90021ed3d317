"""`formsvc export`: lists of records for Excel or printing, hand-overs of the archive, copies to be handed out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from formsvc import durable
from formsvc.archive import journal
from formsvc.cli import parameters, screen, typefaces
from formsvc.cli.door import Door
from formsvc.cli.progress import counting
from formsvc.cli.words import argument, declared, option
from formsvc.errors import ExitCode, UsageError
from formsvc.operations.delivered import DeliveryFormat, LeftOut, Selection
from formsvc.operations.export import ExportFormat, list_records, to_file
from formsvc.operations.handover import HandoverFormat, hand_over

_KINDS = [kind.value for kinds in (ExportFormat, HandoverFormat, DeliveryFormat) for kind in kinds]


@declared("export")
@argument("kind", type=click.Choice(_KINDS))
@argument("year", type=parameters.year, required=False, metavar="year")
@option("--form", metavar="form")
@option("--name", metavar="text")
@option("--org", "organisation", metavar="text")
@option("--id", "records", multiple=True, metavar="id")
@option("--copy", metavar="role")
@option("-o", "file", type=click.Path(path_type=Path), metavar="file")
def command(door: Door, kind: str, year: int | None, form: str | None, file: Path | None, **more: Any) -> None:
    """Write a list to a new file or to where the output is piped, anything else to a new folder."""
    path = file or Path(f"formsvc{'' if year is None else f'-{year}'}{'.' if kind in set(ExportFormat) else '-'}{kind}")
    if kind in set(DeliveryFormat) and not (more["copy"] and kind != DeliveryFormat.COPIES):
        _deliver(door, DeliveryFormat(kind), path, Selection(year=year, form=form, **more))
        return
    if any(more.values()):
        raise UsageError(reason="only-for-deliveries")
    workspace = door.workspace()
    if kind in set(HandoverFormat):
        with counting(door.messages, "files") as counter:
            done = hand_over(workspace, HandoverFormat(kind), path, year, form=form, progress=counter.tell)
        head = done.head
        screen.line(str(path))
    else:
        head = journal.head(workspace.archive.store)
        records = list_records(workspace, year, form=form)
        if len(records.rows) == 1:
            _end_without(door)
        data = to_file(workspace, ExportFormat(kind), records, partial(typefaces.note_lacking, workspace))
        if file is None and not screen.is_terminal():
            click.echo(data, nl=False)
        else:
            durable.put_new(path, data)
            screen.line(str(path))
    if head.number:
        screen.note(door.messages.text("cli.head", number=head.number, sha256=head.sha256))


def _deliver(door: Door, kind: DeliveryFormat, folder: Path, wanted: Selection) -> None:
    """Hand out what is wanted and name what is not; exit with 3 when nothing is, with 1 when something could not be."""
    from formsvc.operations.delivery import deliver  # noqa: PLC0415 - lists need nothing that draws

    with counting(door.messages, "copies") as counter:
        done = deliver(door.workspace(), kind, folder, wanted, progress=counter.tell)
    for record, reason in done.left_out:
        screen.note(door.messages.text(f"left-out.{reason}", record=record))
    if done.files:
        screen.line(str(folder))
        screen.note(door.messages.text("cli.delivered", files=done.files))
    if any(reason is not LeftOut.RETURNED for _, reason in done.left_out):
        click.get_current_context().exit(int(ExitCode.SOME_FAILED))
    if not done.files:
        _end_without(door)


def _end_without(door: Door) -> NoReturn:
    """Say that there is nothing of the kind, and end."""
    screen.note(door.messages.text("cli.no-pledges"))
    click.get_current_context().exit(int(ExitCode.NOTHING_FOUND))
