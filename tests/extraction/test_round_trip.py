"""What was typed into a form comes back as it was meant, whichever way the form carries its fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formsvc.forms.reading import Value
from formsvc.forms.spec import Field, Kind
from formsvc.rendering.docx import DocxTemplate
from formsvc.rendering.printed import han_number
from tests.extraction.docx.factory import FORMS, Text, codes, reading, untagged
from tests.forms.factories import a_spec

Typed = tuple[Value, Text]
"""A value and one way to type it."""

HAN = "张王李欧阳春晓阿依努尔买提㛃堃喆犇𠅤社区学习走访困难群众修路公里户"
SENTENCES = (
    "每月走访困难群众2次",
    "为1.2公里村道安装路灯",
    "2011年12月20日前完成改造",
    "学习《党章》，做到“四个带头”；",
    "公开电话：62700000（工作日）",
    "认领“微心愿”3-5个",
    "A、B两组轮流值班",
)
han = st.text(HAN, min_size=2, max_size=4)
words = st.text(HAN, min_size=3, max_size=12)
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789-@."}
HAN_DIGITS = str.maketrans("0123456789", "○一二三四五六七八九")

DAY_STYLES: tuple[Callable[[dt.date], str], ...] = (
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year} 年 {day.month:02} 月 {day.day:02} 日",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}-{day.month:02}-{day.day:02}",
    lambda day: f"{day.year}/{day.month}/{day.day}".translate(WIDE),
    lambda day: f"{str(day.year).translate(HAN_DIGITS)}年{han_number(day.month)}月{han_number(day.day)}日",
)
MONTH_STYLES: tuple[Callable[[dt.date], str], ...] = (
    lambda day: f"{day.year}.{day.month:02}",
    lambda day: f"{day.year}年{day.month}月",
    lambda day: f"{day.year}{day.month:02}",
    lambda day: f"{str(day.year).translate(HAN_DIGITS)}年{han_number(day.month)}月",
)
NUMBERINGS: tuple[Callable[[int], str], ...] = (
    lambda number: f"{number}、",
    lambda number: f"{number}. ",
    lambda number: f"（{number}）",
    lambda number: f"{han_number(number)}、",
    lambda number: f"({han_number(number)})",
    lambda number: f"{number}．".translate(WIDE),
)


@st.composite
def typed_names(draw: st.DrawFn) -> Typed:
    """Draw a name, with blanks inside or a dot of another sign."""
    if draw(st.booleans()):
        name = draw(han)
        return name, draw(st.sampled_from(["", " ", "\u3000"])).join(name)
    first, second = draw(words), draw(han)
    return f"{first}·{second}", f"{first}{draw(st.sampled_from('·•・'))}{second}"


@st.composite
def typed_days(draw: st.DrawFn) -> Typed:
    """Draw a day on which a form of 2011 may be signed."""
    day = draw(st.dates(dt.date(2010, 12, 1), dt.date(2011, 12, 31)))
    return day.isoformat(), draw(st.sampled_from(DAY_STYLES))(day)


@st.composite
def typed_months(draw: st.DrawFn) -> Typed:
    """Draw a month of the last century or this."""
    day = draw(st.dates(dt.date(1930, 1, 1), dt.date(2011, 1, 1)))
    return f"{day:%Y-%m}", draw(st.sampled_from(MONTH_STYLES))(day)


@st.composite
def typed_items(draw: st.DrawFn) -> Typed:
    """Draw 1 to 30 pledges with any numbering, one paragraph each."""
    items = draw(st.lists(st.builds("{}{}".format, words, st.sampled_from(SENTENCES)), min_size=1, max_size=30))
    style = draw(st.sampled_from(NUMBERINGS))
    return tuple(items), [f"{style(number)}{item}" for number, item in enumerate(items, 1)]


def typed(field: Field) -> st.SearchStrategy[Typed]:
    """Return how a field's values are drawn; a mark is always left for ink."""
    texts: Mapping[Kind, st.SearchStrategy[Typed]] = {
        Kind.NAME: typed_names(),
        Kind.ORGANISATION: words.map(lambda text: (f"{text}党（总）支部", f"{text} 党（总）支部")),
        Kind.TEXT: st.lists(words, min_size=1, max_size=3, unique=True).map(lambda lines: ("\n".join(lines), lines)),
        Kind.CHOICE: st.sampled_from(field.options or ("",)).map(lambda text: (text, f" {text}\u3000")),
        Kind.INTEGER: st.integers(0, 150).map(lambda number: (number, str(number).translate(WIDE))),
        Kind.MONTH: typed_months(),
        Kind.DATE: typed_days(),
        Kind.PHONE: st.integers(62000000, 62999999).map(lambda n: (f"0574-{n}", f"0574-{n}".translate(WIDE))),
        Kind.EMAIL: st.integers(1, 999).map(lambda n: (f"dy{n}@example.org", f"dy{n}＠example.org")),
        Kind.ITEMS: typed_items(),
    }
    return texts[field.kind]


@st.composite
def filled(draw: st.DrawFn, form: str) -> dict[str, Typed]:
    """Draw a form: what must be there, and some of the rest."""
    spec = a_spec(form)
    must = {spec.subject.name, *spec.subject.identity}
    return {
        field.key: draw(typed(field))
        for field in spec.fields.values()
        if not field.kind.is_mark
        and field.kind is not Kind.YEAR
        and (field.required or field.key in must or draw(st.booleans()))
    }


def read_back(data: bytes) -> tuple[dict[str, Value], list[str]]:
    """Return the values of a form that are no ink, and what is doubtful."""
    found = reading(data)
    values: dict[str, Value] = {}
    for key, field in found.fields.items():
        if field.value not in (None, "absent"):
            values[key] = field.value
    return values, [code for code in codes(found) if code != "private-data"]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_form_typed_into_the_notices_layout_comes_back(form: str, data: st.DataObject) -> None:
    drawn = data.draw(filled(form))
    written = untagged({key: text for key, (_, text) in drawn.items()}, form)
    assert read_back(written) == ({key: value for key, (value, _) in drawn.items()}, [])


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_form_made_by_ourselves_comes_back(form: str, data: st.DataObject) -> None:
    values = {key: value for key, (value, _) in data.draw(filled(form)).items()}
    assert read_back(TEMPLATES[form].fill(year=2011, values=values)) == (values, [])


TEMPLATES = {form: DocxTemplate(a_spec(form)) for form in FORMS}
