"""Sentences put together by a library are given Chinese quotation marks and stops."""

from __future__ import annotations

import pytest

from formsvc.chinese.stops import with_chinese_stops


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        (
            "没有 '--foo' 这个选项。 是不是想用 '--form', '--org'？",
            "没有“--foo”这个选项。是不是想用“--form”、“--org”？",
        ),
        ("缺少参数 '编号'.", "缺少参数“编号”。"),
        ("文件 '2011.2 a.xlsx' 不存在。", "文件“2011.2 a.xlsx”不存在。"),
        ("多出了参数（x）", "多出了参数（x）"),
    ],
)
def test_stops_behind_chinese_are_chinese_and_those_in_names_stay(written: str, spoken: str) -> None:
    assert with_chinese_stops(written) == spoken
