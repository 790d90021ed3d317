"""Outer lines of a table are those that end where they meet."""

from __future__ import annotations

import numpy as np

from formsvc.extraction.scan.registration.quads import find_quads
from formsvc.extraction.scan.registration.rules import Rule

LEFT, RIGHT, TOP, BOTTOM = 140.0, 930.0, 350.0, 1300.0
SIZE = (1075, 1510)


def rule(place: float, *pieces: tuple[float, float]) -> Rule:
    """Return a straight rule that was seen in these pieces."""
    return Rule(np.array([0.0, place]), pieces, 3.0)


def test_an_outer_line_of_which_most_is_below_seals_is_preferred_to_an_inner_one_that_is_whole() -> None:
    rows = [TOP, 405, 470, 535, 590, 965, 1065]
    level = [*(rule(row, (LEFT, RIGHT)) for row in rows), rule(BOTTOM, (LEFT, 457))]
    upright = [rule(LEFT, (TOP, BOTTOM)), rule(RIGHT, (TOP, 1141))]
    best = find_quads(level, upright, SIZE)[0].corners
    assert np.allclose(best, [[LEFT, TOP], [RIGHT, TOP], [RIGHT, BOTTOM], [LEFT, BOTTOM]])


def test_two_rules_make_no_table() -> None:
    assert find_quads([rule(TOP, (LEFT, RIGHT))], [rule(LEFT, (TOP, BOTTOM))], SIZE) == []
