"""A roster import is kept as a dated fact, and gives holders to the copies that had none."""

from __future__ import annotations

from pathlib import Path

import pytest

from formsvc.errors import Code, UsageError
from formsvc.operations.check import check
from formsvc.operations.correct import correct
from formsvc.operations.find import find
from formsvc.operations.roster import Imported, import_roster
from formsvc.operations.status import status
from formsvc.operations.workspace import Workspace
from formsvc.organisations.roster_json import decode_roster
from formsvc.records.event import Assigned
from formsvc.records.history import History
from tests.forms.factories import a_reading
from tests.operations.factories import Clock, a_workspace, file_all, file_one
from tests.operations.faults import read_plainly
from tests.organisations.factories import HEADS, a_row, a_workbook

NOWHERE = a_reading(name="赵六")


def bring(workspace: Workspace, *rows: tuple[str, ...], dry_run: bool = False, name: str = "名册.csv") -> Imported:
    path = workspace.root / name
    path.write_text("\n".join(",".join(row) for row in (HEADS, *rows)), encoding="utf-8")
    return import_roster(workspace, path, dry_run=dry_run)


def tree(workspace: Workspace, *rows: tuple[str, str]) -> Imported:
    path = workspace.root / "组织.csv"
    path.write_text("\n".join(",".join(row) for row in (("组织", "上级组织"), *rows)), encoding="utf-8")
    return import_roster(workspace, path)


def holders(workspace: Workspace, history: History) -> dict[str, str]:
    now = workspace.archive.history(history.prefix)
    return dict(now.holders(workspace.form_of(now.latest)))


def test_an_import_is_kept_under_its_moment_and_hash(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        imported = bring(workspace, a_row(), a_row("李四"))
        assert imported.name is not None
        assert imported.name.startswith("organisations/20110221T093000-")
        kept = decode_roster(workspace.archive.store.get(imported.name))
        assert [member.name for member in kept.members] == ["张三", "李四"]
        assert (imported.assigned, check(workspace, full=True).findings) == (0, ())


def test_copies_without_holder_get_one(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        known, unknown, branch = file_all(workspace, a_reading(), NOWHERE, a_reading("annex1"))
        imported = bring(workspace, a_row())
        assert imported.assigned == 1
        assert holders(workspace, known) == {
            "member": "张三",
            "workplace": "清溪社区党支部",
            "residence": "东风社区党支部",
            "posting": "公示",
        }
        assert set(holders(workspace, unknown)) == {"member", "posting"}
        event = workspace.archive.history(known.prefix).events[-1]
        assert isinstance(event.details, Assigned)
        assert (event.details.basis, event.by) == (imported.name, None)
        assert tree(workspace, ("清溪社区党支部", "清溪镇党委")).assigned == 1
        assert holders(workspace, branch)["superior"] == "清溪镇党委"
        (found,) = find(workspace, "张三")
        assert [copy["holder"] for copy in found["copies"]] == ["张三", "清溪社区党支部", "东风社区党支部", "公示"]
        assert check(workspace, full=True).findings == ()


def test_importing_again_assigns_nothing_again(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        assert bring(workspace, a_row()).assigned == 1
        assert bring(workspace, a_row()).assigned == 0
        assert len(workspace.archive.history(history.prefix).events) == 2


def test_what_was_half_known_is_completed(tmp_path: Path) -> None:
    clock = Clock()
    with a_workspace(tmp_path / "w", clock=clock) as workspace:
        bring(workspace, a_row(residence=""))
        history = file_one(workspace)
        assert "residence" not in holders(workspace, history)
        clock.set("2011-03-01T09:00:00+08:00")
        assert bring(workspace, a_row()).assigned == 1
        assert holders(workspace, history)["residence"] == "东风社区党支部"


def test_a_later_import_counts_for_what_comes_later(tmp_path: Path) -> None:
    clock = Clock()
    with a_workspace(tmp_path / "w", clock=clock) as workspace:
        bring(workspace, a_row())
        first = file_one(workspace)
        clock.set("2011-03-01T09:00:00+08:00")
        assert bring(workspace, a_row(workplace="东风小学党支部")).assigned == 0
        second = file_one(workspace, a_reading(year=2012))
        assert holders(workspace, first)["workplace"] == "清溪社区党支部"
        assert holders(workspace, second)["workplace"] == "东风小学党支部"
        assert second.latest.organisation == "东风小学党支部"


def test_namesakes_the_roster_cannot_tell_apart_get_nothing(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        assert bring(workspace, a_row(joined="", unit=""), a_row(joined="", unit="", residence="河东")).assigned == 0
        assert set(holders(workspace, history)) == {"member", "posting"}


def test_holders_follow_the_corrected_values(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, a_reading(name="张山"))
        assert bring(workspace, a_row()).assigned == 0
        correct(workspace, history.id, {"name": "张三"}, why="看错", by="李四")
        assert bring(workspace, a_row(), name="名册2.csv").assigned == 1


def test_a_trial_writes_nothing(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        before = list(workspace.archive_store.names())
        imported = bring(workspace, a_row(), a_row("李四", joined="不详"), dry_run=True)
        assert (imported.name, imported.assigned, len(imported.roster.members)) == (None, 0, 2)
        assert [problem.code for problem in imported.roster.problems] == [Code.ROSTER_CELL_UNREADABLE]
        assert list(workspace.archive_store.names()) == before


def test_a_file_with_nothing_in_it_is_not_kept(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        path = workspace.root / "a.csv"
        path.write_text("一,二\n", encoding="utf-8")
        imported = import_roster(workspace, path)
        assert (imported.name, [problem.code for problem in imported.roster.problems]) == (
            None,
            [Code.ROSTER_NO_HEADER],
        )


def test_a_file_that_is_no_roster_is_refused(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        path = workspace.root / "a.xlsx"
        path.write_bytes(b"not a spreadsheet")
        with pytest.raises(UsageError):
            import_roster(workspace, path)


def test_members_and_organisations_come_in_one_spreadsheet(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        sheets: dict[str, list[tuple[str, ...]]] = {
            "名册": [HEADS, a_row()],
            "组织": [("组织", "上级组织"), ("清溪社区党支部", "清溪镇党委")],
        }
        assert import_roster(workspace, a_workbook(workspace.root / "a.xlsx", sheets)).assigned == 1
        assert holders(workspace, history)["workplace"] == "清溪社区党支部"
        organisation = workspace.directory.organisation("清溪社区党支部")
        assert organisation is not None
        assert organisation.parent == "清溪镇党委"


def test_status_names_copies_without_holder_and_members_without_a_form(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_all(workspace, a_reading(), NOWHERE, a_reading("annex1"))
        bring(workspace, a_row(), a_row("李四"))
        read_plainly(workspace)
        now = status(workspace, 2011)
        assert now.records == {(2011, "annex1", "filed"): 1, (2011, "annex2", "filed"): 2}
        assert [(one.name, one.what) for one in now.without_holder] == [
            ("清溪社区党支部", ("superior",)),
            ("赵六", ("workplace", "residence")),
        ]
        assert now.not_handed_in == ("李四",)
        assert status(workspace).not_handed_in == ()
        assert status(workspace, 2012).not_handed_in == ("张三", "李四")
