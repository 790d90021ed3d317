"""Whether a page that looks like a form by its lines is another document by its words, or a form by its words alone.

The lines of many tables are alike. A page that was read well and on which hardly a label of the form stands is not
that form, however like it is drawn; a page that was read badly says nothing, and a person looks at it. A page with a
form's title and some of its labels is a part of that form, whatever became of its lines.
"""

from __future__ import annotations

from collections.abc import Sequence

from formsvc.chinese import fold_label
from formsvc.extraction.scan.pages import LEGIBLE, PageLine, legible
from formsvc.extraction.scan.recognition.matching import distance
from formsvc.extraction.scan.registration.witness import likeness, wordings_of
from formsvc.forms.spec import FormSpec

_SHARE = 0.34
"""The share of a form's labels below which a page is another document."""
_SOME = 3
"""How many labels of a form a page must have below its title to be a part of it."""
_ENOUGH_SIGNS = 40
"""How many signs a page must show for its words to say anything."""
_ALIKE = 0.75


def is_another(form: FormSpec, rows: Sequence[Sequence[PageLine]]) -> bool:
    """Say whether a page's text, row by row, is for certain not that of this form."""
    texts = [folded for row in rows for text, _, _ in row if len(folded := fold_label(text)) > 1]
    if legible(rows) < LEGIBLE or sum(map(len, texts)) < _ENOUGH_SIGNS:
        return False
    heard, count = _labels_among(form, texts)
    return heard < _SHARE * count


def sounds_like(form: FormSpec, rows: Sequence[Sequence[PageLine]]) -> bool:
    """Say whether a page's text, row by row, has the form's title and some of its labels."""
    title = _without_digits(fold_label(form.printed_title))
    said = (_without_digits(fold_label("".join(text for text, _, _ in row))) for row in rows)
    if not any(
        abs(len(one) - len(title)) <= len(title) // 5 and distance(one, title) <= len(title) // 5 for one in said
    ):
        return False
    return _labels_among(form, [fold_label(text) for row in rows for text, _, _ in row])[0] >= _SOME


def _labels_among(form: FormSpec, texts: Sequence[str]) -> tuple[int, int]:
    """Return how many of a form's labels stand among folded texts, and how many it has."""
    labels = [words for key in form.fields if (words := wordings_of(form, key)) and len(words[0]) > 1]
    return sum(any(likeness(text, words) >= _ALIKE for text in texts) for words in labels), len(labels)


def _without_digits(text: str) -> str:
    return "".join(sign for sign in text if not sign.isdecimal())
