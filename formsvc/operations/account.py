"""What became of each page of a file: pages in are pages out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What may become of a page."""

    FILED = "filed"
    WAITING = "waiting"
    KNOWN = "known"
    """Its form was filed, or waits, from an earlier file with the same bytes."""
    COPY = "copy"
    """Another sheet of a form in this file, which says the same."""
    BLANK = "blank"
    REFUSED = "refused"
    """It is no form, or one that cannot be filed; the file lies beside the reason."""
    TYPED = "typed"
    """Typed text without a form between scanned forms; it stays in the original."""


@dataclass(frozen=True, slots=True)
class Account:
    """The pages of one file, each under what became of it."""

    pages: int
    """How many the file has."""
    fates: Mapping[Fate, tuple[tuple[int, ...], ...]]
    """The pages of each form, or of each other page."""

    @property
    def is_told(self) -> bool:
        """Whether there is more to tell than that one form was filed, or waits."""
        return self.pages > 0 and sum(map(len, self.fates.values())) > 1

    def pages_of(self, fate: Fate) -> tuple[int, ...]:
        """Return the pages of this fate in order."""
        return tuple(sorted({page for pages in self.fates.get(fate, ()) for page in pages}))

    def to_json(self) -> Mapping[str, list[int]]:
        """Return fate -> pages."""
        return {fate.value: list(self.pages_of(fate)) for fate in Fate if self.fates.get(fate)}


def account_of(pages: int, blank: Iterable[int], answered: Iterable[tuple[Fate, tuple[int, ...]]]) -> Account:
    """Put together what became of a file's forms, its blank pages, and the rest of its pages."""
    fates: dict[Fate, list[tuple[int, ...]]] = {}
    for fate, of_form in answered:
        apart = [(page,) for page in of_form] if fate is Fate.REFUSED else [of_form]
        fates.setdefault(fate, []).extend(apart)
    told = {page for of_fate in fates.values() for of_form in of_fate for page in of_form}
    rest = set(range(1, pages + 1)) - told
    for fate, others in ((Fate.BLANK, set(blank) - told), (Fate.TYPED, rest - set(blank))):
        if others:
            fates[fate] = [(page,) for page in sorted(others)]
    return Account(pages, {fate: tuple(fates[fate]) for fate in Fate if fate in fates})


def pages_text(pages: Iterable[int]) -> str:
    """Return page numbers as people write them: `1, 3-5`."""
    runs: list[list[int]] = []
    for page in sorted(pages):
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
