"""A record on the screen: values, copies, stamps, events, versions, under the labels clerks know them by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from formsvc.cli import outcomes, screen
from formsvc.cli.field_values import show_values
from formsvc.errors import Problem, Weight
from formsvc.forms.reading_json import problem_from_json
from formsvc.forms.spec import FormSpec
from formsvc.i18n import Messages
from formsvc.operations.account import pages_text
from formsvc.operations.on_roster import roster_notes
from formsvc.operations.resolve import person_of_version
from formsvc.operations.workspace import Workspace
from formsvc.records.history import History

Json = dict[str, Any]


def show_standing(workspace: Workspace, history: History) -> None:
    """Say in one line how a record stands now."""
    spec = workspace.form_of(history.latest)
    version = history.corrected(spec)
    text = workspace.messages.text
    if not screen.is_terminal():
        screen.tsv([history.id, version.form, version.year.value, version.name, history.status(spec)])
        return
    state = text(f"status.{history.status(spec)}")
    about = {"form_name": spec.name, "year": version.year.value or "", "name": version.name}
    screen.line(text("cli.stands", record=history.id, version=version.number, state=state, **about))


def show_record(workspace: Workspace, found: Json) -> None:
    """Show what `show --json` prints."""
    history = workspace.archive.history(found["path"].partition("/")[2])
    spec = workspace.form_of(history.latest)
    messages = workspace.messages
    text = messages.text
    state = text(f"status.{found['status']}")
    about = {"form_name": spec.name, "year": found["year"], "name": found["name"]}
    screen.line(text("cli.stands", record=found["id"], version=found["version"], state=state, **about))
    screen.line(screen.plain(found["path"]))
    screen.heading(text("show.values"))
    values = {key: field["value"] for key, field in found["fields"].items()}
    show_values(messages, spec, {**values, spec.year_key: found["year"]})
    screen.heading(text("show.copies"))
    labels = {copy.role: copy.label for copy in spec.copies}
    rows = [
        [copy["number"], labels.get(copy["role"], copy["role"]), copy["holder"], _inside(found, copy["path"])]
        for copy in found["copies"]
    ]
    screen.table(messages, ("number", "role", "holder", "file"), rows)
    _stamps(messages, spec, found)
    _versions(messages, found)
    _events(messages, spec, found)
    problems = [problem_from_json(data) for data in found["problems"]]
    version = history.corrected(spec)
    notes = roster_notes(workspace.directory, spec, person_of_version(spec, version))
    _notes(messages, spec, [*problems, *(note for note in notes if note.code not in {one.code for one in problems})])


def _inside(found: Json, path: str) -> str:
    return path.removeprefix(f"{found['path']}/") if screen.is_terminal() else path


def _versions(messages: Messages, found: Json) -> None:
    """Show what came in, and who confirmed it where a person had to."""
    screen.heading(messages.text("show.versions"))
    rows = [
        [one["version"], _moment(one["filed_at"]), one["confirmed_by"], _received(messages, one)]  # the longest last
        for one in found["versions"]
    ]
    screen.table(messages, ("version", "filed-at", "confirmed-by", "original"), rows)


def _received(messages: Messages, version: Json) -> str:
    """Return the name of the file that came, with the form's pages in it where it held several."""
    if not version["pages"] or "/sources/" not in version["original"]:
        return str(version["file"])
    return f"{version['file']}  {messages.text('cli.of-pages', pages=pages_text(version['pages']))}"


def _moment(at: str) -> str:
    return at[:16].replace("T", " ")


def _stamps(messages: Messages, spec: FormSpec, found: Json) -> None:
    if not found["reviews"]:
        return
    screen.heading(messages.text("show.reviews"))
    facts = ("version", "step", "decision", "organisation", "by", "on", "opinion")
    columns = ["review-organisation" if fact == "organisation" else fact for fact in facts]
    steps = {step.key: step.label for step in spec.reviews}
    rows = [
        [steps.get(stamp["step"], stamp["step"]) if fact == "step" else stamp[fact] for fact in facts]
        for stamp in found["reviews"]
    ]
    screen.table(messages, columns, rows, {"decision": "decision"})


def _events(messages: Messages, spec: FormSpec, found: Json) -> None:
    screen.heading(messages.text("show.events"))
    rows = [
        [event["number"], _moment(event["at"]), event["kind"], event["by"], _told(messages, spec, event)]
        for event in found["events"]
    ]
    screen.table(messages, ("number", "at", "event", "by", "told"), rows, {"event": "event"})


def _told(messages: Messages, spec: FormSpec, event: Json) -> str:
    """Return what an event says, in a few words."""
    details = event["details"]
    if "changes" in details:
        changes = [
            messages.text(
                "cli.change", field=outcomes.label(spec, key), before=_in_a_row(before), after=_in_a_row(after)
            )
            for key, (before, after) in details["changes"].items()
        ]
        return "  ".join([*changes, details["why"]])
    if "holders" in details:
        labels = {copy.role: copy.label for copy in spec.copies}
        return "  ".join(f"{labels.get(role, role)} {holder}" for role, holder in details["holders"].items())
    return messages.text("cli.version", version=details["version"])


def _in_a_row(value: str) -> str:
    """Return a value of several lines on one."""
    return " / ".join(value.splitlines())


def _notes(messages: Messages, spec: FormSpec, problems: Sequence[Problem]) -> None:
    """Show what is noted; what a person was asked when it was filed has been decided."""
    noted = [problem for problem in problems if problem.code.weight is Weight.NOTES]
    if noted:
        screen.heading(messages.text("show.notes"))
    for problem in noted:
        screen.paragraph(outcomes.sentence(messages, spec, problem), bullet="· ")
