"""Every form there is, compiled, with hard values to fill it; and a small one unlike them."""

from __future__ import annotations

from pathlib import Path

import pytest

from formsvc.forms.load import load_form, load_forms
from formsvc.forms.reading import Value
from formsvc.forms.spec import FormSpec, Kind
from formsvc.rendering.docx import DocxTemplate

ROOT = Path(__file__).parents[2]
SPECS = {**load_forms(ROOT / "templates"), **load_forms(ROOT / "tests" / "data")}
FORMS = {name: DocxTemplate(spec) for name, spec in SPECS.items()}
EVERY_FORM = pytest.mark.parametrize("form", sorted(FORMS))
RARE = "㛃䶮堃喆犇𠅤𬭎"

SMALL = """
schema = 1
id = "small"
version = 7
name = "小表"
title = "小表{year}"
[retention]
forever = true
[subject]
kind = "member"
name = "who"
[signing]
[fields.year]
kind = "year"
label = "年度"
[fields.who]
kind = "name"
label = "姓名"
[fields.a-b]
kind = "text"
label = "R&D <部门>"
[fields.a_key_that_is_too_long_for_a_bookmark]
kind = "items"
label = "事项"
printed = ""
[page]
width = 148
height = 210
top = 20
right = 20
bottom = 20
left = 20
[grid]
columns = [20, 30]
rows = [10, 40, 20]
cells = [
  { row = 0, column = 0, rows = 2, stacked = true, lines = [{ label = "a_key_that_is_too_long_for_a_bookmark" }] },
  { row = 0, column = 1, rows = 2, lines = [
    { field = "a_key_that_is_too_long_for_a_bookmark", grow = true },
    { field = "who", align = "right" },
  ] },
  { row = 2, column = 0, lines = [{ label = "a-b" }] },
  { row = 2, column = 1, lines = [{ field = "a-b" }] },
]
[[copies]]
role = "member"
label = "本人"
place = "本人"
holder = "subject"
"""


def a_small_form() -> FormSpec:
    return load_form(SMALL.encode(), "small.toml")


def values_of(spec: FormSpec) -> dict[str, Value]:
    """Return a value for every field but the year, hard ones where the kind allows."""
    values: dict[Kind, Value] = {
        Kind.NAME: f"龚{RARE}·买买提",
        Kind.TEXT: "同意。\n“望”<落实> & 坚持\t到底",
        Kind.ORGANISATION: "马渚镇开元村党总支",
        Kind.CHOICE: "",
        Kind.INTEGER: 46,
        Kind.MONTH: "1998-07",
        Kind.DATE: "2011-02-21",
        Kind.PHONE: "0574-62000000",
        Kind.EMAIL: "kaiyuan@example.cn",
        Kind.ITEMS: ("走访农户1.2公里", "十二五规划\n第二行", "  两头有空  "),
        Kind.SIGNATURE: "present",
        Kind.SEAL: "present",
    }
    fields = [field for field in spec.fields.values() if field.kind is not Kind.YEAR]
    return {field.key: field.options[0] if field.options else values[field.kind] for field in fields}


def a_filled_form(form: str) -> bytes:
    return FORMS[form].fill(year=2011, values=values_of(SPECS[form]), serial="000123")
