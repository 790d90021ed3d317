"""Records as JSON: what goes out comes back byte for byte, and nothing out of shape comes in."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.errors import Code, Problem
from formsvc.records.event import (
    FIRST_PREVIOUS,
    Assigned,
    Corrected,
    Details,
    Event,
    EventKind,
    Filed,
    Review,
    ReviewDecision,
    StampSource,
    kind_of,
)
from formsvc.records.record import Confirmation, Original, Pages, Version
from formsvc.records.record_json import (
    decode,
    encode,
    encode_event,
    event_from_json,
    event_to_json,
    version_from_json,
    version_to_json,
)
from tests.forms.factories import a_field, a_reading
from tests.records.factories import RECORD, a_stamp, a_version
from tests.records.places import changed, held_at, places, put

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
MAYBE = st.none() | TEXTS
VERSIONS = st.integers(1, 99)
DETAILS: st.SearchStrategy[Details] = st.one_of(
    st.builds(Filed, VERSIONS, TEXTS),
    st.builds(Corrected, VERSIONS, st.dictionaries(TEXTS, st.tuples(TEXTS, TEXTS), max_size=3), TEXTS),
    st.builds(
        Review,
        version=VERSIONS,
        step=TEXTS,
        decision=st.sampled_from(ReviewDecision),
        organisation=MAYBE,
        on=MAYBE,
        opinion=TEXTS,
        criteria=st.dictionaries(TEXTS, st.booleans(), max_size=3),
        seal=MAYBE,
        source=st.sampled_from(StampSource),
    ),
    st.builds(Assigned, VERSIONS, st.dictionaries(TEXTS, TEXTS, max_size=3), TEXTS),
)


def an_event(details: Details) -> Event:
    return Event(RECORD, 3, kind_of(details), "2011-02-21T09:30:00+08:00", None, FIRST_PREVIOUS, details)


@given(details=DETAILS, by=MAYBE, at=TEXTS)
def test_an_event_comes_back_from_its_file_as_it_went(details: Details, by: str | None, at: str) -> None:
    event = Event(RECORD, 3, kind_of(details), at, by, FIRST_PREVIOUS, details)
    data = encode_event(event)
    assert event_from_json(decode(data)) == event
    assert encode_event(event_from_json(decode(data))) == data


@pytest.mark.parametrize(
    ("details", "kind"),
    [
        (a_stamp(ReviewDecision.APPROVE), EventKind.REVIEWED),
        (a_stamp(ReviewDecision.UNSET), EventKind.REVIEWED),
        (a_stamp(ReviewDecision.RETURN), EventKind.RETURNED),
        (Filed(1, ""), EventKind.FILED),
        (Assigned(1, {}, ""), EventKind.ASSIGNED),
        (Corrected(1, {}, ""), EventKind.CORRECTED),
    ],
)
def test_what_an_event_says_gives_its_kind(details: Details, kind: EventKind) -> None:
    assert kind_of(details) is kind


CONFIRMED = a_version(
    reading=a_reading().with_field("email", a_field(None, "无", confidence=0.4)),
    problems=[Problem(Code.ALIAS_LABEL, "name", {"label": "承诺人"})],
    confirmation=Confirmation("李四", "2011-02-22T08:00:00+08:00", {"age": ("", "41")}),
    original=Original("张三.docx", b"\xd5\xc5\xc8\xfd.docx", "0" * 64, 7, "sources/x/original/a.docx", 2, (3, 4)),
)


@pytest.mark.parametrize("version", [a_version("annex1"), a_version(), a_version("annex3"), CONFIRMED])
def test_a_version_comes_back_from_its_file_as_it_went(version: Version) -> None:
    data = encode(version_to_json(version))
    assert version_from_json(decode(data)) == version
    assert encode(version_to_json(version_from_json(decode(data)))) == data


def test_a_file_is_made_for_people_to_read() -> None:
    text = encode(version_to_json(CONFIRMED)).decode()
    assert '"value": "张三"' in text
    assert text.endswith("}\n")
    assert max(map(len, text.splitlines())) < 200


def test_a_record_has_the_keys_of_the_specification() -> None:
    assert list(version_to_json(CONFIRMED)) == [
        *("schema", "record", "version", "form", "form_version", "year", "subject", "unit", "organisation", "fields"),
        *("problems", "original", "copies", "typed", "serial", "confirmation", "arrived_at", "filed_at", "program"),
        "crops",
    ]


@pytest.mark.parametrize(("typed", "pages"), [(True, Pages.DRAWN), (False, Pages.RECEIVED)])
def test_a_record_of_an_earlier_program_tells_its_pages_by_whether_it_was_typed(*, typed: bool, pages: Pages) -> None:
    data = version_to_json(dataclasses.replace(CONFIRMED, typed=typed))
    del data["crops"]
    for kept in data["copies"]:
        del kept["pages"]
    version = version_from_json(data)
    assert {copy.pages for copy in version.copies} == {pages}
    assert version.crops == {}


def test_crops_and_rasterised_copies_are_read_back() -> None:
    (first, *others) = CONFIRMED.copies
    copies = (dataclasses.replace(first, pages=Pages.RASTERISED), *others)
    version = dataclasses.replace(CONFIRMED, copies=copies, crops={"seal": ("crops/seal.png", "crops/seal-2.png")})
    assert version_from_json(decode(encode(version_to_json(version)))) == version


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"{", b"\xff", b"\xef\xbb\xbf{}", b"[" * 100_000, b'"' + b"a" * 10 + b'"']
)
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(data)


FREE = ("schema", "decision", "message")
"""Keys that nobody reads back."""
OPTIONAL = ("raw", "alternatives", "crop", "crops")
"""Keys that earlier programs did not write; neither did they say of a copy where its pages come from."""


def _without(holder: Any, key: str | int) -> None:
    del holder[key]


def _is_kind(value: Any, other: Any) -> bool:
    return type(value) is type(other) or {type(value), type(other)} <= {int, float}


def _refuses(read: Callable[[Any], object], data: Any) -> bool:
    try:
        read(data)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("junk", [{"a": []}, [{"a": 1}], 1.5, True, "\ud800"], ids=repr)
@pytest.mark.parametrize("kind", ["version", "filed", "corrected", "reviewed", "assigned"])
def test_a_value_of_another_kind_is_refused_wherever_it_stands(kind: str, junk: Any) -> None:
    read, data = sound(kind)
    assert not _refuses(read, data)
    for path in places(data):
        value = held_at(data, path)
        if path[0] in FREE or (_is_kind(value, junk) and not isinstance(junk, str | list)):
            continue
        assert _refuses(read, changed(data, path, put(junk))), path


@pytest.mark.parametrize("kind", ["version", "filed", "corrected", "reviewed", "assigned"])
def test_a_missing_key_is_refused(kind: str) -> None:
    read, data = sound(kind)
    open_tables = {"fields", "params", "changes", "criteria", "holders"}
    for path in places(data):
        is_free = path[0] in FREE or path[-1] in OPTIONAL or isinstance(path[-1], int)
        is_free |= (path[0], path[-1]) == ("copies", "pages")
        if is_free or (len(path) > 1 and path[-2] in open_tables):
            continue
        assert _refuses(read, changed(data, path, _without)), path


def sound(kind: str) -> tuple[Callable[[Any], object], Any]:
    """Return how to read a kind of file, and the JSON of a sound one."""
    said: dict[str, Details] = {
        "filed": Filed(1, "0" * 64),
        "corrected": Corrected(1, {"name": ("张山", "张三")}, "看错"),
        "reviewed": a_stamp(criteria={"fits_post": True}),
        "assigned": Assigned(1, {"residence": "东风社区党支部"}, "organisations/x.json"),
    }
    if kind == "version":
        return version_from_json, json.loads(encode(version_to_json(CONFIRMED)))
    return event_from_json, json.loads(json.dumps(event_to_json(an_event(said[kind]))))
