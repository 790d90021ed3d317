"""An archive is handed over in forms that other programs accept without a warning, and comes back as it was."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest
from ocfl import StorageRoot
from ocfl.validator import Validator

from formsvc.archive import journal
from formsvc.errors import DamagedArchiveError, FormsvcError, MissingError, TakenError, UnsoundExportError
from formsvc.operations.check import check
from formsvc.operations.correct import correct
from formsvc.operations.filing import file_group
from formsvc.operations.find import find
from formsvc.operations.handover import HandoverFormat, hand_over
from formsvc.operations.restore import restore
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from tests.archive.damages import flip, write
from tests.forms.factories import a_reading
from tests.operations.factories import Clock, a_filing, a_workspace, file_all
from tests.operations.test_repair import contents

BAGIT, OCFL = HandoverFormat.BAGIT, HandoverFormat.OCFL


def a_filled(workspace: Workspace, clock: Clock) -> None:
    """File records of two years and two forms, a second version, two forms of one file, and a correction."""
    first = file_all(workspace, a_reading(), a_reading(name="李四"), a_reading("annex1"))[0]
    clock.set("2011-03-05T10:00:00+08:00")
    file_all(workspace, a_reading(age=42))
    correct(workspace, first.id, {"age": "43"}, why="写错", by="李红")
    clock.set("2012-02-01T10:00:00+08:00")
    file_all(workspace, a_reading(year=2012, signed_on="2012-01-09"))
    both = a_reading(name="王五"), a_reading(name="钱六", number=2)
    with writing(workspace):
        file_group(workspace, [a_filing(workspace, reading, data=b"two forms", forms=2) for reading in both])


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace that nobody changes."""
    clock = Clock()
    folder = tmp_path_factory.mktemp("start") / "w"
    with a_workspace(folder, clock=clock) as workspace:
        a_filled(workspace, clock)
    return folder


