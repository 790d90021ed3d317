"""Titles above a table: which form they name, for which year, or which other kind of document.

A year counts only as the title writes it out. A document of another kind is told by a word of the form's data in the
line nearest to the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from formsvc.chinese import fold, parse_year
from formsvc.chinese.dates import HAN_DIGITS
from formsvc.extraction.labels import FormMap

_LONGEST_TITLE = 60
"""Signs without blanks; a longer paragraph is no title."""
_LONGEST_PARAGRAPH = 200
"""Signs with blanks, which may be many."""
_YEAR_WIDTH = 12
_YEAR = re.compile(rf"(?:[0-9]{{4}}|[〇○零{HAN_DIGITS}]{{4}})(?=年)")
_YEAR_ALONE = re.compile(r"[(\[〔【]?(?P<year>[^()\[\]〔〕【】]{2,9}年度?)[)\]〕】]?")
_LINES = 20
"""How many paragraphs above a table are looked at."""


@dataclass(frozen=True, slots=True)
class Title:
    """A form's title as found."""

    index: int
    """The paragraph it begins in."""
    year: int | None
    raw: str
    """What stands where the year goes."""


def bare(text: str) -> str:
    """Return a text folded and without blanks."""
    return "".join(fold(text).split())


class TitleLines:
    """The paragraphs above a table, as titles are looked for in them."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self.first = max(0, len(paragraphs) - _LINES)
        """The number of the first paragraph that is looked at."""
        self.texts = paragraphs[self.first :]
        self.bare = [bare(text) if len(text) <= _LONGEST_PARAGRAPH else "" for text in self.texts]
        """The texts folded and without blanks; nothing for one that is too long for a title."""


def find_title(lines: TitleLines, form: FormMap) -> Title | None:
    """Find the title of the form nearest to the table; it may run over two paragraphs."""
    texts = lines.bare
    for index in range(len(texts) - 1, -1, -1):
        text, above = texts[index], texts[index - 1] if index else ""
        if not text or len(text) > _LONGEST_TITLE or negative_word(text, form):
            continue
        found = _printed(text, form)
        if found is not None and (found[1] or parse_year(above) is None):
            return Title(lines.first + index, *found)
        found = _printed(above + text, form) if above and len(above + text) <= _LONGEST_TITLE else None
        if found is not None and not negative_word(above, form):
            return Title(lines.first + index - 1, *found)
        found = _named(text, texts[index + 1 : index + 2], form)
        if found is not None:
            return Title(lines.first + index, *found)
    return None


def negative_word(text: str, form: FormMap) -> str | None:
    """Return the word of a bare text that says it is the title of something else than this form."""
    rest = text.replace(form.name, "")
    return next((word for word in form.form.negative_titles if word in rest), None)


def other_title(lines: TitleLines, form: FormMap) -> tuple[str, str] | None:
    """Return the title of another kind of document nearest to the table, and the word that gives it away."""
    for text, title in zip(reversed(lines.texts), reversed(lines.bare), strict=True):
        if title and len(title) <= _LONGEST_TITLE and title[-1] not in "。：:；;，,":
            word = negative_word(title, form)
            if word is not None:
                return text.strip(), word
    return None


def _printed(text: str, form: FormMap) -> tuple[int | None, str] | None:
    """Read a title of the printed wording; the year may be left blank."""
    before, after = form.title
    if before not in text or after not in text:
        return None
    match = re.search(re.escape(before) + rf"(?P<year>.{{0,{_YEAR_WIDTH}}})" + re.escape(after), text)
    if match is None:
        return None
    return _year_in(match["year"], from_end=not before)


def _year_in(text: str, *, from_end: bool) -> tuple[int | None, str]:
    """Read the year out of what stands in its place; where the title begins with it, other words may stand before."""
    written = text.strip("_-—.·'’‘\"“”")
    year = parse_year(written)
    if year is None and len(written) > 4:
        written = written[-4:] if from_end else written
        year = parse_year(written)
        return (year, written) if year is not None else (None, "")
    return year, written if year is not None or any(map(str.isdigit, written)) else ""


def _named(text: str, following: Sequence[str], form: FormMap) -> tuple[int | None, str] | None:
    """Read a title of another wording that holds the form's name; the year may stand on the next line."""
    if form.name not in text:
        return None
    years = _YEAR.findall(text)
    alone = _YEAR_ALONE.fullmatch(following[0]) if following else None
    if not years and alone is not None:
        years = [alone["year"]]
    return (parse_year(years[0]), years[0]) if len(years) == 1 else (None, "")
