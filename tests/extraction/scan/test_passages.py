"""Rows of longer texts become items and sentences."""

from __future__ import annotations

import pytest

from formsvc.extraction.scan.passages import typeset


@pytest.mark.parametrize(
    ("read", "text"),
    [
        ("学习,思考;落实.", "学习，思考；落实。"),
        ('参加"美丽乡村“建设', "参加“美丽乡村”建设"),
        ("(1)参加(6月底前)", "（1）参加（6月底前）"),
        ("1·学习理论", "1.学习理论"),
        ("完成1.2公里", "完成1.2公里"),
        ("call 0574,62718350", "call 0574,62718350"),
        ("走访 200 户 ,完成 1.2 公里", "走访200户，完成1.2公里"),
        ("1 走访 3 户", "1 走访3户"),
    ],
)
def test_punctuation_beside_chinese_is_chinese(read: str, text: str) -> None:
    assert typeset(read) == text
