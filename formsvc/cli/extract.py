"""`formsvc extract`: what is read in one file; nothing is filed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from formsvc.cli import outcomes, screen
from formsvc.cli.door import Door
from formsvc.cli.field_values import show_values
from formsvc.cli.words import argument, declared, json_option, option
from formsvc.errors import ExitCode
from formsvc.forms.reading import Decision, Reading
from formsvc.forms.reading_json import SCHEMA, reading_to_json, value_to_json
from formsvc.operations.extract import extract, extract_drawn
from formsvc.operations.workspace import Workspace


@declared("extract")
@argument("file", type=click.Path(path_type=Path, exists=True), metavar="file")
@option("--debug", type=click.Path(path_type=Path, file_okay=False), metavar="folder")
@json_option
def command(door: Door, file: Path, *, debug: Path | None, as_json: bool) -> None:
    """Show the readings; exit with 1 when the file is refused."""
    workspace = door.workspace()
    written: list[Path] = []
    if debug is None:
        readings = extract(workspace, file)
    else:
        readings, written = extract_drawn(workspace, file, debug)
    if as_json:
        shown = [_to_json(workspace, reading) for reading in readings]
        screen.as_json({"schema": SCHEMA, "file": file.name, "readings": shown})
    else:
        for reading in readings:
            _show(workspace, reading)
        for path in written:
            screen.line(workspace.messages.text("cli.drawn", path=str(path)))
    if any(reading.decision is Decision.REFUSE for reading in readings):
        click.get_current_context().exit(int(ExitCode.SOME_FAILED))


def _to_json(workspace: Workspace, reading: Reading) -> dict[str, Any]:
    """Return a reading with the sentences of its problems, and without the bytes of its pictures."""
    data = reading_to_json(reading)
    spec = workspace.forms.get(reading.form or "")
    problems = outcomes.problems_to_json(workspace.messages, spec, reading.problems)
    pictures = [{key: value for key, value in one.items() if key != "data"} for one in data["pictures"]]
    return {**data, "problems": problems, "pictures": pictures}


def _show(workspace: Workspace, reading: Reading) -> None:
    messages, spec = workspace.messages, workspace.forms.get(reading.form or "")
    if spec is not None:
        year = reading.year.value
        values = {key: value_to_json(found.value) for key, found in reading.fields.items()}
        entry = "cli.no-year" if year is None else "cli.reading"
        screen.line(messages.text(entry, form_name=spec.name, year=year or 0))
        show_values(messages, spec, {**values, spec.year_key: year})
    for problem in reading.problems:
        screen.paragraph(f"{outcomes.sentence(messages, spec, problem)} [{problem.code}]", bullet="  · ")
    screen.line(messages.text(f"reading.{reading.decision}"))
