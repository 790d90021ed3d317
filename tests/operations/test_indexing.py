"""The index follows the archive: it catches up, and made anew it is the same byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from formsvc.archive import journal
from formsvc.errors import DamagedArchiveError
from formsvc.index.entry import Query
from formsvc.operations.correct import correct
from formsvc.operations.filing import file_group
from formsvc.operations.indexing import catch_up, rebuild
from formsvc.operations.ingest import ingest
from formsvc.operations.review import review
from formsvc.operations.workspace import Workspace
from formsvc.operations.writing import writing
from formsvc.records.event import ReviewDecision
from tests.forms.factories import a_reading
from tests.operations.factories import a_filing, a_workspace, file_all, file_one
from tests.operations.faults import Fault, bytes_of, failing, read_plainly


def dump(workspace: Workspace) -> list[str]:
    return list(workspace.finder.dump())


def a_busy_year(workspace: Workspace) -> None:
    """File, hand in again, review, correct, part namesakes, and file several forms of one file."""
    first, second, branch = file_all(
        workspace, a_reading(name="单雄信"), a_reading(name="欧阳·阿依"), a_reading("annex1")
    )
    file_all(workspace, a_reading(name="单雄信", age=50), a_reading("annex3"), a_reading(year=2012))
    review(workspace, first.id, decision=ReviewDecision.APPROVE, by="李四", organisation="清溪镇党委", on="2011-02-20")
    correct(workspace, second.id, {"name": "欧阳阿依", "year": "2010", "unit_post": ""}, why="看错", by="李四")
    correct(workspace, branch.id, {"organisation": "清溪社区第一党支部"}, why="看错", by="李四")
    with writing(workspace):
        readings = [a_reading(name="甲"), a_reading(name="乙", number=2)]
        file_group(workspace, [a_filing(workspace, reading, data=b"x", forms=2) for reading in readings])


def test_an_index_made_anew_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        a_busy_year(workspace)
        before = dump(workspace)
        assert rebuild(workspace) == 7
        assert dump(workspace) == before
        workspace.close_index()
        workspace.index_file.unlink()
        seen: list[int] = []
        assert rebuild(workspace, seen.append) == 7
        assert seen == [1, 2, 3, 4, 5, 6, 7]
        assert dump(workspace) == before
        assert "单雄信" in "".join(before)


def test_an_empty_archive_makes_an_empty_index(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        assert rebuild(workspace) == 0
        assert workspace.finder.find(Query()) == []


def test_an_index_of_yesterday_takes_in_what_the_journal_tells_since(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
    shutil.copy(tmp_path / "w" / ".formsvc" / "index.db", tmp_path / "yesterday.db")
    with a_workspace(tmp_path / "w") as workspace:
        a_busy_year(workspace)
        today = dump(workspace)
    for left in (tmp_path / "w" / ".formsvc").glob("index.db*"):
        left.unlink()
    shutil.copy(tmp_path / "yesterday.db", tmp_path / "w" / ".formsvc" / "index.db")
    with a_workspace(tmp_path / "w") as workspace:
        assert workspace.is_behind()
        with workspace.archive.writing():
            catch_up(workspace)
        assert not workspace.is_behind()
        assert dump(workspace) == today


@pytest.mark.parametrize("garbage", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_an_index_that_is_none_is_made_anew(tmp_path: Path, garbage: bytes) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = file_one(workspace)
        before = dump(workspace)
    for left in (tmp_path / "w" / ".formsvc").glob("index.db*"):
        left.unlink()
    (tmp_path / "w" / ".formsvc" / "index.db").write_bytes(garbage)
    with a_workspace(tmp_path / "w") as workspace:
        with workspace.archive.writing():
            catch_up(workspace)
        assert dump(workspace) == before
        assert workspace.record(history.id).path == history.prefix


def test_the_index_of_another_archive_is_made_anew(tmp_path: Path) -> None:
    for name, reading in (("one", a_reading(name="张三")), ("other", a_reading(name="李四"))):
        with a_workspace(tmp_path / name) as workspace:
            file_one(workspace, reading)
    shutil.rmtree(tmp_path / "one" / ".formsvc")
    shutil.copytree(tmp_path / "other" / ".formsvc", tmp_path / "one" / ".formsvc")
    with a_workspace(tmp_path / "one") as workspace:
        with workspace.archive.writing():
            catch_up(workspace)
        assert [found.name for found in workspace.finder.find(Query())] == ["张三"]


def test_a_journal_that_cannot_be_read_is_told_as_damage(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_one(workspace)
        file_one(workspace, a_reading(name="李四"))
        (name,) = journal.files(workspace.archive.store)
        path = workspace.archive_folder / name
        path.write_bytes(path.read_bytes().replace(b'"n":2', b'"n":x'))
        with pytest.raises(DamagedArchiveError) as caught, writing(workspace):
            pass
        assert caught.value.params["path"] == name
        workspace.close_index()
        path.write_bytes(path.read_bytes().replace(b'"n":x', b'"n":2'))
        with writing(workspace):
            assert len(workspace.finder.find(Query())) == 2


def test_what_was_published_and_not_told_is_told_by_whoever_writes_next(tmp_path: Path) -> None:
    """As a kill right after publishing leaves it, and before the dead process's claim is worked off again."""
    with a_workspace(tmp_path / "w") as workspace:
        read_plainly(workspace)
        file_one(workspace, a_reading("annex1"))
        path = workspace.root / "form.json"
        path.write_bytes(bytes_of(a_reading()))
        published = 4  # before and after the form is kept, before and after the version is published
        with failing(workspace, Fault(published)), pytest.raises(OSError, match="space"):
            list(ingest(workspace, [path]))
        (prefix,) = (prefix for prefix in workspace.archive.prefixes() if "annex2" in prefix)
        assert workspace.archive.history(prefix).events == ()
        again = file_one(workspace, a_reading(age=42))
        assert (again.prefix, again.latest.number) == (prefix, 2)
        assert [event.kind.value for event in workspace.archive.history(prefix).events] == ["filed", "filed"]
