"""Finds records by name and year. Only the index and sqlite3 are needed for it."""

from __future__ import annotations

import json
from typing import Any

from formsvc.index.entry import Query
from formsvc.operations.lookup import Lookup

Json = dict[str, Any]


def find(
    lookup: Lookup,
    name: str | None = None,
    year: int | None = None,
    *,
    form: str | None = None,
    organisation: str | None = None,
    limit: int | None = None,
) -> list[Json]:
    """Return the records that fit every condition given, as `find --json` prints them.

    `name` is a name, a part of it, its pinyin or its initials; `organisation` a part of organisation or unit.
    """
    query = Query(name=name, year=year, form=form, organisation=organisation, limit=limit)
    return [json.loads(found.document) for found in lookup.finder.find(query)]
