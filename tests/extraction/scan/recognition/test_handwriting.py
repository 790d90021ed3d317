"""What the recogniser makes of a line tells a hand from print; nothing known is told as such."""

from __future__ import annotations

import numpy as np
import pytest

from formsvc.extraction.scan.recognition.decode import best_path
from formsvc.extraction.scan.recognition.handwriting import by_hand, hand_odds, mean_features
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.models import Features
from tests.extraction.scan.recognisers import a_model, steps

MODEL = a_model("甲乙")
SEEN = steps((0.1, 0.9, 0.0), (0.9, 0.05, 0.05), (0.1, 0.0, 0.9))
BLANK = steps((0.9, 0.1, 0.0))


def a_row(seen: Features, features: Features | None) -> Row:
    line = best_path(MODEL, seen)
    return Row((0, 0, 90, 40), seen, line, 1.0) if features is None else Row(
        (0, 0, 90, 40), seen, line, 1.0, features=features
    )  # fmt: skip


def test_only_steps_with_signs_count_each_as_much_as_another() -> None:
    one = a_row(SEEN, np.array([[2.0], [100.0], [4.0]], dtype=np.float32))
    other = a_row(SEEN[:1], np.array([[9.0]], dtype=np.float32))
    found = mean_features([one, other])
    assert found is not None
    assert found.tolist() == [5.0]


@pytest.mark.parametrize("rows", [[], [a_row(SEEN, None)], [a_row(BLANK, np.ones((1, 120), dtype=np.float32))]])
def test_of_rows_without_signs_nothing_is_told(rows: list[Row]) -> None:
    assert mean_features(rows) is None
    assert hand_odds(rows) is None


def test_a_hand_is_as_likely_as_the_odds_of_its_texts_on_the_average() -> None:
    assert by_hand([]) == 0.5
    assert by_hand([0.0, 0.0]) == 0.5
    assert by_hand([2.0, -4.0]) == pytest.approx(1 / (1 + np.exp(1)))
    assert by_hand([-2.0]) < 0.2
    assert by_hand([2.0]) > 0.8
    assert 0 <= by_hand([-1e9]) < by_hand([1e9]) <= 1
