"""Readings as JSON: what goes out comes back, and nothing out of shape comes in."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.errors import Code, Problem
from formsvc.forms.reading import Evidence, FieldReading, Picture, Reading, Source, YearReading, YearSource
from formsvc.forms.reading_json import (
    problem_from_json,
    problem_to_json,
    reading_from_json,
    reading_to_json,
    value_from_json,
    value_to_json,
)
from tests.forms.factories import a_reading

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
LENGTHS = st.floats(0, 500)
VALUES = st.none() | st.integers(-(10**9), 10**9) | TEXTS | st.lists(TEXTS, max_size=3).map(tuple)
PLACES = st.builds(
    Evidence,
    source=st.sampled_from(Source),
    page=st.none() | st.integers(1, 9),
    box=st.none() | st.tuples(LENGTHS, LENGTHS, LENGTHS, LENGTHS),
    cell=st.none() | st.tuples(st.integers(0, 99), st.integers(0, 99)),
)
FIELDS = st.builds(
    FieldReading,
    value=VALUES,
    raw=TEXTS,
    confidence=st.floats(0, 1),
    evidence=st.none() | PLACES,
    alternatives=st.lists(TEXTS, max_size=2).map(tuple),
)
PROBLEMS = st.builds(
    Problem,
    code=st.sampled_from(Code),
    field=st.none() | TEXTS,
    params=st.dictionaries(TEXTS, TEXTS | st.integers(), max_size=2),
)
READINGS = st.builds(
    Reading,
    number=st.integers(1, 99),
    form=st.none() | TEXTS,
    form_version=st.none() | st.integers(1, 9),
    year=st.builds(
        YearReading,
        value=st.none() | st.integers(1900, 2099),
        source=st.none() | st.sampled_from(YearSource),
        confidence=st.floats(0, 1),
        raw=TEXTS,
    ),
    fields=st.dictionaries(TEXTS, FIELDS, max_size=3),
    problems=st.lists(PROBLEMS, max_size=2).map(tuple),
    pages=st.lists(st.integers(1, 99), max_size=3).map(tuple),
    serial=st.none() | TEXTS,
    typed=st.booleans(),
    pictures=st.lists(
        st.builds(
            Picture,
            field=TEXTS,
            media_type=st.sampled_from(["image/png", "image/jpeg"]),
            data=st.binary(max_size=20),
            width=LENGTHS,
            height=LENGTHS,
        ),
        max_size=2,
    ).map(tuple),
)
SOUND: dict[str, Any] = reading_to_json(
    Reading(
        number=1,
        form="annex2",
        form_version=1,
        year=YearReading(2011, YearSource.TITLE, 0.99, "2011"),
        fields={"name": FieldReading("张三", "张 三", 1.0, Evidence(Source.CELL, 1, (1.0, 2.0, 3.0, 4.0), (0, 1)))},
        problems=(Problem(Code.NAMESAKE, params={"record": "7f3c9a0b12de"}),),
        pages=(1,),
        pictures=(Picture("signature", "image/png", b"\x89PNG", 30.0, 12.0),),
    )
)


@given(READINGS)
def test_a_reading_comes_back_from_json_as_it_went(reading: Reading) -> None:
    written = json.dumps(reading_to_json(reading), ensure_ascii=False).encode()
    assert reading_from_json(json.loads(written)) == reading


def test_a_reading_has_the_keys_that_extract_prints() -> None:
    data = reading_to_json(a_reading())
    assert {"form", "year", "fields", "decision", "problems"} <= data.keys()
    assert {"value", "source", "confidence"} <= data["year"].keys()
    assert {"value", "raw", "confidence", "evidence"} <= data["fields"]["name"].keys()
    assert data["decision"] == "file"
    assert data["fields"]["pledges"]["value"] == ["每月走访困难群众两次", "义务维修社区路灯"]


def test_the_decision_is_written_and_not_believed() -> None:
    assert reading_from_json({**SOUND, "decision": "file"}).decision.value == "confirm"


def test_a_sentence_is_added_by_the_door_and_not_read_back() -> None:
    problem = Problem(Code.FIELD_MISSING, "name")
    data = problem_to_json(problem, "姓名一栏没有填写。")
    assert data["message"] == "姓名一栏没有填写。"
    assert problem_from_json(data) == problem


@given(VALUES)
def test_a_value_comes_back_from_json_as_it_went(value: str | int | tuple[str, ...] | None) -> None:
    assert value_from_json(json.loads(json.dumps(value_to_json(value)))) == value


def put(*path: str | int, value: object) -> Callable[[Any], None]:
    """Return a change of a reading's JSON: the place `path` holds `value`."""

    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]

    return change


