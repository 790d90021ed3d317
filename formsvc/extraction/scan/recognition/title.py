"""What stands above the table: the title with its year, or the title of something that only looks like the form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from formsvc.chinese import fold, parse_year
from formsvc.chinese.dates import HAN_DIGITS
from formsvc.extraction.labels import form_map
from formsvc.extraction.scan.page import Grey
from formsvc.extraction.scan.recognition.decode import best_path, columns_of
from formsvc.extraction.scan.recognition.inked import inked
from formsvc.extraction.scan.recognition.lines import Row, read_box, rows_of
from formsvc.extraction.scan.recognition.matching import distance
from formsvc.extraction.scan.recognition.models import Models
from formsvc.extraction.scan.registered import PER_MM, Registered
from formsvc.extraction.titles import TitleLines, find_title, other_title
from formsvc.forms.reading import YearReading, YearSource

_REACH = 45.0
"""Millimetres above the table in which titles stand."""
_SCALE = 0.45
"""Titles are large: the detector looks at a small picture."""
_WRONG = 0.34
_YEAR = re.compile(rf"([0-9]{{4}}|[〇○零{HAN_DIGITS}]{{4}})(?=年)")
_SURE = 0.97
_NO_YEAR = YearReading(None, None, 0.0)


@dataclass(frozen=True, slots=True)
class TitleRead:
    """What the lines above the table say."""

    year: YearReading
    other: tuple[str, str] | None
    """The title of another kind of document, and the word that gives it away."""
    rows: tuple[Row, ...] = ()
    is_title: bool = False
    """Whether the form's own title was found."""


def read_title(models: Models, registered: Registered, page: Grey) -> TitleRead:
    """Read what stands above the table of a page whose paper is white."""
    left, top, right, _ = registered.table
    above = max(top - round(_REACH * PER_MM), 0)
    if top - above < round(5 * PER_MM):
        return TitleRead(_NO_YEAR, None)
    margin = round(8 * PER_MM)
    box = (max(left - margin, 0), above, min(right + margin, page.shape[1]), top - round(PER_MM))
    ink = inked(page, box)
    lines = [[read_box(models, ink, piece) for piece in row] for row in rows_of(models, ink, scale=_SCALE)]
    rows = tuple(row for line in lines for row in line)
    texts = TitleLines(["".join(row.line.text for row in line) for line in lines])
    form = form_map(registered.form)
    title = find_title(texts, form)
    if title is not None:
        line = lines[title.index]
        return TitleRead(_year(title.year, title.raw, line), None, rows, is_title=True)
    near = _nearly_title(models, registered, lines)
    if near is not None:
        return TitleRead(near, None, rows, is_title=True)
    return TitleRead(_NO_YEAR, other_title(texts, form), rows)


def _year(year: int | None, raw: str, line: list[Row]) -> YearReading:
    if year is None:
        return YearReading(None, None, 0.0, raw)
    text = "".join(row.line.text for row in line)
    sure = [one for row in line for one in row.line.confidences]
    start = text.find(raw)
    lowest = min(sure[start : start + len(raw)], default=0.0) if start >= 0 else min(sure, default=0.0)
    return YearReading(year, YearSource.TITLE, min(_SURE, 0.5 + lowest / 2) if lowest > 0.5 else lowest, raw)


def _nearly_title(models: Models, registered: Registered, lines: list[list[Row]]) -> YearReading | None:
    """Read the year of a title some letters of which were read wrongly: with its own letters and digits alone."""
    printed = "".join(fold(registered.form.printed_title).split())
    for line in reversed(lines):
        text = "".join("".join(fold(row.line.text).split()) for row in line)
        bare = re.sub(r"[0-9]", "", text)
        if abs(len(bare) - len(printed)) > 3 or distance(bare, printed) > int(len(printed) * _WRONG):
            continue
        columns = columns_of(models, {*printed, *"0123456789〇零", *HAN_DIGITS})
        masked = "".join(best_path(models, row.steps, columns).text for row in line)
        match = _YEAR.search(masked)
        year = parse_year(match[0]) if match is not None else None
        return _NO_YEAR if year is None or match is None else YearReading(year, YearSource.TITLE, 0.6, match[0])
    return None
