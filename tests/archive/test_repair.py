"""A plan mends what can be vouched for, from a mirror or from what is left, and says what stays."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from formsvc.archive import layout
from formsvc.archive.damage import Damage
from formsvc.archive.repair import Plan, Planner
from formsvc.archive.spares import Deed
from formsvc.storage import LocalStore
from tests.archive.damages import (
    APRIL,
    DAMAGES,
    EVENTS,
    FEBRUARY,
    FIRST,
    MANIFEST,
    ORIGINAL,
    RECORD_JSON,
    SECOND,
    SECOND_LAST,
    SOURCE,
    V1,
    V2,
    Change,
    flip,
    rewritten_event,
)
from tests.archive.factories import PREFIXES, a_full_archive, an_archive, file
from tests.forms.factories import a_spec

NOT_WITHOUT_A_MIRROR: dict[str, set[tuple[Damage, str]]] = {
    "file-missing": {(Damage.FILE_MISSING, f"{V1}/copies/2-工作地.pdf")},
    "file-changed": {(Damage.FILE_CHANGED, ORIGINAL)},
    "file truncated": {(Damage.FILE_CHANGED, f"{V2}/copies/1-本人.pdf")},
    "file emptied": {(Damage.FILE_CHANGED, f"{V2}/copies/1-本人.pdf")},
    "original by a link": {(Damage.FILE_CHANGED, ORIGINAL)},
    "manifest-changed": {(Damage.MANIFEST_CHANGED, MANIFEST)},
    "version-missing": {(Damage.VERSION_MISSING, V1)},
    "latest version lost": {(Damage.VERSION_MISSING, V2)},
    "record-unreadable": {(Damage.RECORD_UNREADABLE, RECORD_JSON), (Damage.FILE_CHANGED, RECORD_JSON)},
    "event-missing": {(Damage.EVENT_MISSING, EVENTS[1]), (Damage.UNFINISHED, V2)},
    "last event lost": {(Damage.EVENT_MISSING, EVENTS[3])},
    "record lost": {(Damage.EVENT_MISSING, f"{SECOND}/events/000{number}.json") for number in (1, 2)},
    "rolled back": {(Damage.EVENT_MISSING, event) for event in EVENTS[1:]},
    "event-unreadable": {(Damage.EVENT_UNREADABLE, EVENTS[2]), (Damage.EVENT_CHAIN, EVENTS[3])},
    "event by a link": {(Damage.EVENT_UNREADABLE, SECOND_LAST)},
    "last event rewritten": {(Damage.JOURNAL_EVENT, SECOND_LAST)},
    "journal-event": {(Damage.JOURNAL_EVENT, SECOND_LAST)},
    "source-missing": {(Damage.SOURCE_MISSING, f"{SOURCE}/original/一批.docx")},
    "source changed": {(Damage.FILE_CHANGED, f"{SOURCE}/original/一批.docx")},
}
"""What nothing in the archive itself brings back."""
NEVER: dict[str, set[tuple[Damage, str]]] = {"unfinished": {(Damage.UNFINISHED, f"{FIRST}/v3")}}
"""What a repair leaves to those who file."""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    a_full_archive(folder / "archive", folder / "spool")
    return folder / "archive"


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "archive"))


def plan_of(folder: Path, *mirrors: Path) -> Plan:
    spec = a_spec("annex2")
    known = {
        layout.README: resources.files("formsvc.archive").joinpath("README.txt").read_bytes(),
        layout.form_name(spec.id, spec.version): spec.source,
    }
    return Planner(LocalStore(folder), [LocalStore(mirror) for mirror in mirrors], known, {}).plan()


def left(plan: Plan) -> set[tuple[Damage, str]]:
    return {(finding.code, finding.path) for finding in plan.left}


def deeds(plan: Plan) -> set[tuple[Deed, str]]:
    return {(step.deed, step.path) for step in plan.steps}


@pytest.mark.parametrize("name", DAMAGES)
def test_whatever_befell_an_archive_a_mirror_mends(pristine: Path, folder: Path, name: str) -> None:
    change: Change = DAMAGES[name][0]
    change(folder)
    assert left(plan_of(folder, pristine)) == NEVER.get(name, set())


@pytest.mark.parametrize("name", DAMAGES)
def test_without_a_mirror_what_the_archive_itself_vouches_for_is_mended(folder: Path, name: str) -> None:
    DAMAGES[name][0](folder)
    plan = plan_of(folder)
    assert left(plan) == NOT_WITHOUT_A_MIRROR.get(name, NEVER.get(name, set()))
    if name in NOT_WITHOUT_A_MIRROR:
        assert plan.steps == (), "nothing is set aside that nothing takes the place of"


def test_a_sound_archive_needs_no_step(pristine: Path) -> None:
    assert plan_of(pristine) == Plan((), ())


def test_planning_changes_nothing(pristine: Path, folder: Path) -> None:
    flip(folder / ORIGINAL)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    plan_of(folder, pristine)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_file_of_the_right_name_and_another_content_is_not_taken(
    pristine: Path, folder: Path, tmp_path: Path
) -> None:
    mirror = Path(shutil.copytree(pristine, tmp_path / "mirror"))
    flip(mirror / ORIGINAL)
    (folder / ORIGINAL).unlink()
    plan = plan_of(folder, mirror)
    assert (plan.steps, left(plan)) == ((), {(Damage.FILE_MISSING, ORIGINAL)})


def test_a_file_is_found_in_a_mirror_by_its_hash_alone(folder: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "backup" / "anywhere"
    mirror.mkdir(parents=True)
    shutil.copy(folder / ORIGINAL, mirror / "scan0001.docx")
    data = (folder / ORIGINAL).read_bytes()
    flip(folder / ORIGINAL)
    plan = plan_of(folder, tmp_path / "backup")
    assert left(plan) == set()
    assert [step.data for step in plan.steps] == [None, data]


def test_swapped_originals_find_their_places_again(folder: Path) -> None:
    DAMAGES["originals swapped"][0](folder)
    other = ORIGINAL.replace("/v1/", "/v2/")
    assert deeds(plan_of(folder)) == {
        (deed, path) for deed in (Deed.SET_ASIDE, Deed.PUT_BACK) for path in (ORIGINAL, other)
    }


def test_a_journal_told_again_from_events_alone_is_the_one_that_was_lost(pristine: Path, folder: Path) -> None:
    shutil.rmtree(folder / "journal")
    plan = plan_of(folder)
    told = {step.path: step.data for step in plan.steps}
    assert left(plan) == set()
    assert told == {
        path.relative_to(pristine).as_posix(): path.read_bytes() for path in (pristine / "journal").iterdir()
    }


def test_a_journal_of_a_clock_that_was_put_back_comes_back_as_it_was(tmp_path: Path) -> None:
    archive = an_archive(tmp_path / "archive")
    for number, at in enumerate(
        ("2011-02-21T09:30:00+08:00", "2011-03-05T09:30:00+08:00", "2011-02-25T09:30:00+08:00")
    ):
        file(archive, tmp_path, PREFIXES[number], at=at)
    mirror = Path(shutil.copytree(tmp_path / "archive", tmp_path / "mirror"))
    before = {path.name: path.read_bytes() for path in (mirror / "journal").iterdir()}
    shutil.rmtree(tmp_path / "archive" / "journal")
    plan = plan_of(tmp_path / "archive", mirror)
    assert {Path(step.path).name: step.data for step in plan.steps} == before
    assert left(plan) == left(plan_of(tmp_path / "archive")) == set()


def test_a_lost_event_keeps_its_line_when_the_journal_is_told_again(folder: Path) -> None:
    (folder / EVENTS[3]).unlink()
    DAMAGES["journal-chain"][0](folder)
    plan = plan_of(folder)
    assert left(plan) == {(Damage.EVENT_MISSING, EVENTS[3])}
    assert (Deed.MADE_AGAIN, FEBRUARY) in deeds(plan)


def test_an_event_that_was_changed_comes_back_and_the_changed_one_is_set_aside(pristine: Path, folder: Path) -> None:
    rewritten_event(folder)
    assert deeds(plan_of(folder, pristine)) == {(Deed.SET_ASIDE, SECOND_LAST), (Deed.FROM_MIRROR, SECOND_LAST)}


def test_what_a_dead_writer_had_noted_is_put_into_its_place(pristine: Path, folder: Path) -> None:
    (folder / SECOND_LAST).unlink()
    (folder / APRIL).unlink()
    spec = a_spec("annex2")
    known = {layout.form_name(spec.id, spec.version): spec.source}
    noted = {SECOND_LAST: (pristine / SECOND_LAST).read_bytes()}
    plan = Planner(LocalStore(folder), [], known, noted).plan()
    assert left(plan) == set()
    assert {step.path: step.data for step in plan.steps} == {
        name: (pristine / name).read_bytes() for name in (SECOND_LAST, APRIL)
    }


def test_many_damages_at_once_are_mended_together(pristine: Path, folder: Path) -> None:
    for name in ("manifest-changed", "event-chain", "journal-chain", "source changed", "form-missing", "readme edited"):
        DAMAGES[name][0](folder)
    assert left(plan_of(folder, pristine)) == set()


@pytest.mark.parametrize("content", [None, b"x"], ids=["a second file of an event", "no event"])
@pytest.mark.parametrize("number", [5, 9], ids=["next", "far"])
def test_a_file_that_only_looks_like_an_event_is_set_aside(folder: Path, content: bytes | None, number: int) -> None:
    name = EVENTS[0].replace("0001", f"000{number}")
    (folder / name).write_bytes((folder / EVENTS[0]).read_bytes() if content is None else content)
    plan = plan_of(folder)
    if content is not None and number == 5:
        assert left(plan) == {(Damage.EVENT_UNREADABLE, name)}, "it may be an event of which nothing else is left"
    else:
        assert (deeds(plan), left(plan)) == ({(Deed.SET_ASIDE, name)}, set())
