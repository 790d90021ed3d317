"""Makes a draft of a form.toml from a Word table, for a clerk to finish."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from formsvc import durable
from formsvc.errors import UsageError
from formsvc.extraction.sandbox.outcome import Answer
from formsvc.extraction.sandbox.sandbox import open_sandbox
from formsvc.forms.drafting import draft_form
from formsvc.forms.load import load_form
from formsvc.forms.outline import Outline, outline_from_json
from formsvc.operations.workspace import Workspace

OUTLINE_JOB = "formsvc.extraction.docx.outline:outline_job"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft that was written."""

    path: Path
    fields: int
    """How many fields it has besides the year."""


def draft(workspace: Workspace, file: Path, folder: Path) -> Drafted:
    """Write a draft of the form drawn in a Word document to `folder/<form>/form.toml`, which must be a new file.

    Raises UsageError when the file is no Word document with a table, TakenError when the draft's name is taken.
    """
    made = draft_form(_outline(file), lambda entry: workspace.messages.text(f"draft.{entry}"))
    data = made.text.encode("utf-8")
    spec = load_form(data, file.name)
    path = folder / made.id / "form.toml"
    durable.make_dirs(path.parent)
    durable.put_new(path, data)
    return Drafted(path, len(spec.fields) - 1)


def _outline(file: Path) -> Outline:
    opened = durable.open_regular(file)
    if not isinstance(opened, durable.OpenFile):
        raise UsageError(reason="no-table")
    with opened, open_sandbox(OUTLINE_JOB) as sandbox:
        outcome = sandbox.submit(opened.descriptor, {}).result()
    if not isinstance(outcome, Answer) or "outline" not in outcome.value:
        raise UsageError(reason="no-table")
    try:
        return outline_from_json(outcome.value["outline"])
    except ValueError:
        raise UsageError(reason="no-table") from None
