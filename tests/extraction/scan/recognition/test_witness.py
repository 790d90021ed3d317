"""The second recogniser: its model, what it reads, and how its word is weighed."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition import models as pinned
from formsvc.extraction.scan.recognition.choose import Choice, choose
from formsvc.extraction.scan.recognition.decode import best_path
from formsvc.extraction.scan.recognition.lexicon import Lexicon
from formsvc.extraction.scan.recognition.lines import Row
from formsvc.extraction.scan.recognition.models import Figures, Models, Probabilities
from formsvc.extraction.scan.recognition.witness import Witness
from formsvc.forms.spec import Field, Kind
from tests.extraction.scan.recognisers import a_model, models, steps


@cache
def a_line(text: str) -> Grey:
    """Return a line of print, in the face forms are printed in."""
    with resources.as_file(resources.files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf") as path:
        font = ImageFont.truetype(str(path), 40)
    picture = Image.new("L", (round(font.getlength(text)) + 30, 62), 255)
    ImageDraw.Draw(picture).text((15, 44), text, fill=0, font=font, anchor="ls")
    return np.asarray(picture)


def said_by(kind: Kind, text: str) -> str:
    witness = Witness.of(models(), kind, [a_line(text)])
    assert witness is not None
    return witness.line.text


def test_the_model_is_the_one_that_was_measured() -> None:
    name, sha256 = pinned._FIGURES  # noqa: SLF001 # the pin itself is looked at
    data = resources.files(pinned.__package__).joinpath(name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == sha256
    assert len(data) < 3_000_000


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.MONTH, "1998.07"),
        (Kind.PHONE, "0574-62718350"),
        (Kind.EMAIL, "zhaochk1974@163.com"),
        (Kind.INTEGER, "47"),
        (Kind.DATE, "2011年2月17日"),
    ],
)
def test_it_reads_print_it_never_saw(kind: Kind, text: str) -> None:
    assert said_by(kind, text) == text


@pytest.mark.parametrize("kind", [Kind.NAME, Kind.TEXT, Kind.ITEMS])
def test_it_is_asked_where_it_is_of_help_alone(kind: Kind) -> None:
    assert Witness.of(models(), kind, [a_line("47")]) is None


def test_it_says_nothing_of_what_it_is_not_shown() -> None:
    assert Witness.of(models(), Kind.PHONE, [np.zeros((0, 0), dtype=np.uint8)]) is None


def test_what_it_cannot_spell_it_holds_for_as_unlikely_as_it_can() -> None:
    witness = Witness.of(models(), Kind.PHONE, [a_line("47")])
    assert witness is not None
    against = witness.against(["47", "张", "0123456789"])
    assert against["47"] < 0.5
    assert against["张"] == pytest.approx(against["0123456789"], abs=0.1)


class _Told:
    """A recogniser that says of every line what it was told to."""

    def __init__(self, said: Probabilities) -> None:
        self._said = said

    def run(self, _: None, given: dict[str, Probabilities]) -> list[Probabilities]:
        assert given["x"].shape[2] == 32
        return [self._said]


AGE = Field("age", Kind.INTEGER, "age", "", (), required=False, public=False, options=(), blank="")
SEVEN, GAP = (0.0, 0.001, 0.999), (1.0, 0.0, 0.0)
WAVERS, SURE_OF_77, SURE_OF_71 = (
    steps(SEVEN, GAP, (0.0, 0.52, 0.48)),
    steps(SEVEN, GAP, (0.0, 0.001, 0.999)),
    steps(SEVEN, GAP, (0.0, 0.999, 0.001)),
)


def chosen(first: Probabilities, second: Probabilities | None) -> Choice:
    model = a_model("17")
    figures = None if second is None else Figures(_Told(second), model.signs)
    row = Row((0, 0, 90, 40), first, best_path(model, first), 1.0, strip=a_line("17"))
    return choose(Models(None, None, model.signs, figures), AGE, [row], lexicon=Lexicon(), within=None)


def test_its_word_settles_what_the_first_one_wavers_about() -> None:
    assert chosen(WAVERS, None).text == "71"
    assert chosen(WAVERS, SURE_OF_77).text == "77"


def test_what_was_read_stays_that_of_the_first_one() -> None:
    assert chosen(WAVERS, SURE_OF_77).raw == "71"


def test_a_reading_both_agree_on_is_surer_than_one_they_do_not() -> None:
    alone, agreed, denied = (chosen(WAVERS, second).score for second in (None, SURE_OF_71, SURE_OF_77))
    assert denied < agreed
    assert alone < agreed


def test_it_cannot_rule_out_what_the_first_one_is_surer_of() -> None:
    found = chosen(steps(SEVEN, GAP, (0.0, 1.0, 0.0)), steps(SEVEN, GAP, (0.0, 0.0, 1.0)))
    assert found.text == "71"
    assert found.scores["unheard"] > 1
    assert found.score < chosen(steps(SEVEN, GAP, (0.0, 1.0, 0.0)), None).score
