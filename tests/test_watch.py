"""The watch serves, tells what waits, rests, and leaves what is published to those who finish it."""

from __future__ import annotations

import threading
from pathlib import Path

from formsvc.inbox.sweep import Seen
from formsvc.operations.outcome import Filed, Outcome
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import write_docx
from formsvc.watch import watch
from tests.road import MEMBER, a_member, a_workspace

WORD = write_docx(MEMBER, year=2011, values=a_member(name="郑爽朗"))


def test_a_watch_that_has_worked_asks_for_a_fresh_process_after_its_rest(tmp_path: Path) -> None:
    shown: list[Outcome] = []
    root = a_workspace(tmp_path / "w")
    (root / "inbox" / "a.docx").write_bytes(WORD)
    with open_workspace(root) as workspace:
        assert watch(workspace, threading.Event(), shown.append, rest_s=0.01)
    assert [type(one) for one in shown] == [Filed]


def test_what_lies_still_and_is_not_whole_is_told_once(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    (root / "inbox" / "half.docx").write_bytes(WORD[:500])
    (root / "inbox" / "empty.docx").touch()
    told: list[str] = []
    stop = threading.Event()

    def held(seen: Seen) -> None:
        told.append(seen.path.name)
        if len(told) == 2:
            (root / "inbox" / "whole.docx").write_bytes(WORD)

    with open_workspace(root) as workspace:
        assert not watch(workspace, stop, lambda _: stop.set(), held=held)
    assert sorted(told) == ["empty.docx", "half.docx"]
