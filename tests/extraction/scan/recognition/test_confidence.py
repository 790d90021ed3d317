"""Scores become probabilities by the table."""

from __future__ import annotations

import pytest

from formsvc.extraction.scan.recognition.confidence import (
    CUT,
    EMAIL,
    NUMBER,
    PASSAGE,
    THROUGH,
    WORD,
    calibrated,
    lessened,
    weighed,
)
from formsvc.forms.spec import Kind


@pytest.mark.parametrize("kind", Kind)
def test_a_higher_score_is_never_less_likely_right(kind: Kind) -> None:
    likely = [calibrated(kind, score / 50) for score in range(51)]
    assert likely == sorted(likely)
    assert 0 <= likely[0] < likely[-1] <= 1


@pytest.mark.parametrize("family", [WORD, NUMBER, EMAIL, PASSAGE])
@pytest.mark.parametrize("doubt", [CUT, THROUGH])
def test_a_doubt_lessens_a_score_as_if_it_had_been_weighed_with_the_others(family: str, doubt: str) -> None:
    without, together = (
        weighed(family, {"mean": 0.01, "sign": 0.2}),
        weighed(family, {"mean": 0.01, "sign": 0.2, doubt: 1}),
    )
    assert together < without
    assert lessened(family, without, doubt, 1.0) == pytest.approx(together)


def test_what_nothing_is_believed_of_stays_so() -> None:
    assert lessened(WORD, 0.0, CUT, 1.0) == 0
