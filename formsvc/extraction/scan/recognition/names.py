"""What is known of people's names: that they begin with a surname, of which there are few.

It is evidence: it ranks readings the recogniser itself holds for possible, and proposes those of a surname in place of
a first sign that is none, which are then scored under the recogniser's steps like any other.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from formsvc.chinese import SURNAMES, fold_name, surname_of
from formsvc.chinese.folding import INTERPUNCT
from formsvc.extraction.scan.recognition.prior import unusual

_NO_SURNAME = 7.0
"""What it costs a name that it begins with no surname, as a logarithm of likelihood: odds of a thousand to one."""


def strangeness(text: str) -> float:
    """Return how unusual a text is as a name, 0 or more, in the unit of logarithms of likelihood."""
    return unusual(text) + (0.0 if begins_well(text) else _NO_SURNAME)


def begins_well(text: str) -> bool:
    """Whether a name begins as names do: with a surname before another sign, or a part before a point between two."""
    name = fold_name(text)
    return (len(name) > 1 and bool(surname_of(name))) or 0 < name.find(INTERPUNCT) < len(name) - 1


def with_surnames(text: str, known: Container[str]) -> Iterator[str]:
    """Yield a name that begins with no surname with each one of signs that are known in place of its first sign."""
    if text and not begins_well(text):
        yield from (surname + text[1:] for surname in sorted(SURNAMES) if surname in known)
