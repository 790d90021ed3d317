"""Says on the standard error which faces of the office are not used, and what is used in their place."""

from __future__ import annotations

from formsvc.cli import outcomes, screen
from formsvc.operations.settings import FontSource
from formsvc.operations.workspace import Workspace


def note(workspace: Workspace) -> None:
    """Name each face that is absent, broken or may not be embedded; nothing where the office has none of its own."""
    if workspace.settings.fonts is FontSource.OFFICE:
        for problem in workspace.typefaces.problems:
            screen.note(f"{outcomes.sentence(workspace.messages, None, problem)} [{problem.code}]")
