"""A folder of the spool is removed whole or not at all, wherever its remover is killed."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest

from formsvc import durable
from tests.durable.faults import kill_at_each_step, run_alone

FILES = {"claim.json", "plan-0001.json", "original/a.docx"}


def _made(folder: Path) -> Path:
    for name in FILES:
        (folder / "claim" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "claim" / name).write_bytes(b"x")
    return folder


def _check(folder: Path) -> None:
    claim = folder / "claim"
    left = {path.relative_to(claim).as_posix() for path in claim.rglob("*") if path.is_file()}
    assert left in (set(), FILES)
    assert claim.exists() == bool(left)


def killed_while_removing(folder: Path) -> None:
    places = (_made(folder / str(number)) for number in itertools.count())
    assert kill_at_each_step(lambda place: durable.remove(place / "claim"), _check, places) > len(FILES)


@pytest.mark.skipif(sys.platform == "win32", reason="kills need POSIX")
def test_who_is_killed_while_removing_a_folder_leaves_it_whole_or_nameless(tmp_path: Path) -> None:
    run_alone("tests.torture.test_removal:killed_while_removing", tmp_path)
