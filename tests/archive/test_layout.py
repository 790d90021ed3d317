"""Names in the archive: short, safe on every system, and read back for what they are."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from formsvc.archive import layout
from formsvc.storage.names import check_name

ID = "7f3c9a0b12de"
LONGEST_FORM = "annex-of-16-long"
TEXTS = st.text(max_size=300) | st.sampled_from(
    [
        "",
        ".",
        "..",
        "CON",
        "nul.txt",
        "a" * 300,
        "长" * 300,
        "a/b\\c",
        " x ",
        "~$x.docx",
        "\udcff\udc80",
        "e\u0301" * 90,
    ]
)


def names(year: int, form: str, organisation: str | None, name: str, version: int, file: str) -> list[str]:
    """Return every kind of name that holds something somebody wrote."""
    prefix = layout.record_prefix(year, form, organisation, name, ID)
    folder = layout.version_prefix(prefix, version)
    return [
        f"{folder}/{layout.original_name(file)}",
        f"{folder}/{layout.copy_name(12, file)}",
        f"{folder}/{layout.MANIFEST}",
        layout.event_name(prefix, version * 100),
        f"{layout.source_prefix('0' * 64)}/{layout.original_name(file)}",
        layout.form_name(form, version),
    ]


@given(TEXTS | st.none(), TEXTS, TEXTS, st.integers(1, 999), st.integers(1900, 2099))
@example("a" * 300, "a" * 300, "a" * 300, 999, 2099)
@example("长" * 300, "长" * 300, "长" * 300 + ".docx", 1, 2011)
def test_no_name_is_long_or_refused_by_a_system_whatever_was_written(
    organisation: str | None, name: str, file: str, version: int, year: int
) -> None:
    for made in names(year, LONGEST_FORM, organisation, name, version, file):
        assert len(f"archive/{made}") <= 200
        check_name(made)


@given(TEXTS | st.none(), TEXTS, st.integers(1900, 2099), st.integers(1, 99_999))
def test_names_of_a_record_are_told_by_their_shape(organisation: str | None, name: str, year: int, number: int) -> None:
    prefix = layout.record_prefix(year, "annex2", organisation, name, ID)
    for made in (layout.event_name(prefix, number), f"{layout.version_prefix(prefix, number)}/record.json"):
        assert layout.split_record_name(made) == (prefix, ID, made[len(prefix) + 1 :])
    assert layout.event_number(layout.event_name(prefix, number)[len(prefix) + 1 :]) == number
    assert layout.version_number(f"v{number}/copies/1-本人.pdf") == (number, "copies/1-本人.pdf")


@pytest.mark.parametrize(
    "rest", ["events/1.json", "events/00001.json", "events/0001.txt", "events/0001.json~", "0001.json"]
)
def test_what_is_not_named_as_an_event_is_none(rest: str) -> None:
    assert layout.event_number(rest) is None


@pytest.mark.parametrize(
    "rest", ["v0/record.json", "v01/record.json", "v1", "v1/", "w1/record.json", "v1x/record.json"]
)
def test_what_is_not_named_as_in_a_version_is_none(rest: str) -> None:
    assert layout.version_number(rest) is None


@pytest.mark.parametrize("name", ["README.txt", "journal/2011-02.jsonl", "2011/annex2/支部/张三-7f3c/v1/record.json"])
def test_what_is_not_below_a_record_is_none(name: str) -> None:
    assert layout.split_record_name(name) is None


def test_a_subject_without_organisation_lies_under_its_own_name() -> None:
    assert (
        layout.record_prefix(2011, "annex1", None, "清溪社区党支部", ID)
        == f"2011/annex1/清溪社区党支部/清溪社区党支部-{ID}"
    )


def test_an_original_keeps_its_suffix_however_long_its_name() -> None:
    assert layout.original_name("长" * 300 + ".docx").endswith(".docx")


def test_an_import_is_named_by_its_moment_and_its_hash() -> None:
    name = layout.import_name("2011-03-01T09:00:00+08:00", "0a1b2c3d" + "0" * 56)
    assert name == "organisations/20110301T090000-0a1b2c3d.json"
    assert layout.IMPORT_PATTERN.fullmatch(name)


def test_records_are_told_of_only_in_folders_that_say_what_they_are() -> None:
    record = "2011/annex2/支部/张三-0123456789ab"
    above = ["2011/", "2011/annex2/", "2011/annex2/copies/"]
    inside = [f"{record}/", f"{record}/events/", f"{record}/v1/", f"{record}/v12/"]
    assert all(layout.may_tell_of_records(folder) for folder in [*above, *inside])
    elsewhere = ["sources/", "journal/", "20111/", f"{record}/redrawn/", f"{record}/v1/copies/", f"{record}/v1/a/b/"]
    assert not any(layout.may_tell_of_records(folder) for folder in elsewhere)
