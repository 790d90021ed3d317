"""What a copy tells of its review, and what is taken from the sandbox that adds it."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from pathlib import Path
from typing import cast

import pytest

from formsvc.errors import DamagedArchiveError
from formsvc.extraction.sandbox.outcome import Answer, Outcome, Stopped
from formsvc.extraction.sandbox.sandbox import Sandbox
from formsvc.operations.endorsed import (
    Attached,
    Told,
    Whole,
    current_stamps,
    endorsement_of,
    handed_out,
    told_of,
    whole,
)
from formsvc.records.event import Review, ReviewDecision, StampSource
from formsvc.records.history import History, Stamp
from formsvc.rendering.fonts import bundled_fonts
from tests.forms.factories import a_spec
from tests.operations.factories import a_workspace, file_one
from tests.operations.test_delivery import approve, send_back


def a_stamp(**changes: object) -> Stamp:
    review = Review(
        1, "determination", ReviewDecision.APPROVE, "镇党委", "2011-02", "同意", {}, None, StampSource.PERSON
    )
    return Stamp(dataclasses.replace(review, **changes), "赵敏", "2011-02-21T09:30:00+08:00", 2)  # type: ignore[arg-type]  # any of its facts


def test_a_stamp_is_told_with_its_step_and_its_date_as_the_form_writes_them() -> None:
    told = endorsement_of(a_spec("annex1"), a_stamp(), public=False)
    assert told is not None
    assert (told.step, told.decision, told.on) == ("上一级党组织审定", "同意", "2011年2月")
    assert (told.organisation, told.by, told.recorded) == ("镇党委", "赵敏", "2011-02-21 09:30")


def test_the_public_is_told_what_the_form_calls_public_and_never_of_a_return() -> None:
    spec = a_spec("annex1")
    told = endorsement_of(spec, a_stamp(), public=True)
    assert told is not None
    assert (told.opinion, told.on) == (("同意",), "2011年2月")
    assert (told.organisation, told.by, told.recorded) == ("", "", "")
    seal = dataclasses.replace(spec.fields["superior_seal"], public=True)
    open_handed = dataclasses.replace(spec, fields={**spec.fields, "superior_seal": seal})
    assert (named := endorsement_of(open_handed, a_stamp(), public=True)) is not None
    assert (named.organisation, named.by) == ("镇党委", "")
    assert endorsement_of(spec, a_stamp(decision=ReviewDecision.RETURN), public=True) is None


def test_of_a_step_that_the_form_does_not_know_the_public_is_told_its_approval_alone() -> None:
    told = endorsement_of(a_spec("annex1"), a_stamp(step="other"), public=True)
    assert told is not None
    assert (told.step, told.on, told.opinion, told.organisation) == ("other", "", (), "")


def test_the_last_decision_on_each_step_counts_in_the_order_of_the_steps(tmp_path: Path) -> None:
    with a_workspace(tmp_path / "w") as workspace:
        history = send_back(workspace, approve(workspace, file_one(workspace)))
    (stamp,) = current_stamps(a_spec(), history)
    assert stamp.review.decision is ReviewDecision.RETURN


class _Says:
    """A sandbox whose outcome is known."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def read(self, *_: object) -> Outcome:
        return self._outcome


def asked(folder: Path, outcome: Outcome, copy: bytes = b"copy") -> tuple[list[bytes | Whole] | None, Whole]:
    """Return what is handed out of a copy with one file attached when the sandbox says this."""
    (folder / "copy").write_bytes(copy)
    (folder / "file").write_bytes(b"file")
    source = whole(folder, "copy", hashlib.sha256(b"copy").hexdigest())
    file = whole(folder, "file", hashlib.sha256(b"file").hexdigest())
    with a_workspace(folder / "w") as workspace:
        history: History = approve(workspace, file_one(workspace))
    spec = a_spec()
    attached = Attached(file, "file", "file", "text/plain", "Source", "D:20110221093000+08'00'")
    told = told_of(spec, history, spec.copies[0], files=[attached], part=3)
    assert isinstance(told, Told)
    sandbox = cast("Sandbox", _Says(outcome))
    parts = handed_out(sandbox, spec, history, spec.copies[0], source, told, fonts=bundled_fonts())
    return (None if parts is None else list(parts)), file


def test_an_answer_is_put_together_with_the_copy_before_it_and_the_file_in_it(tmp_path: Path) -> None:
    before, behind = (base64.b64encode(part).decode("ascii") for part in (b"before", b"behind"))
    parts, file = asked(tmp_path, Answer({"pieces": [before, 0, behind]}))
    assert parts is not None
    assert parts[1:] == [b"before", file, b"behind"]
    assert b"".join(parts[0]) == b"copy" if isinstance(parts[0], Whole) else pytest.fail("the copy comes first")


@pytest.mark.parametrize(
    "outcome",
    [
        Stopped("time"),
        Answer(None),
        Answer({"pieces": "all"}),
        Answer({"pieces": []}),
        Answer({"pieces": [1]}),
        Answer({"pieces": [0, 0]}),
        Answer({"pieces": [-1]}),
        Answer({"pieces": [0, None]}),
        Answer({"pieces": ["not base64!", 0]}),
    ],
)
def test_an_answer_out_of_shape_is_none(outcome: Outcome, tmp_path: Path) -> None:
    assert asked(tmp_path, outcome)[0] is None


def test_a_copy_that_nothing_can_be_added_to_because_it_was_damaged_is_told_as_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedArchiveError) as told:
        asked(tmp_path, Stopped("exception"), copy=b"c0py")
    assert told.value.params == {"path": "copy", "reason": "file-changed"}


def test_a_file_that_is_gone_is_told_as_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedArchiveError):
        whole(tmp_path, "gone", "0" * 64)
