"""One office's folder is found, opened, and closed without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from formsvc.errors import (
    BusyError,
    FormSpecError,
    NewerFormatError,
    NoIndexError,
    NoWorkspaceError,
    UnknownFormError,
    UnknownIdError,
)
from formsvc.i18n import Language
from formsvc.operations.indexing import rebuild
from formsvc.operations.workspace import open_workspace
from tests.operations.factories import Clock, a_workspace, file_one, make_workspace


def test_the_folder_named_is_opened_and_none_above_it(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "w")
    with open_workspace(root, environ={}) as workspace:
        assert workspace.root == root
    with pytest.raises(NoWorkspaceError), open_workspace(root / "inbox", environ={}):
        pass


def test_the_environment_names_a_folder(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "w")
    with open_workspace(environ={"FORMSVC_WORKSPACE": str(root)}) as workspace:
        assert workspace.root == root


def test_the_nearest_folder_above_is_taken_when_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_workspace(tmp_path / "w")
    monkeypatch.chdir(root / "templates" / "annex1")
    with open_workspace(environ={}) as workspace:
        assert workspace.root == root
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoWorkspaceError) as caught, open_workspace(environ={}):
        pass
    assert caught.value.params["folder"] == str(tmp_path)


def test_a_language_asked_for_goes_before_the_settings(tmp_path: Path) -> None:
    root = make_workspace(tmp_path / "w")
    with open_workspace(root, environ={}) as one, open_workspace(root, language="zh", environ={}) as other:
        assert (one.language, other.language) == (Language.EN, Language.ZH)


def test_the_moment_is_told_in_the_offices_zone(tmp_path: Path) -> None:
    clock = Clock()
    clock.set("2011-01-31T17:00:00.999+00:00")
    with a_workspace(tmp_path / "w", clock=clock) as workspace:
        assert workspace.now() == "2011-02-01T01:00:00+08:00"
    with a_workspace(tmp_path / "v", clock=clock, settings='timezone = "UTC"') as workspace:
        assert workspace.now() == "2011-01-31T17:00:00+00:00"


def test_forms_are_found_and_an_unknown_one_is_told_with_those_known(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        assert list(workspace.forms) == ["annex1", "annex2", "annex3"]
        assert workspace.form("annex2").id == "annex2"
        with pytest.raises(UnknownFormError) as caught:
            workspace.form("annex9")
        assert caught.value.params["known"] == "annex1, annex2, annex3"


def test_a_record_of_an_earlier_form_version_keeps_its_form(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
    path = tmp_path / "w" / "templates" / "annex2" / "form.toml"
    path.write_text(path.read_text("utf-8").replace("version = 1", "version = 2", 1), encoding="utf-8")
    with a_workspace(tmp_path / "w") as workspace:
        assert workspace.form("annex2").version == 2
        assert workspace.form_of(history.latest).version == 1
        file_one(workspace)
        kept = sorted(path.name for path in (workspace.archive_folder / "forms").iterdir())
        assert kept == ["annex2-1", "annex2-2"]


def test_a_form_changed_under_its_version_is_refused(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    path = tmp_path / "w" / "templates" / "annex2" / "form.toml"
    path.write_text(path.read_text("utf-8") + "\n# changed\n", encoding="utf-8")
    with a_workspace(tmp_path / "w") as workspace, pytest.raises(FormSpecError) as caught:
        file_one(workspace)
    assert caught.value.params["reason"] == "changed-under-version"


def test_an_id_is_found_by_its_beginning(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        assert workspace.record(history.id[:4].upper()).path == history.prefix
        for wrong in ("", "zz", history.id + "0", "%"):
            with pytest.raises(UnknownIdError):
                workspace.record(wrong)


def test_an_archive_of_a_newer_format_is_not_opened(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        (tmp_path / "w" / "archive").mkdir()
        (tmp_path / "w" / "archive" / "formsvc-archive-1.1").write_bytes(b"")
        with pytest.raises(NewerFormatError):
            _ = workspace.archive


def test_an_index_that_is_not_there_has_to_be_built(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        with pytest.raises(NoIndexError):
            _ = workspace.finder
        with pytest.raises(NoIndexError):
            _ = workspace.index
        rebuild(workspace)
        assert workspace.finder.head() is not None


def test_one_process_serves_an_inbox(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as one, a_workspace(tmp_path / "w") as other:
        lock = other.inbox_lock()
        with one.inbox_lock(), pytest.raises(BusyError):
            lock.acquire()
        with lock:
            pass


def test_local_files_may_lie_elsewhere(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w", settings=f'local = "{tmp_path / "elsewhere"}"') as workspace:
        rebuild(workspace)
    assert (tmp_path / "elsewhere" / "index.db").exists()
    assert not (tmp_path / "w" / ".formsvc").exists()


def test_two_parts_of_the_spool_never_share_a_name(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace, workspace.spool(), workspace.spool():
        assert len(list((workspace.inbox / ".spool").glob("*.lock"))) == 2
