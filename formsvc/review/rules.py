"""Whether a review stamp may be given now. Pure.

A stamp binds the latest version. The steps of a form are given in order; a returned version takes no further
approval, only a new version does; a step that is approved is not approved again, but may still be returned.
"""

from __future__ import annotations

from collections.abc import Mapping

from formsvc.errors import NotAllowedError, UnknownFieldError
from formsvc.forms.spec import FormSpec, ReviewStep
from formsvc.records.event import ReviewDecision
from formsvc.records.history import History


def step_of(spec: FormSpec, key: str | None, history: History, decision: ReviewDecision) -> ReviewStep:
    """Return the step of this key, or for None the first one the latest version still lacks.

    When none is lacking, a return is given at the last step. Raises UnknownFieldError when the form has no such step,
    NotAllowedError when nothing is left to decide.
    """
    if key is None:
        lacking = [step for step in spec.reviews if not _is_approved(history, step.key)]
        if lacking:
            return lacking[0]
        if decision is not ReviewDecision.RETURN or not spec.reviews:
            raise NotAllowedError(id=history.id, reason="all-steps-approved")
        return spec.reviews[-1]
    step = spec.step(key)
    if step is None:
        raise UnknownFieldError(form=spec.name, field=key)
    return step


def check_stamp(
    spec: FormSpec, history: History, step: ReviewStep, decision: ReviewDecision, criteria: Mapping[str, bool]
) -> None:
    """Raise NotAllowedError or UnknownFieldError when this decision may not be given now."""
    known = {criterion.key for criterion in step.criteria}
    for key in criteria:
        if key not in known:
            raise UnknownFieldError(form=spec.name, field=key)
    if decision is ReviewDecision.APPROVE:
        if _has(history, None, ReviewDecision.RETURN):
            raise NotAllowedError(id=history.id, reason="returned-needs-new-version")
        if _is_approved(history, step.key):
            raise NotAllowedError(id=history.id, reason="step-approved")
        for earlier in spec.reviews:
            if earlier.key == step.key:
                break
            if not _is_approved(history, earlier.key):
                raise NotAllowedError(id=history.id, reason="earlier-step-missing")
    elif _has(history, None, ReviewDecision.RETURN):
        raise NotAllowedError(id=history.id, reason="returned-already")


def _is_approved(history: History, step: str) -> bool:
    return _has(history, step, ReviewDecision.APPROVE)


def _has(history: History, step: str | None, decision: ReviewDecision) -> bool:
    return any(
        stamp.review.version == history.latest.number
        and stamp.review.decision is decision
        and step in (None, stamp.review.step)
        for stamp in history.stamps
    )
