from __future__ import annotations

import numpy as np
import pytest

from benchmarks.scans.bounds import WAYS, Shown, show


def test_every_way_shows_a_page_of_the_same_size_and_only_one_leaves_it_as_it_is() -> None:
    page = np.random.default_rng(1).integers(100, 240, (40, 60, 3), dtype=np.uint8)
    shown = {way: change(page) for way, change in WAYS.items()}
    assert {(one.shape, one.dtype.name) for one in shown.values()} == {((40, 60, 3), "uint8")}
    assert [way for way, one in shown.items() if (one == page).all()] == ["as it is"]


def test_a_value_counts_for_the_bound_when_any_way_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    show([Shown("short", "neat", frozenset(right)) for right in (["as it is"], ["thicker"], ["thicker", "softer"], [])])
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("short neat 4 as it is 25.0 darker 0.0 thicker 50.0")
    assert told.endswith("in any way 75.0")
