"""The road of paper: pages out of a feeder become filed records, a queue with crops, and a list of what was no form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from formsvc.errors import Code
from formsvc.forms.load import load_form
from formsvc.inbox.areas import RECEIPTS, REJECTED, REVIEW
from formsvc.operations.check import check
from formsvc.operations.extract import extract, extract_drawn
from formsvc.operations.find import find
from formsvc.operations.outcome import Filed, NeedsConfirmation, Rejected
from formsvc.operations.queue import confirm, queue
from formsvc.operations.workspace import Workspace, open_workspace
from formsvc.rendering.blank_pdf import write_pdf
from formsvc.watch import watch_once
from tests.road import DATA, MEMBER, ORGANISATION, a_member, a_workspace
from tests.scans import a_blank_back, a_letter, a_scan, a_typed_letter, bound, feeder_pdf, jpeg, scans, without_rules

UNKNOWN = load_form((DATA / "annex3" / "form.toml").read_bytes(), "annex3")
"""A form that the workspace does not have."""
SCANNED = a_member(unit_post="城西社区网格员")
OTHER = a_member(name="李红", sex="女", age=35, joined="2003-05", unit_post="城西社区社区医生")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(a_workspace(tmp_path / "w")) as opened:
        yield opened


def test_a_scan_is_read_field_by_field(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(jpeg(a_scan(MEMBER, SCANNED)))
    (reading,), (picture,) = extract_drawn(workspace, path, tmp_path / "debug")
    assert (reading.form, reading.year.value, reading.pages, reading.typed) == (MEMBER.id, 2011, (1,), False)
    assert {key: reading.value(key) for key in SCANNED} == dict(SCANNED)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_every_page_of_a_feeder_is_answered(workspace: Workspace) -> None:
    pages = [a_scan(MEMBER, SCANNED), a_blank_back(), a_letter(), a_scan(MEMBER, OTHER, seed=2)]
    (workspace.inbox / "feeder.pdf").write_bytes(feeder_pdf(pages))
    outcomes = list(watch_once(workspace))
    for waiting in queue(workspace):
        confirm(workspace, waiting.id, by="赵静")
    found = find(workspace)
    assert sorted(one["name"] for one in found) == sorted([str(SCANNED["name"]), str(OTHER["name"])])
    (rejected,) = (outcome for outcome in outcomes if isinstance(outcome, Rejected))
    (problem,) = rejected.about.problems
    assert (problem.code, problem.params["pages"]) == (Code.PAGES_NOT_A_FORM, "3")
    assert any(one.code is Code.BLANK_PAGES for outcome in outcomes for one in outcome.about.problems)
    assert len([*(workspace.inbox / REJECTED).glob("*/*/feeder.pdf")]) == 1
    own = [workspace.root / one["copies"][0]["path"] for one in found]
    assert [len(pypdf.PdfReader(copy).pages) for copy in own] == [1, 1]
    assert check(workspace, full=True).findings == ()


def test_a_doubtful_scan_waits_with_pictures_of_what_is_doubtful(workspace: Workspace) -> None:
    (workspace.inbox / "no-year.jpg").write_bytes(
        jpeg(a_scan(ORGANISATION, {"organisation": "城西社区党支部"}, year=None))
    )
    (outcome,) = watch_once(workspace)
    assert isinstance(outcome, NeedsConfirmation)
    assert {Code.YEAR_MISSING, Code.FIELD_MISSING} <= {one.code for one in outcome.about.problems}
    folder = workspace.inbox / REVIEW / outcome.waiting
    crops = sorted(path.name for path in folder.glob("crop-*.png"))
    assert "crop-pledges.png" in crops
    assert "crop-seal.png" in crops
    data = json.loads((folder / "reading.json").read_bytes())
    assert data["reading"]["typed"] is False


def test_a_form_without_its_lines_is_placed_by_its_labels_and_asked_about(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "no-lines.jpg"
    path.write_bytes(jpeg(without_rules(a_scan(MEMBER, SCANNED))))
    (reading,) = extract(workspace, path)
    assert (reading.form, reading.value("name")) == (MEMBER.id, SCANNED["name"])
    assert Code.FORM_UNSURE in {problem.code for problem in reading.problems}


def test_a_page_that_is_nothing_is_set_aside_with_the_reason(workspace: Workspace) -> None:
    (workspace.inbox / "letter.jpg").write_bytes(jpeg(a_letter()))
    (outcome,) = watch_once(workspace)
    assert isinstance(outcome, Rejected)
    assert [one.code for one in outcome.about.problems] == [Code.PAGES_NOT_A_FORM]


def test_an_empty_form_on_paper_is_none_to_file(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "blank.jpg"
    path.write_bytes(jpeg(a_scan(MEMBER, {})))
    (reading,) = extract(workspace, path)
    assert [one.code for one in reading.problems] == [Code.EMPTY_FORM]


def test_a_form_that_goes_on_is_one_form_whichever_way_up_its_pages_lie(workspace: Workspace) -> None:
    many = tuple(f"第{number}项：为居民办一件实事，按月向支部汇报。" for number in range(1, 27))
    first, further, *_ = scans(MEMBER, {**SCANNED, "pledges": many})
    pages = [first, further.rotate(180), a_letter(), further]
    (workspace.inbox / "long.pdf").write_bytes(feeder_pdf(pages))
    form, alone, rest = watch_once(workspace)
    assert [outcome.about.pages for outcome in (form, alone, rest)] == [(1, 2), (4,), (3,)]
    assert Code.FURTHER_PAGE in {one.code for one in form.about.problems}
    assert [one.code for one in alone.about.problems] == [Code.FURTHER_PAGE_ALONE]
    (waiting,) = (one for one in queue(workspace) if one.reading.form is not None)
    said = waiting.reading.value("pledges")
    assert isinstance(said, tuple)
    assert len(said) == len(many)
    assert said[-1] == many[-1]
    confirm(workspace, waiting.id, by="赵静")
    (found,) = find(workspace)
    assert len(pypdf.PdfReader(workspace.root / found["copies"][0]["path"]).pages) == 2


def test_the_account_of_a_feeder_names_every_page_once(workspace: Workspace) -> None:
    again, strange = a_scan(MEMBER, SCANNED, seed=4), a_scan(UNKNOWN, {}, year=2011)
    pages = [a_scan(MEMBER, SCANNED), a_blank_back(), again, a_blank_back(2), strange, a_scan(ORGANISATION, {})]
    (workspace.inbox / "feeder.pdf").write_bytes(feeder_pdf(pages))
    outcomes = list(watch_once(workspace))
    assert {type(outcome) for outcome in outcomes if outcome.about.form == MEMBER.id} <= {Filed, NeedsConfirmation}
    (reason,) = (workspace.inbox / REJECTED).glob("*/feeder.pdf/reason.json")
    account = json.loads(reason.read_bytes())["pages"]
    forms = [page for fate in ("filed", "waiting", "copy") for page in account.pop(fate, [])]
    assert sorted(forms) == [1, 3]
    assert account == {"blank": [2, 4], "refused": [5, 6]}
    (receipts,) = (workspace.inbox / RECEIPTS).glob("*.txt")
    (line,) = (line for line in receipts.read_text("utf-8").splitlines() if "6 pages" in line)
    assert "Blank pages: 2 (page 2, 4)." in line
    assert "page 2, 4" in reason.with_suffix(".txt").read_text("utf-8")


def test_typed_and_scanned_pages_of_one_file_are_told_apart(workspace: Workspace) -> None:
    many = tuple(f"第{number}项：为居民办一件实事，按月向支部汇报。" for number in range(1, 27))
    typed = write_pdf(MEMBER, year=2011, values={**OTHER, "pledges": many})
    parts = [a_typed_letter(), feeder_pdf([a_scan(MEMBER, SCANNED)]), typed, feeder_pdf([a_blank_back()])]
    (workspace.inbox / "mixed.pdf").write_bytes(bound(parts))
    outcomes = {outcome.about.name: outcome.about.pages for outcome in watch_once(workspace)}
    assert outcomes == {SCANNED["name"]: (2,), OTHER["name"]: (3, 4)}
    (receipts,) = (workspace.inbox / RECEIPTS).glob("*.txt")
    assert "Typed pages without a form: 1 (page 1), in the original only." in receipts.read_text("utf-8")
    assert "Blank pages: 1 (page 5)." in receipts.read_text("utf-8")
