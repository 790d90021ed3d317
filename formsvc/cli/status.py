"""`formsvc status`: what there is, what is due, what is missing, what protects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from formsvc.cli import parameters, screen
from formsvc.cli.door import Door
from formsvc.cli.outcomes import label, problems_to_json, sentence
from formsvc.cli.words import argument, declared, json_option, option
from formsvc.i18n import Messages
from formsvc.operations.settings import FontSource
from formsvc.operations.status import Lacking, Status, status
from formsvc.operations.workspace import Workspace


@declared("status")
@argument("year", type=parameters.year, required=False, metavar="year")
@option("--verbose", is_flag=True)
@json_option
def command(door: Door, year: int | None, *, verbose: bool, as_json: bool) -> None:
    """Show how the work stands."""
    workspace = door.workspace()
    found = status(workspace, year)
    if as_json:
        screen.as_json(_to_json(workspace, found))
    else:
        _show(workspace, found, verbose=verbose)


def _to_json(workspace: Workspace, found: Status) -> dict[str, object]:
    counts = [
        {"year": year, "form": form, "status": state, "count": count}
        for (year, form, state), count in found.records.items()
    ]
    problems = problems_to_json(workspace.messages, None, found.typeface_problems)
    return {"schema": 1, **asdict(found), "records": counts, "typeface_problems": problems}


def _show(workspace: Workspace, found: Status, *, verbose: bool) -> None:
    messages, text = workspace.messages, workspace.messages.text
    rows: list[list[screen.Cell]] = [
        [year, _form_name(workspace, form), state, count] for (year, form, state), count in found.records.items()
    ]
    if rows:
        screen.heading(text("show.records"))
        screen.table(messages, ("year", "form", "status", "count"), rows, {"status": "status"})
        screen.line()
    else:
        screen.line(text("cli.nothing-filed"))
    screen.line(text("cli.waiting", count=found.waiting) if found.waiting else text("cli.nothing-waits"))
    _lacking(workspace, "show.without-holder", found.without_holder, is_copy=True)
    _lacking(workspace, "show.without-mark", found.without_mark, is_copy=False)
    _lacking(workspace, "show.not-as-on-roster", found.not_as_on_roster, is_copy=False)
    if found.not_handed_in:
        screen.heading(text("show.not-handed-in"))
        screen.paragraph("  ".join(found.not_handed_in))
    if found.is_share:
        screen.line(text("cli.share"))
    if verbose or found.typeface_problems or workspace.settings.fonts is FontSource.OFFICE:
        _typefaces(messages, found)
    _protections(messages, found, verbose=verbose)


def _typefaces(messages: Messages, found: Status) -> None:
    screen.heading(messages.text("show.typefaces"))
    rows: list[list[screen.Cell]] = [
        [messages.text(f"typeface.{use}"), "  ".join(faces)] for use, faces in found.typefaces.items()
    ]
    screen.table(messages, ("typeface", "faces"), rows)
    for problem in found.typeface_problems:
        screen.paragraph(f"{sentence(messages, None, problem)} [{problem.code}]")


def _protections(messages: Messages, found: Status, *, verbose: bool) -> None:
    """Show what is lacking; all of it only to those who ask."""
    text = messages.text
    lacking = [protection for protection in found.protections if not protection.active]
    if not verbose and not lacking:
        screen.line()
        screen.line(text("cli.protected", count=len(found.protections) + len(found.reader_layers)))
        return
    screen.heading(text("show.protections"))
    for protection in found.protections if verbose else lacking:
        entry = "cli.protection-on" if protection.active else "cli.protection-off"
        screen.line(text(entry, name=text(f"protection.{protection.name}"), means=protection.means))
    for layer in found.reader_layers if verbose else ():
        screen.line(text("cli.layer", name=text(f"layer.{layer}")))


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
