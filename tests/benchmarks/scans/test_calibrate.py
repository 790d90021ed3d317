from __future__ import annotations

from benchmarks.scans.calibrate import Seen, table_of
from formsvc.extraction.scan.recognition.confidence import CUT, WORD


def test_a_weight_set_by_hand_stays_whatever_was_seen() -> None:
    seen = [
        Seen("name", WORD, {CUT: float(number % 2), "sign": float(number % 5 == 0)}, number % 5 != 0)
        for number in range(400)
    ]
    weights, _ = table_of(seen, {WORD: {"for": 4.0, "sign": 1.0, CUT: 3.0}})
    assert weights[WORD][CUT] == 3.0
    assert weights[WORD]["sign"] > 1.5
