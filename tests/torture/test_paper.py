"""A sample of what is looked for on paper; and that the harness sees a fault when there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from formsvc.forms.load import load_forms
from formsvc.rendering.fillable import write_fillable
from formsvc.rendering.fonts import bundled_fonts
from torture import saved, setting, validity
from torture.characters import NAMES, OTHER_PLANES, campaign
from torture.corpus import ROOT


def test_a_sample_of_lines_stands_as_it_should() -> None:
    done = setting.campaign(1500, seed=2011)
    assert done.lines >= 1500
    assert (done.marks, done.divided, done.clipped, done.lost, done.examples) == (0, 0, 0, 0, [])


@pytest.mark.parametrize(
    ("text", "lines", "wrong"),
    [
        ("承诺，书", ("承诺", "，书"), "marks"),
        ("承诺（书）", ("承诺（", "书）"), "marks"),
        ("共1.25里", ("共1.2", "5里"), "divided"),
        ("承诺书", ("承诺",), "lost"),
    ],
)
def test_a_line_that_breaks_a_rule_is_seen(text: str, lines: tuple[str, ...], wrong: str) -> None:
    done = setting.Set()
    setting.judge(done, text, 50.0, [setting.Line(line, 40.0, 60.0, 90.0, 80.0) for line in lines], 100.0)
    assert {what: getattr(done, what) for what in ("marks", "divided", "clipped", "lost") if getattr(done, what)} == {
        wrong: 1
    }


def test_ink_past_the_edges_of_a_column_is_seen() -> None:
    done = setting.Set()
    left = setting.LEFT
    for line in (
        setting.Line("承诺", left - 1, left + 10, 90.0, 80.0),
        setting.Line("承诺", left, left + 51, 90.0, 80.0),
        setting.Line("承诺", left, left + 10, 101.0, 80.0),
    ):
        setting.judge(done, "承诺", 50.0, [line], 100.0)
    assert done.clipped == 3


def test_a_sample_of_characters_is_drawn_with_ink() -> None:
    done = campaign(step=40)
    assert (done.refused, done.blank) == ("", "")
    assert done.asked > 800
    assert bundled_fonts().missing(OTHER_PLANES + NAMES) == frozenset()


def test_a_sample_of_files_passes_both_validators(tmp_path: Path) -> None:
    done = validity.campaign(tmp_path, 1, seed=2011)
    assert done.failures == []
    assert len(done.files) > 12


def test_the_validators_see_a_file_that_is_no_archive_copy() -> None:
    spec = next(iter(load_forms(ROOT / "templates").values()))
    assert validity.findings(write_fillable(spec, year=2011)) != []


def test_a_sample_of_forms_saved_by_libreoffice_loses_nothing_in_silence(tmp_path: Path) -> None:
    if not saved.is_there():
        pytest.skip("no LibreOffice")
    done = saved.campaign(tmp_path, 2, 2011, chains=((), ("docx",)))
    assert done.wrong == []
    assert done.exact["docx"] == 2
