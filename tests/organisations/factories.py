"""Rosters made up for tests; nobody in them is real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from formsvc.forms.spec import SubjectKind
from formsvc.organisations.directory import Person
from formsvc.organisations.roster import Member, Organisation, Roster, read_roster
from formsvc.organisations.sheets import Sheet

HEADS = ("姓名", "性别", "入党年月", "单位及职务", "工作地党组织", "居住地党组织")
Cell = str | int | float | dt.date | None


def a_row(
    name: str = "张三",
    sex: str = "男",
    joined: str = "1998-07",
    unit: str = "清溪社区居委会 委员",
    workplace: str = "清溪社区党支部",
    residence: str = "东风社区党支部",
) -> tuple[str, ...]:
    """Return a member's row."""
    return (name, sex, joined, unit, workplace, residence)


def a_sheet(*rows: Sequence[str], name: str = "名册") -> Sheet:
    """Return a sheet of these rows."""
    return Sheet(name, tuple(tuple(row) for row in rows))


def a_roster(*rows: Sequence[str]) -> Roster:
    """Return the roster of these rows, below the usual heads."""
    return read_roster([a_sheet(HEADS, *rows)])


def a_member(
    name: str = "张三",
    *,
    sex: str | None = "男",
    joined: str | None = "1998-07",
    unit: str = "清溪社区居委会 委员",
    workplace: str = "清溪社区党支部",
    residence: str = "东风社区党支部",
) -> Member:
    """Return a member."""
    details = {key: value for key, value in (("sex", sex), ("joined", joined)) if value is not None}
    return Member(name, details, unit, workplace, residence)


def a_person(
    name: str = "张三",
    *,
    unit: str | None = "清溪社区居委会 委员",
    kind: SubjectKind = SubjectKind.MEMBER,
    **details: str,
) -> Person:
    """Return a subject as a form names them."""
    return Person(kind, name, unit, details)


def an_import(*members: Member, organisations: Sequence[Organisation] = ()) -> Roster:
    """Return what one import says."""
    return Roster(members, tuple(organisations), ())


def a_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]], merged: Sequence[str] = ()) -> Path:
    """Write a spreadsheet with cells of any kind; `merged` are ranges of the first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for place in merged:
        book.worksheets[0].merge_cells(place)
    book.save(path)
    return path
