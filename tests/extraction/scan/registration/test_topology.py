from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formsvc.extraction.scan.registration.lattice import BINS, Lattice, Strands
from formsvc.extraction.scan.registration.topology import Frame, Match, Matcher, completed, frame_of
from tests.extraction.scan.sheets import forms

FRAMES = {form: frame_of(spec) for form, spec in forms().items()}
Line = tuple[float, float, float]
"""Where it stands, and from where to where it goes."""


def strands(lines: list[Line]) -> Strands:
    lines = sorted(lines)
    seen = np.zeros((len(lines), BINS))
    for number, (_, start, end) in enumerate(lines):
        seen[number, round(start * BINS) : round(end * BINS)] = 1
    at = np.array([line[0] for line in lines])
    return Strands(at, np.zeros(len(lines)), seen, tuple((number,) for number in range(len(lines))))


def lines_of(frame: Frame) -> tuple[list[Line], list[Line]]:
    """Return the level and upright lines a form prints inside its table."""
    edges = np.concatenate([[0], np.cumsum(frame.heights)])
    level = [(float(edge), 0.0, 1.0) for edge in edges[1:-1]]
    upright = [
        (place, float(edges[row]), float(edges[row + 1]))
        for row, places in enumerate(frame.separators)
        for place in places
    ]
    return level, upright


def lattice(frame: Frame) -> Lattice:
    level, upright = lines_of(frame)
    return Lattice(strands(level), strands(upright), 1.1)


def match(seen: Lattice, form: str, *, lenient: bool = False) -> Match:
    return Matcher(seen).match(FRAMES[form], lenient=lenient)


@pytest.mark.parametrize("form", sorted(FRAMES))
def test_the_grid_of_a_form_fits_that_form_alone_and_only_as_it_reads(form: str) -> None:
    seen = lattice(FRAMES[form])
    assert match(seen, form).score > 0.99
    assert all(match(seen, other).score < 0.6 for other in FRAMES if other != form)
    turned = seen
    for _ in range(3):
        turned = turned.quarter_turned()
        assert match(turned, form).score < 0.75


@pytest.mark.parametrize("form", sorted(FRAMES))
def test_four_quarter_turns_and_two_mirrorings_change_nothing(form: str) -> None:
    seen = lattice(FRAMES[form])
    same = seen.quarter_turned().quarter_turned().quarter_turned().quarter_turned().mirror_image().mirror_image()
    assert np.allclose(same.level.at, seen.level.at)
    assert np.allclose(same.upright.seen, seen.upright.seen)


def test_a_lost_separator_is_told_and_the_others_keep_their_places() -> None:
    level, upright = lines_of(FRAMES["annex2"])
    lost = next(number for number, line in enumerate(upright) if line[1] == 0.0 and line[0] > 0.5)
    seen = Lattice(strands(level), strands(upright[:lost] + upright[lost + 1 :]), 1.1)
    found = match(seen, "annex2")
    assert found.columns[0].count(None) == 1
    assert found.columns[0][lost] is None
    assert 0.9 < found.score < 0.99


def test_a_lost_separator_is_where_the_form_prints_it_if_all_others_are() -> None:
    level, upright = lines_of(FRAMES["annex2"])
    seen = Lattice(strands(level), strands(upright[1:]), 1.1)
    found = match(seen, "annex2")
    assert found.columns[0][0] is None
    assert completed(found).columns[0][0] == FRAMES["annex2"].separators[0][0]
    elsewhere = [(place + 0.03 * (start > 0.0), start, end) for place, start, end in upright[1:]]
    other = match(Lattice(strands(level), strands(elsewhere), 1.1), "annex2")
    assert completed(other).columns[0][0] is None


def test_a_row_more_is_left_out() -> None:
    frame = FRAMES["annex2"]
    level, upright = lines_of(frame)
    shrunk = 0.9
    level = [(place * shrunk, start, end) for place, start, end in level] + [(shrunk, 0.0, 1.0)]
    upright = [(place, start * shrunk, end * shrunk) for place, start, end in upright]
    found = match(Lattice(strands(level), strands(upright), 1.2), "annex2")
    assert found.rows[-1] is not None
    assert found.rows[-1][1] == pytest.approx(shrunk)
    assert found.score > 0.9


def test_a_line_lost_between_two_rows_is_only_allowed_for_when_asked() -> None:
    level, upright = lines_of(FRAMES["annex2"])
    seen = Lattice(strands(level[1:]), strands(upright), 1.1)
    assert match(seen, "annex2", lenient=True).score > match(seen, "annex2").score
    rows = match(seen, "annex2", lenient=True).rows
    assert all(row is not None for row in rows)


def test_lines_that_run_on_beyond_the_table_cost_their_table() -> None:
    seen = lattice(FRAMES["annex1"])
    assert match(replace(seen, loose=2), "annex1").score < match(replace(seen, strays=2), "annex1").score < 0.99
