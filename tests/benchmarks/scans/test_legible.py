"""What a person reads where the reader is wrong, shown without the truth and scored with it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.scans.legible import Value, answers_of, score, write

RIGHT = Value("annex2 photo", "phone", "neat", "62718350", "62718350")
MISSED = [
    Value("annex2 fax", "date", "neat", "2024-05-09", None),
    Value("annex2 fax", "name", "neat", "张三", "张二"),
    Value("annex2 fax", "name", "running", "李四", "季四"),
]


def test_sheets_show_each_value_once_and_the_key_tells_them_by_their_numbers(tmp_path: Path) -> None:
    pieces = [np.full((20, 30 + number, 3), 40 * number, np.uint8) for number in range(3)]
    sheets = write([(RIGHT, pieces[1]), *zip(MISSED, pieces, strict=True)], tmp_path)
    assert [path.name for path in sheets] == ["short-0.png", "date-0.png"]
    assert write([(MISSED[0], pieces[0][:0])], tmp_path / "nowhere") == []
    key = json.loads((tmp_path / "key.json").read_text(encoding="utf-8"))
    assert key["right"] == [["short", "neat", 1]]
    assert sorted(one["truth"] for one in key["missed"]) == sorted(one.truth for one in MISSED)
    with Image.open(sheets[1]) as sheet:
        assert (0, 0, 0) in [colour for _, colour in sheet.getcolors(1 << 16) or ()]


def test_what_a_person_reads_counts_beside_what_was_read_right() -> None:
    key = {
        "right": [["short", "neat", 3], ["short", "running", 1]],
        "missed": [vars(one) for one in MISSED],
    }
    told = list(score(key, answers_of("0 2024-05-09\n1 张 三\n2 季四\n")))
    assert [line.split()[:3] for line in told] == [
        ["short", "neat", "4"],
        ["short", "running", "2"],
        ["short", "all", "6"],
        ["date", "neat", "1"],
        ["date", "all", "1"],
    ]
    assert "a person told 1, 1 rightly" in told[0]
    assert "a person told 1, 0 rightly" in told[1]
    assert [line.rpartition("together ")[2] for line in told] == ["100.0 %", "50.0 %", "83.3 %", "100.0 %", "100.0 %"]


def test_what_cannot_be_told_is_left_out() -> None:
    assert answers_of("3 abc\n4\n\n5  x y \n") == {3: "abc", 5: "x y"}
