"""What find and show print of a record."""

from __future__ import annotations

import json

from formsvc.records.record import Confirmation, Original
from formsvc.records.summary import full, summary
from tests.forms.factories import a_spec
from tests.records.factories import (
    PREFIX,
    RECORD,
    a_correction,
    a_filing,
    a_history,
    a_stamp,
    a_version,
    an_assignment,
)

ANNEX2 = a_spec("annex2")


def test_find_prints_the_keys_of_the_contract() -> None:
    data = summary(a_history(a_filing()), ANNEX2, "archive")
    assert {
        *("schema", "id", "form", "year", "name", "organisation", "unit", "status", "version", "copies", "reviews"),
    } <= data.keys()
    assert (data["schema"], data["id"], data["year"], data["name"]) == (1, RECORD, 2011, "张三")
    assert (data["status"], data["version"]) == ("filed", 1)


def test_each_copy_has_its_holder_its_file_and_its_state() -> None:
    data = summary(a_history(an_assignment(residence="东风社区党支部")), ANNEX2, "archive")
    assert [(copy["role"], copy["number"], copy["holder"], copy["state"]) for copy in data["copies"]] == [
        ("member", 1, "张三", "filed"),
        ("workplace", 2, None, "filed"),
        ("residence", 3, "东风社区党支部", "filed"),
        ("posting", 4, "公示", "filed"),
    ]
    assert data["copies"][1]["path"] == f"archive/{PREFIX}/v1/copies/2-工作地.pdf"
    assert all(len(copy["sha256"]) == 64 for copy in data["copies"])


def test_the_latest_version_is_shown_as_it_was_corrected() -> None:
    both = [a_version(), a_version(number=2)]
    data = summary(
        a_history(a_correction(2, name=("张三", "章三"), year=("2011", "2012")), versions=both), ANNEX2, "archive"
    )
    assert (data["name"], data["year"], data["version"]) == ("章三", 2012, 2)
    assert data["copies"][0]["path"].startswith(f"archive/{PREFIX}/v2/")


def test_stamps_say_who_when_and_what() -> None:
    (review,) = summary(a_history(a_stamp(criteria={"fits_post": False})), ANNEX2, "archive")["reviews"]
    assert (review["step"], review["decision"], review["organisation"]) == ("review", "approve", "清溪镇党委")
    assert (review["on"], review["criteria"], review["decided"]) == ("2011-02-25", {"fits_post": False}, True)


def test_show_adds_values_versions_and_events() -> None:
    confirmed = Confirmation("李四", "2011-02-22T08:00:00+08:00", {})
    several = Original("一批.pdf", b"", "0" * 64, 1, "sources/00/original/一批.pdf", 2, (3, 4))
    versions = [a_version(), a_version(number=2, confirmation=confirmed, original=several)]
    data = full(a_history(a_filing(), a_filing(2), versions=versions), ANNEX2, "archive")
    assert data["fields"]["pledges"]["value"] == ["每月走访困难群众两次", "义务维修社区路灯"]
    assert [version["original"] for version in data["versions"]] == [
        f"archive/{PREFIX}/v1/original/张三承诺书.docx",
        "archive/sources/00/original/一批.pdf",
    ]
    assert [version["pages"] for version in data["versions"]] == [[], [3, 4]]
    assert [version["confirmed_by"] for version in data["versions"]] == [None, "李四"]
    assert [event["kind"] for event in data["events"]] == ["filed", "filed"]
    assert data["year_source"] == "title"


def test_everything_shown_is_json() -> None:
    history = a_history(a_filing(), a_stamp(), an_assignment(), a_correction(age=("41", "42")))
    assert json.loads(json.dumps(full(history, ANNEX2, "archive")))["fields"]["age"]["value"] == 42
