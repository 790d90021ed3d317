"""`formsvc check`: whether the archive is what was written."""

from __future__ import annotations

import click

from formsvc.archive.damage import Finding
from formsvc.cli import parameters, screen
from formsvc.cli.door import Door
from formsvc.cli.progress import counting
from formsvc.cli.words import declared, json_option, option
from formsvc.errors import ExitCode
from formsvc.operations.check import Checked, check
from formsvc.operations.checking import Slice


@declared("check")
@option("--full/--quick", default=True)
@option("--slice", "part", metavar="slice", type=parameters.part)
@option("--resume", is_flag=True)
@json_option
def command(door: Door, *, full: bool, part: Slice | None, resume: bool, as_json: bool) -> None:
    """Show what is wrong; exit with 4 when the archive is damaged, with 1 when only the index differs."""
    with counting(door.messages, "files") as counter:
        checked = check(door.workspace(), full=full, part=part, resume=resume, progress=counter.tell)
    findings = [{"code": one.code, "path": one.path, "message": _sentence(door, one)} for one in checked.findings]
    if as_json:
        screen.as_json({"schema": 1, "checked": checked.files, "findings": findings})
    else:
        for finding in findings:
            screen.paragraph(f"{finding['message']} [{finding['code']}]")
        screen.note(door.messages.text("cli.sound" if checked.is_sound else "cli.unsound", count=checked.files))
    click.get_current_context().exit(int(_exit_code(checked)))


def _sentence(door: Door, finding: Finding) -> str:
    return door.messages.text(f"finding.{finding.code}", path=finding.path)


def _exit_code(checked: Checked) -> ExitCode:
    if checked.is_damaged:
        return ExitCode.DAMAGED
    return ExitCode.OK if checked.is_sound else ExitCode.SOME_FAILED
