"""The calls of the system and what stands in for them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from formsvc import durable
from formsvc.durable import calls

Rename = Callable[[Path, Path], None]
renames = pytest.mark.parametrize("rename", [calls.rename_new, calls.rename_portably])


@renames
@pytest.mark.parametrize("source", ["file", "folder"])
@pytest.mark.parametrize("target", ["file", "folder"])
def test_no_rename_takes_the_place_of_something(rename: Rename, source: str, target: str, tmp_path: Path) -> None:
    for name, kind in (("source", source), ("target", target)):
        (tmp_path / name).mkdir() if kind == "folder" else (tmp_path / name).write_bytes(name.encode())
        if kind == "folder":
            (tmp_path / name / "inside").write_bytes(name.encode())
    with pytest.raises(FileExistsError):
        rename(tmp_path / "source", tmp_path / "target")
    for name, kind in (("source", source), ("target", target)):
        path = tmp_path / name / "inside" if kind == "folder" else tmp_path / name
        assert path.read_bytes() == name.encode()


@renames
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_rename_leaves_one_name(rename: Rename, kind: str, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir() if kind == "folder" else (tmp_path / "source").write_bytes(b"")
    rename(tmp_path / "source", tmp_path / "target")
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@renames
def test_a_rename_of_nothing_says_so(rename: Rename, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        rename(tmp_path / "source", tmp_path / "target")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_file_system_is_told() -> None:
    assert durable.file_system(Path("/proc")) == "proc"
    assert not durable.is_network(Path("/proc"))


def test_each_protection_says_what_stands_for_it(tmp_path: Path) -> None:
    found = {protection.name: protection for protection in durable.protections(tmp_path)}
    assert list(found) == ["no-overwrite", "folder-sync", "group-sync", "lock", "no-follow"]
    assert all(protection.means for protection in found.values())
    assert found["no-overwrite"].active


@pytest.mark.skipif(sys.platform != "linux", reason="/proc cannot be synced as one")
def test_a_group_sync_is_not_trusted_to_every_file_system() -> None:
    assert calls.open_for_group_sync(Path("/proc")) is None
