"""A check tells damage from what is only unfinished, and compares the index with the archive."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from formsvc.archive.damage import Damage
from formsvc.archive.versions import manifest_of, read_manifest
from formsvc.operations.check import check
from formsvc.operations.indexing import rebuild
from formsvc.operations.ingest import ingest
from formsvc.operations.recover import recover
from formsvc.operations.workspace import Workspace
from formsvc.records.record_json import encode_event
from tests.archive.factories import publish
from tests.forms.factories import a_reading
from tests.operations.factories import a_workspace, file_all, file_one
from tests.operations.faults import Fault, bytes_of, failing, read_plainly
from tests.records.factories import a_version


def told(workspace: Workspace, *, full: bool = True) -> set[tuple[str, str]]:
    return {(finding.code.value, finding.path) for finding in check(workspace, full=full).findings}


def test_a_sound_workspace_has_no_findings_and_counts_its_files(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        workspace.archive.declare()
        assert check(workspace, full=True).findings == ()
        file_all(workspace, a_reading(), a_reading(age=42), a_reading("annex1"))
        seen: list[int] = []
        checked = check(workspace, full=True, progress=seen.append)
        assert checked.findings == ()
        assert checked.is_sound
        assert not checked.is_damaged
        assert checked.files == seen[-1] == len(list(workspace.archive_store.names()))


def test_a_quick_check_reads_no_copies(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        copy = workspace.archive_folder / history.prefix / "v1" / history.latest.copies[0].path
        copy.chmod(0o644)
        copy.write_bytes(b"another")
        assert told(workspace, full=False) == set()
        assert told(workspace) == {("file-changed", f"{history.prefix}/v1/{history.latest.copies[0].path}")}
        assert check(workspace, full=True).is_damaged


def test_a_record_edited_with_its_manifest_is_found(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        folder = workspace.archive_folder / history.prefix / "v1"
        record, manifest = folder / "record.json", folder / "manifest-sha256.txt"
        listed = read_manifest(manifest.read_bytes())
        for path in (record, manifest):
            path.chmod(0o644)
        record.write_text(record.read_text("utf-8").replace('"value": 41', '"value": 14'), encoding="utf-8")
        listed["record.json"] = hashlib.sha256(record.read_bytes()).hexdigest()
        manifest.write_bytes(manifest_of(listed))
        assert ("manifest-changed", f"{history.prefix}/v1/manifest-sha256.txt") in told(workspace)


def test_what_a_dead_writer_left_untold_is_told_and_no_finding(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        journal = workspace.archive_folder / "journal" / "2011-02.jsonl"
        whole = journal.read_bytes()
        journal.write_bytes(whole[:40])
        name = f"{history.prefix}/events/0001.json"
        workspace.archive.writer.set_pending({name: encode_event(history.events[0])})
        assert told(workspace) == set()
        assert journal.read_bytes() == whole


def test_a_version_a_claim_is_being_filed_as_is_unfinished(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        read_plainly(workspace)
        file_one(workspace)
        path = workspace.root / "form.json"
        path.write_bytes(bytes_of(a_reading(name="李四")))
        published = 2  # before and after the version is published
        with failing(workspace, Fault(published)), pytest.raises(OSError, match="space"):
            list(ingest(workspace, [path]))
        ((code, prefix),) = told(workspace)
        assert code == "unfinished"
        assert prefix.endswith("/v1")
        assert check(workspace, full=True).is_sound
        with workspace.spool() as spool:
            list(recover(workspace, spool))
        assert told(workspace) == set()


def test_a_version_nobody_is_filing_is_damage(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        publish(workspace.archive, history.prefix, a_version(record=history.id, number=2))
        assert ("event-missing", f"{history.prefix}/v2") in told(workspace)
        assert check(workspace, full=True).is_damaged


def test_a_lost_end_of_the_journal_is_damage(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        first, second = file_all(workspace, a_reading(), a_reading(name="李四"))
        journal = workspace.archive_folder / "journal" / "2011-02.jsonl"
        journal.write_bytes(journal.read_bytes().splitlines(keepends=True)[0])
        assert ("journal-silent", f"{second.prefix}/events/0001.json") in told(workspace)
        assert first.prefix not in {path for _, path in told(workspace)}


def test_a_lost_declaration_is_found_although_opening_puts_it_again(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    (tmp_path / "w" / "archive" / "formsvc-archive-1.0").unlink()
    with a_workspace(tmp_path / "w") as workspace:
        assert ("declaration-missing", "formsvc-archive-1.0") in told(workspace)


def an_index_of(tmp_path: Path, other: str) -> None:
    """Put the index of another workspace into the first one's place."""
    shutil.rmtree(tmp_path / "w" / ".formsvc")
    shutil.copytree(tmp_path / other / ".formsvc", tmp_path / "w" / ".formsvc")


