"""A probe finds what tells hands from print, and only that."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.scans.handwriting import Text, fitted, ranked_right, told, write
from formsvc.extraction.scan.recognition.handwriting import Probe, probe_in


def texts(count: int, seed: int) -> list[Text]:
    """Texts whose second feature of four is higher by hand, and never the same scale."""
    chance = np.random.default_rng(seed)
    found = []
    for number in range(count):
        features = chance.normal(size=4) * [1.0, 0.01, 50.0, 1.0] + [0.0, 3.0 + 0.02 * (number % 2), 7.0, 0.0]
        found.append(Text(features.astype(np.float32), ("printed", "mid")[number % 2], "some"))
    return found


def test_hands_and_print_are_told_apart_on_texts_it_was_not_fitted_on() -> None:
    probe = fitted(texts(2000, 1))
    others = texts(2000, 2)
    is_hand = told(probe, others) > 0
    assert np.mean(is_hand == [one.is_by_hand for one in others]) > 0.75
    assert ranked_right(probe, others) > 0.85


def test_a_probe_that_knows_nothing_ranks_half_right() -> None:
    share = ranked_right(Probe(np.array([1.0, 0.0, 0.0, 0.0]), 0.0), texts(4000, 3))
    assert 0.45 < share < 0.55


def test_what_is_written_is_what_the_reader_reads(tmp_path: Path) -> None:
    probe = Probe(np.arange(120) / 7, -1.25)
    path = tmp_path / "handwriting.json"
    write(probe, path)
    assert path.read_text(encoding="utf-8").count("\n") == 1
    found = probe_in(path.read_text(encoding="utf-8"))
    assert np.allclose(found.weights, probe.weights, atol=1e-4)
    assert found.bias == -1.25
