"""Serials of blanks: issued once, kept as facts, and checked when a form comes back."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from formsvc.archive import layout
from formsvc.archive.issued import Run, decode_run, encode_run, name_of_run, tags
from formsvc.errors import Code
from formsvc.forms.mark import BlankMark
from formsvc.operations.blank import BlankFormat, blank
from formsvc.operations.check import check
from formsvc.operations.ingest import ingest
from formsvc.operations.issue import issue
from formsvc.operations.outcome import Filed, NeedsConfirmation, Outcome
from formsvc.operations.serials import serial_problems
from formsvc.operations.workspace import Workspace
from formsvc.rendering.docx import write_docx
from formsvc.storage.names import check_name
from tests.forms.factories import a_reading
from tests.operations.factories import SETTINGS, Clock, a_workspace
from tests.road import MEMBER, a_member

RUN = Run(MEMBER.id, MEMBER.version, 2011, ("张三", "李四"), "K7Q2", "2011-02-21T09:30:00+08:00")
SHARED = dataclasses.replace(RUN, people=None)


def kept(workspace: Workspace) -> list[str]:
    return list(workspace.archive.store.names(layout.ISSUED))


def codes(run: Run | None, serial: str | None, *, campaign: int | None = None, **filed: str) -> list[str]:
    reading = dataclasses.replace(a_reading(), serial=serial)
    return [problem.code for problem in serial_problems(MEMBER, reading, run, campaign=campaign, filed=filed)]


def comes_back(workspace: Workspace, name: str, serial: str, **values: str) -> Outcome:
    path = workspace.root / f"{name}.docx"
    path.write_bytes(write_docx(MEMBER, year=2011, values=a_member(**values), serial=serial))
    (outcome,) = ingest(workspace, [path])
    return outcome


def test_each_paper_has_its_serial_and_a_plain_blank_the_tag_alone() -> None:
    assert (RUN.serials(), SHARED.serials()) == (["K7Q20001", "K7Q20002"], ["K7Q2"])
    assert [RUN.person(serial) for serial in ("K7Q20002", "K7Q20003", "K7Q20000", "K7Q2", "K7Q2x")] == [
        "李四", "", "", "", "",
    ]  # fmt: skip


def test_a_run_comes_back_as_it_was_kept() -> None:
    for run in (RUN, SHARED, dataclasses.replace(RUN, year=None)):
        assert decode_run(encode_run(run)) == run
        check_name(name_of_run(run, encode_run(run)))


@pytest.mark.parametrize("data", [b"", b"[]", b'{"people": null}', encode_run(RUN).replace(b'"K7Q2"', b"7")])
def test_what_is_no_run_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_run(data)


def test_a_tag_comes_from_what_is_printed() -> None:
    again, other = dataclasses.replace(RUN, at="", tag=""), dataclasses.replace(RUN, year=2012)
    assert (next(tags(again)), next(tags(other)) == next(tags(RUN))) == (next(tags(RUN)), False)


def test_the_same_blanks_are_one_run_and_others_another(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w", clock=(clock := Clock())) as workspace:
        first = issue(workspace, MEMBER, 2011, ["张三"])
        clock.set("2011-03-01T08:00:00+08:00")
        assert issue(workspace, MEMBER, 2011, ["张三"]) == first
        assert issue(workspace, MEMBER, 2011, ["李四"]).tag != first.tag
        assert len(kept(workspace)) == 2
        assert check(workspace, full=True).findings == ()


def test_a_tag_that_another_run_has_is_left_to_it(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        stranger = dataclasses.replace(RUN, people=("王五",), tag=next(tags(RUN)))
        data = encode_run(stranger)
        workspace.archive.store.put_new(name_of_run(stranger, data), data)
        run = issue(workspace, MEMBER, 2011, RUN.people)
        assert run.tag != stranger.tag
        assert issue(workspace, MEMBER, 2011, RUN.people) == run


def test_a_dry_run_issues_nothing_and_names_the_same_serials(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        planned = issue(workspace, MEMBER, 2011, ["张三"], dry_run=True)
        assert kept(workspace) == []
        assert issue(workspace, MEMBER, 2011, ["张三"]).serials() == planned.serials()


def test_a_changed_run_is_found_by_the_check(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        issue(workspace, MEMBER, 2011, ["张三"])
        (name,) = kept(workspace)
        path = workspace.archive_folder / name
        path.chmod(0o644)
        path.write_bytes(path.read_bytes().replace("张三".encode(), "李四".encode()))
        assert [finding.path for finding in check(workspace, full=True).findings] == [name]


def test_blanks_of_every_format_bear_the_one_serial_of_their_form_and_year(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        out = tmp_path / "out"
        written = blank(workspace, MEMBER.id, year=2011, formats=list(BlankFormat), folder=out)
        assert blank(workspace, MEMBER.id, year=2011, formats=list(BlankFormat), folder=out) == written
        (serial,) = issue(workspace, MEMBER, 2011, None).serials()
        assert len(kept(workspace)) == 1
        mark = BlankMark(MEMBER.id, MEMBER.version, 2011, serial)
        assert mark.property_text.encode() in written[1].read_bytes()


def test_a_form_that_fits_what_was_issued_is_no_problem() -> None:
    assert codes(RUN, "K7Q20001", campaign=2011, K7Q20002="000000000000") == []
    assert codes(SHARED, "K7Q2", campaign=2011, K7Q2="000000000000") == []
    assert codes(None, None) == []


def test_what_does_not_fit_is_named() -> None:
    assert codes(None, "K7Q20001") == [Code.SERIAL_UNKNOWN]
    assert codes(RUN, "K7Q20002") == [Code.SERIAL_OTHER]
    assert codes(dataclasses.replace(RUN, year=2012), "K7Q20001") == [Code.SERIAL_YEAR]
    assert codes(RUN, "K7Q20001", campaign=2012) == [Code.SERIAL_LATE]
    assert codes(RUN, "K7Q20001", K7Q20001="7f3c9a0b12de") == [Code.SERIAL_TWICE]


def test_a_paper_that_comes_back_as_another_record_waits_for_a_person(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        (serial,) = issue(workspace, MEMBER, 2011, ["王伟"]).serials()
        filed = comes_back(workspace, "a", serial)
        assert isinstance(filed, Filed)
        assert isinstance(comes_back(workspace, "b", serial, phone="12371"), Filed)
        again = comes_back(workspace, "c", serial, joined="1999-01")
        assert isinstance(again, NeedsConfirmation)
        found = [problem for problem in again.about.problems if problem.code is Code.SERIAL_TWICE]
        assert [problem.params["record"] for problem in found] == [filed.record]


def test_papers_of_one_serial_that_come_together_are_seen(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        (serial,) = issue(workspace, MEMBER, 2011, ["王伟"]).serials()
        paths = [workspace.root / f"{joined}.docx" for joined in ("1998-07", "1999-01")]
        for path in paths:
            path.write_bytes(write_docx(MEMBER, year=2011, values=a_member(joined=path.stem), serial=serial))
        assert [type(outcome) for outcome in ingest(workspace, paths)] == [Filed, NeedsConfirmation]


def test_a_form_of_another_campaign_is_filed_with_a_note(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w", settings=f"{SETTINGS}year = 2012\n") as workspace:
        (serial,) = issue(workspace, MEMBER, 2011, None).serials()
        outcome = comes_back(workspace, "a", serial)
        assert isinstance(outcome, Filed)
        assert Code.SERIAL_LATE in [problem.code for problem in outcome.about.problems]
