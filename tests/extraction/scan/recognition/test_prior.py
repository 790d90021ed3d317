"""How common a sign is on a form."""

from __future__ import annotations

from formsvc.extraction.scan.recognition.prior import sign_weights


def test_simplified_signs_go_before_traditional_ones_and_those_before_foreign_ones() -> None:
    blank, simplified, letter, rare, traditional, kana = sign_weights(("", "强", "a", "赟", "強", "の"))
    assert blank == simplified == letter == 1
    assert simplified > rare > traditional > kana > 0
