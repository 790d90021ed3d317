"""What is known of people's names."""

from __future__ import annotations

import pytest

from formsvc.extraction.scan.recognition.names import begins_well, strangeness, with_surnames


@pytest.mark.parametrize("name", ["朱福", "欧阳菁", "王 伟", "苟小川", "买买提·艾山"])
def test_a_name_begins_with_a_surname_or_has_two_parts(name: str) -> None:
    assert begins_well(name)
    assert strangeness(name) == 0


@pytest.mark.parametrize("name", ["失福", "也泉华", "王", "·", "", "kokak"])
def test_what_begins_with_no_surname_is_odd(name: str) -> None:
    assert not begins_well(name)
    assert strangeness(name) > 0


def test_surnames_are_proposed_for_a_first_sign_that_is_none_of_signs_the_recogniser_knows() -> None:
    assert set(with_surnames("失天", "朱王失天")) == {"朱天", "王天"}
    assert not list(with_surnames("朱天", "朱王失天"))
