"""Whether a review stamp may be given now."""

from __future__ import annotations

import dataclasses

import pytest

from formsvc.errors import NotAllowedError, UnknownFieldError
from formsvc.records.event import Details, ReviewDecision, StampSource
from formsvc.records.history import History
from formsvc.review.rules import check_stamp, step_of
from tests.forms.factories import a_spec
from tests.records.factories import a_history, a_stamp, a_version

ANNEX3 = a_spec("annex3")
FIRST, SECOND = ANNEX3.reviews
APPROVE, RETURN, UNSET = ReviewDecision.APPROVE, ReviewDecision.RETURN, ReviewDecision.UNSET


def record(*said: Details, versions: int = 1) -> History:
    return a_history(*said, versions=[a_version("annex3", number=number + 1) for number in range(versions)])


def stamp(step: str, decision: ReviewDecision = APPROVE, version: int = 1) -> Details:
    return a_stamp(decision, step=step, version=version)


def refusal(history: History, step: str, decision: ReviewDecision = APPROVE) -> object:
    """Return why a stamp may not be given, or None when it may."""
    try:
        check_stamp(ANNEX3, history, step_of(ANNEX3, step, history, decision), decision, {})
    except NotAllowedError as error:
        return error.params["reason"]
    return None


BOTH = (stamp(FIRST.key), stamp(SECOND.key))


@pytest.mark.parametrize(
    ("said", "step", "decision", "reason"),
    [
        ((), FIRST.key, APPROVE, None),
        ((), SECOND.key, APPROVE, "earlier-step-missing"),
        ((), SECOND.key, RETURN, None),
        ((stamp(FIRST.key),), SECOND.key, APPROVE, None),
        ((stamp(FIRST.key),), FIRST.key, APPROVE, "step-approved"),
        ((stamp(FIRST.key),), FIRST.key, RETURN, None),
        (BOTH, SECOND.key, RETURN, None),
        ((stamp(FIRST.key, RETURN),), FIRST.key, APPROVE, "returned-needs-new-version"),
        ((stamp(FIRST.key, RETURN),), FIRST.key, RETURN, "returned-already"),
        ((stamp(FIRST.key, RETURN),), SECOND.key, RETURN, "returned-already"),
        ((stamp(FIRST.key, UNSET),), FIRST.key, APPROVE, None),
        ((stamp(FIRST.key, UNSET),), SECOND.key, APPROVE, "earlier-step-missing"),
    ],
)
def test_steps_are_approved_in_order_and_once(
    said: tuple[Details, ...], step: str, decision: ReviewDecision, reason: str | None
) -> None:
    assert refusal(record(*said), step, decision) == reason


def test_a_new_version_after_a_return_is_reviewed_from_the_first_step() -> None:
    history = record(stamp(FIRST.key), stamp(SECOND.key, RETURN), versions=2)
    assert refusal(history, FIRST.key) is None
    assert refusal(history, SECOND.key) == "earlier-step-missing"


def test_without_a_step_the_first_one_lacking_is_meant() -> None:
    assert step_of(ANNEX3, None, record(), APPROVE) is FIRST
    assert step_of(ANNEX3, None, record(a_stamp(UNSET, step=FIRST.key, source=StampSource.FORM)), APPROVE) is FIRST
    assert step_of(ANNEX3, None, record(stamp(FIRST.key)), APPROVE) is SECOND


def test_without_a_step_nothing_more_is_approved_when_all_are() -> None:
    with pytest.raises(NotAllowedError) as caught:
        step_of(ANNEX3, None, record(*BOTH), APPROVE)
    assert caught.value.params["reason"] == "all-steps-approved"


def test_without_a_step_an_approved_form_is_returned_at_its_last_one() -> None:
    assert step_of(ANNEX3, None, record(*BOTH), RETURN) is SECOND


@pytest.mark.parametrize("decision", [APPROVE, RETURN])
def test_a_form_without_reviews_takes_no_stamp(decision: ReviewDecision) -> None:
    with pytest.raises(NotAllowedError):
        step_of(dataclasses.replace(ANNEX3, reviews=()), None, record(), decision)


def test_a_step_the_form_lacks_is_named() -> None:
    with pytest.raises(UnknownFieldError) as caught:
        step_of(ANNEX3, "third", record(), APPROVE)
    assert caught.value.params["field"] == "third"


def test_a_criterion_the_step_lacks_is_named() -> None:
    known = {criterion.key: True for criterion in FIRST.criteria}
    check_stamp(ANNEX3, record(), FIRST, APPROVE, known)
    with pytest.raises(UnknownFieldError) as caught:
        check_stamp(ANNEX3, record(), FIRST, APPROVE, {**known, "kindness": True})
    assert caught.value.params["field"] == "kindness"
