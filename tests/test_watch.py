"""The watch serves, tells what waits, rests, and leaves what is published to those who finish it."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from formsvc.errors import Code
from formsvc.inbox.areas import REJECTED, SPOOL
from formsvc.inbox.sweep import Seen, sweep
from formsvc.operations.check import check
from formsvc.operations.outcome import Filed, Outcome, Rejected
from formsvc.operations.workspace import open_workspace
from formsvc.rendering.docx import write_docx
from formsvc.storage.local import LocalStore
from formsvc.watch import InboxServer, watch
from tests.forms.factories import a_reading
from tests.operations import factories
from tests.operations.faults import Fault, PlainReader, bytes_of, failing, read_plainly
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


class Slip(Fault):
    """The program itself fails from the n-th step on."""

    def step(self) -> None:
        self.steps += 1
        if self.steps >= self.at:
            raise RuntimeError


class Poisoned(PlainReader):
    """The program itself fails on one file."""

    def submit(self, descriptor: int, *words: object) -> Any:
        if os.pread(descriptor, 6, 0) == b"poison":
            raise RuntimeError
        return super().submit(descriptor, *words)


def test_what_is_published_when_the_program_fails_is_finished_and_never_set_aside(tmp_path: Path) -> None:
    published = 0
    for step in range(1, 9):
        with factories.a_workspace(tmp_path / str(step)) as workspace:
            read_plainly(workspace)
            (workspace.inbox / "a.json").write_bytes(bytes_of(a_reading()))
            with InboxServer(workspace) as server, failing(workspace, Slip(step)):
                workspace.__dict__["inbox_store"] = LocalStore(workspace.inbox)
                outcomes = list(server.serve(sweep(workspace.inbox)))
            if not any(isinstance(outcome, Rejected) for outcome in outcomes):
                published += 1
                with InboxServer(workspace) as server:
                    (outcome,) = server.recover()
                assert isinstance(outcome, Filed)
                assert not (workspace.inbox / REJECTED).exists()
            assert len(list(workspace.archive.prefixes())) == (0 if (workspace.inbox / REJECTED).exists() else 1)
            assert check(workspace, full=True).findings == ()
    assert 0 < published < 8


def test_a_claim_left_behind_that_the_program_fails_on_does_not_hold_up_the_others(tmp_path: Path) -> None:
    with factories.a_workspace(tmp_path / "w") as workspace:
        (workspace.inbox / "a.json").write_bytes(b"poison")
        (workspace.inbox / "b.json").write_bytes(bytes_of(a_reading()))
        with workspace.spool() as spool:
            spool.claim(sweep(workspace.inbox), workspace.now())
        workspace.__dict__["reader"] = Poisoned()
        with InboxServer(workspace) as server:
            outcomes = list(server.recover())
        assert [type(outcome) for outcome in outcomes] == [Rejected, Filed]
        assert [problem.code for problem in outcomes[0].about.problems] == [Code.PROGRAM_ERROR]
        assert list((workspace.inbox / SPOOL).iterdir()) == []
