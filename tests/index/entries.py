"""Entries to index, and what finding means, said a second time and slowly."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator

from formsvc.index.entry import Entry, Query
from formsvc.index.readings import readings_of


def an_entry(
    number: int = 1,
    *,
    name: str = "张三",
    year: int = 2011,
    form: str = "pledge",
    organisation: str | None = "城西社区党支部",
    unit: str | None = "城西社区书记",
    status: str = "filed",
) -> Entry:
    hashed = hashlib.sha256(str(number).encode()).hexdigest()
    return Entry(
        id=f"{number:012x}",
        form=form,
        year=year,
        subject="member",
        name=name,
        organisation=organisation,
        unit=unit,
        status=status,
        version=1,
        path=f"{year}/{form}/{name}-{number:012x}",
        identity=f"{form}|{year}|{name}",
        events=1,
        document=f'{{"id":"{number:012x}","name":"{name}","status":"{status}"}}',
        filed=((hashed, 1),),
    )


def expected(entries: list[Entry], query: Query) -> list[str]:
    """Give the ids that must be found, in order, by trying every entry."""
    ranked = [(_rank(entry, query), entry) for entry in entries]
    kept = [(rank, entry) for rank, entry in ranked if rank is not None]
    kept.sort(key=lambda pair: (pair[0], -pair[1].year, pair[1].name, pair[1].id))
    return [entry.id for _, entry in kept][: query.limit]


def _rank(entry: Entry, query: Query) -> int | None:
    places = [text for text in (entry.organisation, entry.unit) if text is not None]
    held = (
        query.year in (None, entry.year)
        and query.form in (None, entry.form)
        and (query.organisation is None or any(query.organisation in place for place in places))
    )
    if not held:
        return None
    return 0 if query.name is None else rank_of_name(entry.name, query.name)


def rank_of_name(name: str, asked: str) -> int | None:
    """Say 0 if a question covers a short name whole, 1 if a part of it, None if it does not answer."""
    bare = name.replace("·", "")
    ranks = [int(asked != bare)] if asked in bare else []
    if asked.isascii():
        for start in range(len(bare)):
            for spelled in spellings(bare[start:]):
                initials = "".join(syllable[0] for syllable in spelled)
                ways = ["".join(spelled), initials] if len(asked) > 1 else ["".join(spelled)]
                ranks += [int(start > 0 or way != asked) for way in ways if way.startswith(asked)]
    return min(ranks, default=None)


def spellings(text: str) -> Iterator[tuple[str, ...]]:
    return itertools.product(*map(readings_of, text))
