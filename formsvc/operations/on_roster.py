"""What the rosters say of a subject that its form does not say, as notes: never a reason to hold a form up. Pure."""

from __future__ import annotations

from formsvc import chinese
from formsvc.errors import Code, Problem
from formsvc.forms.spec import FormSpec, SubjectKind
from formsvc.organisations.directory import Directory, Person


def roster_notes(directory: Directory, spec: FormSpec, person: Person) -> list[Problem]:
    """Return the note that a member is not on the roster, or is there with another unit, when that is so.

    A unit that holds the other one, with a post behind it, is no other unit.
    """
    if person.kind is not SubjectKind.MEMBER or not directory.has_members:
        return []
    member = directory.member(person)
    if member is None:
        return [Problem(Code.NOT_ON_ROSTER, spec.subject.name, {"raw": person.name})]
    units = [chinese.fold_name(unit or "") for unit in (person.unit, member.unit)]
    if not all(units) or units[0] in units[1] or units[1] in units[0]:
        return []
    return [Problem(Code.UNIT_NOT_AS_ON_ROSTER, spec.subject.unit, {"raw": person.unit or "", "known": member.unit})]