def test_the_index_of_another_archive_is_found(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        mine = file_one(workspace)
    with a_workspace(tmp_path / "v") as workspace:
        theirs = file_one(workspace, a_reading(name="李四"))
    an_index_of(tmp_path, "v")
    with a_workspace(tmp_path / "w") as workspace:
        assert told(workspace) == {("index-differs", mine.prefix), ("index-differs", theirs.prefix)}
        checked = check(workspace, full=True)
        assert (checked.is_sound, checked.is_damaged) == (False, False)
        rebuild(workspace)
        assert told(workspace) == set()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE record SET name = '李四'",
        "UPDATE record SET year = 2012",
        "UPDATE record SET identity = 'x'",
        "UPDATE record SET path = 'x'",
        "UPDATE record SET events = 9",
        "UPDATE record SET document = x'00'",
        "DELETE FROM record",
        "DELETE FROM filed",
    ],
)
def test_an_index_that_was_changed_is_found(tmp_path: Path, change: str) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        workspace.close_index()
        connection = sqlite3.connect(workspace.index_file)
        connection.execute(change)
        connection.commit()
        connection.close()
        assert {code for code, _ in told(workspace)} == {"index-differs"}


def test_an_index_that_is_none_is_found_and_one_that_is_not_there_is_not(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        workspace.close_index()
        for left in workspace.local.glob("index.db*"):
            left.unlink()
        assert told(workspace) == set()
        workspace.index_file.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
        assert told(workspace) == {("index-differs", "index.db")}


def test_an_index_that_is_only_behind_is_not_wrong(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    shutil.copytree(tmp_path / "w" / ".formsvc", tmp_path / "v" / ".formsvc")
    with a_workspace(tmp_path / "w") as workspace:
        file_all(workspace, a_reading(age=42), a_reading(name="李四"))
    an_index_of(tmp_path, "v")
    with a_workspace(tmp_path / "w") as workspace:
        assert told(workspace) == set()


@pytest.mark.parametrize("name", ["record.json", "manifest-sha256.txt", "journal", "event"])
def test_no_damage_ends_a_check(tmp_path: Path, name: str) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        places = {"journal": "journal/2011-02.jsonl", "event": f"{history.prefix}/events/0001.json"}
        path = workspace.archive_folder / places.get(name, f"{history.prefix}/v1/{name}")
        path.chmod(0o644)
        path.write_bytes(b"\xff\n")
        found = check(workspace, full=True)
        assert found.is_damaged
        assert {finding.code for finding in found.findings} <= set(Damage)


def test_a_check_beside_a_writer_finds_nothing(tmp_path: Path) -> None:
    """As long as somebody files, every look finds a sound archive, or at most something unfinished."""
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    done = threading.Event()

    def write() -> None:
        try:
            with a_workspace(tmp_path / "w") as mine:
                for number in range(8):
                    file_one(mine, a_reading(name=f"王{number}"))
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with a_workspace(tmp_path / "w") as workspace:
            while not done.is_set():
                assert {finding.code for finding in check(workspace, full=False).findings} <= {Damage.UNFINISHED}
    finally:
        writer.join()
    with a_workspace(tmp_path / "w") as workspace:
        assert check(workspace, full=True).findings == ()
