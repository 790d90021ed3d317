"""The road of a form from a claimed file to its answer, with files that say themselves what is read in them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from formsvc.errors import Code, FormsvcError, Problem
from formsvc.forms.reading import FieldReading, Reading
from formsvc.inbox.areas import DUPLICATES, RECEIPTS, REJECTED, SPOOL
from formsvc.inbox.sweep import sweep
from formsvc.inbox.waiting import waiting_folder
from formsvc.operations.check import check
from formsvc.operations.ingest import GROUP, ingest, work_off
from formsvc.operations.outcome import Duplicate, Filed, NeedsConfirmation, Outcome, Rejected
from formsvc.operations.queue import confirm, queue, reject
from formsvc.operations.recover import recover
from formsvc.operations.workspace import Workspace
from tests.forms.factories import a_reading
from tests.inbox.factories import names_in
from tests.operations.factories import a_workspace, file_one
from tests.operations.faults import Fault, bytes_of, failing, read_plainly

DOUBT = Problem(Code.ALIAS_LABEL, "name", {"label": "承诺人"})
DOUBTFUL = a_reading(problems=[DOUBT])
REFUSED = Reading(1, None, None, a_reading(year=None).year, {}, (Problem(Code.OTHER_DOCUMENT),))


def drop(workspace: Workspace, *readings: Reading, name: str = "form.json", place: str = "") -> None:
    folder = workspace.inbox / place
    folder.mkdir(exist_ok=True, parents=True)
    (folder / name).write_bytes(bytes_of(*readings))


def serve(workspace: Workspace) -> list[Outcome]:
    """Claim and work off what lies in the inbox."""
    read_plainly(workspace)
    with workspace.spool() as spool:
        return list(work_off(workspace, spool, spool.claim(sweep(workspace.inbox), workspace.now())))


def kinds(outcomes: list[Outcome]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


def test_a_form_without_doubt_is_filed_with_a_receipt(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        drop(workspace, a_reading(), name="张三.json", place="城东")
        (outcome,) = serve(workspace)
        assert isinstance(outcome, Filed)
        assert (outcome.version, outcome.about.file, outcome.about.name) == (1, "城东/张三.json", "张三")
        assert (outcome.about.form, outcome.about.year) == ("annex2", 2011)
        (line,) = (workspace.inbox / RECEIPTS / "2011-02-21.txt").read_text("utf-8").splitlines()
        assert outcome.record in line
        assert list((workspace.inbox / SPOOL).iterdir()) == []
        assert check(workspace, full=True).findings == ()


def test_a_doubtful_form_waits(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        drop(workspace, DOUBTFUL)
        (outcome,) = serve(workspace)
        assert isinstance(outcome, NeedsConfirmation)
        (waiting,) = queue(workspace)
        assert (waiting.id, waiting.reading) == (outcome.waiting, DOUBTFUL)
        assert confirm(workspace, waiting.id, by="李四").id == outcome.waiting.removeprefix("q-")


def test_a_file_that_is_no_form_is_set_aside_untouched(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        drop(workspace, REFUSED)
        (outcome,) = serve(workspace)
        assert isinstance(outcome, Rejected)
        folder = workspace.inbox / outcome.folder
        assert names_in(folder) == ["form.json", "reason.json", "reason.txt"]
        assert (folder / "form.json").read_bytes() == bytes_of(REFUSED)
        reason = json.loads((folder / "reason.json").read_bytes())
        assert [problem["code"] for problem in reason["problems"]] == ["other-document"]
        assert Code.OTHER_DOCUMENT in (folder / "reason.txt").read_text("utf-8")


def test_the_forms_of_one_file_go_their_own_ways(tmp_path: Path) -> None:
    readings = (
        a_reading(name="张三"),
        a_reading(name="李四", number=2, problems=[DOUBT]),
        a_reading("annex1", number=3),
        dataclasses.replace(REFUSED, number=4),
    )
    with a_workspace(tmp_path / "w") as workspace:
        drop(workspace, *readings)
        outcomes = serve(workspace)
        assert kinds(outcomes) == [Filed, NeedsConfirmation, Filed, Rejected]
        confirm(workspace, queue(workspace)[0].id, by="李四", record="new")
        assert check(workspace, full=True).findings == ()


def test_one_form_standing_twice_in_a_file_is_one_record(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        drop(workspace, a_reading(), a_reading(number=2), a_reading(name="李四", number=3))
        assert kinds(serve(workspace)) == [Filed, Filed]


def test_two_papers_of_one_record_in_one_group_are_two_versions(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        for number, age in enumerate((41, 42, 43)):
            drop(workspace, a_reading(age=age), name=f"{number}.json")
        outcomes = serve(workspace)
        assert [(type(one), one.version) for one in outcomes if isinstance(one, Filed)] == [
            (Filed, 1),
            (Filed, 2),
            (Filed, 3),
        ]
        assert len({one.record for one in outcomes if isinstance(one, Filed)}) == 1
        assert check(workspace, full=True).findings == ()


def test_the_same_bytes_are_a_duplicate_of_what_is_filed_or_waits(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        for number in range(2):
            drop(workspace, a_reading(), name=f"a{number}.json")
            drop(workspace, DOUBTFUL, name=f"b{number}.json")
        outcomes = serve(workspace)
        assert kinds(outcomes) == [Filed, Duplicate, NeedsConfirmation, Duplicate]
        filed, again, waits, waits_again = outcomes
        assert isinstance(filed, Filed)
        assert isinstance(again, Duplicate)
        assert isinstance(waits, NeedsConfirmation)
        assert isinstance(waits_again, Duplicate)
        assert (again.record, waits_again.record) == (filed.record, waits.waiting)
        drop(workspace, a_reading(), name="c.json")
        drop(workspace, DOUBTFUL, name="d.json")
        assert kinds(serve(workspace)) == [Duplicate, Duplicate]
        assert len([name for name in names_in(workspace.inbox / DUPLICATES) if name.endswith("reason.txt")]) == 4


def test_bytes_that_were_rejected_are_read_again(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        for _ in range(2):
            drop(workspace, REFUSED)
            assert kinds(serve(workspace)) == [Rejected]
        drop(workspace, DOUBTFUL)
        (outcome,) = serve(workspace)
        assert isinstance(outcome, NeedsConfirmation)
        reject(workspace, outcome.waiting, why="不清楚", by="李四")
        drop(workspace, DOUBTFUL)
        assert kinds(serve(workspace)) == [NeedsConfirmation]


def test_a_year_that_only_the_folder_tells_waits(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        drop(workspace, a_reading(year=None), place="2011年")
        (outcome,) = serve(workspace)
        assert isinstance(outcome, NeedsConfirmation)
        assert [problem.code for problem in outcome.about.problems] == [Code.YEAR_PROPOSED]
        assert confirm(workspace, outcome.waiting, by="李四").latest.year.value == 2011


def test_namesakes_wait_with_the_records_they_may_be(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        drop(workspace, a_reading(unit_post="东风小学 教师"))
        (outcome,) = serve(workspace)
        assert isinstance(outcome, NeedsConfirmation)
        (waiting,) = queue(workspace)
        assert waiting.candidates == (history.id,)


@pytest.mark.parametrize("name", ["张三\n.json", "张三\u2028.json", "=1+1.json", "x" * 200 + ".json"])
def test_a_receipt_is_one_line_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        drop(workspace, a_reading(), name=name)
        assert kinds(serve(workspace)) == [Filed]
        assert len((workspace.inbox / RECEIPTS / "2011-02-21.txt").read_text("utf-8").splitlines()) == 1


def test_named_files_are_copied_and_folders_recurse(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        read_plainly(workspace)
        folder = tmp_path / "handed in"
        (folder / "deep").mkdir(parents=True)
        (folder / "a.json").write_bytes(bytes_of(a_reading()))
        (folder / "deep" / "b.json").write_bytes(bytes_of(a_reading(name="李四")))
        (folder / "~$a.json").write_bytes(b"")
        assert kinds(list(ingest(workspace, [folder, folder / "a.json"]))) == [Filed, Filed, Duplicate]
        assert names_in(folder) == ["a.json", "deep/b.json", "~$a.json"]


def test_a_name_that_is_no_file_is_answered(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        read_plainly(workspace)
        (tmp_path / "link.json").symlink_to(tmp_path / "nowhere")
        outcomes = list(ingest(workspace, [tmp_path / "gone.json", tmp_path / "link.json"]))
        assert kinds(outcomes) == [Rejected, Rejected]
        assert {problem.code for outcome in outcomes for problem in outcome.about.problems} == {Code.NOT_A_FILE}
        assert [outcome.about.problems[0].params["kind"] for outcome in outcomes] == ["gone", "link"]


def test_more_files_than_a_group_are_served(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        for number in range(GROUP + 3):
            drop(workspace, a_reading("annex3", volunteer=f"王{number:02}"), name=f"{number:02}.json")
        assert kinds(serve(workspace)) == [Filed] * (GROUP + 3)
        assert check(workspace, full=True).findings == ()


def test_whatever_step_fails_the_next_process_finishes(tmp_path: Path) -> None:
    """A file with a form to file, one to ask about and one to set aside, stopped at each step there is."""
    doubtful = a_reading(name="李四", number=2, problems=[DOUBT])
    readings = (a_reading(), doubtful, dataclasses.replace(REFUSED, number=3))
    for step in range(1, 99):
        with a_workspace(tmp_path / str(step)) as workspace:
            read_plainly(workspace)
            drop(workspace, *readings)
            fault = Fault(step)
            failed = False
            with workspace.spool() as spool, failing(workspace, fault):
                claims = spool.claim(sweep(workspace.inbox), workspace.now())
                try:
                    list(work_off(workspace, spool, claims))
                except (OSError, FormsvcError):
                    failed = True
            with workspace.spool() as spool:
                list(recover(workspace, spool))
            assert check(workspace, full=True).findings == (), step
            assert len(queue(workspace)) == len(list(workspace.archive.prefixes())) == 1, step
            assert len([name for name in names_in(workspace.inbox / REJECTED) if name.endswith("form.json")]) == 1
            assert len((workspace.inbox / RECEIPTS / "2011-02-21.txt").read_text("utf-8").splitlines()) == 1
            assert list((workspace.inbox / SPOOL).iterdir()) == []
            if not failed:
                break
    assert step > 15


def test_what_was_confirmed_and_stopped_at_any_step_is_filed_once_or_waits(tmp_path: Path) -> None:
    for step in range(1, 99):
        with a_workspace(tmp_path / str(step)) as workspace:
            read_plainly(workspace)
            drop(workspace, DOUBTFUL)
            (outcome,) = serve(workspace)
            assert isinstance(outcome, NeedsConfirmation)
            failed = False
            with failing(workspace, Fault(step)):
                try:
                    confirm(workspace, outcome.waiting, by="李四")
                except (OSError, FormsvcError):
                    failed = True
            with workspace.spool() as spool:
                list(recover(workspace, spool))
            filed = list(workspace.archive.prefixes())
            assert len(queue(workspace)) + len(filed) == 1, step
            if queue(workspace):
                filed = [confirm(workspace, outcome.waiting, by="李四").prefix]
            (prefix,) = filed
            assert len((workspace.inbox / RECEIPTS / "2011-02-21.txt").read_text("utf-8").splitlines()) == 1
            confirmation = workspace.archive.history(prefix).latest.confirmation
            assert confirmation is not None
            assert check(workspace, full=True).findings == (), step
            assert list((workspace.inbox / SPOOL).iterdir()) == []
            if not failed:
                break
    assert step > 8


def test_a_file_of_two_forms_that_comes_again_lies_once_among_the_duplicates(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        readings = (a_reading(name="甲"), a_reading(name="乙", number=2))
        drop(workspace, *readings)
        serve(workspace)
        drop(workspace, *readings, name="again.json")
        assert kinds(serve(workspace)) == [Duplicate, Duplicate]
        assert [name for name in names_in(workspace.inbox / DUPLICATES) if name.endswith("again.json")] == [
            "2011-02-21/again.json/again.json"
        ]


def test_a_file_whose_forms_wait_is_kept_once_until_the_last_is_decided(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        other = a_reading(number=2, problems=[DOUBT]).with_field("name", FieldReading("李四", "李四", 1.0))
        drop(workspace, DOUBTFUL, other)
        assert kinds(serve(workspace)) == [NeedsConfirmation, NeedsConfirmation]
        first, second = queue(workspace)
        folders = [waiting_folder(workspace.inbox, one.id) / one.original_name for one in (first, second)]
        assert folders[0].samefile(folders[1])
        confirm(workspace, first.id, by="赵静")
        confirm(workspace, second.id, by="赵静")
        assert check(workspace, full=True).findings == ()
