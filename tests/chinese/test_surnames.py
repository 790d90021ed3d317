"""Which surname a name begins with."""

from __future__ import annotations

import pytest

from formsvc.chinese import SURNAMES, surname_of


@pytest.mark.parametrize(
    ("name", "surname"),
    [("王伟", "王"), ("欧阳菁", "欧阳"), ("司 马 光", "司马"), ("司农", "司"), ("单于", "单"), ("失福", ""), ("", "")],
)
def test_the_longer_surname_goes_first_and_a_name_may_begin_with_none(name: str, surname: str) -> None:
    assert surname_of(name) == surname


def test_a_surname_of_one_character_is_one_character() -> None:
    assert all(len(surname) == 1 for surname in SURNAMES)
    assert len(SURNAMES) > 450
