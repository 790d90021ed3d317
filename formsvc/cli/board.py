"""`formsvc board`: the pledges of a year for the notice board."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc.cli import papers, parameters
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared, option
from formsvc.operations.papers import Wanted, board
from formsvc.operations.sorting import Order
from formsvc.rendering.board import Sheet


@declared("board")
@argument("year", type=parameters.year, metavar="year")
@option("--form", metavar="form")
@option("--org", metavar="text")
@option("--sort", type=parameters.order, default="pinyin", metavar="sort")
@option("--size", type=click.Choice([sheet.value for sheet in Sheet]), default=Sheet.A3.value)
@option("-o", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="folder")
def command(door: Door, *, year: int, form: str | None, org: str | None, sort: Order, folder: Path, size: str) -> None:
    """Write the paper and name it."""
    workspace = door.workspace()
    papers.show(door, workspace, board(workspace, Wanted(year, form, org, sort), folder, sheet=Sheet(size)))
