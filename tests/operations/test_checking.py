"""A check in parts reads each byte once, one that was interrupted goes on, and copies by other programs are sound."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.archive.fixity import Inspection
from formsvc.operations.check import check
from formsvc.operations.checking import STATE, Course, Slice, resumed
from formsvc.operations.workspace import Workspace
from tests.archive.damages import flip
from tests.forms.factories import a_reading
from tests.operations.factories import a_workspace, file_all


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start") / "w"
    with a_workspace(folder) as workspace:
        file_all(workspace, *(a_reading(name=name) for name in ("张三", "李四", "王五")), a_reading("annex1"))
    return folder


def found(workspace: Workspace, **how: object) -> set[str]:
    return {finding.path for finding in check(workspace, full=True, **how).findings}  # type: ignore[arg-type] # by name


@given(st.lists(st.text(min_size=1), unique=True), st.integers(1, 9))
def test_each_file_is_read_in_just_one_part(names: list[str], total: int) -> None:
    parts = [Slice(number, total) for number in range(1, total + 1)]
    read = Counter(name for part in parts for name in names if part.reads(name))
    assert read == Counter(names)


def test_a_changed_copy_is_found_by_the_part_it_is_in(start: Path, tmp_path: Path) -> None:
    shutil.copytree(start, tmp_path / "w")
    changed = next((tmp_path / "w" / "archive").rglob("1-*.pdf"))
    flip(changed)
    with a_workspace(tmp_path / "w") as workspace:
        path = changed.relative_to(workspace.archive_folder).as_posix()
        parts = [found(workspace, part=Slice(number, 3)) for number in (1, 2, 3)]
    assert sorted(parts, key=len) == [set(), set(), {path}]


def noting(read: list[str], asked: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return what answers as `asked` does and notes what is to be read."""

    def reads(name: str) -> bool:
        if asked(name):
            read.append(name)
        return name in read

    return reads


def test_an_interrupted_check_goes_on_and_reads_no_object_twice(start: Path, tmp_path: Path) -> None:
    with a_workspace(start) as workspace:
        seconds = iter(range(0, 100000, 10))
        file = tmp_path / STATE
        first = Course(file, lambda: float(next(seconds)))
        read: list[str] = []

        def reads(name: str) -> bool:
            if len(read) == 12:
                raise KeyboardInterrupt
            read.append(name)
            return first.reads(name)

        with pytest.raises(KeyboardInterrupt):
            list(Inspection(workspace.archive_store, full=True, reads=reads).findings())
        again = resumed(file, lambda: float(next(seconds)))
        rest: list[str] = []
        inspection = Inspection(workspace.archive_store, full=True, reads=noting(rest, again.reads))
        assert list(inspection.findings()) == []
        every: list[str] = []
        whole = Inspection(workspace.archive_store, full=True, reads=noting(every, lambda _: True))
        assert list(whole.findings()) == []
    assert {*read, *rest} == {*every}
    assert 0 < len(rest) < len(every)


def test_what_was_found_before_the_interruption_is_found_again(start: Path, tmp_path: Path) -> None:
    shutil.copytree(start, tmp_path / "w")
    changed = next((tmp_path / "w" / "archive").rglob("1-*.pdf"))
    flip(changed)
    with a_workspace(tmp_path / "w") as workspace:
        path = changed.relative_to(workspace.archive_folder).as_posix()
        state = workspace.local / STATE
        state.write_text(f'{{"at": "9999/", "changed": ["{path}"]}}', encoding="utf-8")
        assert found(workspace, resume=True) == {path}
        assert not state.exists()


def test_an_unreadable_note_begins_anew(start: Path, tmp_path: Path) -> None:
    (tmp_path / STATE).write_bytes(b"\xff")
    assert resumed(tmp_path / STATE, lambda: 0.0).start == ""
    with a_workspace(start) as workspace:
        assert check(workspace, full=True, resume=True).findings == ()


def by_zip(source: Path, target: Path) -> None:
    with zipfile.ZipFile(target.parent / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(source.rglob("*")):
            packed.write(path, path.relative_to(source).as_posix())
    with zipfile.ZipFile(target.parent / "a.zip") as packed:
        packed.extractall(target)


def by_git(source: Path, target: Path) -> None:
    shutil.copytree(source, target.parent / "repository")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(target.parent / "repository"))
    for words in (("init", "-q"), ("add", "-A", "-f"), ("commit", "-q", "-m", "all")):
        subprocess.run([*git, *words], check=True, capture_output=True)
    subprocess.run(["git", "clone", "-q", target.parent / "repository", target], check=True, capture_output=True)
    shutil.rmtree(target / ".git")


def by_rsync(source: Path, target: Path) -> None:
    subprocess.run(["rsync", "-a", f"{source}/", f"{target}/"], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("tool", "copy"),
    [("python3", shutil.copytree), ("python3", by_zip), ("git", by_git), ("rsync", by_rsync)],
    ids=["copy", "zip", "git", "rsync"],
)
def test_an_archive_copied_by_another_program_is_sound(
    start: Path, tmp_path: Path, tool: str, copy: Callable[[Path, Path], object]
) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"no {tool} here")
    shutil.copytree(start, tmp_path / "w")
    shutil.rmtree(tmp_path / "w" / "archive")
    copy(start / "archive", tmp_path / "w" / "archive")
    with a_workspace(tmp_path / "w") as workspace:
        assert check(workspace, full=True).findings == ()
