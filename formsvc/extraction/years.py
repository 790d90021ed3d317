"""The year of a form, and what says so: its title, the mark of its blank, or as a proposal the day it was signed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from formsvc.chinese import parse_year
from formsvc.errors import Code, Problem
from formsvc.extraction.sources import CERTAIN, DISAGREEING, Said, problem
from formsvc.extraction.titles import Title
from formsvc.forms.mark import BlankMark, parse_property
from formsvc.forms.reading import FieldReading, YearReading, YearSource
from formsvc.forms.spec import FormSpec
from formsvc.forms.values import is_blank

MARK_PROPERTY = "formsvc.template"
"""The document property in which a blank says what it is: `<form>/<version>/<year or ->/<serial or ->`."""
_PROPOSED = 0.5


def mark_of(properties: Mapping[str, str]) -> BlankMark | None:
    """Return the mark of the blank a document was made from; None when it has none that can be read."""
    return parse_property(properties.get(MARK_PROPERTY, ""))


def read_year(
    form: FormSpec, title: Title | None, tagged: Iterable[Said], mark: BlankMark | None
) -> tuple[YearReading, tuple[Problem, ...]]:
    """Return the year by title and mark, and whether they contradict each other."""
    field = form.fields[form.year_key]
    written = [(parse_year(said.raw), said.raw) for said in tagged if not is_blank(field, said.raw)]
    if title is not None and title.raw:
        written.append((title.year, title.raw))
    years = list(dict.fromkeys(year for year, _ in written if year is not None))
    source = YearSource.TITLE
    if not years and mark is not None and mark.year is not None:
        years, source = [mark.year], YearSource.MARK
    raw = written[0][1] if written else ""
    if not years:
        return YearReading(None, None, 0.0, raw), ()
    said = [*years[1:], *([mark.year] if mark is not None and mark.year is not None else [])]
    problems = tuple(
        problem(Code.YEAR_CONFLICT, form.year_key, year=years[0], other=other) for other in said if other != years[0]
    )
    return YearReading(years[0], source, DISAGREEING if problems else CERTAIN, raw), problems


def proposed_year(form: FormSpec, year: YearReading, fields: Mapping[str, FieldReading]) -> YearReading:
    """Return the year, or where none is written the year in which the form was signed, as a proposal."""
    signed = fields.get(form.signing.date or "")
    if year.value is not None or signed is None or not isinstance(signed.value, str):
        return year
    match = re.match(r"\d{4}", signed.value)
    return YearReading(int(match[0]), YearSource.DATE, _PROPOSED, signed.raw) if match else year
