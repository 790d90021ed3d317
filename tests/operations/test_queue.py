"""A person files a doubtful reading or sets it aside; until then it waits, and nothing of it is ever lost."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from formsvc.errors import (
    AmbiguousIdError,
    Code,
    FormsvcError,
    NotAllowedError,
    Problem,
    UnknownFieldError,
    UnknownFormError,
    UnknownIdError,
)
from formsvc.forms.reading import Picture, Reading, Source, YearReading, YearSource
from formsvc.inbox.areas import RECEIPTS, REJECTED, REVIEW, SPOOL
from formsvc.inbox.spool import next_plan
from formsvc.inbox.waiting import Waiting, read_waiting, waiting_folder
from formsvc.operations.check import check
from formsvc.operations.queue import confirm, queue, reject
from formsvc.operations.recover import recover
from formsvc.operations.workspace import Workspace
from tests.forms.factories import a_field, a_reading
from tests.inbox.factories import names_in
from tests.operations.factories import a_filing, a_workspace, file_one, plan_and_file, put_in_queue

DOUBTFUL = a_reading(problems=[Problem(Code.ALIAS_LABEL, "name", {"label": "承诺人"})])
PROPOSED = a_reading(year=2011, year_source=YearSource.FOLDER, problems=[Problem(Code.YEAR_PROPOSED)])
UNREAD = Reading(1, None, None, YearReading(None, None, 0.0), {}, (Problem(Code.NO_READER),))
SAID = {"name": "张三", "sex": "男", "joined": "1998.7", "pledges": "一件\n两件"}


def still_waits(workspace: Workspace, waiting: Waiting) -> bool:
    """Whether a reading waits exactly as it was put, and nothing of it is in the spool."""
    folder = waiting_folder(workspace.inbox, waiting.id)
    is_whole = (folder / waiting.original_name).read_bytes() == b"a form"
    return is_whole and read_waiting(folder) == waiting and names_in(workspace.inbox / SPOOL) == []


def test_the_queue_lists_what_waits(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        assert queue(workspace) == []
        waiting = put_in_queue(workspace, DOUBTFUL)
        assert queue(workspace) == [waiting]


def test_a_confirmed_reading_is_filed_with_who_said_so(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, DOUBTFUL)
        history = confirm(workspace, waiting.id[:6], by="李四", values={"age": "42", "姓名": "张叁"})
        version = history.latest
        assert (version.name, version.fields["age"].value) == ("张叁", 42)
        assert version.confirmation is not None
        assert (version.confirmation.by, version.confirmation.at) == ("李四", "2011-02-21T09:30:00+08:00")
        assert version.confirmation.changes == {"name": ("张三", "张叁"), "age": ("41", "42")}
        found = version.fields["name"]
        assert (found.raw, found.alternatives) == ("张叁", ("张三",))
        assert found.evidence is not None
        assert found.evidence.source is Source.PERSON
        assert version.problems == DOUBTFUL.problems
        assert (version.original.sha256, version.arrived_at) == (waiting.sha256, waiting.arrived_at)
        original = workspace.archive_folder / history.prefix / "v1" / version.original.path
        assert original.read_bytes() == b"a form"
        assert check(workspace, full=True).findings == ()


def test_a_confirmed_reading_leaves_a_receipt_and_nothing_else(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, DOUBTFUL)
        history = confirm(workspace, waiting.id, by="李四")
        assert queue(workspace) == []
        assert list((workspace.inbox / SPOOL).iterdir()) == []
        assert list((workspace.inbox / REVIEW).iterdir()) == []
        (line,) = (workspace.inbox / RECEIPTS / "2011-02-21.txt").read_text("utf-8").splitlines()
        assert history.id in line


@pytest.mark.parametrize(
    ("said", "year", "changes"),
    [
        ({}, 2011, {}),
        ({"year": 2012}, 2012, {"year": ("2011", "2012")}),
        ({"year": 2011}, 2011, {}),
        ({"values": {"year": "2012年度"}}, 2012, {"year": ("2011", "2012")}),
        ({"values": {"年度": "二〇一二"}}, 2012, {"year": ("2011", "2012")}),
    ],
)
def test_a_proposed_year_becomes_what_the_person_says(
    tmp_path: Path, said: dict[str, Any], year: int, changes: dict[str, tuple[str, str]]
) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = confirm(workspace, put_in_queue(workspace, PROPOSED).id, by="李四", **said)
        version = history.latest
        assert (version.year.value, version.year.source) == (year, YearSource.PERSON)
        assert history.prefix.startswith(f"{year}/")
        assert version.confirmation is not None
        assert version.confirmation.changes == changes
        assert "year" not in version.fields


def test_a_year_from_the_title_stays_the_titles(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = confirm(workspace, put_in_queue(workspace, DOUBTFUL).id, by="李四")
        assert history.latest.year.source is YearSource.TITLE


@pytest.mark.parametrize("year", [0, -1, 1899, 2100, 20111])
def test_a_year_that_is_none_is_refused(tmp_path: Path, year: int) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, DOUBTFUL)
        with pytest.raises(UnknownFieldError) as caught:
            confirm(workspace, waiting.id, by="李四", year=year)
        assert (caught.value.params["field"], caught.value.params["value"]) == ("年度", str(year))
        assert still_waits(workspace, waiting)


@pytest.mark.parametrize(
    ("reading", "said", "reason"),
    [
        (a_reading(year=None), {}, "year-missing"),
        (DOUBTFUL, {"values": {"year": ""}}, "year-missing"),
        (a_reading(name=None), {}, "subject-missing"),
        (a_reading(pledges=None), {}, "field-missing"),
        (a_reading(sex=None), {}, "identity-missing"),
        (a_reading(sex=None), {"record": "new"}, "identity-missing"),
        (UNREAD, {"form": "annex2", "year": 2011}, "subject-missing"),
    ],
)
def test_what_must_be_given_cannot_be_waved_through(
    tmp_path: Path, reading: Reading, said: dict[str, Any], reason: str
) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, reading)
        with pytest.raises(NotAllowedError) as caught:
            confirm(workspace, waiting.id, by="李四", **said)
        assert caught.value.params["reason"] == reason
        assert still_waits(workspace, waiting)


def test_a_record_that_is_named_needs_no_identity_of_its_own(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        waiting = put_in_queue(workspace, a_reading(sex=None, unit_post="别处"))
        again = confirm(workspace, waiting.id, by="李四", record=history.id[:6])
        assert (again.id, again.latest.number, again.latest.identity) == (history.id, 2, history.latest.identity)


def test_a_reading_nobody_could_read_is_filed_by_what_a_person_types(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, UNREAD)
        history = confirm(workspace, waiting.id, by="李四", form="annex2", year=2011, values=SAID)
        version = history.latest
        assert (version.form, version.name, version.fields["joined"].value) == ("annex2", "张三", "1998-07")
        assert version.fields["pledges"].value == ("一件", "两件")
        assert len(version.copies) == 4


def test_a_reading_of_another_form_is_filed_as_the_one_a_person_names(tmp_path: Path) -> None:
    reading = dataclasses.replace(
        a_reading("annex1", pledged_on="2011-02-18"),
        pictures=(Picture("seal", "image/png", b"\x89PNG", 40.0, 40.0),),
    )
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, reading)
        values = {"name": "张三", "sex": "男", "joined": "1998.7"}
        history = confirm(workspace, waiting.id, by="李四", form="annex2", values=values)
        version = history.latest
        assert (version.form, version.form_version) == ("annex2", 1)
        assert set(version.fields) == {"pledges", "name", "sex", "joined"}
        assert version.confirmation is not None
        assert version.confirmation.changes["organisation"] == ("清溪社区党支部", "")
        assert check(workspace, full=True).findings == ()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"form": "annex9"}, UnknownFormError),
        ({"values": {"nickname": "小张"}}, UnknownFieldError),
        ({"values": {"age": "很大"}}, UnknownFieldError),
        ({"record": "zzz"}, UnknownIdError),
    ],
)
def test_what_a_person_says_wrong_leaves_the_reading_waiting(
    tmp_path: Path, said: dict[str, Any], error: type[FormsvcError]
) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace, a_reading("annex1"))
        waiting = put_in_queue(workspace, DOUBTFUL)
        with pytest.raises(error):
            confirm(workspace, waiting.id, by="李四", **said)
        assert still_waits(workspace, waiting)


def test_a_record_named_by_too_little_leaves_the_reading_waiting(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        ids = [file_one(workspace, a_reading(name=f"张{sign}")).id for sign in "一二三四五六七八九十百千万东西南北春夏"]
        twice = next(one[0] for one in ids if sum(one[0] == other[0] for other in ids) > 1)
        waiting = put_in_queue(workspace, DOUBTFUL)
        with pytest.raises(AmbiguousIdError):
            confirm(workspace, waiting.id, by="李四", record=twice)
        assert still_waits(workspace, waiting)


def test_a_namesake_is_asked_until_a_person_tells(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        waiting = put_in_queue(workspace, a_reading(unit_post="东风小学 教师"))
        with pytest.raises(NotAllowedError) as caught:
            confirm(workspace, waiting.id, by="李四")
        assert caught.value.params["reason"] == "namesake"
        assert still_waits(workspace, waiting)
        other = confirm(workspace, waiting.id, by="李四", record="new")
        assert other.id != history.id
        assert check(workspace, full=True).findings == ()


def test_a_record_of_another_year_is_not_the_one(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, a_reading(year=2012))
        waiting = put_in_queue(workspace, DOUBTFUL)
        with pytest.raises(NotAllowedError) as caught:
            confirm(workspace, waiting.id, by="李四", record=history.id)
        assert caught.value.params["reason"] == "other-form-or-year"
        assert still_waits(workspace, waiting)


def test_bytes_that_are_filed_meanwhile_are_not_filed_again(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, DOUBTFUL)
        (history,) = plan_and_file(workspace, {b"a form": a_reading()})
        with pytest.raises(NotAllowedError) as caught:
            confirm(workspace, waiting.id, by="李四")
        assert caught.value.params["record"] == history.id
        assert still_waits(workspace, waiting)
        assert workspace.archive.history(history.prefix) == history


def test_a_form_changed_under_its_version_leaves_the_reading_waiting(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        waiting = put_in_queue(workspace, DOUBTFUL)
    path = tmp_path / "w" / "templates" / "annex2" / "form.toml"
    path.write_text(path.read_text("utf-8") + "\n# changed\n", encoding="utf-8")
    with a_workspace(tmp_path / "w") as workspace:
        with pytest.raises(FormsvcError):
            confirm(workspace, waiting.id, by="李四")
        assert still_waits(workspace, waiting)


def test_a_rejected_reading_lies_untouched_with_who_and_why(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, DOUBTFUL)
        folder = workspace.inbox / reject(workspace, waiting.id, why="不是本单位的", by="李四")
        assert folder.relative_to(workspace.inbox).as_posix() == f"{REJECTED}/2011-02-21/张三.docx"
        assert (folder / "张三.docx").read_bytes() == b"a form"
        reason = json.loads((folder / "reason.json").read_bytes())
        assert (reason["by"], reason["why"], reason["sha256"]) == ("李四", "不是本单位的", waiting.sha256)
        assert "不是本单位的" in (folder / "reason.txt").read_text("utf-8")
        assert queue(workspace) == []
        assert list((workspace.inbox / SPOOL).iterdir()) == []


def test_each_rejection_of_the_same_bytes_is_kept(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        folders = []
        for claim in ("claim-1", "claim-2"):
            waiting = put_in_queue(workspace, DOUBTFUL)
            path = waiting_folder(workspace.inbox, waiting.id) / "reading.json"
            data = {**json.loads(path.read_bytes()), "claim": claim}
            path.write_text(json.dumps(data), encoding="utf-8")
            folders.append(reject(workspace, waiting.id, why=claim, by="李四"))
        assert len(set(folders)) == 2


@pytest.mark.parametrize("wanted", ["q-000000000000", "", "zzz"])
def test_what_does_not_wait_cannot_be_decided(tmp_path: Path, wanted: str) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        with pytest.raises(UnknownIdError):
            confirm(workspace, wanted, by="李四")
        with pytest.raises(UnknownIdError):
            reject(workspace, wanted, why="重交", by="李四")


def test_a_reading_somebody_else_is_deciding_is_not_in_the_queue(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, DOUBTFUL)
        with workspace.spool() as spool:
            folder = spool.take(waiting_folder(workspace.inbox, waiting.id))
            assert folder is not None
            with pytest.raises(UnknownIdError):
                confirm(workspace, waiting.id, by="李四")
            shutil.move(folder, waiting_folder(workspace.inbox, waiting.id))
        assert still_waits(workspace, waiting)


def test_what_a_dead_process_was_deciding_waits_again(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, DOUBTFUL)
        with workspace.spool() as dead:
            assert dead.take(waiting_folder(workspace.inbox, waiting.id)) is not None
        assert queue(workspace) == []
        with workspace.spool() as spool:
            assert list(recover(workspace, spool)) == []
        assert still_waits(workspace, waiting)


def test_a_plan_that_somebody_elses_form_fulfilled_is_none(tmp_path: Path) -> None:
    """A decision that failed before publishing left its plan; the version it wanted is another paper's now."""
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        waiting = put_in_queue(workspace, DOUBTFUL)
        with workspace.spool() as dead:
            folder = dead.take(waiting_folder(workspace.inbox, waiting.id))
            assert folder is not None
            wanted = {"prefix": history.prefix, "version": 1, "sha256": waiting.sha256, "reading": 1}
            next_plan(folder).write_text(json.dumps({"versions": [wanted]}), encoding="utf-8")
        with workspace.spool() as spool:
            assert list(recover(workspace, spool)) == []
        assert still_waits(workspace, waiting)


def test_bytes_dropped_again_while_a_dead_process_was_deciding_wait_once(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, DOUBTFUL)
        with workspace.spool() as dead:
            assert dead.take(waiting_folder(workspace.inbox, waiting.id)) is not None
        put_in_queue(workspace, DOUBTFUL)
        with workspace.spool() as spool:
            assert list(recover(workspace, spool)) == []
        assert still_waits(workspace, waiting)


def test_pictures_do_not_stand_in_the_way(tmp_path: Path) -> None:
    reading = dataclasses.replace(DOUBTFUL, pictures=(Picture("signature", "image/png", b"\x89PNG", 30.0, 12.0),))
    with a_workspace(tmp_path / "w") as workspace:
        waiting = put_in_queue(workspace, reading.with_field("signature", a_field("unclear")))
        history = confirm(workspace, waiting.id, by="李四")
        assert history.latest.fields["signature"].value == "unclear"
        assert isinstance(a_filing(workspace, a_reading(name="王五")).place.record, str)
