"""Whether a page that looks like a form by its lines is another document by its words.

The lines of many tables are alike. A page that was read well and on which hardly a label of the form stands is not
that form, however like it is drawn; a page that was read badly says nothing, and a person looks at it.
"""

from __future__ import annotations

from collections.abc import Sequence

from formsvc.chinese import fold_label
from formsvc.extraction.scan.pages import LEGIBLE, PageLine, legible
from formsvc.extraction.scan.witness import likeness, wordings_of
from formsvc.forms.spec import FormSpec

_SHARE = 0.34
"""The share of a form's labels below which a page is another document."""
_ENOUGH_SIGNS = 40
"""How many signs a page must show for its words to say anything."""
_ALIKE = 0.75


def is_another(form: FormSpec, rows: Sequence[Sequence[PageLine]]) -> bool:
    """Say whether a page's text, row by row, is for certain not that of this form."""
    texts = [folded for row in rows for text, _, _ in row if len(folded := fold_label(text)) > 1]
    if legible(rows) < LEGIBLE or sum(map(len, texts)) < _ENOUGH_SIGNS:
        return False
    labels = [words for key in form.fields if (words := wordings_of(form, key)) and len(words[0]) > 1]
    heard = sum(any(likeness(text, words) >= _ALIKE for text in texts) for words in labels)
    return heard < _SHARE * len(labels)
