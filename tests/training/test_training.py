"""What the second recogniser is trained on: nobody's writing, and no face it is measured with."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scans.fonts import SOURCES
from tests import sources
from training import kept
from training.faces import Face, Faces
from training.kept import HEIGHT, STEP, Line
from training.lines import lines, steps_of
from training.pens import Pen
from training.texts import KINDS, OTHER, SIGNS, Run, a_text, told

TABLE = tomllib.loads((sources.ROOT / "training" / "faces.toml").read_text(encoding="utf-8"))
RELATIVES = {"klee-one", "fonts-klee", "fonts-arphic-bkai00mp", "fonts-arphic-bsmi00lp", "fonts-noto-cjk"}
"""Packages of faces that those of the scans were made of, or that were made of those."""


def some_faces() -> Faces:
    with resources.as_file(resources.files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf") as path:
        return Faces((Face(path, "bundled", "print", is_held_out=False, signs=frozenset(SIGNS)),))


def test_no_face_that_scans_are_made_of_is_trained_on() -> None:
    measured = {source.package.rpartition("/")[2] for source in SOURCES.values()} | RELATIVES
    assert not measured & {package for packages in TABLE.values() for package in packages}


def test_every_face_has_a_licence_and_some_are_held_out() -> None:
    told_of = [one for packages in TABLE.values() for one in packages.values()]
    assert all(one["licence"] and one["style"] in {"print", "hand"} for one in told_of)
    assert {one["style"] for one in told_of if one.get("held_out")} == {"print", "hand"}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_is_said_can_be_told(kind: str) -> None:
    chance = np.random.default_rng(3)
    texts = [told(KINDS[kind](chance)) for _ in range(200)]
    assert all(set(text) <= set(SIGNS) for text in texts)
    assert len(set(texts)) > 50


def test_a_pen_writes_every_figure_the_same_way_and_never_twice_the_same() -> None:
    pen = Pen.any(np.random.default_rng(8))
    assert pen.draws("0123456789.-/")
    assert not pen.draws("4月")
    for sign in "0123456789":
        (ink, advance), (again, as_far) = pen.glyph(sign), pen.glyph(sign)
        assert (ink > 128).sum() > 30
        assert advance == as_far > 0
        assert (ink != again).any()


def test_pens_differ_in_how_they_write_a_figure() -> None:
    chance = np.random.default_rng(9)
    assert len({len(Pen.any(chance).own["2"]) for _ in range(30)}) > 1


def test_signs_it_does_not_know_are_told_as_one() -> None:
    assert told([Run("盖章"), Run("2011 ○年", is_blank=True)]) == f"{OTHER * 2}2011〇年"


def test_two_signs_alike_need_a_step_between_them() -> None:
    assert steps_of("11") == steps_of("12") + 1


def test_a_line_is_the_same_for_the_same_seed_and_wide_enough_for_what_it_says() -> None:
    faces = some_faces()
    first, again = (list(lines(faces, 5, 6)) for _ in range(2))
    assert [line.text for line in first] == [line.text for line in again]
    assert all((one.picture == other.picture).all() for one, other in zip(first, again, strict=True))
    assert all(line.picture.shape[0] == HEIGHT for line in first)
    assert all(line.picture.shape[1] >= STEP * steps_of(line.text) for line in first)


def test_lines_are_kept_as_they_are(tmp_path: Path) -> None:
    made = [Line(np.full((HEIGHT, 20 + number), number, np.uint8), f"{number}年") for number in range(3)]
    path = tmp_path / "lines" / "00000.npz"
    kept.write(path, made)
    assert [one.text for one in kept.read(path)] == ["0年", "1年", "2年"]
    assert [one.picture.tolist() for one in kept.read(path)] == [one.picture.tolist() for one in made]
    assert list(path.parent.iterdir()) == [path]


def test_most_lines_are_addresses_and_dates() -> None:
    chance = np.random.default_rng(4)
    texts = [told(a_text(chance)) for _ in range(300)]
    assert sum("@" in text for text in texts) > 75
    assert sum("年" in text or "月" in text for text in texts) > 75
