"""Proposes a year for a form that names none; a proposal never files by itself. Pure."""

from __future__ import annotations

import dataclasses
import re

from formsvc.chinese import fold
from formsvc.errors import Code, Problem
from formsvc.forms.reading import Reading, YearReading, YearSource
from formsvc.operations.settings import Settings

_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")


def propose_year(settings: Settings, place: str, reading: Reading) -> Reading:
    """Return the reading with the year of its folder, or else of the campaign, proposed where it has none."""
    if reading.form is None or reading.year.value is not None:
        return reading
    folders = {match[0] for match in _YEAR.finditer(fold(place))}
    if len(folders) == 1:
        return _with_year(reading, int(folders.pop()), YearSource.FOLDER)
    if settings.year is not None:
        return _with_year(reading, settings.year, YearSource.CAMPAIGN)
    return reading


def _with_year(reading: Reading, year: int, source: YearSource) -> Reading:
    others = tuple(problem for problem in reading.problems if problem.code is not Code.YEAR_MISSING)
    asked = Problem(Code.YEAR_PROPOSED, params={"year": year, "source": source.value})
    return dataclasses.replace(reading, year=YearReading(year, source, 0.5, str(year)), problems=(*others, asked))
