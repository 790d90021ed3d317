"""`formsvc export bagit|ocfl` and `formsvc restore`, as they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from formsvc.archive import journal
from tests.cli.said import says
from tests.operations.factories import a_workspace, file_one
from tests.operations.test_repair import contents


@pytest.mark.parametrize("kind", ["bagit", "ocfl"])
def test_an_archive_is_handed_over_and_taken_back(tmp_path: Path, kind: str) -> None:
    root, other = tmp_path / "w", tmp_path / "other"
    with a_workspace(root) as workspace:
        file_one(workspace)
        head = journal.head(workspace.archive.store)
    with a_workspace(other):
        pass
    out = tmp_path / "out"
    done = says(root, "export", kind, "-o", str(out), lang="en")
    assert (done.exit_code, done.stdout) == (0, f"{out}\n")
    assert head.sha256 in done.stderr
    assert says(root, "export", kind, "-o", str(out)).exit_code == 5
    planned = says(other, "restore", str(out), "--dry-run", lang="en")
    assert (planned.exit_code, "1 record" in planned.stdout) == (0, True)
    assert says(other, "find", "张三").exit_code == 3
    restored = says(other, "restore", str(out), lang="en")
    assert (restored.exit_code, head.sha256 in restored.stderr) == (0, True)
    assert says(other, "find", "张三").exit_code == 0
    assert contents(other / "archive") == contents(root / "archive")


def test_a_folder_that_is_no_hand_over_exits_as_damaged(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w"):
        pass
    assert says(tmp_path / "w", "restore", str(tmp_path)).exit_code == 4


def test_a_list_names_the_end_of_the_journal_beside_it(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        head = journal.head(workspace.archive.store)
    done = says(tmp_path / "w", "export", "csv")
    assert head.sha256 in done.stderr
    assert head.sha256 not in done.stdout


def test_a_part_of_a_check_is_written_as_a_fraction(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    assert says(tmp_path / "w", "check", "--slice", "2/3").exit_code == 0
    assert says(tmp_path / "w", "check", "--resume").exit_code == 0
    for word in ("4/3", "0/3", "x", "1"):
        assert says(tmp_path / "w", "check", "--slice", word).exit_code == 2
