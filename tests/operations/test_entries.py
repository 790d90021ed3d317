"""Entries of an index come from the archive alone, in order, whoever reads them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.archive import layout
from formsvc.errors import DamagedArchiveError
from formsvc.operations import entries
from formsvc.operations.correct import correct
from formsvc.operations.entries import Reader, compact_too, every_entry
from formsvc.operations.entry import compact, entry_of
from formsvc.operations.review import review
from formsvc.operations.workspace import Workspace
from formsvc.records.event import ReviewDecision
from tests.forms.factories import a_reading
from tests.operations.factories import a_workspace, file_all


def a_year(workspace: Workspace) -> None:
    first, second, _ = file_all(workspace, a_reading(name="单雄信"), a_reading(name="欧阳·阿依"), a_reading("annex1"))
    file_all(workspace, a_reading(name="单雄信", age=50), a_reading(name="甲"))
    review(workspace, first.id, decision=ReviewDecision.APPROVE, by="李四", organisation="清溪镇党委", on="2011-02-20")
    correct(workspace, second.id, {"name": "欧阳阿依", "year": "2010"}, why="看错", by="李四")


@pytest.mark.parametrize("expected", [4, 1_000_000])
def test_several_processes_read_what_one_reads(tmp_path: Path, expected: int) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        a_year(workspace)
        archive = workspace.archive
        one_by_one = [entry_of(workspace, archive.history(prefix)) for prefix in archive.prefixes()]
        assert list(every_entry(workspace, expected=expected)) == one_by_one
        assert len(one_by_one) == 4


@pytest.mark.parametrize("behind", [0, 1, 3, 4])
@pytest.mark.parametrize("of", [1, 3])
def test_other_processes_read_each_its_part_of_what_lies_behind_a_record(tmp_path: Path, behind: int, of: int) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        a_year(workspace)
        all_of_them = list(every_entry(workspace, expected=4))
        last = all_of_them[behind - 1].path if behind else ""
        read = []
        for part in range(of):
            with Reader(workspace.root, part, of) as reader:
                reader.begin(last)
                read += list(reader.entries())
                assert reader.is_done
        assert sorted(read, key=lambda entry: entry.path) == all_of_them[behind:]


def test_a_process_that_cannot_open_the_workspace_is_not_done(tmp_path: Path) -> None:
    with Reader(tmp_path, 0, 1) as reader:
        reader.begin("")
        assert list(reader.entries()) == []
        assert not reader.is_done


@pytest.mark.parametrize("sent", ["", "\0", "\0\0\0", "\0\0\0\7", "\0\0\0\7abc", "\0\0\0\0"])
def test_what_another_process_does_not_come_to_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: str
) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        a_year(workspace)
        expected = list(every_entry(workspace, expected=4))
        dies = f"print(flush=True); input(); print({sent!r}, end='', flush=True); raise SystemExit(1)"
        monkeypatch.setattr(entries, "command", lambda *_: [sys.executable, "-c", dies])
        assert list(every_entry(workspace, expected=1_000_000)) == expected


@given(texts=st.dictionaries(st.text(), st.none() | st.booleans() | st.integers(0, 2**53) | st.text(), max_size=5))
def test_a_document_is_the_same_whoever_writes_it(texts: dict[str, object]) -> None:
    document = {'甲"\\/\x00\x1f\x7f\u2028<': [texts, "𠮷·〇"], **texts}
    assert compact_too(document) == compact(document)


def test_a_small_archive_starts_no_second_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        a_year(workspace)
        started: list[object] = []
        monkeypatch.setattr("subprocess.Popen", lambda *words, **_: started.append(words))
        assert len(list(every_entry(workspace, expected=4))) == 4
        assert started == []


def test_a_record_that_another_program_laid_out_has_the_same_entry(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_all(workspace, a_reading(), a_reading(name="甲"))
        before = list(every_entry(workspace, expected=4))
        for number, record in enumerate(sorted(workspace.archive_folder.glob("**/record.json"))):
            data = json.loads(record.read_bytes())
            turned = dict(reversed(data.items()))
            record.write_text(json.dumps(turned, indent=[None, 1][number], ensure_ascii=False), encoding="utf-8")
        assert list(every_entry(workspace, expected=4)) == before


@pytest.mark.parametrize("expected", [4, 1_000_000])
def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, expected: int) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        a_year(workspace)
        record = sorted(workspace.archive_folder.glob("**/record.json"))[2]
        record.write_bytes(b"{")
        with pytest.raises(DamagedArchiveError) as caught:
            list(every_entry(workspace, expected=expected))
        assert caught.value.params["path"] == record.relative_to(workspace.archive_folder).as_posix()


def test_a_folder_without_a_manifest_is_no_record_yet(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        file_all(workspace, a_reading())
        for manifest in workspace.archive_folder.glob(f"2011/**/{layout.MANIFEST}"):
            manifest.unlink()
        assert list(every_entry(workspace, expected=4)) == []


def test_who_stops_asking_leaves_no_process_behind(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        a_year(workspace)
        found_so_far = every_entry(workspace, expected=1_000_000)
        found = [next(found_so_far), next(found_so_far)]
        found_so_far.close()
        assert found == list(every_entry(workspace, expected=4))[:2]
