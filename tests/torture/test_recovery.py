"""What a start finishes although nothing lies in the spool: events untold, and an index behind the journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from formsvc.archive import layout
from formsvc.archive.chain import following
from formsvc.inbox.areas import SPOOL
from formsvc.inbox.spool import Claim
from formsvc.operations.check import check
from formsvc.operations.outcome import Filed
from formsvc.operations.workspace import Workspace, open_workspace
from formsvc.records.event import Corrected, Event
from formsvc.records.record_json import encode_event
from formsvc.rendering.docx import write_docx
from formsvc.watch import watch_once
from tests.road import MEMBER, a_member, a_workspace


def _noted_down(workspace: Workspace, prefix: str, event: Event) -> None:
    workspace.archive.writer.set_pending({layout.event_name(prefix, event.number): encode_event(event)})


def _in_place(workspace: Workspace, prefix: str, event: Event) -> None:
    _noted_down(workspace, prefix, event)
    workspace.archive.store.put_many({layout.event_name(prefix, event.number): encode_event(event)})


def _told(workspace: Workspace, prefix: str, event: Event) -> None:
    workspace.archive.append([(prefix, event)])


@pytest.mark.parametrize("died", [_noted_down, _in_place, _told])
def test_the_next_start_finishes_an_event_whose_writer_died(
    tmp_path: Path, died: Callable[[Workspace, str, Event], None]
) -> None:
    root = a_workspace(tmp_path / "w")
    with open_workspace(root) as workspace:
        (workspace.inbox / "a.docx").write_bytes(write_docx(MEMBER, year=2011, values=a_member()))
        (filed,) = watch_once(workspace)
        assert isinstance(filed, Filed)
        with workspace.archive.writing():
            history = workspace.archive.history(workspace.record(filed.record).path)
            correction = Corrected(1, {"unit_post": ("城西社区 网格员", "开元村 会计")}, "写错")
            (event,) = following(history, workspace.now(), [("李红", correction)])
            died(workspace, history.prefix, event)
    with open_workspace(root) as workspace:
        assert list(watch_once(workspace)) == []
        assert workspace.finder.by_id_prefix(filed.record)[0].events == 2
        assert check(workspace, full=True).findings == ()


def test_a_claim_that_is_answered_is_only_cleared_away(tmp_path: Path) -> None:
    root = a_workspace(tmp_path / "w")
    with open_workspace(root) as workspace:
        source = workspace.inbox / "a.docx"
        source.write_bytes(write_docx(MEMBER, year=2011, values=a_member()))
        with workspace.spool() as spool:
            claim = spool.copy(source, workspace.now(), remove=True)
            assert isinstance(claim, Claim)
            (claim.folder / "answered").touch()
        assert list(watch_once(workspace)) == []
        assert not source.exists()
        assert list((workspace.inbox / SPOOL).iterdir()) == []
