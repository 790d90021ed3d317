"""`formsvc plates`: cards for the posts of a year's members."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc.cli import papers, parameters
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared, option
from formsvc.operations.papers import Wanted, plates
from formsvc.operations.sorting import Order


@declared("plates")
@argument("year", type=parameters.year, metavar="year")
@option("--form", metavar="form")
@option("--org", metavar="text")
@option("--sort", type=parameters.order, default="pinyin", metavar="sort")
@option("--portraits", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="folder")
@option("-o", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="folder")
def command(
    door: Door, *, year: int, form: str | None, org: str | None, sort: Order, folder: Path, portraits: Path | None
) -> None:
    """Write the paper and name it."""
    workspace = door.workspace()
    papers.show(door, workspace, plates(workspace, Wanted(year, form, org, sort), folder, portraits=portraits))
