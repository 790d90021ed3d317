"""`formsvc export copies|pdfa3|pdf`, as they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.said import says
from tests.forms.factories import a_reading
from tests.operations.factories import a_workspace, file_one
from tests.operations.test_delivery import approve, send_back
from tests.operations.test_repair import contents


@pytest.mark.parametrize(("kind", "files"), [("copies", 4), ("pdfa3", 1)])
def test_what_is_handed_out_lies_in_a_new_folder_that_is_named(tmp_path: Path, kind: str, files: int) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        approve(workspace, file_one(workspace))
    out = tmp_path / "out"
    done = says(tmp_path / "w", "export", kind, "2011", "--name", "张三", "-o", str(out), lang="en")
    assert (done.exit_code, done.stdout) == (0, f"{out}\n")
    assert f"{files} files" in done.stderr
    assert len(contents(out)) == files
    assert says(tmp_path / "w", "export", kind, "-o", str(out)).exit_code == 5


def test_one_copy_of_one_record_is_asked_for_by_its_id(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        one, _ = file_one(workspace), file_one(workspace, a_reading(name="李四"))
    out = tmp_path / "out"
    done = says(tmp_path / "w", "export", "copies", "--id", one.id[:6], "--copy", "本人", "-o", str(out))
    assert done.exit_code == 0
    assert list(contents(out)) == [f"本人/2011-张三-{one.id}.pdf"]


def test_a_posting_copy_that_is_left_out_is_named_and_is_no_failure(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = send_back(workspace, file_one(workspace))
    done = says(tmp_path / "w", "export", "copies", "-o", str(tmp_path / "out"))
    assert (done.exit_code, history.id in done.stderr) == (0, True)
    posted = says(tmp_path / "w", "export", "copies", "--copy", "posting", "-o", str(tmp_path / "none"))
    assert (posted.exit_code, (tmp_path / "none").exists()) == (3, False)


@pytest.mark.parametrize("kind", ["pdfa3", "copies", "csv", "xlsx", "pdf"])
def test_when_nothing_fits_nothing_is_written(tmp_path: Path, kind: str) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    done = says(tmp_path / "w", "export", kind, "1999", "-o", str(tmp_path / "out"))
    assert (done.exit_code, (tmp_path / "out").exists()) == (3, False)


@pytest.mark.parametrize(
    "words",
    [
        ("xlsx", "--name", "张三"),
        ("csv", "--org", "x"),
        ("pdf", "--name", "张三"),
        ("bagit", "--id", "ab"),
        ("pdfa3", "--copy", "posting"),
    ],
)
def test_a_choice_that_a_kind_does_not_have_is_refused_and_not_passed_over(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    assert says(tmp_path / "w", "export", *words, "-o", str(tmp_path / "out")).exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_register_goes_to_a_new_file_that_is_never_replaced(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    out = tmp_path / "list.pdf"
    done = says(tmp_path / "w", "export", "pdf", "2011", "-o", str(out), lang="en")
    assert (done.exit_code, done.stdout) == (0, f"{out}\n")
    written = out.read_bytes()
    assert written.startswith(b"%PDF-")
    assert says(tmp_path / "w", "export", "pdf", "-o", str(out)).exit_code == 5
    assert out.read_bytes() == written


def test_a_register_goes_into_the_pipe(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    done = says(tmp_path / "w", "export", "pdf", "2011", lang="en")
    assert (done.exit_code, done.stdout_bytes[:5], done.stdout_bytes[-6:]) == (0, b"%PDF-", b"%%EOF\n")
