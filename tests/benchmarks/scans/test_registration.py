"""Registration is counted page by page, wrong forms apart from lost ones, and a cell elsewhere is not in its place."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from benchmarks.scans.registration import Found, counted, kept, misplaced
from tests.extraction.scan.marked import Paper

ONE = Found(0, "a", "a", asked=False, by="grid", cells="right", cpu=0.5, what="ours flatbed 200 dpi")


@pytest.mark.parametrize(
    ("truth", "form", "asked", "verdict"),
    [
        ("a", "a", False, "right"),
        (None, None, False, "told as none"),
        ("a", None, False, "not found"),
        ("a", "b", False, "wrong form"),
        ("a", "b", True, "wrong form, a person is asked"),
        (None, "b", False, "none taken for a form"),
    ],
)
def test_a_lost_page_is_no_wrong_form(truth: str | None, form: str | None, *, asked: bool, verdict: str) -> None:
    assert dataclasses.replace(ONE, truth=truth, form=form, asked=asked).verdict == verdict


def test_shares_are_of_the_pages_that_are_forms() -> None:
    lost = dataclasses.replace(ONE, form=None, cells="")
    moved = dataclasses.replace(ONE, cells="name misplaced")
    figures = counted([ONE, moved, lost, ONE, dataclasses.replace(ONE, truth=None, form=None, cells="")])
    assert figures["of forms"] == 4
    assert figures["found, %"] == 75
    assert figures["found with every cell in its place, %"] == 50


def test_pages_looked_at_before_are_not_looked_at_again(tmp_path: Path) -> None:
    (tmp_path / "7-0.08.jsonl").write_text(json.dumps(dataclasses.asdict(ONE)) + "\n", encoding="utf-8")
    assert kept(7, 1, [], foreign=0.08, folder=tmp_path) == [ONE]


def test_a_cell_elsewhere_or_missing_is_told() -> None:
    got = Paper("annex2").registered()
    boxes = {
        line.key: list(got.cells[number])
        for number, cell in enumerate(got.form.grid.cells)
        for line in cell.lines
        if not line.is_label
    }
    assert misplaced(got, boxes, 1.0, 8.0) == "right"
    assert misplaced(got, boxes | {"name": [left + 30 for left in boxes["name"]]}, 1.0, 8.0) == "name misplaced"
    number = next(n for n, cell in enumerate(got.form.grid.cells) if [x.key for x in cell.lines] == ["age"])
    without = {key: box for key, box in got.cells.items() if key not in (number, number + 1)}
    assert misplaced(dataclasses.replace(got, cells=without), boxes, 1.0, 8.0) == "age missing"
