"""Scans are read by as many processes as the settings say, or else as the machine carries."""

from __future__ import annotations

import os
from pathlib import Path

from formsvc.operations.workers import scan_workers
from formsvc.operations.workspace import open_workspace
from tests.road import a_workspace


def test_what_the_settings_say_counts() -> None:
    assert scan_workers(7) == 7


def test_left_to_itself_it_is_at_most_one_a_core() -> None:
    assert 1 <= scan_workers(0) <= (os.cpu_count() or 1)


def test_the_sandbox_of_scans_works_with_that_number(tmp_path: Path) -> None:
    folder = a_workspace(tmp_path / "w")
    with (folder / "formsvc.toml").open("a", encoding="utf-8") as file:
        file.write("[limits]\nscan_workers = 3\n")
    with open_workspace(folder) as workspace:
        assert workspace.scan_workers == 3
