"""Pages of a feeder's job are right, asked about, wrong or lost by what the product says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.scans.feeder import BLANK, COPY, FORM, FURTHER, UNKNOWN, FeederJob, JobPage
from benchmarks.scans.jobs import Told, pages_in, score

JOB = FeederJob(
    Path("job.pdf"),
    (
        JobPage(FORM, "a", 0, "甲"),
        JobPage(BLANK),
        JobPage(FORM, "b", 1, "乙"),
        JobPage(FURTHER, "b", 1, "乙"),
        JobPage("letter"),
        JobPage(COPY, "a", 0, "甲"),
        JobPage(UNKNOWN),
    ),
)
RIGHT = {
    1: Told("filed", "a", "甲", 1),
    2: Told("blank", "a", "甲", 1),
    3: Told("waiting", "b", "乙", 3),
    4: Told("waiting", "b", "乙", 3),
    5: Told("refused", None, None, 5),
    6: Told("copy", "a", "甲", 1),
    7: Told("refused", None, None, 5),
}


def test_a_job_told_as_it_is_is_right_page_by_page() -> None:
    found = score(JOB, RIGHT)
    assert all(text.startswith("right: ") for text in found["verdicts"].values())
    assert (found["pages"], found["forms"], found["split_right"], found["filed"]) == (7, 2, 2, 1)


def test_the_second_sheet_may_be_the_one_that_is_kept() -> None:
    swapped = {**RIGHT, 1: Told("copy", "a", "甲", 6), 6: Told("filed", "a", "甲", 6)}
    found = score(JOB, swapped)
    assert all(text.startswith("right: ") for text in found["verdicts"].values())
    assert found["split_right"] == 2


@pytest.mark.parametrize(
    ("page", "told", "verdict", "split"),
    [
        (1, Told("filed", "b", "甲", 1), "wrong: form filed", 2),
        (1, Told("refused", None, None, 1), "wrong: form refused", 1),
        (2, Told("refused", None, None, 2), "wrong: blank refused", 2),
        (4, Told("refused", None, None, 4), "wrong: further refused", 1),
        (4, Told("waiting", None, None, 4), "asked: further waiting", 1),
        (4, Told("waiting", "a", "甲", 1), "asked: further waiting", 0),
        (5, Told("waiting", "b", "乙", 3), "wrong: letter waiting", 1),
        (6, Told("waiting", "a", "甲", 6), "asked: copy waiting", 2),
        (6, Told("filed", "a", "甲", 6), "wrong: copy filed", 2),
        (7, Told("waiting", None, None, 7), "wrong: unknown-form waiting", 2),
    ],
)
def test_what_is_told_otherwise_is_not(page: int, told: Told, verdict: str, split: int) -> None:
    found = score(JOB, {**RIGHT, page: told})
    assert (found["verdicts"][str(page)], found["split_right"]) == (verdict, split)


def test_a_page_of_which_nothing_is_said_is_lost() -> None:
    told = {number: one for number, one in RIGHT.items() if number != 5}
    assert score(JOB, told)["verdicts"]["5"] == "lost"


def test_pages_are_read_as_they_are_written() -> None:
    assert pages_in("1, 3-5, 9") == [1, 3, 4, 5, 9]
    assert pages_in("") == []
