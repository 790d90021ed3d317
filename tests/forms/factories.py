"""Forms and readings made up for tests; nobody in them is real."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

from formsvc.errors import Problem
from formsvc.forms.load import load_form
from formsvc.forms.reading import Evidence, FieldReading, Reading, Source, Value, YearReading, YearSource
from formsvc.forms.spec import FormSpec

ROOT = Path(__file__).parents[2]
FORM_FILES = {
    "annex1": ROOT / "templates" / "annex1" / "form.toml",
    "annex2": ROOT / "templates" / "annex2" / "form.toml",
    "annex3": ROOT / "tests" / "data" / "annex3" / "form.toml",
}
PLEDGES = ("每月走访困难群众两次", "义务维修社区路灯")
VALUES: Mapping[str, Mapping[str, Value]] = {
    "annex1": {"organisation": "清溪社区党支部", "pledges": PLEDGES, "seal": "absent", "pledged_on": "2011-02-18"},
    "annex2": {
        "name": "张三",
        "sex": "男",
        "age": 41,
        "joined": "1998-07",
        "unit_post": "清溪社区居委会 委员",
        "pledges": PLEDGES,
        "signature": "absent",
        "signed_on": "2011-02-20",
        "phone": "0000-5550102",
        "email": "zhangsan@example.org",
    },
    "annex3": {"volunteer": "张三", "born": "1970-01", "unit": "清溪服务队", "services": PLEDGES},
}


@functools.cache
def a_spec(form: str = "annex2") -> FormSpec:
    """Return one of the three forms the tests know."""
    path = FORM_FILES[form]
    return load_form(path.read_bytes(), path.name)


def a_field(value: Value, raw: str | None = None, *, confidence: float = 1.0) -> FieldReading:
    """Return a field as a content control gives it."""
    text = "\n".join(value) if isinstance(value, tuple) else str(value if value is not None else "")
    return FieldReading(value, text if raw is None else raw, confidence, Evidence(Source.CONTROL))


def a_reading(
    form: str = "annex2",
    *,
    number: int = 1,
    year: int | None = 2011,
    year_source: YearSource | None = YearSource.TITLE,
    problems: Iterable[Problem] = (),
    **values: Value,
) -> Reading:
    """Return a complete reading of a form, with some values changed."""
    fields = {key: a_field(value) for key, value in {**VALUES[form], **values}.items()}
    return Reading(
        number=number,
        form=form,
        form_version=a_spec(form).version,
        year=YearReading(year, year_source if year is not None else None, 1.0, str(year or "")),
        fields=fields,
        problems=tuple(problems),
    )
