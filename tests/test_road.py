"""The whole road, on real files: blanks filled, read in the sandbox, filed, reviewed, found."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pypdf
import pytest

from formsvc.errors import Code
from formsvc.forms.load import load_form
from formsvc.forms.reading import Value
from formsvc.forms.reading_json import value_to_json
from formsvc.operations.check import check
from formsvc.operations.correct import correct
from formsvc.operations.find import find
from formsvc.operations.ingest import ingest
from formsvc.operations.outcome import Duplicate, Filed, NeedsConfirmation, Outcome, Rejected
from formsvc.operations.queue import confirm, queue, reject
from formsvc.operations.review import review
from formsvc.operations.roster import import_roster
from formsvc.operations.show import show
from formsvc.operations.status import status
from formsvc.operations.workspace import Workspace, open_workspace
from formsvc.records.event import ReviewDecision
from formsvc.rendering.blank_pdf import write_pdf
from formsvc.rendering.docx import DocxTemplate, write_docx
from formsvc.watch import watch_once
from tests.road import DATA, MEMBER, ORGANISATION, a_member, a_workspace, hard_members

ANNEX3 = DATA / "annex3"


def dropped(workspace: Workspace, name: str, data: bytes) -> Path:
    """Put a file into the inbox."""
    path = workspace.inbox / name
    path.write_bytes(data)
    return path


def served(workspace: Workspace) -> list[Outcome]:
    return list(watch_once(workspace))


def codes(outcome: Outcome) -> set[Code]:
    return {problem.code for problem in outcome.about.problems}


def test_a_hundred_forms_with_hard_values_come_back_exactly(tmp_path: Path) -> None:
    template = DocxTemplate(MEMBER)
    members = list(hard_members())
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        for number, values in enumerate(members):
            dropped(workspace, f"{number:03}.docx", template.fill(year=2011, values=values))
        outcomes = served(workspace)
        assert [type(outcome) for outcome in outcomes] == [Filed] * 100
        for outcome, values in zip(outcomes, members, strict=True):
            assert isinstance(outcome, Filed)
            fields = show(workspace, outcome.record)["fields"]
            assert {key: fields[key]["value"] for key in values} == {k: value_to_json(v) for k, v in values.items()}
        assert check(workspace, full=True).findings == ()


def test_printed_forms_with_hard_values_come_back_exactly_further_pages_too(tmp_path: Path) -> None:
    members = list(hard_members())[::4]
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        for number, values in enumerate(members):
            dropped(workspace, f"{number:03}.pdf", write_pdf(MEMBER, year=2011, values=values))
        outcomes = served(workspace)
        assert [type(outcome) for outcome in outcomes] == [Filed] * len(members)
        for outcome, values in zip(outcomes, members, strict=True):
            assert isinstance(outcome, Filed)
            fields = show(workspace, outcome.record)["fields"]
            assert {key: fields[key]["value"] for key in values} == {k: value_to_json(v) for k, v in values.items()}


def test_a_form_unknown_to_the_code_goes_the_whole_road(tmp_path: Path) -> None:
    spec = load_form((ANNEX3 / "form.toml").read_bytes(), "annex3")
    values: dict[str, Value] = {
        spec.subject.name: "赵敏",
        **{key: spec.fields[key].options[0] for key in spec.fields if spec.fields[key].options},
        **{key: "1990-05" for key, field in spec.fields.items() if field.kind == "month"},
        **{
            key: "2011-03-05" for key, field in spec.fields.items() if field.kind == "date" and key == spec.signing.date
        },
        **{key: ("陪护老人", "环境整治1.5公里") for key, field in spec.fields.items() if field.kind == "items"},
        **{key: "志愿服务一队" for key, field in spec.fields.items() if field.kind == "organisation"},
        **{key: "a@example.cn" for key, field in spec.fields.items() if field.kind == "email"},
        **{key: 12 for key, field in spec.fields.items() if field.kind == "integer"},
    }
    values |= {key: "2010-06-01" for key in spec.subject.identity if spec.fields[key].kind == "date"}
    with open_workspace(a_workspace(tmp_path / "w", ANNEX3)) as workspace:
        dropped(workspace, "a.docx", write_docx(spec, year=2011, values=values))
        (outcome,) = served(workspace)
        assert isinstance(outcome, Filed), outcome
        (found,) = find(workspace, "赵敏", 2011)
        assert [copy["role"] for copy in found["copies"]] == [copy.role for copy in spec.copies]
        assert len(found["copies"]) == 5
        for step in spec.reviews:
            review(
                workspace,
                found["id"],
                decision=ReviewDecision.APPROVE,
                by="李红",
                organisation="志愿者协会",
                on="2011.3.8",
                step=step.key,
            )
        assert [one["status"] for one in find(workspace, "zhaomin", 2011)] == ["reviewed"]
        assert check(workspace, full=True).findings == ()


def test_every_bad_file_is_answered_and_kept_byte_for_byte(tmp_path: Path) -> None:
    folders = [folder for folder in (DATA / "bad").iterdir() if folder.is_dir() and folder.name != "licences"]
    bad = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    harmless = {path.name for path in bad if "any" in path.parts}
    hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in bad}
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        outcomes = list(ingest(workspace, sorted(bad)))
        assert len(outcomes) >= len(bad)
        assert {outcome.about.file for outcome in outcomes if isinstance(outcome, Filed)} <= harmless
        kept = {hashlib.sha256(path.read_bytes()).hexdigest() for path in workspace.root.rglob("*") if path.is_file()}
        assert hashes <= kept
        for outcome in outcomes:
            if isinstance(outcome, Rejected):
                reason = json.loads((workspace.inbox / outcome.folder / "reason.json").read_bytes())
                assert reason["problems"], outcome
                assert all(Code(problem["code"]) for problem in reason["problems"])
        assert check(workspace, full=True).findings == ()


def answer(workspace: Workspace, *files: tuple[str, bytes]) -> Sequence[Outcome]:
    for name, data in files:
        dropped(workspace, name, data)
    return served(workspace)


def test_a_returned_form_comes_back_as_the_next_version_which_can_be_approved(tmp_path: Path) -> None:
    stamp = functools.partial(review, by="李红", organisation="城西社区党支部", on="2011-02-25")
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        (first,) = answer(workspace, ("a.docx", write_docx(MEMBER, year=2011, values=a_member())))
        assert isinstance(first, Filed)
        stamp(workspace, first.record, decision=ReviewDecision.RETURN, opinion="请写具体")
        better = a_member(pledges=("每月走访20户，年底前完成。",))
        (second,) = answer(workspace, ("a.docx", write_docx(MEMBER, year=2011, values=better)))
        assert isinstance(second, Filed)
        assert (second.record, second.version) == (first.record, 2)
        stamp(workspace, first.record, decision=ReviewDecision.APPROVE)
        (found,) = find(workspace, "王伟", 2011)
        assert (found["status"], found["version"], len(found["reviews"])) == ("reviewed", 2, 2)
        assert check(workspace, full=True).findings == ()


def test_namesakes_are_told_apart_by_a_person(tmp_path: Path) -> None:
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        (first,) = answer(workspace, ("a.docx", write_docx(MEMBER, year=2011, values=a_member())))
        other = write_docx(MEMBER, year=2011, values=a_member(unit_post="开元村 会计"))
        (asked,) = answer(workspace, ("b.docx", other))
        assert isinstance(first, Filed)
        assert isinstance(asked, NeedsConfirmation)
        assert Code.NAMESAKE in {problem.code for problem in queue(workspace)[0].reading.problems}
        history = confirm(workspace, asked.waiting, by="李红", record="new")
        assert history.id != first.record
        assert len(find(workspace, "王伟", 2011)) == 2
        assert queue(workspace) == []


def test_the_same_bytes_are_a_duplicate_and_rejected_bytes_are_read_again(tmp_path: Path) -> None:
    data = write_docx(MEMBER, year=2011, values=a_member())
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        first, again = answer(workspace, ("a.docx", data), ("b.docx", data))
        (later,) = answer(workspace, ("c.docx", data))
        assert isinstance(first, Filed)
        assert isinstance(again, Duplicate)
        assert isinstance(later, Duplicate)
        assert {again.record, later.record} == {first.record}
        ballot = write_docx(MEMBER, year=2011)
        outcomes = [*answer(workspace, ("x.docx", ballot)), *answer(workspace, ("x.docx", ballot))]
        assert [type(outcome) for outcome in outcomes] == [Rejected, Rejected]


@pytest.mark.parametrize(
    ("year", "values", "code"),
    [
        (None, a_member(), Code.YEAR_PROPOSED),
        (None, a_member(signed_on=None), Code.YEAR_MISSING),
        (2010, a_member(), Code.YEAR_CONFLICT),
        (2011, a_member(sex=None), Code.IDENTITY_MISSING),
        (2011, a_member(name=None), Code.SUBJECT_MISSING),
        (2011, a_member(pledges=None), Code.FIELD_MISSING),
        (2011, a_member(joined="去年夏天"), Code.FIELD_UNREADABLE),
    ],
    ids=str,
)
def test_what_is_doubtful_goes_to_a_person(tmp_path: Path, year: int | None, values: object, code: Code) -> None:
    assert isinstance(values, dict)
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        (outcome,) = answer(workspace, ("a.docx", write_docx(MEMBER, year=year, values=values)))
        assert isinstance(outcome, NeedsConfirmation)
        assert code in codes(outcome)
        folder = reject(workspace, outcome.waiting, why="请重交", by="李红")
        assert (workspace.inbox / folder / "a.docx").is_file()
        assert queue(workspace) == []


def test_the_posting_copy_holds_no_withheld_value(tmp_path: Path) -> None:
    values = a_member(age=73, joined="1966-11", sex="女")
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        answer(workspace, ("a.docx", write_docx(MEMBER, year=2011, values=values)))
        (found,) = find(workspace, "王伟", 2011)
        posting = next(copy for copy in found["copies"] if copy["role"] == "posting")
        own = next(copy for copy in found["copies"] if copy["role"] == "member")
        public, private = (
            pypdf.PdfReader(workspace.root / copy["path"]).pages[0].extract_text() for copy in (posting, own)
        )
        for withheld in ("73", "1966", "女"):
            assert withheld not in public
            assert withheld in private
        assert "王伟" in public


def test_an_organisation_is_filed_in_three_copies(tmp_path: Path) -> None:
    values: dict[str, Value] = {
        "organisation": "城西社区党支部",
        "pledges": ("建成居家养老服务站1个。",),
        "pledged_on": "2011-02-18",
    }
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        (outcome,) = answer(workspace, ("a.docx", write_docx(ORGANISATION, year=2011, values=values)))
        assert isinstance(outcome, Filed)
        (found,) = find(workspace, "城西", 2011)
        assert [copy["role"] for copy in found["copies"]] == ["own-unit", "superior", "posting"]
        assert [copy["holder"] for copy in found["copies"]] == ["城西社区党支部", None, "公示"]


def test_a_year_is_proposed_by_the_folder_a_form_lay_in(tmp_path: Path) -> None:
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        (workspace.inbox / "2011年承诺").mkdir()
        data = write_docx(MEMBER, year=None, values=a_member(signed_on=None))
        dropped(workspace, "2011年承诺/a.docx", data)
        (outcome,) = served(workspace)
        assert isinstance(outcome, NeedsConfirmation)
        assert outcome.about.year == 2011
        history = confirm(workspace, outcome.waiting, by="李红")
        assert history.latest.year.value == 2011
        assert history.latest.year.source == "person"


def test_a_returned_form_that_comes_back_unchanged_is_asked_about(tmp_path: Path) -> None:
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        (first,) = answer(workspace, ("a.docx", write_docx(MEMBER, year=2011, values=a_member())))
        assert isinstance(first, Filed)
        review(
            workspace,
            first.record,
            decision=ReviewDecision.RETURN,
            by="李红",
            organisation="城西社区党支部",
            on="2011-02-25",
            opinion="请写具体",
        )
        (again,) = answer(workspace, ("b.docx", write_docx(MEMBER, year=2011, values=a_member(), serial="7")))
        assert isinstance(again, NeedsConfirmation)
        (waiting,) = queue(workspace)
        assert Code.RETURNED_TWICE in {problem.code for problem in waiting.reading.problems}


def test_a_member_off_the_roster_is_filed_with_a_note(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    (root / "roster.csv").write_text("姓名,工作地党组织\n赵敏,城西社区党支部\n", encoding="utf-8")
    with open_workspace(root) as workspace:
        import_roster(workspace, root / "roster.csv")
        outcomes = answer(
            workspace,
            ("a.docx", write_docx(MEMBER, year=2011, values=a_member())),
            ("b.docx", write_docx(MEMBER, year=2011, values=a_member(name="赵敏"))),
        )
        assert [type(outcome) for outcome in outcomes] == [Filed, Filed]
        assert [Code.NOT_ON_ROSTER in codes(outcome) for outcome in outcomes] == [True, False]


def test_a_unit_other_than_on_the_roster_is_noted_and_stands_in_the_status(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    (root / "roster.csv").write_text(
        "姓名,单位及职务,工作地党组织\n王伟,南门小学 教师,城西社区党支部\n", encoding="utf-8"
    )
    with open_workspace(root) as workspace:
        (early,) = answer(workspace, ("a.docx", write_docx(MEMBER, year=2010, values=a_member(signed_on="2010-02-21"))))
        import_roster(workspace, root / "roster.csv")
        (late,) = answer(workspace, ("b.docx", write_docx(MEMBER, year=2011, values=a_member())))
        assert isinstance(early, Filed)
        assert isinstance(late, Filed)
        assert [Code.UNIT_NOT_AS_ON_ROSTER in codes(outcome) for outcome in (early, late)] == [False, True]
        assert {one.record for one in status(workspace).not_as_on_roster} == {early.record, late.record}
        correct(workspace, late.record, {"unit_post": "南门小学"}, why="误", by="李红")
        assert {one.record for one in status(workspace).not_as_on_roster} == {early.record}


def test_a_superiors_seal_is_missed_only_once_the_review_stands_on_the_paper(tmp_path: Path) -> None:
    with open_workspace(a_workspace(tmp_path / "w")) as workspace:
        answer(
            workspace,
            ("a.docx", write_docx(MEMBER, year=2011, values=a_member())),
            ("b.docx", write_docx(MEMBER, year=2011, values=a_member(name="赵敏", review_opinion="同意"))),
        )
        lacking = {one.name: one.what for one in status(workspace).without_mark}
        assert lacking == {"王伟": ("signature",), "赵敏": ("signature", "review_seal")}
