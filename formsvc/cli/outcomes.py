"""What became of a form, as a line for people, as TSV, as JSON, and in the log."""

from __future__ import annotations

import logging
from typing import Any, assert_never

from formsvc.cli import screen
from formsvc.errors import Problem, Weight
from formsvc.forms.reading_json import SCHEMA, problem_to_json
from formsvc.forms.spec import FormSpec
from formsvc.i18n import Messages
from formsvc.operations.account import pages_text
from formsvc.operations.outcome import Duplicate, Filed, NeedsConfirmation, Outcome, Rejected
from formsvc.operations.workspace import Workspace

_LOG = logging.getLogger(__name__)


def show(workspace: Workspace, outcome: Outcome, *, as_json: bool = False) -> None:
    """Show one outcome on one line, and note it in the log."""
    data = to_json(workspace, outcome)
    codes = ",".join(problem["code"] for problem in data["problems"])
    where = data["record"] or data["waiting"] or ""
    _LOG.info("%s %s %s %s", data["outcome"], screen.plain(data["file"]), where, codes)
    if as_json:
        screen.json_line(data)
    elif screen.is_terminal():
        screen.paragraph(_sentence(workspace, outcome))
    else:
        cells = [data["outcome"], data["file"], data["form"], data["year"], data["name"], where, codes]
        screen.tsv([*cells, pages_text(outcome.about.pages)])


def to_json(workspace: Workspace, outcome: Outcome) -> dict[str, Any]:
    """Return the object that `ingest --json` prints."""
    about = outcome.about
    record, waiting, folder = _where(outcome)
    spec = workspace.forms.get(about.form or "")
    return {
        "schema": SCHEMA,
        "file": about.file,
        "outcome": _word(outcome),
        "record": record,
        "waiting": waiting,
        "folder": folder,
        "form": about.form,
        "year": about.year,
        "name": about.name,
        "pages": list(about.pages),
        "problems": problems_to_json(workspace.messages, spec, about.problems),
    }


def problems_to_json(messages: Messages, spec: FormSpec | None, problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """Return problems with their sentences."""
    return [problem_to_json(problem, sentence(messages, spec, problem)) for problem in problems]


def sentence(messages: Messages, spec: FormSpec | None, problem: Problem) -> str:
    """Return a problem's sentence, with the labels clerks know the fields by."""
    return messages.problem(problem, lambda key: label(spec, key))


def label(spec: FormSpec | None, key: str) -> str:
    """Return the label of a field; its key when the form is not known."""
    field = spec.fields.get(key) if spec is not None else None
    return key if field is None else "".join(field.label.split()) or key


def _word(outcome: Outcome) -> str:
    match outcome:
        case Filed():
            return "filed"
        case Duplicate():
            return "duplicate"
        case NeedsConfirmation():
            return "needs-confirmation"
        case Rejected():
            return "rejected"
        case _:
            assert_never(outcome)


def _where(outcome: Outcome) -> tuple[str | None, str | None, str | None]:
    """Return the record, the id in the review queue and the folder below the inbox, as far as there is one."""
    match outcome:
        case Filed():
            return outcome.record, None, None
        case Duplicate():
            return (None, outcome.record, None) if outcome.record.startswith("q-") else (outcome.record, None, None)
        case NeedsConfirmation():
            return None, outcome.waiting, None
        case Rejected():
            return None, None, outcome.folder or None
        case _:
            assert_never(outcome)


def _sentence(workspace: Workspace, outcome: Outcome) -> str:
    text, about = workspace.messages.text, outcome.about
    file = about.file
    if about.pages_in_file > 1 and about.pages:
        file = f"{file} {text('cli.of-pages', pages=pages_text(about.pages))}"
    spec = workspace.forms.get(about.form or "")
    match outcome:
        case Filed():
            return text(
                "outcome.filed",
                file=file,
                form_name=(about.form or "") if spec is None else spec.name,
                year=about.year or "",
                name=about.name or "",
                record=outcome.record,
                version=outcome.version,
            )
        case Duplicate():
            return text("outcome.duplicate", file=file, record=outcome.record)
        case NeedsConfirmation():
            why = _reasons(workspace, spec, Weight.ASKS, about.problems)
            return text("outcome.needs-confirmation", file=file, id=outcome.waiting, why=why)
        case Rejected():
            why = _reasons(workspace, spec, Weight.REFUSES, about.problems)
            return text("outcome.rejected", file=file, why=why)
        case _:
            assert_never(outcome)


def _reasons(workspace: Workspace, spec: FormSpec | None, weight: Weight, problems: tuple[Problem, ...]) -> str:
    found = [problem for problem in problems if problem.code.weight is weight]
    return " ".join(sentence(workspace.messages, spec, problem) for problem in found)
