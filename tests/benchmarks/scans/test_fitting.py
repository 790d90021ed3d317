from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks.scans.fitting import BIN, fit, weights_of


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


BEFORE = {"for": 4.0, "sign": 1.0, "rival": 1.0, "through": 2.0}


def doubted(count: int, seed: int = 1) -> list[tuple[dict[str, float], bool]]:
    """Readings whose least sure sign speaks twice as much against them as it weighed before, and a rival not at all."""
    chance = np.random.default_rng(seed)
    found = []
    for sign, rival in chance.random((count, 2)) * 4:
        likely = 1 / (1 + np.exp(-(4.0 - 2.0 * sign)))
        found.append(({"sign": float(sign), "rival": float(rival)}, bool(chance.random() < likely)))
    return found


def test_a_doubt_weighs_what_it_was_seen_to_weigh() -> None:
    weights = weights_of(doubted(3000), BEFORE)
    assert weights["sign"] == pytest.approx(2.0, abs=0.3)
    assert weights["rival"] < 0.3


def test_a_doubt_that_was_never_seen_weighs_what_it_did() -> None:
    assert weights_of(doubted(300), BEFORE)["through"] == pytest.approx(BEFORE["through"], abs=0.01)


def test_no_doubt_speaks_for_a_reading() -> None:
    odd = [({"sign": sign}, sign > 0.5) for sign in (0.0, 1.0) for _ in range(200)]
    assert weights_of(odd, BEFORE)["sign"] == 0
