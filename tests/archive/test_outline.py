"""An outline is what the whole record.json says, without its fields and problems, or it is refused as the whole is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from types import MappingProxyType

import pytest

from formsvc.archive.outline import outline_of
from formsvc.records.record import Confirmation, Original, Pages, Version
from formsvc.records.record_json import decode_version, encode, version_to_json
from tests.forms.factories import a_reading
from tests.records.factories import a_version
from tests.records.places import changed, places, put

CONFIRMED = a_version(
    reading=a_reading(),
    confirmation=Confirmation("李四", "2011-02-22T08:00:00+08:00", {"age": ("", "41")}),
    original=Original("张三.docx", b"\xd5\xc5\xc8\xfd.docx", "0" * 64, 7, "sources/x/original/a.docx", 2, (3, 4)),
)
VALUES: tuple[object, ...] = (
    None,
    True,
    7,
    7.0,
    0.5,
    -1,
    2**70,
    1e308,
    "",
    "x",
    "甲\0乙",
    "\ud800",
    [],
    [1],
    ["x"],
    [["x"]],
    {},
    {"x": "y"},
)
LEFT_OUT = {"fields", "problems"}


def said(read: Callable[[bytes], Version], data: bytes) -> Version | None:
    """Return what a reader makes of a file, without fields and problems; None when it refuses it."""
    try:
        return dataclasses.replace(read(data), fields=MappingProxyType({}), problems=())
    except ValueError:
        return None


@pytest.mark.parametrize("version", [a_version("annex1"), a_version(), a_version("annex3"), CONFIRMED])
def test_an_outline_is_the_version_without_fields_and_problems(version: Version) -> None:
    data = encode(version_to_json(version))
    assert outline_of(data) == dataclasses.replace(version, fields={}, problems=())


def test_whatever_stands_at_any_place_an_outline_says_what_the_whole_record_says() -> None:
    sound = json.loads(encode(version_to_json(CONFIRMED)))
    refused = taken = 0
    for path in (path for path in places(sound) if path[0] not in LEFT_OUT):
        for value in VALUES:
            data = json.dumps(changed(sound, path, put(value))).encode()
            whole = said(decode_version, data)
            assert said(outline_of, data) == whole, (path, value)
            refused, taken = refused + (whole is None), taken + (whole is not None)
    assert min(refused, taken) > 100


@pytest.mark.parametrize("typed", [True, False])
def test_pages_that_are_not_told_copy_by_copy_follow_from_typed(*, typed: bool) -> None:
    data = version_to_json(dataclasses.replace(CONFIRMED, typed=typed))
    for one in data["copies"]:
        del one["pages"]
    assert {one.pages for one in outline_of(encode(data)).copies} == {Pages.DRAWN if typed else Pages.RECEIVED}


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"{", b"\xff", b"\xef\xbb\xbf{}", b"[" * 100_000])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        outline_of(data)


def test_a_record_cut_short_anywhere_is_refused() -> None:
    data = encode(version_to_json(CONFIRMED)).rstrip()
    assert [end for end in range(len(data)) if said(outline_of, data[:end]) is not None] == []
