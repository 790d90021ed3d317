"""`formsvc queue`: what waits for a person, and why."""

from __future__ import annotations

from typing import Any

from formsvc.cli import outcomes, screen
from formsvc.cli.door import Door
from formsvc.cli.words import declared, json_option
from formsvc.errors import Code, Weight
from formsvc.forms.reading_json import SCHEMA, reading_to_json
from formsvc.inbox.waiting import Waiting, waiting_folder
from formsvc.operations.queue import queue
from formsvc.operations.workspace import Workspace

_COLUMNS = ("id", "file", "form", "year", "name", "arrived_at", "problems", "path")


@declared("queue")
@json_option
def command(door: Door, *, as_json: bool) -> None:
    """Show what waits, the earliest arrival first."""
    workspace = door.workspace()
    waiting = [_to_json(workspace, one) for one in queue(workspace)]
    if as_json:
        screen.as_json(waiting)
    elif screen.is_terminal():
        _show(workspace, waiting)
    else:
        for one in waiting:
            codes = ",".join(problem["code"] for problem in one["problems"])
            screen.tsv([codes if column == "problems" else one[column] for column in _COLUMNS])


def _to_json(workspace: Workspace, waiting: Waiting) -> dict[str, Any]:
    reading = waiting.reading
    data = reading_to_json(reading)
    spec = workspace.forms.get(reading.form or "")
    folder = waiting_folder(workspace.inbox, waiting.id)
    return {
        "schema": SCHEMA,
        "id": waiting.id,
        "file": waiting.name,
        "form": reading.form,
        "year": reading.year.value,
        "name": None if spec is None else reading.text(spec.subject.name) or None,
        "arrived_at": waiting.arrived_at,
        "candidates": list(waiting.candidates),
        "path": (folder / waiting.original_name).relative_to(workspace.root).as_posix(),
        "fields": data["fields"],
        "problems": outcomes.problems_to_json(workspace.messages, spec, reading.problems),
    }


def _show(workspace: Workspace, waiting: list[dict[str, Any]]) -> None:
    text = workspace.messages.text
    for one in waiting:
        head = [one["id"], one["form"], one["year"], one["name"], one["arrived_at"][:16].replace("T", " ")]
        screen.line("  ".join(screen.plain(cell) for cell in head if cell))
        screen.line(f"  {screen.plain(one['path'])}")
        for problem in one["problems"]:
            if Code(problem["code"]).weight is Weight.NOTES:
                continue
            screen.paragraph(problem["message"], bullet="  · ")
        screen.line("")
    screen.line(text("cli.waiting", count=len(waiting)) if waiting else text("cli.nothing-waits"))
