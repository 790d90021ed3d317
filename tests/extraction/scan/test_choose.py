"""One value out of readings of the same writing."""

from __future__ import annotations

from collections.abc import Sequence

from formsvc.extraction.scan.choose import Choice, choose
from formsvc.extraction.scan.decode import best_path
from formsvc.extraction.scan.lexicon import Lexicon
from formsvc.extraction.scan.lines import Row
from formsvc.forms.spec import Field, Kind
from tests.extraction.scan.recognisers import a_model, steps

MODEL = a_model("张王三")
FIELD = Field("name", Kind.NAME, "name", "", (), required=False, public=False, options=(), blank="")
LAST = (0.0001, 0.0, 0.0, 0.9999)
SURE, WAVERS, OTHERWISE, SURELY_OTHERWISE = (
    (0.0, 0.9999, 0.0001, 0.0),
    (0.0, 0.55, 0.45, 0.0),
    (0.0, 0.46, 0.54, 0.0),
    (0.0, 0.1, 0.9, 0.0),
)


def _row(first: tuple[float, ...]) -> Row:
    seen = steps(first, (1.0, 0.0, 0.0, 0.0), LAST)
    return Row((0, 0, 90, 40), seen, best_path(MODEL, seen), 1.0)


def _chosen(first: tuple[float, ...], second: tuple[float, ...] | None) -> Choice:
    def again() -> Sequence[Row]:
        assert second is not None
        return [_row(second)]

    return choose(MODEL, FIELD, [_row(first)], lexicon=Lexicon(), again=again)


def test_a_clear_reading_is_not_made_again() -> None:
    assert _chosen(SURE, None).text == "张三"


def test_a_doubtful_reading_is_made_again_and_is_surer_when_the_second_says_the_same() -> None:
    agrees, differs = _chosen(WAVERS, SURE), _chosen(WAVERS, OTHERWISE)
    assert agrees.text == differs.text == "张三"
    assert agrees.score > differs.score + 0.1


def test_a_second_reading_that_is_far_surer_counts_for_more() -> None:
    assert _chosen(WAVERS, SURELY_OTHERWISE).text == "王三"
