"""`formsvc blank`: blanks of a form, for distribution, plain or filled from a roster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from formsvc.cli import outcomes, parameters, screen, typefaces
from formsvc.cli.door import Door
from formsvc.cli.progress import barred
from formsvc.cli.words import argument, declared, option
from formsvc.errors import ExitCode, UsageError
from formsvc.operations.blank import BlankFormat, blank
from formsvc.operations.prefill import Prefilled, Wanted, prefill
from formsvc.operations.workspace import Workspace


@declared("blank")
@argument("form", metavar="form")
@option("--year", type=parameters.year, metavar="year")
@option("--format", "kinds", metavar="formats")
@option("--roster", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="file")
@option("--one-file", is_flag=True)
@option("--sort", metavar="sort")
@option("--dry-run", is_flag=True)
@option("-o", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="folder")
def command(door: Door, form: str, kinds: str | None, roster: Path | None, folder: Path, **wanted: Any) -> None:
    """Write the blanks and name the files; exit with 1 when something in the roster stands in the way."""
    if roster is not None:
        formats = parameters.formats(kinds) if kinds else ()
        order = parameters.order(wanted["sort"]) if wanted["sort"] else None
        plan = Wanted(wanted["year"], formats, wanted["one_file"], order, wanted["dry_run"])
        workspace = door.workspace()
        with barred() as tell:
            done = prefill(workspace, form, roster, folder, plan, tell=tell)
        _show(workspace, form, done, plan)
        return
    if wanted["one_file"] or wanted["sort"] or wanted["dry_run"]:
        raise UsageError(reason="roster-needed")
    formats = parameters.formats(kinds or "docx,pdf")
    workspace = door.workspace()
    for path in blank(workspace, form, year=wanted["year"], formats=formats, folder=folder):
        screen.line(str(path))
    if set(formats) != {BlankFormat.DOCX}:
        typefaces.note(workspace)


def _show(workspace: Workspace, form: str, done: Prefilled, plan: Wanted) -> None:
    """Name the files, and what in the roster was not used or has to be put right."""
    messages, spec = workspace.messages, workspace.form(form)
    for column in done.unused:
        screen.note(messages.text("cli.prefill-unused", sheet=column.sheet, column=column.column, head=column.head))
    for problem in done.problems:
        screen.note(f"{outcomes.sentence(messages, spec, problem)} [{problem.code}]")
    for path in done.files:
        screen.line(str(path))
    if done.files:
        entry = "cli.prefill-planned" if plan.is_dry_run else "cli.prefilled"
        screen.note(messages.text(entry, people=done.people, files=len(done.files)))
        if set(plan.formats) != {BlankFormat.DOCX}:
            typefaces.note(workspace)
    elif done.problems:
        screen.note(messages.text("cli.prefill-refused", problems=len(done.problems)))
    else:
        screen.note(messages.text("cli.prefill-empty"))
    if done.problems or not done.files:
        click.get_current_context().exit(int(ExitCode.SOME_FAILED))
