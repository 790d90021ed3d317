"""What is filed: original, copies, record, events, journal and index, in one go and in this order."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formsvc.archive import journal
from formsvc.archive.versions import read_manifest
from formsvc.errors import ChangedError, Code, DamagedArchiveError, Problem
from formsvc.forms.reading import Reading
from formsvc.index.entry import Query
from formsvc.operations.check import check
from formsvc.operations.filing import file_group, finish, paper_stamps
from formsvc.operations.resolve import Place
from formsvc.operations.roster import import_roster
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.records.event import Assigned, Filed, ReviewDecision, StampSource
from formsvc.records.record import Confirmation
from tests.forms.factories import FORM_FILES, a_reading, a_spec
from tests.operations.factories import Clock, a_filing, a_workspace, file_all, file_one
from tests.records.factories import a_version

ROSTER = "姓名,性别,入党年月,单位及职务,工作地党组织,居住地党组织\n张三,男,1998-07,,清溪社区党支部,东风社区党支部\n"


def roster(workspace: Workspace, text: str = ROSTER) -> None:
    path = workspace.root / "roster.csv"
    path.write_text(text, encoding="utf-8")
    import_roster(workspace, path)


@pytest.mark.parametrize("form", FORM_FILES)
def test_a_filed_form_lies_in_the_archive_with_every_copy(tmp_path: Path, form: str) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, a_reading(form))
        folder = workspace.archive_folder / history.prefix / "v1"
        listed = read_manifest((folder / "manifest-sha256.txt").read_bytes())
        spec = a_spec(form)
        for number, (copy, kept) in enumerate(zip(spec.copies, history.latest.copies, strict=True), 1):
            data = (folder / kept.path).read_bytes()
            assert data.startswith(b"%PDF-")
            assert (kept.role, kept.number, kept.total, kept.conformance) == (
                copy.role,
                number,
                len(spec.copies),
                "PDF/A-2b",
            )
            assert kept.sha256 == listed[kept.path] == hashlib.sha256(data).hexdigest()
        original = (folder / history.latest.original.path).read_bytes()
        assert hashlib.sha256(original).hexdigest() == history.latest.original.sha256
        assert check(workspace, full=True).findings == ()


def test_what_is_returned_is_what_is_read_back(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        roster(workspace)
        for history in (file_one(workspace), file_one(workspace, a_reading("annex1"))):
            assert workspace.archive.history(history.prefix) == history


def test_the_record_says_where_everything_comes_from(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        problems = [Problem(Code.SEAL_MISSING, "review_seal")]
        version = file_one(workspace, a_reading(problems=problems)).latest
        assert (version.name, version.unit, version.organisation) == ("张三", "清溪社区居委会 委员", None)
        assert (version.form, version.form_version, version.typed) == ("annex2", 1, True)
        assert (version.original.name, version.original.reading) == ("张三承诺书.docx", 1)
        assert (version.arrived_at, version.filed_at) == ("2011-02-21T09:30:00+08:00",) * 2
        assert version.problems == tuple(problems)
        assert version.program == workspace.program


def test_the_filed_event_binds_the_manifest(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        manifest = (workspace.archive_folder / history.prefix / "v1" / "manifest-sha256.txt").read_bytes()
    (event,) = history.events
    assert event.details == Filed(1, hashlib.sha256(manifest).hexdigest())
    assert event.by is None


def test_holders_that_are_known_are_assigned_at_once(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        roster(workspace)
        history = file_one(workspace)
        filed, assigned = (event.details for event in history.events)
        assert isinstance(filed, Filed)
        assert isinstance(assigned, Assigned)
        assert assigned.holders == {"workplace": "清溪社区党支部", "residence": "东风社区党支部"}
        assert assigned.basis.startswith("organisations/")
        assert history.latest.organisation == "清溪社区党支部"
        assert history.prefix.split("/")[2] == "清溪社区党支部"
        again = file_one(workspace, a_reading(age=42))
        assert again.prefix == history.prefix
        assert again.holders(workspace.form("annex2"))["residence"] == "东风社区党支部"


def test_a_record_stays_in_the_folder_it_was_founded_in(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        first = file_one(workspace)
        roster(workspace)
        second = file_one(workspace, a_reading(age=42))
    assert second.prefix == first.prefix
    assert second.latest.organisation == "清溪社区党支部"


def test_what_the_paper_brings_along_is_kept_undecided(tmp_path: Path) -> None:
    reading = a_reading(review_opinion="同意", review_seal="unclear", reviewed_on="2011-02-24")
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, reading)
        (stamp,) = history.stamps
        review = stamp.review
        assert (review.step, review.decision, review.source) == ("review", ReviewDecision.UNSET, StampSource.FORM)
        assert (review.opinion, review.seal, review.on, review.organisation) == ("同意", "unclear", "2011-02-24", None)
        assert (stamp.by, history.status(workspace.form("annex2")).value) == (None, "filed")
        assert workspace.archive.history(history.prefix) == history


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({}, 0),
        ({"review_seal": "absent"}, 0),
        ({"review_seal": "present"}, 1),
        ({"review_opinion": "同意"}, 1),
        ({"reviewed_on": "--02-24"}, 1),
    ],
)
def test_a_stamp_is_anything_a_reviewer_left(values: dict[str, str], count: int) -> None:
    reading = a_reading("annex2", **values)  # type: ignore[arg-type]  # values by their keys
    assert len(paper_stamps(a_spec("annex2"), a_version(reading=reading))) == count


def test_each_step_of_a_form_has_its_own_stamp(tmp_path: Path) -> None:
    spec = a_spec("annex3")
    values = {step.opinion: "同意" for step in spec.reviews if step.opinion}
    reading = a_reading("annex3", **values)  # type: ignore[arg-type]  # values by their keys
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace, reading)
    assert [stamp.review.step for stamp in history.stamps] == [step.key for step in spec.reviews]


def test_a_group_is_filed_as_one(tmp_path: Path) -> None:
    readings = [a_reading(name=name) for name in ("张三", "李四", "王五")] + [a_reading("annex1")]
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace, a_reading(name="张三", age=30))
        with writing(workspace):
            histories = file_group(workspace, [a_filing(workspace, reading) for reading in readings])
        assert [history.latest.number for history in histories] == [2, 1, 1, 1]
        assert {found.id for found in workspace.finder.find(Query())} == {history.id for history in histories}
        assert journal.head(workspace.archive.store).number == 5
        assert check(workspace, full=True).findings == ()


def test_several_forms_of_one_file_share_their_source(tmp_path: Path) -> None:
    data = b"two forms in one file"
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace, a_reading("annex3"))
        readings = [a_reading(name="张三"), a_reading(name="李四", number=2)]
        with writing(workspace):
            group = [a_filing(workspace, reading, data=data, forms=2) for reading in readings]
            both = file_group(workspace, group)
        with writing(workspace):
            third = a_filing(workspace, a_reading(name="王五", number=3), data=data, forms=3)
            file_group(workspace, [third])
        sha256 = hashlib.sha256(data).hexdigest()
        assert {history.latest.original.path for history in both} == {f"sources/{sha256}/original/张三承诺书.docx"}
        assert len({history.id for history in both}) == 2
        assert (workspace.archive_folder / both[0].latest.original.path).read_bytes() == data
        assert not (workspace.archive_folder / both[0].prefix / "v1" / "original").exists()
        assert check(workspace, full=True).findings == ()


def test_a_source_that_comes_again_by_another_name_is_kept_under_its_first(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace, a_reading("annex3"))
        with writing(workspace):
            first = a_filing(workspace, a_reading(name="张三"), data=b"x", forms=2)
            renamed = a_filing(workspace, a_reading(name="李四", number=2), data=b"x", forms=2)
            (one, other) = file_group(workspace, [first, dataclasses.replace(renamed, name="另一个名字.docx")])
        with writing(workspace):
            third = a_filing(workspace, a_reading(name="王五", number=3), data=b"x", forms=3)
            (last,) = file_group(workspace, [dataclasses.replace(third, name="第三个名字.docx")])
        paths = {history.latest.original.path for history in (one, other, last)}
        assert paths == {one.latest.original.path}
        assert last.latest.original.name == "第三个名字.docx"
        assert check(workspace, full=True).findings == ()


def test_who_confirmed_what_is_kept(tmp_path: Path) -> None:
    confirmation = Confirmation("李四", "2011-02-22T08:00:00+08:00", {"age": ("4l", "41")})
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace, a_reading("annex1"))
        with writing(workspace):
            filing = dataclasses.replace(a_filing(workspace, a_reading()), confirmation=confirmation)
            (history,) = file_group(workspace, [filing])
        assert workspace.archive.history(history.prefix).latest.confirmation == confirmation


def test_a_place_taken_by_something_else_is_damage(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        place = Place(history.id, 1, history.prefix, history.latest.identity, None)
        with writing(workspace), pytest.raises(DamagedArchiveError) as caught:
            file_group(workspace, [a_filing(workspace, a_reading(age=42), place=place)])
        assert caught.value.params["reason"] == "taken"
        assert check(workspace, full=True).findings == ()


def test_a_file_that_changed_since_it_was_read_is_not_filed(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace, a_reading("annex1"))
        with writing(workspace):
            filing = a_filing(workspace, a_reading())
            filing.original.write_bytes(b"changed since")
            with pytest.raises(ChangedError):
                file_group(workspace, [filing])
        assert check(workspace, full=True).findings == ()
        assert len(workspace.finder.find(Query())) == 1


def test_finishing_what_is_finished_changes_nothing(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        roster(workspace)
        reading = a_reading(review_opinion="同意", reviewed_on="2011-02-24")
        history = file_one(workspace, reading)
        with writing(workspace):
            assert finish(workspace, [(history, history.latest)]) == [history]
        assert journal.head(workspace.archive.store).number == len(history.events) == 3


def test_events_of_a_month_by_the_offices_clock_stand_in_its_journal(tmp_path: Path) -> None:
    clock = Clock()
    with a_workspace(tmp_path / "w", clock=clock) as workspace:
        clock.set("2011-01-31T15:59:59+00:00")
        file_one(workspace, a_reading(name="张三"))
        clock.set("2011-01-31T16:00:00+00:00")
        file_one(workspace, a_reading(name="李四"))
        assert journal.files(workspace.archive.store) == ["journal/2011-01.jsonl", "journal/2011-02.jsonl"]
    path = tmp_path / "w" / "formsvc.toml"
    path.write_text(path.read_text("utf-8") + 'timezone = "UTC"\n', encoding="utf-8")
    with a_workspace(tmp_path / "w", clock=clock) as workspace:
        file_one(workspace, a_reading(name="王五"))
        assert journal.files(workspace.archive.store) == ["journal/2011-01.jsonl", "journal/2011-02.jsonl"]
        assert journal.head(workspace.archive.store).number == 3
        assert check(workspace, full=True).findings == ()


WRITTEN = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60
) | st.sampled_from(["CON", "..", "a" * 300, "长" * 300, "a/b\\c:d", "~$x", "-rf "])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(WRITTEN, WRITTEN), min_size=1, max_size=4, unique_by=lambda pair: pair[0]))
def test_no_path_is_long_whatever_was_written(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[str, str]]
) -> None:
    readings: list[Reading] = [a_reading(name=name, unit_post=unit) for name, unit in written]
    with a_workspace(tmp_path_factory.mktemp("w") / "w") as workspace:
        file_all(workspace, *readings)
        names = list(workspace.archive_store.names())
        assert max(len(f"archive/{name}") for name in names) <= 200
        assert check(workspace, full=True).findings == ()
