"""`formsvc roster`: who belongs where."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc.cli import outcomes, screen
from formsvc.cli.commands import Group
from formsvc.cli.door import Door
from formsvc.cli.words import argument, declared, option
from formsvc.errors import ExitCode
from formsvc.operations.roster import import_roster


@declared("import")
@argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="file")
@option("--dry-run", is_flag=True)
def _import(door: Door, file: Path, *, dry_run: bool) -> None:
    """Take a roster over; exit with 1 when something in it could not be."""
    workspace = door.workspace()
    done = import_roster(workspace, file, dry_run=dry_run)
    for problem in done.roster.problems:
        screen.note(f"{outcomes.sentence(door.messages, None, problem)} [{problem.code}]")
    members, organisations = len(done.roster.members), len(done.roster.organisations)
    entry = "cli.roster-read" if done.name is None else "cli.roster-imported"
    screen.line(door.messages.text(entry, members=members, organisations=organisations, assigned=done.assigned))
    if done.roster.problems:
        click.get_current_context().exit(int(ExitCode.SOME_FAILED))


command = Group("roster", commands=[_import])
