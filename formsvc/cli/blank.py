"""`formsvc blank`: blanks of a form, for distribution."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc.cli import parameters, screen
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared, option
from formsvc.operations.blank import blank


@declared("blank")
@argument("form", metavar="form")
@option("--year", type=parameters.year, metavar="year")
@option("--format", "kinds", default="docx,pdf", metavar="formats")
@option("-o", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="folder")
def command(door: Door, form: str, year: int | None, kinds: str, folder: Path) -> None:
    """Write the blanks and name the files."""
    for path in blank(door.workspace(), form, year=year, formats=parameters.formats(kinds), folder=folder):
        screen.line(str(path))
