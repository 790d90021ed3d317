"""A damaged archive is mended by a plan that is shown first; nothing is deleted, nothing is overwritten."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.shared import Mm
from PIL import Image

from formsvc.archive.damage import Damage
from formsvc.archive.repair import Plan
from formsvc.archive.spares import Deed
from formsvc.errors import Code, Problem
from formsvc.operations.check import check
from formsvc.operations.find import find
from formsvc.operations.indexing import rebuild
from formsvc.operations.outcome import Filed
from formsvc.operations.repair import repair
from formsvc.operations.show import path_of
from formsvc.operations.workspace import Workspace, open_workspace
from formsvc.records.history import History
from formsvc.rendering.docx import write_docx
from formsvc.watch import watch_once
from tests.archive.damages import flip, write
from tests.archive.rewriting import rewrite
from tests.forms.factories import a_reading
from tests.operations.factories import a_workspace, file_all, file_one
from tests.operations.faults import FailingStore, Fault
from tests.road import MEMBER, a_member
from tests.road import a_workspace as a_road


def file_of(workspace: Workspace, history: History, name: str) -> Path:
    return workspace.archive_folder / history.prefix / name


def copy_of(workspace: Workspace, history: History, number: int = 0) -> Path:
    return file_of(workspace, history, f"v1/{history.latest.copies[number].path}")


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of an archive but the lock of its writers."""
    paths = (path for path in folder.rglob("*") if path.is_file() and ".staging" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.name != ".writer.lock"}


def a_mirror(workspace: Workspace, folder: Path) -> Path:
    return Path(shutil.copytree(workspace.archive_folder, folder / "mirror"))


def is_clean(workspace: Workspace) -> bool:
    return check(workspace, full=True).findings == ()


