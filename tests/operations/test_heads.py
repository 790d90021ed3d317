"""The journal's end at a second place shows a rewrite of everything; a place that is away stops no work."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from formsvc.archive import journal
from formsvc.operations.check import check
from formsvc.operations.indexing import rebuild
from formsvc.operations.workspace import Workspace
from tests.archive.damages import write
from tests.archive.rewriting import rewrite
from tests.forms.factories import a_reading
from tests.operations.factories import SETTINGS, a_workspace, file_one

WITH_HEADS = SETTINGS + 'heads = "../usb/heads.txt"\n'


def codes(workspace: Workspace) -> list[tuple[str, str]]:
    return [(finding.code.value, finding.path) for finding in check(workspace, full=True).findings]


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    (tmp_path / "usb").mkdir()
    return tmp_path / "usb" / "heads.txt"


def test_every_turn_at_writing_keeps_the_end_once(tmp_path: Path, usb: Path) -> None:
    with a_workspace(tmp_path / "w", settings=WITH_HEADS) as workspace:
        ends = []
        for name in ("张三", "李四"):
            file_one(workspace, a_reading(name=name))
            ends.append(str(journal.head(workspace.archive.store)))
        assert [line.partition(" ")[2] for line in usb.read_text(encoding="utf-8").splitlines()] == ends
        assert codes(workspace) == []


def test_a_rewrite_of_everything_is_caught_by_the_second_place_alone(tmp_path: Path, usb: Path) -> None:
    with a_workspace(tmp_path / "w", settings=WITH_HEADS) as workspace:
        history = file_one(workspace)
        rewrite(workspace.archive_folder, history.prefix, history.latest.copies[0].path, b"%PDF forged")
        rebuild(workspace)
        assert codes(workspace) == [("head-changed", "journal/2011-02.jsonl")]
        kept = usb.read_text(encoding="utf-8").split()
        assert kept[1:] == ["1", check(workspace, full=False).findings[0].detail.split()[1]]
    with a_workspace(tmp_path / "w", settings=WITH_HEADS) as workspace:
        (tmp_path / "w" / "formsvc.toml").write_text(SETTINGS, encoding="utf-8")
    with a_workspace(tmp_path / "w") as workspace:
        assert codes(workspace) == []


def test_an_archive_that_was_set_back_is_caught(tmp_path: Path, usb: Path) -> None:
    with a_workspace(tmp_path / "w", settings=WITH_HEADS) as workspace:
        file_one(workspace)
        shutil.copytree(workspace.archive_folder, tmp_path / "before")
        file_one(workspace, a_reading(name="李四"))
        shutil.rmtree(workspace.archive_folder)
        shutil.copytree(tmp_path / "before", workspace.archive_folder)
        rebuild(workspace)
        assert codes(workspace) == [("head-changed", "journal/2011-02.jsonl")]
        assert len(usb.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: write(path, b"")], ids=["gone", "empty"])
def test_a_second_place_with_nothing_in_it_is_named_and_is_no_damage(
    tmp_path: Path, usb: Path, change: Callable[[Path], None]
) -> None:
    with a_workspace(tmp_path / "w", settings=WITH_HEADS) as workspace:
        file_one(workspace)
        change(usb)
        checked = check(workspace, full=True)
        assert [finding.code.value for finding in checked.findings] == ["heads-missing"]
        assert (checked.is_damaged, checked.is_sound) == (False, False)
        file_one(workspace, a_reading(name="李四"))
        assert codes(workspace) == []


def test_a_second_place_that_is_away_stops_no_work(tmp_path: Path) -> None:
    (tmp_path / "usb").write_text("no folder", encoding="utf-8")
    with a_workspace(tmp_path / "w", settings=WITH_HEADS) as workspace:
        file_one(workspace)
        assert [code for code, _ in codes(workspace)] == ["heads-missing"]


def test_a_torn_line_at_the_second_place_is_passed_over(tmp_path: Path, usb: Path) -> None:
    with a_workspace(tmp_path / "w", settings=WITH_HEADS) as workspace:
        file_one(workspace)
        with usb.open("a", encoding="utf-8") as stream:
            stream.write("2011-02-21T09:30:00+08:00 2 ab")
        assert codes(workspace) == []
        file_one(workspace, a_reading(name="李四"))
        assert codes(workspace) == []
