"""Who belongs where: asked by name and details, answered only when there is exactly one answer. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from formsvc import chinese
from formsvc.forms.spec import CopySpec, HolderRule, SubjectKind
from formsvc.organisations.roster import Member, Organisation, Roster


@dataclass(frozen=True, slots=True)
class Person:
    """A subject as a form names them: a member, or an organisation."""

    kind: SubjectKind
    name: str
    unit: str | None
    details: Mapping[str, str]
    """The form's further identity values, by field key."""


class Directory:
    """Rosters and organisation trees, the latest saying of each member and organisation counting."""

    def __init__(self, imports: Iterable[tuple[str, Roster]], office: str) -> None:
        """Fold imports, (name in the archive, content), earliest first; `office` is the office's own organisation."""
        self._office = office
        self._members: dict[_Key, list[Member]] = {}
        self._by_name: dict[str, list[_Key]] = {}
        self._organisations: dict[str, Organisation] = {}
        self.basis = ""
        """The latest import's name in the archive."""
        for name, roster in imports:
            self.basis = name
            for organisation in roster.organisations:
                for called in (organisation.name, *organisation.other_names):
                    self._organisations[chinese.fold_name(called)] = organisation
            earlier = {key for keys in self._by_name.values() for key in keys}
            for member in roster.members:
                self._add(member, earlier)

    @property
    def has_members(self) -> bool:
        """Whether any roster of members was imported."""
        return bool(self._members)

    def members(self) -> Sequence[Member]:
        """Return every member, by name."""
        everybody = (member for alike in self._members.values() for member in alike)
        return sorted(everybody, key=lambda member: member.name)

    def organisations(self) -> Sequence[Organisation]:
        """Return every organisation, by name."""
        once = {organisation.name: organisation for organisation in self._organisations.values()}
        return [once[name] for name in sorted(once)]

    def member(self, person: Person) -> Member | None:
        """Return the one member this person can be, or None when there is none or more than one."""
        keys = self._by_name.get(chinese.fold_name(person.name), ())
        fitting = [member for key in keys for member in self._members[key] if _fits(member, person)]
        if len(fitting) > 1 and person.unit:
            unit = chinese.fold_name(person.unit)
            fitting = [member for member in fitting if chinese.fold_name(member.unit) == unit]
        return fitting[0] if len(fitting) == 1 else None

    def organisation(self, name: str) -> Organisation | None:
        """Return the organisation of this name or other name."""
        return self._organisations.get(chinese.fold_name(name))

    def branch(self, person: Person) -> str | None:
        """Return the branch a subject belongs to: a member's workplace organisation, an organisation itself."""
        if person.kind is SubjectKind.ORGANISATION:
            organisation = self.organisation(person.name)
            return None if organisation is None else organisation.name
        member = self.member(person)
        return (member.workplace or None) if member is not None else None

    def holders(self, copies: Iterable[CopySpec], person: Person) -> dict[str, str]:
        """Return role -> holder for the copies whose holder the rosters know."""
        known = {}
        for copy in copies:
            holder = self.holder(copy.holder, person)
            if holder:
                known[copy.role] = holder
        return known

    def holder(self, rule: HolderRule, person: Person) -> str | None:
        """Return who keeps a copy by this rule; None when unknown, or when no roster is needed to know it."""
        member = self.member(person) if person.kind is SubjectKind.MEMBER else None
        match rule:
            case HolderRule.WORKPLACE:
                return member.workplace if member is not None else None
            case HolderRule.RESIDENCE:
                return member.residence if member is not None else None
            case HolderRule.SUPERIOR:
                organisation = self.organisation(self.branch(person) or person.name)
                return organisation.parent if organisation is not None else None
            case HolderRule.OFFICE:
                return self._office
            case HolderRule.SUBJECT | HolderRule.POSTING:
                return None

    def _add(self, member: Member, earlier: set[_Key]) -> None:
        """Take a member in, in place of the one an earlier import had; what that one alone knew is kept.

        Two rows of one import that differ are two members, however alike: nobody is told apart by the order of rows.
        """
        key = _key(member)
        if key not in self._members:
            alike = [one for one in self._by_name.get(key[0], ()) if one in earlier and self._may_be(one, member)]
            if len(alike) == 1:
                (before,) = self._members.pop(alike[0])
                self._by_name[key[0]].remove(alike[0])
                member = dataclasses.replace(member, details=MappingProxyType({**before.details, **member.details}))
                key = _key(member)
        if key not in self._members:
            self._by_name.setdefault(key[0], []).append(key)
        if key in earlier or key not in self._members:
            self._members[key] = [member]
        elif member not in self._members[key]:
            self._members[key].append(member)
        earlier.discard(key)

    def _may_be(self, key: _Key, member: Member) -> bool:
        return len(self._members[key]) == 1 and _may_be(self._members[key][0], member)


_Key = tuple[str, ...]
_IDENTIFYING = ("joined", "sex")


def _key(member: Member) -> _Key:
    """Return what makes a member one: name and details, and the unit where a detail is not known."""
    key = (chinese.fold_name(member.name), *(f"{k}={v}" for k, v in sorted(member.details.items())))
    return key if len(member.details) >= len(_IDENTIFYING) else (*key, chinese.fold_name(member.unit))


def _may_be(one: Member, other: Member) -> bool:
    """Whether two members of one name are of one unit and nothing known of them contradicts."""
    same_unit = chinese.fold_name(one.unit) == chinese.fold_name(other.unit)
    return same_unit and all(one.details[key] == value for key, value in other.details.items() if key in one.details)


def _fits(member: Member, person: Person) -> bool:
    return all(member.details[key] == value for key, value in person.details.items() if key in member.details)
