"""`formsvc queue`: what waits for a person, and why."""

from __future__ import annotations

from typing import Any

from formsvc.cli import outcomes, screen
from formsvc.cli.door import Door
from formsvc.cli.words import declared, json_option
from formsvc.errors import Weight
from formsvc.forms.reading_json import SCHEMA, reading_to_json
from formsvc.i18n import Messages
from formsvc.inbox.waiting import Waiting, all_waiting, waiting_folder
from formsvc.operations.account import pages_text
from formsvc.operations.doubt import crop_names, hints
from formsvc.operations.workspace import Workspace

_COLUMNS = ("id", "file", "form", "year", "name", "arrived_at", "problems", "path", "pages")


@declared("queue")
@json_option
def command(door: Door, *, as_json: bool) -> None:
    """Show what waits, the earliest arrival first."""
    workspace = door.workspace()
    waiting = all_waiting(workspace.inbox)
    if as_json:
        screen.as_json([_to_json(workspace, one) for one in waiting])
    elif screen.is_terminal():
        _show(workspace, waiting)
    else:
        for one in waiting:
            cells = _to_json(workspace, one)
            codes = ",".join(problem["code"] for problem in cells["problems"])
            shown = {**cells, "problems": codes, "pages": pages_text(one.reading.pages)}
            screen.tsv([shown[column] for column in _COLUMNS])


def _to_json(workspace: Workspace, waiting: Waiting) -> dict[str, Any]:
    reading = waiting.reading
    data = reading_to_json(reading)
    spec = workspace.forms.get(reading.form or "")
    folder = _folder(workspace, waiting)
    return {
        "schema": SCHEMA,
        "id": waiting.id,
        "file": waiting.name,
        "form": reading.form,
        "year": reading.year.value,
        "name": None if spec is None else reading.text(spec.subject.name) or None,
        "arrived_at": waiting.arrived_at,
        "candidates": list(waiting.candidates),
        "path": f"{folder}/{waiting.original_name}",
        "pages": list(reading.pages),
        "fields": data["fields"],
        "crops": {key: f"{folder}/{name}" for key, name in crop_names(reading).items()},
        "problems": outcomes.problems_to_json(workspace.messages, spec, reading.problems),
    }


def _place(messages: Messages, waiting: Waiting) -> str:
    """Return which pages of its file a form stands on, where that says anything."""
    pages = waiting.reading.pages
    is_all = waiting.forms_in_file == 1 and pages in ((), (1,))
    return "" if is_all or not pages else "  " + messages.text("cli.of-pages", pages=pages_text(pages))


def _folder(workspace: Workspace, waiting: Waiting) -> str:
    """Return the folder of a waiting reading, from the workspace's."""
    return waiting_folder(workspace.inbox, waiting.id).relative_to(workspace.root).as_posix()


def _show(workspace: Workspace, waiting: list[Waiting]) -> None:
    messages = workspace.messages
    for each in waiting:
        one, spec = _to_json(workspace, each), workspace.forms.get(each.reading.form or "")
        head = [one["id"], one["form"], one["year"], one["name"], one["arrived_at"][:16].replace("T", " ")]
        screen.line("  ".join(screen.plain(cell) for cell in head if cell))
        screen.line(f"  {screen.plain(one['path'])}{_place(messages, each)}")
        for problem in each.reading.problems:
            if problem.code.weight is Weight.NOTES:
                continue
            screen.paragraph(outcomes.sentence(messages, spec, problem), bullet="  · ")
            for hint in hints(messages, each.reading, problem, f"{_folder(workspace, each)}/"):
                screen.paragraph(hint, bullet="      ")
        screen.line("")
    screen.line(messages.text("cli.waiting", count=len(waiting)) if waiting else messages.text("cli.nothing-waits"))