OUT_OF_SHAPE = {
    "no number": drop("number"),
    "number as text": put("number", value="1"),
    "number as truth": put("number", value=True),
    "form as number": put("form", value=2),
    "year as list": put("year", value=[]),
    "year as text": put("year", "value", value="2011"),
    "year of a hundred digits": put("year", "value", value=10**100),
    "year zero": put("year", "value", value=0),
    "source of the year": put("year", "source", value="guess"),
    "sure beyond measure": put("year", "confidence", value=1.01),
    "sure of nothing": put("year", "confidence", value=float("nan")),
    "fields as list": put("fields", value=[]),
    "a field as text": put("fields", "name", value="张三"),
    "a value as table": put("fields", "name", "value", value={"a": 1}),
    "a value as fraction": put("fields", "name", "value", value=1.5),
    "a value as truth": put("fields", "name", "value", value=True),
    "a list of numbers": put("fields", "name", "value", value=[1]),
    "half a pair in a value": put("fields", "name", "value", value="张\ud800"),
    "half a pair in a raw text": put("fields", "name", "raw", value="\udc80"),
    "half a pair in a key": lambda data: data["fields"].update({"\udfff": data["fields"]["name"]}),
    "a box of three": put("fields", "name", "evidence", "box", value=[1, 2, 3]),
    "a box of text": put("fields", "name", "evidence", "box", value="1234"),
    "a box without end": put("fields", "name", "evidence", "box", value=[1, 2, 3, float("inf")]),
    "a box of nothing": put("fields", "name", "evidence", "box", value=[1, 2, 3, float("nan")]),
    "a box beyond measure": put("fields", "name", "evidence", "box", value=[1, 2, 3, 10**400]),
    "alternatives as text": put("fields", "name", "alternatives", value="张三"),
    "a fact as truth": put("problems", 0, "params", value={"record": True}),
    "sure as truth": put("year", "confidence", value=True),
    "a cell of one": put("fields", "name", "evidence", "cell", value=[1]),
    "a source unheard of": put("fields", "name", "evidence", "source", value="dream"),
    "a code unheard of": put("problems", 0, "code", value="no-such-code"),
    "a fact as list": put("problems", 0, "params", value={"record": []}),
    "facts as list": put("problems", 0, "params", value=[]),
    "pages as text": put("pages", value=["1"]),
    "typed as word": put("typed", value="no"),
    "a picture of another kind": put("pictures", 0, "media_type", value="image/svg+xml"),
    "a picture in no base64": put("pictures", 0, "data", value="***"),
    "a picture without width": put("pictures", 0, "width", value=None),
    "a picture without end": put("pictures", 0, "height", value=float("inf")),
}


@pytest.mark.parametrize("change", OUT_OF_SHAPE.values(), ids=OUT_OF_SHAPE.keys())
def test_what_is_out_of_shape_is_refused(change: Callable[[Any], None]) -> None:
    data = copy.deepcopy(SOUND)
    assert reading_from_json(data).number == 1
    change(data)
    with pytest.raises(ValueError, match=r"."):
        reading_from_json(data)


@pytest.mark.parametrize("data", [None, [], "reading", 1])
def test_what_is_no_object_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="shape"):
        reading_from_json(data)


def test_a_text_longer_than_any_form_is_refused() -> None:
    data = copy.deepcopy(SOUND)
    data["fields"]["name"]["raw"] = "长" * (32 * 1024 * 1024 + 1)
    with pytest.raises(ValueError, match="text"):
        reading_from_json(data)


@given(st.recursive(st.none() | st.integers() | TEXTS, lambda each: st.lists(each) | st.dictionaries(TEXTS, each)))
def test_no_json_at_any_place_does_worse_than_be_refused(junk: Any) -> None:
    for key in SOUND:
        try:
            reading_from_json({**SOUND, key: junk})
        except ValueError:
            continue


def test_nul_is_left_out_wherever_it_stands() -> None:
    data = reading_to_json(a_reading(unit_post="清溪\0社区", pledges=("\0一件", "两件\0")))
    reading = reading_from_json(data)
    assert (reading.value("unit_post"), reading.value("pledges")) == ("清溪社区", ("一件", "两件"))


def test_a_picture_is_carried_in_base64() -> None:
    assert base64.b64decode(SOUND["pictures"][0]["data"]) == b"\x89PNG"
