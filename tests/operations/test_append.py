"""Later verbs: history, pure rule, event, append, note in the index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from formsvc.archive.chain import following
from formsvc.errors import (
    AmbiguousIdError,
    ConflictError,
    FormsvcError,
    NotAllowedError,
    UnknownFieldError,
    UnknownIdError,
)
from formsvc.index.entry import Query
from formsvc.operations.append import append_to
from formsvc.operations.check import check
from formsvc.operations.correct import correct
from formsvc.operations.find import find
from formsvc.operations.review import review
from formsvc.operations.show import show
from formsvc.operations.workspace import Workspace
from formsvc.records.event import Corrected, EventKind, Review, ReviewDecision
from formsvc.records.history import History
from tests.forms.factories import a_reading
from tests.operations.factories import Clock, a_workspace, file_all, file_one

APPROVE, RETURN = ReviewDecision.APPROVE, ReviewDecision.RETURN


def approve(workspace: Workspace, record: str, decision: ReviewDecision = APPROVE, **more: Any) -> History:
    facts = {"by": "李四", "organisation": "清溪镇党委", "on": "2011年2月20日", **more}
    return review(workspace, record, decision=decision, **facts)


def test_a_stamp_is_an_event_that_find_and_show_tell_of(tmp_path: Path) -> None:
    clock = Clock()
    with a_workspace(tmp_path / "w", clock=clock) as workspace:
        history = file_one(workspace)
        clock.set("2011-02-26T09:00:00+08:00")
        stamped = approve(workspace, history.id[:5], opinion="同意", criteria={"fits_post": True})
        event = stamped.events[-1]
        assert (event.kind, event.by, event.at) == (EventKind.REVIEWED, "李四", "2011-02-26T09:00:00+08:00")
        assert isinstance(event.details, Review)
        assert (event.details.on, event.details.step, event.details.version) == ("2011-02-20", "review", 1)
        assert workspace.archive.history(history.prefix) == stamped
        (found,) = find(workspace, "张三", 2011)
        assert (found["status"], found["reviews"][0]["opinion"]) == ("reviewed", "同意")
        assert show(workspace, history.id)["events"][-1]["details"]["criteria"] == {"fits_post": True}
        assert check(workspace, full=True).findings == ()


def test_a_returned_form_takes_no_approval_before_a_new_version(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        assert approve(workspace, history.id, RETURN).events[-1].kind is EventKind.RETURNED
        with pytest.raises(NotAllowedError) as caught:
            approve(workspace, history.id)
        assert caught.value.params["reason"] == "returned-needs-new-version"
        again = file_one(workspace, a_reading(age=42))
        assert again.status(workspace.form("annex2")).value == "filed"
        assert approve(workspace, history.id).status(workspace.form("annex2")).value == "reviewed"


def test_an_approved_form_can_still_be_returned_without_naming_the_step(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        approve(workspace, history.id)
        assert approve(workspace, history.id, RETURN).status(workspace.form("annex2")).value == "returned"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"on": "昨天"}, "--on"),
        ({"on": ""}, "--on"),
        ({"step": "third"}, "third"),
        ({"criteria": {"kindness": True}}, "kindness"),
    ],
)
def test_what_cannot_be_stamped_is_named_and_nothing_is_written(
    tmp_path: Path, facts: dict[str, Any], field: str
) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        with pytest.raises(UnknownFieldError) as caught:
            approve(workspace, history.id, **facts)
        assert caught.value.params["field"] == field
        assert workspace.archive.history(history.prefix) == history


def test_no_record_and_several_are_told(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        histories = file_all(workspace, *(a_reading(name=f"张{sign}") for sign in "一二三四五六七八九十百千万东西南北"))
        assert len({history.id[0] for history in histories}) < len(histories)
        twice = next(one.id[0] for one in histories if sum(one.id[0] == other.id[0] for other in histories) > 1)
        with pytest.raises(AmbiguousIdError):
            approve(workspace, twice)
        with pytest.raises(UnknownIdError):
            approve(workspace, "zzz")


def test_a_correction_leaves_the_papers_and_shows_everywhere(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, a_reading(name="张山"))
        corrected = correct(workspace, history.id, {"姓名": "张三", "pledges": "一件\n两件"}, why="看错", by="李四")
        details = corrected.events[-1].details
        assert details == Corrected(
            1, {"name": ("张山", "张三"), "pledges": ("每月走访困难群众两次\n义务维修社区路灯", "一件\n两件")}, "看错"
        )
        assert find(workspace, "张山") == []
        (found,) = find(workspace, "zhangsan")
        assert (found["id"], found["name"]) == (history.id, "张三")
        shown = show(workspace, history.id)
        assert shown["fields"]["name"]["alternatives"] == ["张山"]
        assert shown["copies"][0]["holder"] == "张三"
        assert workspace.archive.history(history.prefix).latest.name == "张山"
        assert check(workspace, full=True).findings == ()


def test_a_corrected_year_is_found_by_and_leaves_the_folder(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        correct(workspace, history.id, {"year": "二〇一二年度"}, why="写错", by="李四")
        assert find(workspace, "张三", 2011) == []
        (found,) = find(workspace, "张三", 2012)
        assert found["path"].startswith("archive/2011/")
        again = correct(workspace, history.id, {"year": "2011"}, why="没有写错", by="李四")
        assert again.events[-1].details == Corrected(1, {"year": ("2012", "2011")}, "没有写错")
        assert check(workspace, full=True).findings == ()


@pytest.mark.parametrize("values", [{}, {"name": "张三"}, {"age": "41", "sex": "男"}, {"year": "2011"}])
def test_a_correction_that_changes_nothing_is_none(tmp_path: Path, values: dict[str, str]) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        with pytest.raises(NotAllowedError) as caught:
            correct(workspace, history.id, values, why="抄错", by="李四")
        assert caught.value.params["reason"] == "nothing-changes"


@pytest.mark.parametrize(
    ("values", "reason", "field"),
    [
        ({"name": ""}, "subject-missing", "姓名"),
        ({"name": "  "}, "subject-missing", "姓名"),
        ({"year": ""}, "year-missing", "年度"),
        ({"sex": ""}, "identity-missing", "性别"),
        ({"pledges": "\n"}, "field-missing", "公开承诺事项"),
    ],
)
def test_a_record_is_never_left_without_what_it_must_have(
    tmp_path: Path, values: dict[str, str], reason: str, field: str
) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        with pytest.raises(NotAllowedError) as caught:
            correct(workspace, history.id, values, why="抄错", by="李四")
        assert (caught.value.params["reason"], caught.value.params["field"]) == (reason, field)
        assert workspace.archive.history(history.prefix) == history


def test_what_may_be_empty_can_be_emptied(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        corrected = correct(workspace, history.id, {"phone": "", "unit_post": ""}, why="抄错", by="李四")
        version = corrected.corrected(workspace.form("annex2"))
        assert (version.unit, version.fields["phone"].value) == (None, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"nickname": "小张"}, "nickname"),
        ({"age": "很大"}, "年龄"),
        ({"joined": "某年"}, "入党年月"),
        ({"sex": "x"}, "性别"),
        ({"year": "0"}, "年度"),
        ({"year": "2100"}, "年度"),
    ],
)
def test_a_value_that_is_none_of_its_kind_is_refused(tmp_path: Path, values: dict[str, str], field: str) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        with pytest.raises(UnknownFieldError) as caught:
            correct(workspace, history.id, values, why="抄错", by="李四")
        assert caught.value.params["field"] == field


def test_somebody_faster_without_the_lock_is_told(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)

        def decide(seen: History) -> Corrected:
            (event,) = following(seen, workspace.now(), [("王五", Corrected(1, {"age": ("41", "50")}, ""))])
            workspace.archive.append([(seen.prefix, event)])
            return Corrected(1, {"age": ("41", "42")}, "")

        with pytest.raises(ConflictError) as caught:
            append_to(workspace, history.id, "李四", decide)
        assert (caught.value.params["id"], caught.value.params["number"]) == (history.id, 2)
        assert workspace.archive.history(history.prefix).events[1].by == "王五"
        (found,) = find(workspace, "张三")
        assert found["id"] == history.id
        with pytest.raises(FormsvcError):
            append_to(workspace, "zz", None, decide)
        assert check(workspace, full=True).findings == ()


def test_an_index_that_is_behind_catches_up_before_anything_is_decided(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
    (tmp_path / "w" / ".formsvc" / "index.db").unlink()
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace, a_reading(name="李四"))
        assert approve(workspace, history.id).id == history.id
        assert len(workspace.finder.find(Query())) == 2
