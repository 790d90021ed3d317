"""`formsvc repair` shows its plan, does it, and says what stays."""

from __future__ import annotations

import json
from pathlib import Path

from tests.archive.damages import write
from tests.cli.said import says
from tests.operations.factories import a_workspace, file_one


def damaged(folder: Path, *, name: str | None = None) -> Path:
    """Return a workspace in which a copy, or a file of the version, was changed."""
    with a_workspace(folder) as workspace:
        history = file_one(workspace)
        version = workspace.archive_folder / history.prefix / "v1"
        write(version / (name or history.latest.copies[0].path), b"{}")
    return folder


def test_what_is_done_is_shown_and_the_archive_is_whole_again(tmp_path: Path) -> None:
    root = damaged(tmp_path / "w")
    planned = says(root, "repair", "--dry-run", lang="en")
    assert (planned.exit_code, len(planned.stdout.splitlines())) == (0, 3)
    assert says(root, "check").exit_code == 4
    done = says(root, "repair", lang="en")
    assert done.stdout == planned.stdout
    assert (done.exit_code, says(root, "check").exit_code) == (0, 0)
    assert "set-aside" in done.stderr


def test_what_nothing_vouches_for_stays_and_is_named(tmp_path: Path) -> None:
    root = damaged(tmp_path / "w", name="record.json")
    done = says(root, "repair", "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 4
    assert {finding["code"] for finding in told["findings"]} == {"file-changed", "record-unreadable"}
    assert (told["steps"], told["aside"], told["done"]) == ([], None, True)
