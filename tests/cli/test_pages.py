"""Forms out of one file are told apart by their pages, wherever a clerk meets them."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import pytest

from formsvc.cli import outcomes
from formsvc.errors import Code, Problem
from formsvc.forms.reading import FieldReading, Reading
from formsvc.inbox.sweep import sweep
from formsvc.operations.ingest import work_off
from formsvc.operations.outcome import Filed
from tests.cli.said import says, shows
from tests.forms.factories import a_reading
from tests.operations.factories import a_workspace
from tests.operations.faults import bytes_of, read_plainly

DOUBT = Problem(Code.LOW_CONFIDENCE, "name", {"raw": "张三"})


def on_pages(number: int, name: str, *pages: int, doubts: tuple[Problem, ...] = ()) -> Reading:
    reading = a_reading(number=number, problems=list(doubts)).with_field("name", FieldReading(name, name, 1.0))
    return dataclasses.replace(reading, pages=pages)


@pytest.fixture
def fed(tmp_path: Path) -> tuple[Path, str]:
    """Return a workspace into which a file of four pages was fed, and the record of its first form."""
    root = tmp_path / "w"
    with a_workspace(root) as workspace:
        readings = [
            on_pages(1, "王伟", 1),
            on_pages(2, "李红", 4, doubts=(DOUBT,)),
            on_pages(3, "张明", 2, 3, doubts=(DOUBT,)),
        ]
        (workspace.inbox / "feeder.json").write_bytes(bytes_of(*readings))
        read_plainly(workspace)
        with workspace.spool() as spool:
            filed, *waiting = work_off(workspace, spool, spool.claim(sweep(workspace.inbox), workspace.now()))
        assert isinstance(filed, Filed)
        assert [outcomes.to_json(workspace, one)["pages"] for one in (filed, *waiting)] == [[1], [4], [2, 3]]
        return root, filed.record


def test_the_queue_names_pages_and_keeps_to_their_order(fed: tuple[Path, str]) -> None:
    listed = json.loads(says(fed[0], "queue", "--json").stdout)
    assert [(one["name"], one["pages"]) for one in listed] == [("张明", [2, 3]), ("李红", [4])]
    lines = says(fed[0], "queue").stdout.splitlines()
    assert [line.split("\t")[-1] for line in lines] == ["2-3", "4"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of ours")
def test_a_terminal_names_them_too(fed: tuple[Path, str]) -> None:
    root, record = fed
    assert "feeder.json  page 2-3" in shows(root, "--lang", "en", "queue", columns=200).text
    assert "feeder.json  page 1" in shows(root, "--lang", "en", "show", record, columns=200).text
