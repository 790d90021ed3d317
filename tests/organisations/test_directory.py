"""Who belongs where is answered when there is one answer, and not otherwise."""

from __future__ import annotations

import pytest

from formsvc.forms.spec import HolderRule, SubjectKind
from formsvc.organisations.directory import Directory, Person
from formsvc.organisations.roster import Member, Organisation, Roster
from tests.forms.factories import a_spec
from tests.organisations.factories import a_member, a_person, an_import

ORGANISATION = SubjectKind.ORGANISATION
TREE = (
    Organisation("清溪社区党支部", "清溪镇党委", ("清溪村党支部",)),
    Organisation("清溪镇党委", "余江县委", ()),
)


def directory(*imports: Roster) -> Directory:
    return Directory([(f"organisations/{number}.json", roster) for number, roster in enumerate(imports)], "清溪镇党委")


def test_a_member_is_found_by_name_after_folding() -> None:
    known = directory(an_import(a_member(), a_member("李四")))
    assert known.member(a_person("张 三")) == a_member()
    assert known.member(a_person("王五")) is None
    assert directory().member(a_person()) is None


def test_details_that_contradict_tell_another_person() -> None:
    known = directory(an_import(a_member()))
    assert known.member(a_person(sex="男", joined="1998-07")) == a_member()
    assert known.member(a_person(sex="女")) is None
    assert known.member(a_person(joined="1999-07")) is None


def test_details_the_roster_lacks_contradict_nothing() -> None:
    known = directory(an_import(a_member(sex=None, joined=None)))
    assert known.member(a_person(sex="女", joined="1999-07")) is not None


def test_namesakes_are_told_apart_by_details_and_then_by_unit() -> None:
    older = a_member(joined="1988-01", unit="东风小学")
    woman = a_member(sex="女", unit="清溪医院")
    known = directory(an_import(a_member(), older, woman))
    assert known.member(a_person(joined="1988-01")) == older
    assert known.member(a_person(sex="女")) == woman
    assert known.member(a_person(unit="东风 小学")) == older
    assert known.member(a_person(unit=None)) is None
    assert known.member(a_person(unit="别处")) is None


def test_two_members_alike_in_everything_known_are_nobody() -> None:
    known = directory(an_import(a_member(joined=None), a_member(sex=None)))
    assert known.member(a_person()) is None


def test_a_later_import_overrules_an_earlier_one() -> None:
    moved = a_member(unit="东风小学", workplace="东风小学党支部")
    known = directory(an_import(a_member(), a_member("李四")), an_import(moved))
    assert known.member(a_person(sex="男", joined="1998-07")) == moved
    assert known.member(a_person("李四")) == a_member("李四")
    assert len(known.members()) == 2
    assert known.basis == "organisations/1.json"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (a_member(joined=None), a_member()),
        (a_member(sex=None, joined=None), a_member(workplace="东风小学党支部")),
        (a_member(), a_member(sex=None, workplace="东风小学党支部")),
    ],
)
def test_a_later_import_may_know_more_or_less_of_the_same_member(before: Member, after: Member) -> None:
    """The same name and unit, and nothing that contradicts: one member, by what was said last."""
    known = directory(an_import(before), an_import(after))
    (member,) = known.members()
    assert (member.workplace, member.details) == (after.workplace, {"sex": "男", "joined": "1998-07"})
    assert known.member(a_person(sex="男", joined="1998-07")) is member
    assert known.member(a_person(sex="女")) is None


def test_two_of_a_later_import_do_not_both_take_the_place_of_one() -> None:
    known = directory(an_import(a_member(joined=None)), an_import(a_member(joined="1988-01"), a_member()))
    assert [member.details["joined"] for member in known.members()] == ["1988-01", "1998-07"]


def test_what_is_known_less_of_does_not_overrule_when_it_could_be_two() -> None:
    known = directory(an_import(a_member(), a_member(joined="1988-01")), an_import(a_member(joined=None)))
    assert known.member(a_person(sex="男", joined="1998-07")) is None
    assert len(known.members()) == 3


