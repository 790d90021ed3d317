"""Known names as evidence for what a line says."""

from __future__ import annotations

from formsvc.extraction.scan.recognition.lexicon import Lexicon, differs_little
from tests.extraction.scan.recognisers import a_model, steps

MODEL = a_model("王戌戍明")
WAVERING = steps((0.0, 1.0, 0.0, 0.0, 0.0), (0.02, 0.0, 0.5, 0.46, 0.02))


def test_the_name_that_fits_best_is_told_with_how_far_the_next_one_lies() -> None:
    fit = Lexicon(["王戌", "王戍", "王明"]).names.fit(MODEL, WAVERING, "王戌")
    assert fit is not None
    assert (fit.best, fit.second) == ("王戌", "王戍")
    assert 0 < fit.gap < 1


def test_a_name_without_a_rival_is_far_from_any() -> None:
    fit = Lexicon(["王戌"]).names.fit(MODEL, WAVERING, "王戍")
    assert fit is not None
    assert fit.gap > 20


def test_a_name_with_a_sign_the_recogniser_lacks_is_not_scored() -> None:
    assert Lexicon(["王赟"]).names.fit(MODEL, WAVERING, "王戌") is None


def test_names_are_known_by_their_letters_and_not_by_their_blanks() -> None:
    names = Lexicon(["王 戌"]).names
    assert "王戌" in names
    assert "王戍" not in names
    assert not Lexicon().names


def test_one_sign_of_a_short_name_may_be_read_wrongly_and_no_more() -> None:
    assert differs_little("王戍", "王戌")
    assert not differs_little("李戍", "王戌")
