"""Says on the standard error which faces of the office are not used, and which characters no face has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from formsvc.cli import outcomes, screen
from formsvc.operations.settings import FontSource
from formsvc.operations.workspace import Workspace

if TYPE_CHECKING:
    from formsvc.operations.lacking import Lacking


def note(workspace: Workspace) -> None:
    """Name each face that is absent, broken or may not be embedded; nothing where the office has none of its own."""
    if workspace.settings.fonts is FontSource.OFFICE:
        for problem in workspace.typefaces.problems:
            screen.note(f"{outcomes.sentence(workspace.messages, None, problem)} [{problem.code}]")


def note_lacking(workspace: Workspace, lacking: Iterable[Lacking]) -> None:
    """Name each field of a record of which a paper does not show all, before the paper itself is named."""
    for one in lacking:
        field = "".join(one.field.split())
        screen.note(
            workspace.messages.text(
                "cli.lacking", record=one.record, form=one.form, field=field, characters=one.named()
            )
        )
