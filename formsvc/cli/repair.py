"""`formsvc repair`: a damaged archive mended, by a plan that is shown first."""

from __future__ import annotations

from pathlib import Path

import click

from formsvc.archive.repair import Plan
from formsvc.cli import screen
from formsvc.cli.door import Door
from formsvc.cli.progress import Counter, counting
from formsvc.cli.words import declared, json_option, option
from formsvc.errors import ExitCode
from formsvc.operations.check import Checked
from formsvc.operations.repair import Repaired, repair


@declared("repair")
@option(
    "--mirror",
    "mirrors",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    metavar="folder",
)
@option("--dry-run", is_flag=True)
@json_option
def command(door: Door, mirrors: tuple[Path, ...], *, dry_run: bool, as_json: bool) -> None:
    """Show the plan, carry it out, show what is left; exit with 4 when something stays damaged."""
    with counting(door.messages, "files") as counter:
        done = repair(
            door.workspace(),
            mirrors,
            dry_run=dry_run,
            show=lambda plan, index: None if as_json else _show_plan(door, counter, plan, rebuilds_index=index),
            progress=counter.tell,
        )
    if as_json:
        screen.as_json(_json(door, done))
    else:
        _show_end(door, done)
    left = Checked(0, done.left)
    click.get_current_context().exit(int(ExitCode.DAMAGED if left.is_damaged else ExitCode.OK))


def _show_plan(door: Door, counter: Counter, plan: Plan, *, rebuilds_index: bool) -> None:
    counter.erase()
    for step in plan.steps:
        screen.paragraph(door.messages.text(f"deed.{step.deed}", path=step.path))
    if rebuilds_index:
        screen.paragraph(door.messages.text("cli.repair-index"))


def _show_end(door: Door, done: Repaired) -> None:
    for finding in done.left:
        screen.paragraph(f"{door.messages.text(f'finding.{finding.code}', path=finding.path)} [{finding.code}]")
    if done.aside is not None:
        screen.note(door.messages.text("cli.repair-aside", path=str(done.aside)))
    planned = len(done.plan.steps) + done.rebuilds_index
    entry = "cli.repair-nothing" if not planned else "cli.repair-planned" if done.is_only_planned else "cli.repaired"
    screen.note(door.messages.text(entry, count=planned, left=len(done.left)))


def _json(door: Door, done: Repaired) -> dict[str, object]:
    return {
        "schema": 1,
        "done": not done.is_only_planned,
        "steps": [{"deed": one.deed.value, "path": one.path} for one in done.plan.steps],
        "index": done.rebuilds_index,
        "aside": None if done.aside is None else str(done.aside),
        "findings": [
            {"code": one.code, "path": one.path, "message": door.messages.text(f"finding.{one.code}", path=one.path)}
            for one in done.left
        ],
    }