def test_rows_of_one_import_do_not_overrule_each_other() -> None:
    teacher = a_member(unit="东风小学", workplace="东风小学党支部")
    known = directory(an_import(a_member(), teacher))
    assert known.member(a_person(sex="男", joined="1998-07", unit="东风小学")) == teacher
    assert known.member(a_person(sex="男", joined="1998-07")) == a_member()
    assert known.member(a_person(sex="男", joined="1998-07", unit=None)) is None
    moved = a_member(unit="别处")
    assert directory(an_import(a_member(), teacher), an_import(moved)).members() == [moved]


def test_two_rows_that_differ_in_their_holder_alone_are_nobody() -> None:
    known = directory(an_import(a_member(), a_member(residence="河东社区党支部")))
    assert known.member(a_person(sex="男", joined="1998-07")) is None
    assert directory(an_import(a_member(), a_member())).member(a_person()) == a_member()


def test_members_are_listed_by_name() -> None:
    known = directory(an_import(a_member("王五"), a_member("李四")))
    assert [member.name for member in known.members()] == sorted(["王五", "李四"])
    assert known.has_members
    assert not directory(an_import(organisations=TREE)).has_members


def test_an_organisation_answers_to_all_its_names() -> None:
    known = directory(an_import(organisations=TREE))
    assert known.organisation("清溪社区 党支部") == known.organisation("清溪村党支部") == TREE[0]
    assert known.organisation("清溪社区党总支") is None
    assert known.branch(a_person("清溪村党支部", kind=ORGANISATION)) == "清溪社区党支部"
    assert known.branch(a_person("别的党支部", kind=ORGANISATION)) is None


def test_a_later_tree_overrules_an_earlier_one() -> None:
    moved = Organisation("清溪社区党支部", "东风镇党委", ())
    known = directory(an_import(organisations=TREE), an_import(organisations=[moved]))
    assert known.organisation("清溪社区党支部") == moved
    assert known.organisation("清溪村党支部") == TREE[0]


def test_a_members_branch_is_the_workplace() -> None:
    known = directory(an_import(a_member(), a_member("李四", workplace="")))
    assert known.branch(a_person()) == "清溪社区党支部"
    assert known.branch(a_person("李四")) is None
    assert known.branch(a_person("王五")) is None


@pytest.mark.parametrize(
    ("rule", "person", "holder"),
    [
        (HolderRule.WORKPLACE, a_person(), "清溪社区党支部"),
        (HolderRule.RESIDENCE, a_person(), "东风社区党支部"),
        (HolderRule.SUPERIOR, a_person(), "清溪镇党委"),
        (HolderRule.SUPERIOR, a_person("清溪社区党支部", unit=None, kind=ORGANISATION), "清溪镇党委"),
        (HolderRule.SUPERIOR, a_person("清溪村党支部", unit=None, kind=ORGANISATION), "清溪镇党委"),
        (HolderRule.SUPERIOR, a_person("别的党支部", unit=None, kind=ORGANISATION), None),
        (HolderRule.OFFICE, a_person("王五"), "清溪镇党委"),
        (HolderRule.WORKPLACE, a_person("王五"), None),
        (HolderRule.RESIDENCE, a_person(sex="女"), None),
        (HolderRule.SUBJECT, a_person(), None),
        (HolderRule.POSTING, a_person(), None),
    ],
)
def test_each_rule_gives_its_holder(rule: HolderRule, person: Person, holder: str | None) -> None:
    assert directory(an_import(a_member(), organisations=TREE)).holder(rule, person) == holder


def test_holders_are_told_by_role_for_those_known() -> None:
    known = directory(an_import(a_member(residence="")))
    assert known.holders(a_spec("annex2").copies, a_person()) == {"workplace": "清溪社区党支部"}
    whole = directory(an_import(a_member(), organisations=TREE))
    assert whole.holders(a_spec("annex2").copies, a_person()) == {
        "workplace": "清溪社区党支部",
        "residence": "东风社区党支部",
    }
    branch = a_person("清溪社区党支部", unit=None, kind=ORGANISATION)
    assert whole.holders(a_spec("annex1").copies, branch) == {"superior": "清溪镇党委"}


def test_a_member_is_nobodys_organisation() -> None:
    known = directory(an_import(a_member("清溪社区党支部"), organisations=TREE))
    branch = a_person("清溪社区党支部", unit=None, kind=ORGANISATION)
    assert known.holder(HolderRule.WORKPLACE, branch) is None
