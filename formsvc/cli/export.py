"""`formsvc export`: lists of records for Excel."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc import durable
from formsvc.cli import parameters, screen
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared, option
from formsvc.operations.export import ExportFormat, export


@declared("export")
@argument("kind", type=click.Choice([kind.value for kind in ExportFormat]))
@argument("year", type=parameters.year, required=False, metavar="year")
@option("--form", metavar="form")
@option("-o", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="file")
def command(door: Door, kind: str, year: int | None, form: str | None, file: Path | None) -> None:
    """Write the list to a new file, or to where the output is piped."""
    data = export(door.workspace(), ExportFormat(kind), year, form=form)
    if file is None and not screen.is_terminal():
        click.echo(data, nl=False)
        return
    path = file or Path(f"formsvc{'' if year is None else f'-{year}'}.{kind}")
    durable.put_new(path, data)
    screen.line(str(path))
