"""Scores become probabilities by the table."""

from __future__ import annotations

import pytest

from formsvc.extraction.scan.confidence import calibrated
from formsvc.forms.spec import Kind


@pytest.mark.parametrize("kind", Kind)
def test_a_higher_score_is_never_less_likely_right(kind: Kind) -> None:
    likely = [calibrated(kind, score / 50) for score in range(51)]
    assert likely == sorted(likely)
    assert 0 <= likely[0] < likely[-1] <= 1
