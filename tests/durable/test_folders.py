"""Folders are made and removed without following links."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from formsvc import durable


def test_making_a_folder_twice_is_no_error(tmp_path: Path) -> None:
    for _ in range(2):
        durable.make_dirs(tmp_path / "a/b", top=tmp_path)
    assert (tmp_path / "a/b").is_dir()


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_no_folder_is_made_where_a_file_is(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises((FileExistsError, NotADirectoryError)):
        durable.make_dirs(tmp_path / name)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_removing_and_syncing_a_folder_spares_what_its_links_show(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").write_bytes(b"")
    (tmp_path / "spool/1").mkdir(parents=True)
    (tmp_path / "spool/1/link").symlink_to(tmp_path / "kept")
    (tmp_path / "spool/1/dangling").symlink_to("nothing")
    (tmp_path / "spool/link").symlink_to(tmp_path / "kept")
    durable.sync_tree(tmp_path / "spool")
    durable.remove(tmp_path / "spool/1", tmp_path / "spool/link", tmp_path / "spool/nothing", tmp_path / "no/folder")
    assert list((tmp_path / "spool").iterdir()) == []
    assert (tmp_path / "kept/file").exists()


def test_read_only_files_are_removed_too(tmp_path: Path) -> None:
    durable.put_new(tmp_path / "v1/original", b"", mode=durable.READ_ONLY_MODE)
    durable.remove(tmp_path / "v1")
    assert list(tmp_path.iterdir()) == []


def test_only_folders_of_empty_folders_are_removed_as_empty(tmp_path: Path) -> None:
    (tmp_path / "hollow/a/b").mkdir(parents=True)
    (tmp_path / "full/a").mkdir(parents=True)
    (tmp_path / "full/b").write_bytes(b"")
    durable.discard_empty(tmp_path / "hollow")
    with pytest.raises(OSError, match="full"):
        durable.discard_empty(tmp_path / "full")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
    assert (tmp_path / "full/b").exists()
