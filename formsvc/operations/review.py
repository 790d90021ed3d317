"""Gives a review stamp: history -> pure rule -> event -> append -> note in the index."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from formsvc import chinese
from formsvc.errors import NotAllowedError, UnreadableValueError
from formsvc.operations.append import append_to
from formsvc.operations.values import require
from formsvc.operations.workspace import Workspace
from formsvc.records.event import Review, ReviewDecision, StampSource
from formsvc.records.history import History
from formsvc.review.rules import check_stamp, step_of


def review(
    workspace: Workspace,
    record: str,
    *,
    decision: ReviewDecision,
    by: str,
    organisation: str,
    on: str,
    step: str | None = None,
    opinion: str = "",
    criteria: Mapping[str, bool] = MappingProxyType({}),
) -> History:
    """Append a review stamp to the latest version of the record whose id begins with `record`.

    `on` is a date in any usual style; `step` defaults to the first one not approved yet. Raises UnknownIdError,
    AmbiguousIdError, UnknownFieldError for a date, step or criterion that is none, NotAllowedError when the rules say
    no, ConflictError when somebody else was faster.
    """
    require(by=by, org=organisation)
    date = chinese.parse_date(on)
    if date is None:
        raise UnreadableValueError(field="--on", value=on)
    if date > workspace.now()[: len(date)]:
        raise NotAllowedError(id=record, reason="date-to-come")

    def decide(history: History) -> Review:
        spec = workspace.form_of(history.latest)
        chosen = step_of(spec, step, history, decision)
        check_stamp(spec, history, chosen, decision, criteria)
        return Review(
            version=history.latest.number,
            step=chosen.key,
            decision=decision,
            organisation=organisation,
            on=date,
            opinion=opinion,
            criteria=MappingProxyType(dict(criteria)),
            seal=None,
            source=StampSource.PERSON,
        )

    return append_to(workspace, record, by, decide)
