"""`formsvc status`: what there is, what is due, what is missing, what protects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from formsvc.cli import parameters, screen
from formsvc.cli.door import Door
from formsvc.cli.outcomes import label
from formsvc.cli.words import argument, declared, json_option
from formsvc.operations.status import Lacking, Status, status
from formsvc.operations.workspace import Workspace


@declared("status")
@argument("year", type=parameters.year, required=False, metavar="year")
@json_option
def command(door: Door, year: int | None, *, as_json: bool) -> None:
    """Show how the work stands."""
    workspace = door.workspace()
    found = status(workspace, year)
    if as_json:
        screen.as_json(_to_json(found))
    else:
        _show(workspace, found)


def _to_json(found: Status) -> dict[str, object]:
    counts = [
        {"year": year, "form": form, "status": state, "count": count}
        for (year, form, state), count in found.records.items()
    ]
    return {"schema": 1, **asdict(found), "records": counts}


def _show(workspace: Workspace, found: Status) -> None:
    messages, text = workspace.messages, workspace.messages.text
    rows: list[list[screen.Cell]] = [
        [year, _form_name(workspace, form), state, count] for (year, form, state), count in found.records.items()
    ]
    screen.heading(text("show.records"))
    screen.table(messages, ("year", "form", "status", "count"), rows, {"status": "status"})
    screen.line(text("cli.waiting", count=found.waiting) if found.waiting else text("cli.nothing-waits"))
    _lacking(workspace, "show.without-holder", found.without_holder, is_copy=True)
    _lacking(workspace, "show.without-mark", found.without_mark, is_copy=False)
    if found.not_handed_in:
        screen.heading(text("show.not-handed-in"))
        screen.paragraph("  ".join(found.not_handed_in))
    screen.heading(text("show.protections"))
    for protection in found.protections:
        entry = "cli.protection-on" if protection.active else "cli.protection-off"
        screen.line(text(entry, name=text(f"protection.{protection.name}"), means=protection.means))
    for layer in found.reader_layers:
        screen.line(text("cli.layer", name=text(f"layer.{layer}")))
    if found.is_share:
        screen.line(text("cli.share"))


def _lacking(workspace: Workspace, entry: str, lacking: Sequence[Lacking], *, is_copy: bool) -> None:
    if not lacking:
        return
    screen.heading(workspace.messages.text(entry))
    rows: list[list[screen.Cell]] = []
    for one in lacking:
        spec = workspace.forms.get(one.form)
        labels = {copy.role: copy.label for copy in spec.copies} if spec is not None and is_copy else {}
        what = "  ".join(labels.get(key) or label(spec, key) for key in one.what)
        rows.append([one.record, one.year, one.name, what])
    screen.table(workspace.messages, ("id", "year", "name", "lacking"), rows)


def _form_name(workspace: Workspace, form: str) -> str:
    return workspace.forms[form].name if form in workspace.forms else form
