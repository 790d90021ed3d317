from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks.scans.fitting import BIN, fit, undone


def readings(count: int, seed: int = 0) -> list[tuple[float, bool]]:
    """Readings that are right as often as their score says."""
    chance = np.random.default_rng(seed)
    return [(float(score), bool(chance.random() < score)) for score in chance.random(count)]


def test_points_never_fall() -> None:
    points = fit(readings(600))
    assert points == sorted(points)
    assert all(first[1] < second[1] for first, second in itertools.pairwise(points))


def test_what_is_told_is_below_what_was_right() -> None:
    scores = [(0.9, number % 10 != 0) for number in range(10 * BIN)]
    (told,) = {right for score, right in fit(scores) if score == 0.9}
    assert 0.86 < told < 0.9


def test_readings_that_were_all_right_are_told_alike_from_the_lowest_on() -> None:
    scores = [(number / 400, number >= 200) for number in range(400)]
    points = fit(scores)
    places, rights = zip(*points, strict=True)
    assert np.interp(0.55, places, rights) == pytest.approx(np.interp(0.95, places, rights), abs=1e-4)


def test_few_readings_promise_less_than_many() -> None:
    few, many = (fit([(0.9, True)] * count)[-1][1] for count in (BIN, 20 * BIN))
    assert few < 0.98 < many < 1


@pytest.mark.parametrize("score", [0.1, 0.35, 0.62, 0.9])
def test_a_table_can_be_undone(score: float) -> None:
    points = fit(readings(600))
    places, rights = zip(*points, strict=True)
    told = float(np.interp(score, places, rights))
    assert undone({"name": points}, "name", told) == pytest.approx(score, abs=0.02)