def test_a_sound_workspace_is_left_in_peace(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        before = contents(workspace.archive_folder)
        done = repair(workspace)
        assert (done.plan, done.rebuilds_index, done.aside, done.left) == (Plan((), ()), False, None, ())
        assert contents(workspace.archive_folder) == before
        assert not (workspace.root / "set-aside").exists()


def test_the_plan_is_shown_before_anything_is_changed(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        lost = copy_of(workspace, file_one(workspace))
        lost.unlink()
        shown = []
        repair(workspace, show=lambda plan, _: shown.append((len(plan.steps), lost.exists())))
        assert shown == [(1, False)]
        assert lost.exists()


def test_others_may_write_while_a_plan_is_made(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        lost = copy_of(workspace, file_one(workspace))
        lost.unlink()
        written: list[History] = []

        def meanwhile(_: int) -> None:
            if not written:
                written.append(file_one(workspace, a_reading(name="甲")))

        plans: list[Plan] = []
        done = repair(workspace, progress=meanwhile, show=lambda plan, _: plans.append(plan))
        assert [step.deed for plan in plans for step in plan.steps] == [Deed.DRAWN_AGAIN]
        assert (done.left, lost.exists()) == ((), True)
        assert find(workspace, "甲")[0]["id"] == written[0].id
        assert is_clean(workspace)


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        flip(copy_of(workspace, file_one(workspace)))
        before = contents(workspace.archive_folder)
        done = repair(workspace, dry_run=True)
        assert [step.deed for step in done.plan.steps] == [Deed.SET_ASIDE, Deed.DRAWN_AGAIN]
        assert done.is_only_planned
        assert contents(workspace.archive_folder) == before


@pytest.mark.parametrize("number", range(4))
def test_a_lost_copy_is_drawn_again_byte_for_byte(tmp_path: Path, number: int) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        lost = copy_of(workspace, file_one(workspace), number)
        data = lost.read_bytes()
        lost.unlink()
        done = repair(workspace)
        assert [step.deed for step in done.plan.steps] == [Deed.DRAWN_AGAIN]
        assert lost.read_bytes() == data
        assert done.left == ()
        assert is_clean(workspace)


def test_a_changed_copy_is_set_aside_and_kept(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        changed = copy_of(workspace, file_one(workspace))
        data = changed.read_bytes()
        write(changed, b"changed")
        done = repair(workspace)
        assert done.aside is not None
        aside = done.aside / "archive" / changed.relative_to(workspace.archive_folder)
        assert (changed.read_bytes(), aside.read_bytes()) == (data, b"changed")
        noted = json.loads((done.aside / "repair.json").read_text(encoding="utf-8"))
        assert [step["deed"] for step in noted["steps"]] == ["set-aside", "drawn-again"]


def test_an_original_comes_back_from_a_mirror_only(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        original = file_of(workspace, history, f"v1/{history.latest.original.path}")
        data = original.read_bytes()
        mirror = a_mirror(workspace, tmp_path)
        write(original, b"changed")
        done = repair(workspace)
        assert [(one.code.value, one.path) for one in done.left] == [
            ("file-changed", original.relative_to(workspace.archive_folder).as_posix())
        ]
        assert original.read_bytes() == b"changed"
        assert repair(workspace, [mirror]).left == ()
        assert original.read_bytes() == data


def test_a_copy_that_comes_out_otherwise_is_a_new_one_by_event(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        copy = history.latest.copies[0]
        lost = rewrite(workspace.archive_folder, history.prefix, copy.path, b"%PDF of an older program")
        rebuild(workspace)
        before = contents(workspace.archive_folder)
        write(lost, b"changed")
        done = repair(workspace)
        assert [step.deed for step in done.plan.steps] == [Deed.SET_ASIDE, Deed.DRAWN_ANEW]
        assert done.left == ()
        assert not lost.exists()
        after = contents(workspace.archive_folder)
        changed = {name for name in after if before.get(name) != after[name]}
        events = f"{history.prefix}/events"
        number = len(workspace.archive.history(history.prefix).events)
        anew = f"{history.prefix}/redrawn/{number:04}/{lost.name}"
        assert changed == {f"{events}/{number:04}.json", anew, "journal/2011-02.jsonl"}
        assert path_of(workspace, history.id, copy.role) == workspace.archive_folder / anew
        (found,) = find(workspace)
        assert found["copies"][0]["path"] == f"archive/{anew}"
        assert is_clean(workspace)
        assert repair(workspace).plan.steps == ()


@pytest.mark.parametrize("change", [lambda path: path.unlink(), flip], ids=["lost", "changed"])
def test_a_copy_drawn_anew_is_checked_as_well(tmp_path: Path, change: Callable[[Path], None]) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        copy = history.latest.copies[0]
        rewrite(workspace.archive_folder, history.prefix, copy.path, b"%PDF of an older program").unlink()
        assert repair(workspace).left == ()
        anew = path_of(workspace, history.id, copy.role)
        change(anew)
        (finding,) = check(workspace, full=True).findings
        assert workspace.archive_folder / finding.path == anew
        assert finding.code in (Damage.FILE_MISSING, Damage.FILE_CHANGED)


def test_every_record_lost_comes_back_from_a_mirror(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_all(workspace, a_reading(), a_reading(name="李四"), a_reading("annex1"))
        mirror = a_mirror(workspace, tmp_path)
        before = contents(workspace.archive_folder)
        shutil.rmtree(workspace.archive_folder / "2011")
        assert repair(workspace, [mirror]).left == ()
        assert contents(workspace.archive_folder) == before
        assert is_clean(workspace)
        assert len(find(workspace)) == 3


def test_a_lost_filed_event_and_the_journal_are_made_again(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        before = contents(workspace.archive_folder)
        file_of(workspace, history, "events/0001.json").unlink()
        assert repair(workspace).left == ()
        shutil.rmtree(workspace.archive_folder / "journal")
        assert repair(workspace).left == ()
        assert contents(workspace.archive_folder) == before


def test_an_index_that_differs_is_built_anew(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        workspace.close_index()
        workspace.index_file.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
        done = repair(workspace)
        assert (done.plan.steps, done.rebuilds_index, done.left) == ((), True, ())
        assert len(find(workspace)) == 1


def test_a_repair_that_dies_is_finished_by_the_next(tmp_path: Path) -> None:
    """Whatever step the disk fails at, nothing of the originals is lost, and the next repair leaves nothing over."""
    with a_workspace(tmp_path / "start") as workspace:
        histories = file_all(workspace, a_reading(), a_reading(name="李四"))
        mirror = a_mirror(workspace, tmp_path)
        before = contents(workspace.archive_folder)
        for history in histories:
            write(file_of(workspace, history, "v1/record.json"), b"{}")
            file_of(workspace, history, "events/0001.json").unlink()
        shutil.rmtree(workspace.archive_folder / "journal")
        rebuild_is_left_to_the_repair(workspace)
    for at in range(1, 12):
        root = Path(shutil.copytree(tmp_path / "start", tmp_path / f"w{at}"))
        fault = Fault(at)
        with a_workspace(root) as workspace:
            workspace.__dict__["archive_store"] = FailingStore(workspace.archive_store, fault)
            try:
                repair(workspace, [mirror])
            except OSError:
                pass
            else:
                assert fault.steps < at
        with a_workspace(root) as workspace:
            assert repair(workspace, [mirror]).left == ()
            assert contents(workspace.archive_folder) == before


def rebuild_is_left_to_the_repair(workspace: Workspace) -> None:
    workspace.close_index()
    for left in workspace.local.glob("index.db*"):
        left.unlink()


def test_a_copy_with_a_pasted_picture_is_not_drawn_without_it(tmp_path: Path) -> None:
    reading = a_reading().with_problems([Problem(Code.PICTURE_IN_BOX, "signature")])
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, reading)
        for number in (0, 3):
            copy_of(workspace, history, number).unlink()
        done = repair(workspace)
        assert [one.path for one in done.left] == [f"{history.prefix}/v1/{history.latest.copies[0].path}"]
        assert copy_of(workspace, history, 3).exists()
        rebuild(workspace)
        assert path_of(workspace, history.id).is_dir()


def with_pasted_seal(folder: Path) -> bytes:
    """Return a member's form with pictures pasted beside its words for the seal and the signature."""
    Image.new("RGB", (40, 40), "red").save(folder / "seal.png")
    document = docx.Document(io.BytesIO(write_docx(MEMBER, year=2011, values=a_member())))
    cells = [cell for row in document.tables[0].rows for cell in row.cells]
    for words in ("盖章", "手写签名"):
        cell = next(cell for cell in cells if words in "".join(map(str, cell._tc.itertext())))  # noqa: SLF001 - controls
        cell.add_paragraph().add_run().add_picture(str(folder / "seal.png"), width=Mm(20))
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def test_a_copy_with_pasted_pictures_is_drawn_again_from_the_original(tmp_path: Path) -> None:
    with open_workspace(a_road(tmp_path / "w")) as workspace:
        (workspace.inbox / "a.docx").write_bytes(with_pasted_seal(tmp_path))
        (filed,) = watch_once(workspace)
        assert isinstance(filed, Filed)
        history = workspace.archive.history(workspace.record(filed.record).path)
        copies = [copy_of(workspace, history, number) for number in range(len(history.latest.copies))]
        before = [copy.read_bytes() for copy in copies]
        for copy in copies:
            copy.unlink()
        assert repair(workspace).left == ()
        assert [copy.read_bytes() for copy in copies] == before
        original = workspace.archive_folder / history.prefix / "v1" / history.latest.original.path
        copies[0].unlink()
        original.chmod(0o600)
        original.write_bytes(original.read_bytes()[:-1])
        assert f"{history.prefix}/v1/{history.latest.copies[0].path}" in [one.path for one in repair(workspace).left]