@pytest.fixture(scope="module")
def bag(start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handed_over(start, BAGIT, tmp_path_factory.mktemp("bag") / "bag")


@pytest.fixture(scope="module")
def root(start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handed_over(start, OCFL, tmp_path_factory.mktemp("ocfl") / "root")


def handed_over(start: Path, kind: HandoverFormat, target: Path) -> Path:
    with a_workspace(start) as workspace:
        done = hand_over(workspace, kind, target)
        assert done.head == journal.head(workspace.archive.store)
        assert done.files == len(contents(workspace.archive_folder))
    return target


def test_a_bag_is_valid_by_bagit_without_a_warning(bag: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = bagit.Bag(str(bag))
        found.validate(completeness_only=False)
    assert caplog.records == []
    assert found.info["Source-Organization"] == "清溪镇党委"
    assert found.info["Journal-Head"].split()[0] == "8"
    assert set(found.algorithms) == {"sha256", "sha512"}


def test_an_ocfl_root_and_its_objects_are_valid_without_a_warning(root: Path) -> None:
    assert StorageRoot(root=str(root)).validate(log_warnings=True) is True
    objects = [path.parent for path in root.rglob("0=ocfl_object_1.1")]
    assert len(objects) == 10
    for one in objects:
        validator = Validator(log_warnings=True)
        assert validator.validate_object(str(one)) is True, str(validator)
        assert (validator.log.num_errors, validator.log.num_warnings) == (0, 0), str(validator)


def test_a_record_of_two_versions_is_an_object_of_two(root: Path) -> None:
    versions = sorted(path.name for path in root.glob("2011/*/*/张三-*/v*"))
    assert versions == ["v1", "v2"]
    (second,) = root.glob("2011/*/*/张三-*/v2/content/events")
    assert sorted(path.name for path in second.iterdir()) == ["0002.json", "0003.json"]


@pytest.mark.parametrize("kind", HandoverFormat)
def test_what_comes_back_into_an_empty_archive_is_the_archive(
    start: Path, bag: Path, root: Path, tmp_path: Path, kind: HandoverFormat
) -> None:
    with a_workspace(tmp_path / "other") as workspace:
        done = restore(workspace, bag if kind is BAGIT else root)
        assert done.records == 6
        assert contents(workspace.archive_folder) == contents(start / "archive")
        assert check(workspace, full=True).findings == ()
        assert len(find(workspace)) == 6
        assert restore(workspace, bag).fresh == 0


def test_a_part_takes_along_what_it_needs_and_nothing_of_others(start: Path, tmp_path: Path) -> None:
    with a_workspace(start) as workspace:
        hand_over(workspace, BAGIT, tmp_path / "part", 2012)
    payload = {path.relative_to(tmp_path / "part" / "data").parts[0] for path in (tmp_path / "part" / "data").glob("*")}
    assert payload == {"2012", "forms", "README.txt", "formsvc-archive-1.0"}
    assert bagit.Bag(str(tmp_path / "part")).is_valid()
    with a_workspace(tmp_path / "other") as workspace:
        file_all(workspace, a_reading(name="赵六"))
        assert restore(workspace, tmp_path / "part").records == 1
        assert check(workspace, full=True).findings == ()
        assert {found["name"] for found in find(workspace)} == {"赵六", "张三"}


def test_a_part_that_is_empty_is_not_handed_over(start: Path, tmp_path: Path) -> None:
    with a_workspace(start) as workspace, pytest.raises(MissingError):
        hand_over(workspace, BAGIT, tmp_path / "part", 1999)
    assert list(tmp_path.iterdir()) == []


def test_filing_goes_on_while_an_archive_is_handed_over(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_all(workspace, a_reading())

        def others_file(count: int) -> None:
            for name in {1: ("李四",), 2: ("王五",)}.get(count, ()):
                file_all(workspace, a_reading(name=name))

        hand_over(workspace, BAGIT, tmp_path / "bag", progress=others_file)
        assert len(find(workspace)) == 3
    with a_workspace(tmp_path / "other") as workspace:
        assert restore(workspace, tmp_path / "bag").records == 1
        assert check(workspace, full=True).findings == ()


def test_a_damaged_archive_is_not_handed_over(start: Path, tmp_path: Path) -> None:
    shutil.copytree(start, tmp_path / "w")
    flip(next((tmp_path / "w" / "archive").rglob("*.pdf")))
    with a_workspace(tmp_path / "w") as workspace, pytest.raises(DamagedArchiveError):
        hand_over(workspace, OCFL, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w"]


def test_nothing_is_written_over(start: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with a_workspace(start) as workspace, pytest.raises(TakenError):
        hand_over(workspace, BAGIT, tmp_path / "taken")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def listed_elsewhere(folder: Path) -> None:
    with (folder / "manifest-sha256.txt").open("a") as stream:
        stream.write(f"{'0' * 64}  data/../../etc/passwd\n")


def to_be_fetched(folder: Path) -> None:
    (folder / "fetch.txt").write_text("https://example.org/x 1 data/x\n")


def unlisted(folder: Path) -> None:
    (folder / "data" / "2011" / "more.txt").write_bytes(b"x")


def lost(folder: Path) -> None:
    next((folder / "data").rglob("*.pdf")).unlink()


def forged(folder: Path) -> None:
    """Change a copy and the bag around it; the archive's own manifest inside does not fit any more."""
    flip(next((folder / "data").rglob("*.pdf")))
    bagit.Bag(str(folder)).save(manifests=True)


@pytest.mark.parametrize(
    "change",
    [
        listed_elsewhere,
        to_be_fetched,
        unlisted,
        lost,
        forged,
        lambda folder: flip(next((folder / "data").rglob("*.pdf"))),
        lambda folder: flip(folder / "bag-info.txt"),
        lambda folder: flip(folder / "bagit.txt"),
        lambda folder: (folder / "manifest-sha256.txt").unlink(),
        lambda folder: write(folder / "manifest-sha256.txt", b"\xff"),
        lambda folder: (folder / "bagit.txt").unlink(),
    ],
)
def test_a_bag_that_was_changed_is_refused_whole(bag: Path, tmp_path: Path, change: Callable[[Path], object]) -> None:
    folder = Path(shutil.copytree(bag, tmp_path / "bag"))
    change(folder)
    refused(folder, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: flip(next(folder.rglob("*.pdf"))),
        lambda folder: next(folder.rglob("*.pdf")).unlink(),
        lambda folder: flip(next(folder.rglob("inventory.json"))),
        lambda folder: next(folder.rglob("inventory.json.sha512")).unlink(),
        lambda folder: write(next(folder.rglob("content")) / "more.txt", b"x"),
        lambda folder: write(folder / "more.txt", b"x"),
    ],
)
def test_an_ocfl_root_that_was_changed_is_refused_whole(
    root: Path, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    folder = Path(shutil.copytree(root, tmp_path / "root"))
    change(folder)
    refused(folder, tmp_path)


def refused(folder: Path, tmp_path: Path) -> None:
    with a_workspace(tmp_path / "other") as workspace:
        workspace.archive.declare()
        before = contents(workspace.archive_folder)
        with pytest.raises(FormsvcError) as told:
            restore(workspace, folder)
        assert told.value.code in ("unsound-export", "bad-name")
        assert contents(workspace.archive_folder) == before


def test_something_else_under_a_name_stops_everything(bag: Path, tmp_path: Path) -> None:
    with a_workspace(tmp_path / "other") as workspace:
        restore(workspace, bag)
        write(next(workspace.archive_folder.glob("2012/*/*/*/v1/record.json")), b"{}")
        before = contents(workspace.archive_folder)
        with pytest.raises(TakenError):
            restore(workspace, bag)
        assert contents(workspace.archive_folder) == before


def test_a_dry_run_writes_nothing(bag: Path, tmp_path: Path) -> None:
    with a_workspace(tmp_path / "other") as workspace:
        assert restore(workspace, bag, dry_run=True).records == 6
        assert set(contents(workspace.archive_folder)) == {"README.txt", "formsvc-archive-1.0"}


def test_a_folder_that_is_no_hand_over_is_refused(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace, pytest.raises(UnsoundExportError):
        restore(workspace, tmp_path)
