"""A record's present follows from its versions and events alone."""

from __future__ import annotations

import pytest

from formsvc.forms.reading import Reading, Source, YearSource
from formsvc.records.event import Details, ReviewDecision, StampSource
from formsvc.records.history import History, Status
from formsvc.records.identity import identity_key
from tests.forms.factories import a_reading, a_spec
from tests.records.factories import (
    RECORD,
    a_correction,
    a_filing,
    a_history,
    a_stamp,
    a_version,
    an_assignment,
)

ANNEX2, ANNEX3 = a_spec("annex2"), a_spec("annex3")
APPROVE, RETURN, UNSET = ReviewDecision.APPROVE, ReviewDecision.RETURN, ReviewDecision.UNSET
FIRST, SECOND = (step.key for step in ANNEX3.reviews)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ((), Status.FILED),
        ((a_filing(),), Status.FILED),
        ((a_stamp(UNSET, source=StampSource.FORM),), Status.FILED),
        ((a_stamp(UNSET), a_stamp(APPROVE)), Status.REVIEWED),
        ((a_stamp(RETURN),), Status.RETURNED),
        ((a_stamp(APPROVE), a_stamp(RETURN)), Status.RETURNED),
        ((a_stamp(RETURN), a_stamp(APPROVE)), Status.RETURNED),
    ],
)
def test_decisions_on_the_latest_version_give_the_status(said: tuple[Details, ...], status: Status) -> None:
    assert a_history(*said).status(ANNEX2) is status


def test_a_form_is_reviewed_when_every_step_is_approved() -> None:
    form = [a_version("annex3")]
    assert a_history(a_stamp(step=FIRST), versions=form).status(ANNEX3) is Status.FILED
    assert a_history(a_stamp(step=SECOND), a_stamp(step=FIRST), versions=form).status(ANNEX3) is Status.REVIEWED


def test_a_new_version_starts_anew() -> None:
    both = [a_version(), a_version(number=2)]
    history = a_history(a_filing(), a_stamp(RETURN), a_filing(2), versions=both)
    assert history.status(ANNEX2) is Status.FILED
    assert a_history(a_stamp(RETURN), a_stamp(version=2), versions=both).status(ANNEX2) is Status.REVIEWED


def test_every_stamp_is_kept_in_its_order() -> None:
    history = a_history(a_filing(), a_stamp(RETURN), an_assignment(), a_stamp(version=2))
    assert [(stamp.event, stamp.review.version, stamp.review.decision) for stamp in history.stamps] == [
        (2, 1, RETURN),
        (4, 2, APPROVE),
    ]


def test_the_id_is_that_of_the_first_version() -> None:
    history = a_history(versions=[a_version(), a_version(number=2)])
    assert (history.id, history.latest.number) == (RECORD, 2)


def test_own_and_posting_copies_have_their_holders_by_the_rule() -> None:
    assert a_history().holders(ANNEX2) == {"member": "张三", "posting": "公示"}


def test_a_later_assignment_counts() -> None:
    history = a_history(
        an_assignment(workplace="清溪社区党支部", residence="东风社区党支部"), an_assignment(residence="河东社区党支部")
    )
    holders = history.holders(ANNEX2)
    assert (holders["workplace"], holders["residence"]) == ("清溪社区党支部", "河东社区党支部")


def test_a_new_version_has_its_own_holders() -> None:
    history = a_history(an_assignment(workplace="清溪社区党支部"), versions=[a_version(), a_version(number=2)])
    assert "workplace" not in history.holders(ANNEX2)


def test_the_own_copy_is_held_under_the_corrected_name() -> None:
    assert a_history(a_correction(name=("张三", "章三"))).holders(ANNEX2)["member"] == "章三"


def test_a_copy_is_found_by_its_role() -> None:
    history = a_history()
    copy = history.copy("residence")
    assert copy is not None
    assert (copy.number, copy.total, copy.label) == (3, 4, "居住地")
    assert history.copy("nobody") is None


def test_a_correction_leaves_the_version_as_it_was_filed() -> None:
    history = a_history(a_correction(name=("张三", "章三")))
    assert history.latest.name == history.latest.fields["name"].value == "张三"
    assert history.latest == a_version()


def test_a_correction_shows_in_the_field_with_both_readings() -> None:
    version = a_history(
        a_correction(joined=("1998-07", "1997.7")), a_correction(joined=("1997-07", "1996年7月"))
    ).corrected(ANNEX2)
    found = version.fields["joined"]
    assert (found.value, found.raw, found.alternatives) == ("1996-07", "1996年7月", ("1997.7", "1998-07"))
    assert found.evidence is not None
    assert found.evidence.source is Source.PERSON


def test_name_and_unit_follow_their_fields() -> None:
    version = a_history(a_correction(name=("张三", "章 三"), unit_post=("", "东风小学"))).corrected(ANNEX2)
    assert (version.name, version.unit) == ("章三", "东风小学")
    assert a_history(a_correction(unit_post=("清溪社区居委会 委员", ""))).corrected(ANNEX2).unit is None


def test_a_corrected_year_is_the_year_a_person_said() -> None:
    version = a_history(a_correction(year=("2011", "二〇一二年"))).corrected(ANNEX2)
    assert (version.year.value, version.year.source, version.year.raw) == (2012, YearSource.PERSON, "二〇一二年")
    assert "year" not in version.fields


def test_a_year_that_is_none_leaves_the_year_filed_under() -> None:
    assert a_history(a_correction(year=("2011", "0"))).corrected(ANNEX2).year.value == 2011
    assert a_history(a_correction(year=("2011", ""))).corrected(ANNEX2).year.value == 2011


@pytest.mark.parametrize(
    ("change", "now"),
    [
        ({"year": ("2011", "2012")}, a_reading(year=2012)),
        ({"name": ("张三", "章三")}, a_reading(name="章三")),
        ({"joined": ("1998-07", "1998.08")}, a_reading(joined="1998-08")),
        ({"age": ("41", "42")}, a_reading()),
    ],
)
def test_the_identity_follows_the_corrected_values(change: dict[str, tuple[str, str]], now: Reading) -> None:
    assert a_history(a_correction(1, **change)).corrected(ANNEX2).identity == identity_key(ANNEX2, now)


def test_an_emptied_part_of_the_identity_leaves_the_identity_filed_under() -> None:
    assert a_history(a_correction(sex=("男", ""))).corrected(ANNEX2).identity == a_version().identity


def test_corrections_of_an_earlier_version_are_not_carried_over() -> None:
    both = [a_version(), a_version(number=2)]
    assert a_history(a_correction(name=("张三", "章三")), versions=both).corrected(ANNEX2).name == "张三"


def test_a_correction_of_a_field_the_form_lacks_changes_nothing() -> None:
    history: History = a_history(a_correction(nickname=("", "小张")))
    assert history.corrected(ANNEX2).fields == a_version().fields
