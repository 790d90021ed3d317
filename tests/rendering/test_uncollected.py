"""The collector of cycles rests while many values are made, and goes on as it was."""

from __future__ import annotations

import gc

import pytest

from formsvc.rendering.uncollected import uncollected


def test_the_collector_rests_and_goes_on_even_after_a_fault() -> None:
    with pytest.raises(ZeroDivisionError), uncollected(), uncollected():
        1 / gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
