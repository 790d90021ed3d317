"""What a person sees of a doubtful field: the reading, what else it may be, and the picture."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from formsvc.errors import Code, Problem
from formsvc.forms.reading import Picture, Reading
from formsvc.inbox.spool import Claim
from formsvc.inbox.waiting import waiting_folder
from formsvc.operations.answer import wait_for_person
from formsvc.operations.doubt import crop_names, hints
from formsvc.operations.examine import Submission
from tests.cli.said import says, shows
from tests.forms.factories import a_field, a_reading
from tests.inbox.factories import a_spool
from tests.operations.factories import a_workspace, put_in_queue, received

CROP = Picture("name", "image/png", b"\x89PNG", 20.0, 10.0)
DOUBT = Problem(Code.ALIAS_LABEL, "name", {"raw": "承诺人"})


def scanned(*problems: Problem) -> Reading:
    """Return a reading of a scan whose name is doubtful."""
    reading = dataclasses.replace(a_reading(problems=problems), typed=False, pictures=(CROP,))
    return reading.with_field("name", dataclasses.replace(a_field("张戌", "张 戌"), alternatives=("张戍", "张成")))


def test_a_doubtful_field_shows_reading_alternatives_and_picture(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        shown = list(hints(workspace.messages, scanned(), Problem(Code.SUBJECT_MISSING, "name"), "q-1/"))
    assert ["张 戌" in shown[0], "张戍 | 张成" in shown[1], "q-1/crop-name.png" in shown[2]] == [True] * 3


def test_a_sentence_that_says_what_was_read_is_not_said_twice(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        problem = Problem(Code.LOW_CONFIDENCE, "name", {"raw": "张 戌"})
        assert not any("张 戌" in hint for hint in hints(workspace.messages, scanned(), problem))


@pytest.mark.parametrize("problem", [Problem(Code.YEAR_MISSING), Problem(Code.FIELD_MISSING, "unknown")])
def test_a_problem_without_a_known_field_has_nothing_to_show(tmp_path: Path, problem: Problem) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        assert list(hints(workspace.messages, scanned(), problem)) == []


def test_pictures_are_named_by_their_fields() -> None:
    assert crop_names(scanned()) == {"name": "crop-name.png"}


def test_the_queue_names_the_pictures_in_json(tmp_path: Path) -> None:
    root = tmp_path / "w"
    with a_workspace(root) as workspace:
        waiting = put_in_queue(workspace, scanned(DOUBT))
    (shown,) = json.loads(says(root, "queue", "--json").stdout)
    assert (root / shown["crops"]["name"]).read_bytes() == CROP.data
    assert shown["crops"]["name"].endswith(f"{waiting.id}/crop-name.png")
    assert shown["fields"]["name"]["alternatives"] == ["张戍", "张成"]


def test_the_queue_shows_them_on_a_terminal(tmp_path: Path) -> None:
    root = tmp_path / "w"
    with a_workspace(root) as workspace:
        put_in_queue(workspace, scanned(DOUBT))
    shown = shows(root, "queue", columns=200).text
    assert "张戍 | 张成" in shown
    assert "/crop-name.png" in shown


def test_the_reason_beside_the_file_names_its_pictures(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace, a_spool(workspace.inbox) as spool:
        claim = spool.copy(received(tmp_path, b"a scan"), workspace.now())
        assert isinstance(claim, Claim)
        reading = scanned(DOUBT)
        waiting = wait_for_person(workspace, Submission(claim, "0" * 64, 6, (reading,)), reading)
        told = (waiting_folder(workspace.inbox, waiting) / "reason.txt").read_text(encoding="utf-8")
    assert "张戍 | 张成" in told
    assert "crop-name.png" in told
