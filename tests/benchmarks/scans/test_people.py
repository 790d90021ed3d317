from __future__ import annotations

import numpy as np
import pytest

from benchmarks.scans.generate import known_forms
from benchmarks.scans.people import invent, name
from formsvc.forms.values import normalise


@pytest.mark.parametrize("form", sorted(known_forms()))
def test_what_is_written_means_the_value_it_was_written_for(form: str) -> None:
    spec = known_forms()[form]
    for number in range(20):
        person = invent(spec, np.random.default_rng([17, number]))
        for key, written in person.fields.items():
            assert normalise(spec.fields[key], "\n".join(written.lines)).value == written.value


def test_the_same_seed_invents_the_same_person_and_another_one_somebody_else() -> None:
    spec = known_forms()["annex2"]
    first, again, other = (invent(spec, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_names_are_of_two_to_four_characters_and_hardly_ever_repeat() -> None:
    chance = np.random.default_rng(3)
    names = [name(chance) for _ in range(500)]
    assert {len(one) for one in names} <= {2, 3, 4}
    assert len(set(names)) > 450
