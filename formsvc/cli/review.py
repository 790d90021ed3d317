"""`formsvc review`: append a review stamp."""

from __future__ import annotations

import click

from formsvc.cli.door import Door
from formsvc.cli.parameters import criteria
from formsvc.cli.whole_record import show_standing
from formsvc.cli.words import argument, declared, option
from formsvc.operations.review import review
from formsvc.records.event import ReviewDecision

_DECISIONS = [ReviewDecision.APPROVE.value, ReviewDecision.RETURN.value]


@declared("review")
@argument("record", metavar="id")
@option("--decision", type=click.Choice(_DECISIONS), required=True)
@option("--by", required=True, metavar="person")
@option("--org", "organisation", required=True, metavar="organisation")
@option("--on", required=True, metavar="date")
@option("--step", metavar="step")
@option("--opinion", default="", metavar="text")
@option("--criterion", "answers", multiple=True, metavar="criterion")
def command(door: Door, record: str, decision: str, answers: tuple[str, ...], **stamp: str) -> None:
    """Append the stamp and say how the record stands."""
    workspace, chosen = door.workspace(), ReviewDecision(decision)
    show_standing(workspace, review(workspace, record, decision=chosen, criteria=criteria(answers), **stamp))
