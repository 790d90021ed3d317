"""Reading a line out of the recogniser's steps."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from formsvc.extraction.scan.recognition.decode import NEVER, best_path, candidates, columns_of, likelihood, likelihoods
from tests.extraction.scan.recognisers import a_model, steps

DIGITS = a_model("17a")
WAVERING = steps((0.1, 0.5, 0.1, 0.3), (0.4, 0.1, 0.3, 0.2), (0.3, 0.1, 0.5, 0.1), (0.2, 0.4, 0.2, 0.2))


def by_hand(text: str) -> float:
    """Return the likelihood of a text as the sum over all ways to write it down."""
    total = 0.0
    for path in itertools.product(range(4), repeat=len(WAVERING)):
        signs = [DIGITS.signs[index] for index, _ in itertools.groupby(path) if index]
        if "".join(signs) == text:
            total += math.prod(float(WAVERING[step, index]) for step, index in enumerate(path))
    return total


def test_a_blank_parts_two_equal_signs_and_a_run_is_one_sign() -> None:
    line = best_path(DIGITS, steps((0, 1, 0, 0), (0, 1, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)))
    assert line.text == "117"


def test_a_sign_that_is_not_allowed_gives_way_to_the_likeliest_that_is() -> None:
    looks_like_a_letter = steps((0.1, 0.3, 0.05, 0.55))
    assert best_path(DIGITS, looks_like_a_letter).text == "a"
    narrow = best_path(DIGITS, looks_like_a_letter, columns_of(DIGITS, "17"))
    assert narrow.text == "1"
    assert narrow.lowest == pytest.approx(0.3)


def test_each_sign_knows_where_in_the_line_it_stands() -> None:
    line = best_path(DIGITS, steps((0, 1, 0, 0), (1, 0, 0, 0), (1, 0, 0, 0), (0, 0, 1, 0)))
    assert line.places == (0.125, 0.875)


@pytest.mark.parametrize("text", ["1", "17", "171", "a7", "11"])
def test_the_likelihood_of_a_text_is_the_sum_over_all_ways_to_write_it(text: str) -> None:
    assert likelihood(DIGITS, WAVERING, text) == pytest.approx(math.log(by_hand(text)), abs=1e-4)


def test_candidates_come_in_the_order_of_their_likelihood() -> None:
    found = candidates(DIGITS, WAVERING, (1, 2, 3), 6)
    scores = [likelihood(DIGITS, WAVERING, one.text) for one in found if one.text]
    assert scores == sorted(scores, reverse=True)
    assert found[0].text == max(("1", "17", "171", "7", "117", "1a71", "a71", "71"), key=by_hand)


def test_texts_of_one_length_are_scored_together_as_they_are_alone() -> None:
    table = np.array([[1, 2], [3, 2], [1, 1]], dtype=np.intp)
    alone = [likelihood(DIGITS, WAVERING, text) for text in ("17", "a7", "11")]
    assert likelihoods(WAVERING, table).tolist() == pytest.approx(alone)


def test_a_text_with_a_sign_that_is_not_known_never_fits() -> None:
    assert likelihood(DIGITS, WAVERING, "1x") == NEVER


def test_nothing_is_read_where_there_are_no_steps() -> None:
    assert best_path(DIGITS, WAVERING[:0]).text == ""
